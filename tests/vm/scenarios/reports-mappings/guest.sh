cp /bin/busybox /tmp/busybox-mapped
/tmp/busybox-mapped sleep 1
/tmp/busybox-mapped cat /payload/reports-mappings.sh >/dev/null
echo done
