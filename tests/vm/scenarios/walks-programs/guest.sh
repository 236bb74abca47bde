./writ-trigger probes visit 7
./writ-trigger probes visit 9
