mkdir -p /tmp/writ/as
cp /bin/busybox /tmp/writ/other
ln -sf /tmp/writ/other /tmp/writ/as/truncate
for length in 5 10 101 155; do
  /bin/truncate -s $length /tmp/writ-lengths
  echo "$length $?"
done
/tmp/writ/as/truncate -s 102 /tmp/writ-lengths
echo "102 $?"
for name in a b c.txt d; do
  echo $name >/tmp/writ/$name
  /bin/cat /tmp/writ/$name
done
/bin/echo piped | /bin/cat
/bin/echo written >/tmp/writ-written
