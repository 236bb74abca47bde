echo x >/etc/limited1
for i in 1 2 3; do /bin/cat /etc/limited1 >/dev/null; done
echo x >/etc/limited2
/bin/cat /etc/limited2
