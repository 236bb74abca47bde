/bin/mkdir /tmp/generated
/bin/chmod 700 /tmp/generated
echo done
