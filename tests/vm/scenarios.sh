#!/bin/sh
# Runs in the guest: every bundle, each with its scenario's script. What happened is left in /out.
# x.bpf.o, x.kprobe.bpf.o and x.tp_btf.bpf.o are bundles of the scenario x.
# x.times: seconds since the boot at the loader's start, when it was ready, after the script, and at
# the loader's end.
now() { read -r seconds _ </proc/uptime && echo "$seconds" >>"/out/$name.times"; }
for bundle in *.bpf.o; do
  name=${bundle%.bpf.o}
  scenario=${name%%.*}
  arguments=
  [ ! -e "./$scenario.args" ] || arguments=$(cat "./$scenario.args")
  now
  # shellcheck disable=SC2086
  ./writ-loader run "$bundle" $arguments --output "/out/$name.json" 2>"/out/$name.err" &
  loader=$!
  tries=0
  until grep -q '^ready' "/out/$name.err" || [ $tries = 900 ]; do
    kill -0 $loader 2>/dev/null || break
    tries=$((tries + 1))
    sleep 0.2
  done
  now
  /bin/sh "./$scenario.sh" >"/out/$name.out" 2>&1
  now
  kill -TERM $loader 2>/dev/null
  wait $loader
  echo $? >"/out/$name.code"
  now
done
[ ! -e bpftool.sh ] || . ./bpftool.sh
