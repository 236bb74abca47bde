./writ-trigger probes double 3
./writ-trigger probes double 4
./writ-trigger probes double 5
./writ-trigger probes step 5
./writ-trigger probes double 6
./writ-trigger probes double 7
./writ-trigger probes double 8
./writ-trigger probes double 9
