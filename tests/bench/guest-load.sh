#!/bin/sh
# Runs in the guest: opens a file that matches a thousand times, again and again, at a million times
# a minute; with the default ring buffer, with the smallest, and as fast as it goes. Prints lines of a
# table.
each=1000
rounds=40
mkdir -p /etc
echo x >/etc/shadow
list=$(for _ in $(seq $each); do printf '/etc/shadow '; done)

load() {
  name=$1 pause=$2
  shift 2
  rm -f events
  : >messages
  ./writ-loader run bundle.bpf.o --output events "$@" 2>messages &
  loader=$!
  until grep -q '^ready' messages; do
    kill -0 $loader 2>/dev/null || { cat messages; exit 1; }
    sleep 0.05
  done
  start=$(cut -d ' ' -f 1 /proc/uptime)
  for _ in $(seq $rounds); do
    cat $list >/dev/null
    sleep "$pause"
  done
  end=$(cut -d ' ' -f 1 /proc/uptime)
  sleep 2
  resident=$(awk '/^VmHWM/ {peak = $2} /^VmRSS/ {print $2}' /proc/$loader/status)
  kill -TERM $loader
  wait $loader
  lines=$(grep -c process_kprobe events)
  # Other records, of processes, are lost as well.
  lost=$(awk '/events were lost/ {for (i = 1; i < NF; i++) if ($(i + 1) == "events") sum += $i}
    END {print sum + 0}' messages)
  awk -v name="$name" -v events=$((each * rounds)) -v start="$start" -v end="$end" \
    -v lines="$lines" -v lost="$lost" -v resident="$resident" 'BEGIN {
      seconds = end - start
      printf "| %s | %d | %.2f | %.1f million | %d | %d | %d |\n", name, events, seconds,
        events / seconds * 60 / 1e6, lines, lost, resident}'
}

load 'default, 512 KiB' 0.02
load '4 KiB' 0.02 --ring-buffer-size 4096
load 'default, without a pause' 0
