mkdir -p /tmp/unreadable
mount -t tmpfs none /tmp/unreadable
umount /tmp/unreadable
/bin/unshare -m /bin/true
/bin/echo x >/tmp/written
/bin/echo piped | /bin/cat
