for length in 101 102 102 102 103 104 105; do
  /bin/truncate -s $length /tmp/signals
  echo "$length $?"
done
