cp /bin/busybox /tmp/xmrig
mkdir -p /tmp/as && ln -sf /tmp/xmrig /tmp/as/sh
/tmp/as/sh -c '/bin/ls /payload >/dev/null; echo not reached'
echo "child of the shell: $?"
/tmp/as/sh -c 'exec /bin/true'
echo "exec $?"
/bin/sh -c '/bin/true'
echo "other $?"
