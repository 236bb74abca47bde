./writ-trigger nested-truncate /tmp/nested 301
./writ-trigger nested-truncate /tmp/nested 302
