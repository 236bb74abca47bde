top=$PWD
rm -rf /tmp/walk
mkdir -p /tmp/walk
cd /tmp/walk
for name in walked walked2 moded; do echo x > $name; done
chmod 612 moded
cat walked walked2 moded > /dev/null
cp "$top/writ-trigger" limited
(ulimit -S -n 123; ./limited bind-socket)
(ulimit -S -n 124; ./limited bind-socket)
"$top/writ-trigger" bind-socket reuseport
"$top/writ-trigger" bind-socket rcvbuf
cp "$top/writ-trigger" walk-parent
./walk-parent spawn truncate -s 77 t
truncate -s 78 t
"$top/writ-trigger" set-nice 7
"$top/writ-trigger" set-nice 8
