mkdir -p /tmp/op/as
rm -f /tmp/op/alpha /tmp/op/alphabet /tmp/op/beta
cp /bin/busybox /tmp/op/alpha
ln /tmp/op/alpha /tmp/op/alphabet
ln /tmp/op/alpha /tmp/op/beta
for name in alpha alphabet beta; do
  ln -sf /tmp/op/$name /tmp/op/as/echo
  /tmp/op/as/echo $name
done
