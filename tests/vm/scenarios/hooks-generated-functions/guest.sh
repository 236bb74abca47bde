cp /bin/busybox /tmp/busybox-changes
/tmp/busybox-changes mkdir /tmp/changed
/tmp/busybox-changes touch /tmp/changed/one
/tmp/busybox-changes rm /tmp/changed/one
/tmp/busybox-changes rmdir /tmp/changed
/bin/mkdir /tmp/other && /bin/rmdir /tmp/other
echo done
