# 402 comes first, and nobody asks for that page.
./writ-trigger serve-once 127.0.0.1:8401 >/tmp/asked &
server=$!
mv /etc/resolv.conf /etc/resolv.before 2>/dev/null
echo "nameserver 127.0.0.1" >/etc/resolv.conf
./writ-trigger answer-name 127.0.0.1:53 >/tmp/looked-up &
names=$!
sleep 1
/bin/truncate -s 402 /tmp/canary
/bin/truncate -s 404 /tmp/canary
/bin/truncate -s 403 /tmp/canary
/bin/truncate -s 401 /tmp/canary
wait $server
cat /tmp/asked
wait $names
cat /tmp/looked-up
rm /etc/resolv.conf
mv /etc/resolv.before /etc/resolv.conf 2>/dev/null
