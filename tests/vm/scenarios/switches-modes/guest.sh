policy() { ./writ-loader policy "$@" 2>&1 || echo "exit $?"; }
try() { /bin/cat /etc/switched 2>/dev/null || echo stopped; }
policy disable kill-readers
echo read >/etc/switched
try
policy enforce kill-readers
try
policy monitor kill-readers
try
policy disable kill-readers
try
policy enforce kill-readers
try
policy monitor kill-raeders
policy enforce gateways
sleep 1
policy list | sed 's/ *[A-Z0-9]*$//'
