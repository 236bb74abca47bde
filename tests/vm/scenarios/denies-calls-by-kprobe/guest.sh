cp ./writ-trigger /tmp/writ-denied
./writ-trigger use-descriptors 7001
/tmp/writ-denied use-descriptors 7001
/tmp/writ-denied use-descriptors 7002
