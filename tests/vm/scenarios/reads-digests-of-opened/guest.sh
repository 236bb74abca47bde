printf hello >/tmp/greeting
cat /tmp/greeting
echo
