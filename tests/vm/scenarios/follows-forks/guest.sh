echo x >/etc/follow
sh -c 'sh -c "cat /etc/follow"'
