#!/bin/sh
# Runs in the guest: the bundle of all examples, and the deeds. What happened is left in /out.
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
