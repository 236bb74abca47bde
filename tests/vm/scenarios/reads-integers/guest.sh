sleep 9 &
renice -n -5 -p $! >/dev/null
renice -n 5 -p $! >/dev/null
renice -n 15 -p $! >/dev/null
kill $!
: >/tmp/integers
chmod 640 /tmp/integers
chmod 600 /tmp/integers
truncate -s 5000000007 /tmp/integers
truncate -s 5000000008 /tmp/integers
truncate -s 0 /tmp/integers
