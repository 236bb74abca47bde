./writ-trigger share-socket 127.0.0.1:9 2
