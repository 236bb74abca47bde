#!/bin/sh
# Runs in the guest: loads bundles by bpftool and keeps what it shows of their programs.
bpftool() { ./bpftool/ld.so --library-path ./bpftool ./bpftool/bpftool "$@"; }
while read -r name; do
  [ -e "$name.bpf.o" ] || continue
  pins=/sys/fs/bpf/${name%.kprobe}
  if bpftool prog loadall "$name.bpf.o" "$pins" 2>"/out/$name.bpftool"; then
    echo loaded >"/out/$name.bpftool"
  fi
  for pin in "$pins"/*; do
    bpftool prog dump xlated pinned "$pin" linum
  done >"/out/$name.xlated" 2>&1
  rm -rf "$pins"
done <bpftool/bundles
