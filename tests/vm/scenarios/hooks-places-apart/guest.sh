./writ-trigger probes step 41
./writ-trigger probes double 4
cat /proc/[0-9]*/fdinfo/* 2>/dev/null | grep -c uprobe_multi
