: >/tmp/caps
chmod 666 /tmp/caps
/bin/truncate -s 1 /tmp/caps
./writ-trigger as-user 1000 1000 /bin/truncate -s 2 /tmp/caps
/bin/unshare -U -r /bin/truncate -s 3 /tmp/caps
./writ-trigger change effective 4 /tmp/caps
./writ-trigger change mnt 5 /tmp/caps
./writ-trigger change uts 6 /tmp/caps
./writ-trigger change nothing 7 /tmp/caps
/bin/unshare -m /bin/truncate -s 8 /tmp/caps
