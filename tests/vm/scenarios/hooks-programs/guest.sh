./writ-trigger probes add -7 35
./writ-trigger probes add 7 5000000000
./writ-trigger probes add -8 4999999999
./writ-trigger probes greet world
./writ-trigger probes greet word
./writ-trigger probes greet moon
./writ-trigger probes double 21
./writ-trigger probes double -5
./writ-trigger probes double 20
./writ-trigger probes double 13
echo $?
