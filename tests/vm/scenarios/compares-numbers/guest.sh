for length in 10 20 30 40; do truncate -s $length /tmp/numbers; done
