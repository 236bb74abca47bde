#!/bin/sh
# Runs in the guest: what each bundle's programs cost, in guest instructions.
# Prints, for each bundle, `BUNDLE run PATH INSTRUCTIONS RUNS` for one run at an open of that file,
# `BUNDLE process INSTRUCTIONS` for a fork, exec and exit, `BUNDLE ready SECONDS` from the loader's
# start until all is attached, and what is loaded.
# Usage: guest.sh OPENS BUNDLE...
opens=$1
shift
files='/usr/lib/x/y /tmp/n/f /etc/passwd /etc/shadow /var/run/secrets/kubernetes.io/sa/token'
echo 1 >/proc/sys/kernel/bpf_stats_enabled
mount -t tmpfs none /tmp
mkdir -p /usr/lib/x /etc /var/run/secrets/kubernetes.io/sa /tmp/n
for file in $files; do
  [ -e $file ] || echo x >$file
done

# Id, run_cnt and run_time_ns of every program that the loader holds. It can hold one twice, and
# reading runs programs too: the first answer counts.
programs() {
  awk 'function end() {if (id != "" && !(id in seen)) print id, count, time; seen[id]; id = ""}
    FNR == 1 {end()} /^prog_id/ {id = $2} /^run_cnt/ {count = $2} /^run_time_ns/ {time = $2}
    END {end()}' /proc/$loader/fdinfo/* 2>/dev/null
}

# What the programs did more between `middle` and `after` than between `before` and `middle`: by
# the program that ran at least so often more, or by all when that is 0. Prints time and runs.
difference() {
  awk -v least="$1" '{count[FILENAME, $1] = $2; time[FILENAME, $1] = $3; ids[$1] = 1}
    END {for (id in ids) {
      runs = count["after", id] - 2 * count["middle", id] + count["before", id]
      if (runs < least) continue
      all += runs
      spent += time["after", id] - 2 * time["middle", id] + time["before", id]
    }
    print spent + 0, all + 0}' before middle after
}

# The same few programs run before `middle` and after it, so that they cancel out.
opening() {
  programs >before
  cat </dev/null
  programs >middle
  cat $list >/dev/null 2>&1
  programs >after
  difference $((opens * 9 / 10))
}

# Fork, exec and exit: all of the bundle's programs, of which the hook's does not run.
processes() {
  for _ in 1 2 3; do
    programs >before
    programs >middle
    for _ in $(seq 50); do busybox true; done
    programs >after
    difference 1
    sleep 0.1
  done | least | awk '{printf "process %.0f\n", $1 / 50}'
  awk 'FILENAME == "middle" {count[$1] = $2; time[$1] = $3; next}
    $2 > count[$1] {print "tracking", ($3 - time[$1]) / ($2 - count[$1]), $2 - count[$1]}' middle after
}

least() {
  awk '$2 > 0 && (best == "" || $1 < best) {best = $1; runs = $2} END {print best, runs}'
}

# What one run at an open costs, for each file.
opening_each() {
  for file in $files; do
    list=$(for _ in $(seq "$opens"); do printf '%s ' $file; done)
    for _ in 1 2 3; do
      opening
      sleep 0.1
    done | least | awk -v file=$file '$2 {printf "run %s %.0f %d\n", file, $1 / $2, $2}'
  done
}

measure() {
  # Many programs run at an open where there are many hooks.
  case $bundle in hooks*) ;; *) opening_each ;; esac
  case $bundle in processes*) processes ;; esac
  for info in /proc/$loader/fdinfo/*; do
    awk '/^prog_type/ {kind = "program"} /^map_type/ {kind = "map"; type = $2}
      /^prog_id/ {id = $2} /^map_id/ {id = $2} /^verified_insns/ {verified = $2}
      /^memlock/ {bytes = $2} /^max_entries/ {entries = $2}
      # Kernels before 6.4 do not count what a ring buffer (map type 27) takes.
      END {if (kind == "map" && type == 27 && bytes == 0) bytes = entries
           if (kind == "program") print kind, id, bytes, verified
           if (kind == "map") print kind, id, bytes, type, entries}' "$info" 2>/dev/null
  done | sort -u
  awk '/^VmRSS/ {print "resident", $2} /^VmHWM/ {print "peak", $2}' /proc/$loader/status
}

for bundle; do
  : >messages
  start=$(cut -d ' ' -f 1 /proc/uptime)
  ./writ-loader run "$bundle" --output /dev/null 2>messages &
  loader=$!
  until grep -q '^ready' messages; do
    kill -0 $loader 2>/dev/null || { cat messages; exit 1; }
    sleep 0.05
  done
  echo "$start $(cut -d ' ' -f 1 /proc/uptime)" |
    awk -v bundle="$bundle" '{print bundle, "ready", $2 - $1}'
  measure | sed "s/^/$bundle /"
  kill -TERM $loader
  wait $loader
done
