rm -f /tmp/unix-socket
./writ-trigger exchange tcp 127.0.0.1:7001 127.0.0.2:7101
./writ-trigger exchange tcp [::1]:7002 [::1]:7102
./writ-trigger connect 127.0.0.1:7003 127.0.0.1:7103
./writ-trigger exchange udp 127.0.0.1:7004 127.0.0.3:7104
./writ-trigger exchange udp [::1]:7005 [::1]:7105
./writ-trigger unix-bind /tmp/unix-socket
./writ-trigger unix-bind @abstract
./writ-trigger exchange extended [::1]:7006 [::1]:7106
