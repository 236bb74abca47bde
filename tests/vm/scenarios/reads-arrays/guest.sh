./writ-trigger set-nice 7
./writ-trigger set-nice 2
./writ-trigger set-nice 17
