cp ./writ-trigger /tmp/writ-listed
./writ-trigger use-descriptors 7001
/tmp/writ-listed use-descriptors 7001
echo "listed $?"
