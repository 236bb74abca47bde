mkdir -p /etc/kubernetes/pki /var/run/secrets/kubernetes.io/serviceaccount
echo secret >/etc/shadow
echo secret >/var/run/secrets/kubernetes.io/serviceaccount/token
/bin/sh -c '/bin/cat /etc/shadow; exit 7'
echo "shell $?"
/bin/cat /etc/passwd >/dev/null
/bin/cat /var/run/secrets/kubernetes.io/serviceaccount/token
mkdir -p /tmp/etc && echo other >/tmp/etc/shadow && /bin/cat /tmp/etc/shadow
