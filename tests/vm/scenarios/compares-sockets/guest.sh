rm -f /tmp/unix-one /tmp/unix-two
./writ-trigger connect 127.0.0.1:7201 127.0.0.2:7301
./writ-trigger connect 127.0.0.1:7202 127.0.1.2:7302
./writ-trigger connect [::1]:7203 [::1]:7303
./writ-trigger connect 127.0.0.1:903 127.0.0.1:904
./writ-trigger unix-bind /tmp/unix-one
./writ-trigger unix-bind /tmp/unix-two
./writ-trigger unix-bind @abstract
