./writ-trigger write-vectors /tmp/vectors 'one, ' 'two ' '' 'and three'
./writ-trigger write-vectors /tmp/vectors ''
./writ-trigger write-vectors /tmp/vectors-of-others 'one, '
printf 'filled by the kernel' > /tmp/returned
./writ-trigger read-once /tmp/returned 30
./writ-trigger read-once /tmp/returned 4
./writ-trigger write-once /tmp/whole short
./writ-trigger write-many /tmp/whole 20000 k
./writ-trigger write-many /tmp/whole 400000 k
./writ-trigger write-socket 'in one piece'
./writ-trigger write-socket 'in ' 'three ' 'pieces'
