/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The little of libbpf's headers that the runtime library needs, so that clang alone builds it:
 * integer types, the helpers that are called, and the CO-RE builtins.
 */
#ifndef WRIT_BPF_H
#define WRIT_BPF_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed int __s32;
typedef signed long long __s64;

/* Where a map, a global or a program stands in the object. */
#define SEC(name) __attribute__((section(name), used))

/* A map attribute is the size of an array in the map's BTF. */
#define __uint(name, value) int (*name)[value]
#define __type(name, value) typeof(value) *name

enum map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

/* Helpers by their numbers in the kernel's `enum bpf_func_id`; every one is in Linux 5.10 except
 * bpf_get_current_task_btf (5.11), whose use is guarded by HAVE_CURRENT_TASK_BTF; bpf_loop (5.17),
 * for which there is a second routine; and those of the integrity measurement (5.11 and 5.18), whose
 * routine is linked only where there is one of them. */
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static __u64 (*const bpf_get_current_task)(void) = (void *)35;
static long (*const bpf_probe_write_user)(void *to, const void *from, __u32 size) = (void *)36;
static long (*const bpf_get_stack)(void *context, void *to, __u32 size,
				   __u64 flags) = (void *)67;
static __u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static long (*const bpf_probe_read_user)(void *to, __u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *to, __u32 size, const void *from) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *to, __u32 size, const void *from) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *to, __u32 size,
					       const void *from) = (void *)115;
static long (*const bpf_ringbuf_output)(void *map, const void *data, __u64 size,
					__u64 flags) = (void *)130;
static void *(*const bpf_get_current_task_btf)(void) = (void *)158;
static long (*const bpf_ima_inode_hash)(void *inode, void *to, __u32 size) = (void *)161;
static long (*const bpf_loop)(__u32 steps, void *step, void *context, __u64 flags) = (void *)181;
static long (*const bpf_ima_file_hash)(void *file, void *to, __u32 size) = (void *)193;

enum bpf_func_id___writ {
	BPF_FUNC_get_current_task_btf___writ = 158,
	BPF_FUNC_ima_file_hash___writ = 193,
};

/* Evaluated when the program is loaded: the branch that the kernel cannot run becomes dead code. */
#define HAVE_CURRENT_TASK_BTF                                                                      \
	__builtin_preserve_enum_value(                                                             \
		*(enum bpf_func_id___writ *)BPF_FUNC_get_current_task_btf___writ, 0)
#define HAVE_IMA_FILE_HASH                                                                         \
	__builtin_preserve_enum_value(                                                             \
		*(enum bpf_func_id___writ *)BPF_FUNC_ima_file_hash___writ, 0)

#define FIELD_OFFSET(type, field) __builtin_preserve_field_info(((type *)0)->field, 0)
#define TYPE_SIZE(type) __builtin_preserve_type_info(*(type *)0, 1)
#define FIELD_SIZE(type, field) __builtin_preserve_field_info(((type *)0)->field, 1)
#define FIELD_EXISTS(type, field) __builtin_preserve_field_info(((type *)0)->field, 2)

/* Copies the kernel object at `from`, such as `&task->fs`, into `*to`; zeroes `*to` on a fault. */
#define READ(to, from) bpf_probe_read_kernel(to, sizeof(*(to)), from)

/* Every routine keeps its arguments and its symbol although nothing in the object calls it. */
#define ROUTINE static __attribute__((noinline, used))

/* A routine that the verifier looks at once for a program, however often it is called: it has
 * external linkage, and its arguments are numbers and pointers to memory of a known size, which may
 * be 0 for all that the verifier knows. Pointers into the kernel are numbers here. Before Linux
 * 5.13 no memory can be passed to such a function (btf_check_func_arg_match in kernel/bpf/btf.c);
 * for those kernels the compiler makes it an ordinary routine. */
#ifdef WITHOUT_SHARED
#define SHARED ROUTINE
#else
#define SHARED __attribute__((noinline))
#endif
#define INLINE static inline __attribute__((always_inline))

/* Bounds a value in a way that clang cannot optimise away and the verifier understands. */
#define MASK(value, mask) asm volatile("%0 &= %1" : "+r"(value) : "i"(mask))
/* Keeps clang from rewriting address arithmetic into a form whose bounds the verifier loses. */
#define OPAQUE(value) asm volatile("" : "+r"(value))

#endif
