mkdir -p /opt/one /opt/two
cp /bin/busybox /opt/one/sh
cp /bin/busybox /opt/two/sh
cat >/tmp/deep.sh <<'EOF'
if [ "$1" = 0 ]; then
  /bin/truncate -s 6 /tmp/family
else
  /bin/sh /tmp/deep.sh $(($1 - 1))
fi
:
EOF
/opt/one/sh -c '/bin/truncate -s 1 /tmp/family; :'
/opt/two/sh -c '/bin/truncate -s 2 /tmp/family; :'
/opt/one/sh -c '/opt/two/sh -c "/bin/truncate -s 3 /tmp/family; :"; :'
/opt/one/sh -c 'exec /bin/truncate -s 4 /tmp/family'
/opt/two/sh -c 'exec /bin/truncate -s 5 /tmp/family'
/opt/one/sh /tmp/deep.sh 40
