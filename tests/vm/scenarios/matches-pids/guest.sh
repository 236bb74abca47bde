/bin/unshare -p -f /bin/sh -c '
  /bin/truncate -s 1 /tmp/pids
  /bin/sh -c "/bin/truncate -s 2 /tmp/pids; :"
  /bin/truncate -s 3 /tmp/pids
  :'
/bin/truncate -s 4 /tmp/pids
