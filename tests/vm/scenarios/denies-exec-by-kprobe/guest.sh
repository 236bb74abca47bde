cp /bin/busybox /tmp/xmrig
cp /bin/busybox /tmp/xmrig2
mkdir -p /tmp/as && ln -sf /tmp/xmrig /tmp/as/true && ln -sf /tmp/xmrig2 /tmp/as/false
/tmp/as/true 2>/tmp/message
echo "denied $?"
grep -o 'Operation not permitted' /tmp/message
/tmp/as/false
echo "other $?"
