mkdir -p /tmp/deny
echo content >/tmp/denied
for name in one two three four; do ln -f /tmp/denied /tmp/deny/$name; done
for name in one two three four; do
  /bin/cat /tmp/deny/$name 2>&1
  echo "$name $?"
done
