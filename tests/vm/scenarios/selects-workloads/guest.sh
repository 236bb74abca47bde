id=551e161c47d8ff0eb665438a7bcd5b4ef1c9d7f3a4d27a6b1d6a1b0c9d8e7f60
root=/sys/fs/cgroup/pods
echo x >/etc/workload
mkdir -p $root/cri-containerd-$id.scope $root/bank
cat >/tmp/pods.new <<PODS
{"pods": [
  {"namespace": "shop", "name": "cart-1", "labels": {"app": "cart"}, "workload": "cart",
   "containers": [{"name": "main", "id": "containerd://$id"}]},
  {"namespace": "bank", "name": "bank-1", "labels": {"app": "bank"},
   "containers": [{"name": "side", "id": "", "cgroup": "/pods/bank"}]}
]}
PODS
mv /tmp/pods.new /tmp/pods.json
sleep 3
read_in() { sh -c "echo \$\$ >$root/$1/cgroup.procs; exec /bin/cat /etc/workload"; }
/bin/cat /etc/workload
read_in cri-containerd-$id.scope
read_in bank
# A cgroup that the loader cannot have seen yet.
mkdir $root/bank/inner
read_in bank/inner
rmdir $root/bank/inner
rm /tmp/pods.json
