for name in 000 050 099 100 0500; do
  mkdir -p /tmp/tree/$name
  echo $name >/tmp/tree/$name/file
  /bin/cat /tmp/tree/$name/file
done
deep=/tmp/deep
for level in $(seq 0 29); do deep="$deep/level $level"; done
mkdir -p "$deep"
echo deep >"$deep/file"
/bin/cat "$deep/file"
name=nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
name=$name$name$name$name
long=/tmp/long
for level in $(seq 15); do long=$long/$name; done
mkdir -p $long
echo long >$long/end
/bin/cat $long/end
mkdir -p '/tmp/outer mount' /tmp/bound
mount -t tmpfs none '/tmp/outer mount'
mkdir '/tmp/outer mount/inner'
mount -t tmpfs none '/tmp/outer mount/inner'
mkdir '/tmp/outer mount/inner/dir'
echo mounted >'/tmp/outer mount/inner/dir/a file'
/bin/cat '/tmp/outer mount/inner/dir/a file'
mount -o bind '/tmp/outer mount/inner/dir' /tmp/bound
/bin/cat '/tmp/bound/a file'
umount /tmp/bound '/tmp/outer mount/inner' '/tmp/outer mount'
