mkdir -p /tmp/bins/as
cp /bin/busybox /tmp/bins/alpha
ln -f /tmp/bins/alpha /tmp/bins/alphabet
ln -f /tmp/bins/alpha /tmp/bins/beta
length=0
for name in alpha alphabet beta; do
  length=$((length + 1))
  ln -sf /tmp/bins/$name /tmp/bins/as/truncate
  /tmp/bins/as/truncate -s $length /tmp/bins/file
done
