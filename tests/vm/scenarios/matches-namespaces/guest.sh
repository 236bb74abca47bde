/bin/unshare -u /bin/truncate -s 1 /tmp/spaces
/bin/unshare -m /bin/truncate -s 2 /tmp/spaces
/bin/unshare -n /bin/truncate -s 3 /tmp/spaces
/bin/unshare -i /bin/truncate -s 4 /tmp/spaces
/bin/unshare -p -f /bin/truncate -s 5 /tmp/spaces
/bin/unshare -p /bin/truncate -s 6 /tmp/spaces
/bin/unshare -U -r /bin/truncate -s 7 /tmp/spaces
/bin/truncate -s 8 /tmp/spaces
