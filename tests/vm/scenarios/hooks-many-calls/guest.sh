./writ-trigger use-descriptors 7001
./writ-trigger use-descriptors 6001
./writ-trigger close-as-32-bits 7009
