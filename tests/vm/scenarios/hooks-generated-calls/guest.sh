cp /bin/busybox /tmp/busybox-listed && cp /bin/busybox /tmp/busybox-other
rm -rf /tmp/generated
/tmp/busybox-listed mkdir /tmp/generated
/tmp/busybox-other mkdir /tmp/generated/other
echo done
