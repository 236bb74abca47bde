mkdir -m 700 /tmp/by-tracepoint /tmp/other
echo "made $?"
