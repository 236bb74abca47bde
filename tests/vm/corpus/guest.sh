# One deed for each family of hooks that the examples have.
/usr/bin/cat /etc/shadow >/dev/null
/usr/bin/cat /etc/passwd >/dev/null
./writ-trigger truncate-path /etc/passwd 10
echo "root:x:0:0::/root:/bin/sh" >/etc/passwd
(exec -a busybox /usr/bin/bash mkdir /tmp/made)
mkdir /tmp/denied 2>/dev/null || echo denied
/usr/bin/sample-exec 2>/dev/null
./writ-trigger as-user 1000 1000 /bin/true
mount -t tmpfs examples /tmp/mounted
umount /tmp/mounted
insmod ./loop.ko && rmmod loop
./writ-trigger bpf-map examples 4 8 2
./writ-trigger exchange tcp 127.0.0.1:7001 127.0.0.2:7101
echo typed >/dev/ttyS1
echo done
