mkdir -p /tmp/dentries/deep
for name in dentries/one dentries/deep/two other; do echo text >/tmp/$name; done
rm /tmp/dentries/one /tmp/dentries/deep/two /tmp/other
echo text >/tmp/dentries/old
mv /tmp/dentries/old /tmp/dentries/new
dd if=/tmp/dentries/new 2>/dev/null
rm -r /tmp/dentries
./writ-trigger connect 127.0.0.1:7400 127.0.0.1:7401
