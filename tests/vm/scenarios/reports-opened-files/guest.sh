mkdir -p /etc/kubernetes/pki /var/run/secrets/kubernetes.io/serviceaccount
echo secret >/etc/shadow
echo secret >/var/run/secrets/kubernetes.io/serviceaccount/token
sh -c 'cat /etc/shadow; exit 7'
echo "shell $?"
cat /etc/passwd >/dev/null
cat /var/run/secrets/kubernetes.io/serviceaccount/token
mkdir -p /tmp/etc && echo other >/tmp/etc/shadow && cat /tmp/etc/shadow
