for size in 1 2 3 4 5 6 7 8; do
  /bin/truncate -s $size /tmp/formula
done
