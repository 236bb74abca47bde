./writ-trigger use-descriptors 6001
./writ-trigger use-descriptors 7001
echo "enforced $?"
