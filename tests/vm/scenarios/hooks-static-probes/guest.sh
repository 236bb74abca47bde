./writ-trigger static-probes 3
./writ-trigger static-probes 2
