echo x >/etc/limited1
for i in 1 2 3; do /bin/cat /etc/limited1 >/dev/null; done
echo x >/etc/limited2
/bin/cat /etc/limited2

# What one policy shows does not count for the other.
/bin/truncate -s 201 /tmp/one
/bin/truncate -s 201 /tmp/two
/bin/truncate -s 201 /tmp/one

# Two paths of a thousand bytes that differ in the last.
name=$(printf '%0240d' 0)
deep=/tmp/$name/$name/$name/$name
mkdir -p $deep
for last in a b a b c; do /bin/truncate -s 202 $deep/$last; done

./writ-trigger threads-truncate 3 2 /tmp/threads 211
./writ-trigger threads-truncate 2 2 /tmp/threads 211

/bin/truncate -s 221 /tmp/second
sleep 2
/bin/truncate -s 221 /tmp/second
