echo a >/etc/a.secret
echo b >/tmp/b.secret
cp /bin/busybox /tmp/trusted
mkdir -p /tmp/as && ln -sf /tmp/trusted /tmp/as/head
/bin/cat /etc/a.secret /tmp/b.secret
/tmp/as/head -n 1 /etc/a.secret
