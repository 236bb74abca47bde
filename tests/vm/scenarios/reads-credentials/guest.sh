./writ-trigger as-user 1001 1002 /bin/true
./writ-trigger capset 21 3ffffffff 1
./writ-trigger capset 1 1 0
