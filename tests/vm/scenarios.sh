#!/bin/sh
# Runs in the guest: every scenario, each with its bundle attached. What happened is left in /out.
for script in *.sh; do
  name=${script%.sh}
  [ "$name" != scenarios ] || continue
  ./writ-loader run "$name.bpf.o" --output "/out/$name.json" 2>"/out/$name.err" &
  loader=$!
  tries=0
  until grep -q '^ready' "/out/$name.err" || [ $tries = 400 ]; do
    kill -0 $loader 2>/dev/null || break
    tries=$((tries + 1))
    sleep 0.05
  done
  /bin/sh "./$script" >"/out/$name.out" 2>&1
  kill -TERM $loader 2>/dev/null
  wait $loader
  echo $? >"/out/$name.code"
done
