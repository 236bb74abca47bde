./writ-trigger bpf-map known_map 4 16 33
./writ-trigger bpf-program known_program
./writ-trigger perf-event 1 2
./writ-trigger perf-event kprobe do_nanosleep 0
