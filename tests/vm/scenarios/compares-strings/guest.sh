rm -rf /tmp/op
mkdir /tmp/op
for name in alpha alphabet beta; do echo $name >/tmp/op/$name; done
for name in alpha alphabet beta; do /bin/cat /tmp/op/$name; done
