echo x >/etc/limited1
for i in 1 2 3; do cat /etc/limited1 >/dev/null; done
echo x >/etc/limited2
cat /etc/limited2
