echo x >/etc/follow
/bin/sh -c '/bin/sh -c "/bin/cat /etc/follow"'
