rm -rf /tmp/enforced; mkdir /tmp/enforced
./writ-trigger notify-and-forget /tmp/enforced
