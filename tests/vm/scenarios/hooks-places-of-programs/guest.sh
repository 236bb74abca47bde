./writ-trigger probes step 41
./writ-trigger probes seven 70
./writ-trigger probes seven 71
./writ-trigger probes greet moon
./writ-trigger probes double 4
./writ-trigger probes add 1 2
./writ-trigger probes step 99
echo $?
