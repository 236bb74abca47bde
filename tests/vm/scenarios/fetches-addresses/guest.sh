# 402 comes first, and nobody asks for that page.
./writ-trigger serve-once 127.0.0.1:8401 >/tmp/asked &
server=$!
sleep 1
/bin/truncate -s 402 /tmp/canary
/bin/truncate -s 403 /tmp/canary
/bin/truncate -s 401 /tmp/canary
wait $server
cat /tmp/asked
