#!/bin/sh
# Runs in the guest: the bundle of all examples, and the deeds. What happened is left in /out.
# One of the examples denies to make directories.
mkdir -p /usr/bin /tmp/mounted
for program in cat bash sample-exec; do
  [ -e "/usr/bin/$program" ] || cp /bin/busybox "/usr/bin/$program"
done
[ -e /etc/passwd ] || echo "root:x:0:0::/root:/bin/sh" >/etc/passwd
[ -e /etc/shadow ] || echo "root:x:0:0::/root:/bin/sh" >/etc/shadow
./writ-loader run examples.bpf.o --output /out/examples.json 2>/out/examples.err &
loader=$!
tries=0
until grep -q '^ready' /out/examples.err || [ $tries = 900 ]; do
  kill -0 $loader 2>/dev/null || break
  tries=$((tries + 1))
  sleep 0.2
done
/bin/sh ./examples-guest.sh >/out/examples.out 2>&1
kill -TERM $loader 2>/dev/null
wait $loader
echo $? >/out/examples.code
