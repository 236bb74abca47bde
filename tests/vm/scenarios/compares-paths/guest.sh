rm -rf /tmp/op
mkdir /tmp/op
for name in alpha alphabet beta; do echo $name >/tmp/op/$name; done
/bin/ash -c 'for name in alpha alphabet beta; do [ -f /tmp/op/$name ] && echo $name; done'
