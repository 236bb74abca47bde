/bin/mkdir /tmp/changed
/bin/touch /tmp/changed/one
/bin/rm /tmp/changed/one
/bin/rmdir /tmp/changed
echo done
