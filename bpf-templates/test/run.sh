#!/bin/sh
# Builds the tests of the runtime library and runs them on real kernels.
#
#     ./run.sh [load|cost] [kernel ...]
#
# Boots the kernels of tests/vm. Needs clang 19, a C compiler and static libbpf (libbpf-dev,
# libelf-dev, zlib1g-dev).
set -eu
cd "$(dirname "$0")"
what=
options=
case ${1:-} in
load) what=load; shift ;;
cost) what=cost; options=-i; shift ;;
esac
[ $# -gt 0 ] || set -- 5.10 6.1 6.12 7.2

vm=../../tests/vm
"$vm/prepare" "$@"
payload=$(mktemp -d)
trap 'rm -rf "$payload"' EXIT
bpf() {
	"${CLANG:-clang-19}" -target bpf -mcpu=v3 -O2 -g -Wall -Wno-unused-function \
		-c programs.bpf.c "$@"
	"${LLVM_STRIP:-llvm-strip-19}" --strip-debug "$payload"/*.o
}
bpf -o "$payload/atomic.o"
bpf -DWITHOUT_CMPXCHG -DWITHOUT_SHARED -o "$payload/plain.o"
"${CC:-cc}" -O1 -Wall -static -o "$payload/check" check.c harness.c paths.c calls.c values.c kernel_values.c processes.c cost.c -lbpf -lelf -lz -lpthread 2>/dev/null

status=0
for kernel; do
	object=atomic.o
	[ "$kernel" != 5.10 ] || object=plain.o
	echo "== $kernel"
	# shellcheck disable=SC2086
	"$vm/run" -t 180 $options "$kernel" "$payload" "./check $object $what" || status=1
done
exit $status
