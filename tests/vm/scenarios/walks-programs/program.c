/* The structures of `trigger_visit` in tests/vm/trigger/src/probes.rs, for their BTF:
 * clang -target bpf -g -c program.c -o program.o
 * llvm-objcopy --dump-section .BTF=program.btf program.o
 */
struct visitor {
	int number;
	char name[16];
	const char *nickname;
};

struct visit {
	long unused;
	struct visitor *visitor;
	int floors[3];
	unsigned char grade : 3;
	unsigned char is_first : 1;
};

struct visit *visits;
struct visitor visitor;
