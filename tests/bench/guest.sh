#!/bin/sh
# Runs in the guest: what one run of a bundle's programs costs, in guest instructions.
# Prints a line for each path: name, fewest instructions of five rounds, runs counted.
# Usage: guest.sh BUNDLE OPENS
bundle=$1 opens=$2
echo 1 >/proc/sys/kernel/bpf_stats_enabled
mkdir -p /usr/lib/x /etc /var/run/secrets/kubernetes.io/sa /tmp/n
for file in /usr/lib/x/y /tmp/n/f /etc/passwd /etc/shadow /var/run/secrets/kubernetes.io/sa/token; do
  [ -e $file ] || echo x >$file
done
./writ-loader run "$bundle" --output /dev/null 2>messages &
loader=$!
tries=0
until grep -q '^ready' messages || [ $tries = 400 ]; do
  kill -0 $loader 2>/dev/null || { cat messages; exit 1; }
  tries=$((tries + 1))
  sleep 0.05
done

# prog_id, run_cnt and run_time_ns of every program that the loader holds.
programs() {
  for info in /proc/$loader/fdinfo/*; do
    awk '/^prog_id/ {id = $2} /^run_cnt/ {count = $2} /^run_time_ns/ {time = $2}
         END {if (id != "") print id, count, time}' "$info" 2>/dev/null
  done | sort -u
}

# The program that ran at least this often between two states: id, runs, time.
difference() {
  awk -v least="$1" 'NR == FNR {count[$1] = $2; time[$1] = $3; next}
    $2 - count[$1] >= least {printf "%d %d\n", $3 - time[$1], $2 - count[$1]}' before after
}

for file in /usr/lib/x/y /tmp/n/f /etc/passwd /etc/shadow /var/run/secrets/kubernetes.io/sa/token; do
  list=$(for _ in $(seq "$opens"); do printf '%s ' $file; done)
  for round in 1 2 3 4 5; do
    programs >before
    cat $list >/dev/null
    programs >after
    difference "$opens"
    sleep 0.1
  done | awk -v file=$file '{cost = $1 / $2; if (best == "" || cost < best) {best = cost; runs = $2}}
    END {printf "run %s %.0f %d\n", file, best, runs}'
done

for info in /proc/$loader/fdinfo/*; do
  awk '/^prog_type/ {kind = "program"} /^map_type/ {kind = "map"; type = $2}
    /^prog_id/ {id = $2} /^map_id/ {id = $2} /^verified_insns/ {verified = $2} /^memlock/ {bytes = $2}
    /^max_entries/ {entries = $2}
    END {if (kind == "program") print kind, id, bytes, verified
         if (kind == "map") print kind, id, bytes, type, entries}' "$info"
done | sort -u
awk '/^VmRSS/ {print "resident", $2}' /proc/$loader/status
kill -TERM $loader
wait $loader
