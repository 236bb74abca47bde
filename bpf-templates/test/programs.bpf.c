/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Programs that call each routine as generated programs do: one for each way of attaching.
 * They act on one process only, so that a record is always the test's own doing.
 */
#include "../library.bpf.c"

/* Which process is watched, and which program acts: the test switches them on one by one. */
volatile struct {
	__u32 target;
	__u32 active;
} control SEC(".data.watch");

enum program {
	FENTRY_FILE = 1,
	LSM_FILE = 2,
	KPROBE_FILE = 3,
	FENTRY_PATH = 4,
	KPROBE_PATH = 5,
	FENTRY_BINPRM = 6,
	KPROBE_BINPRM = 7,
	SYSCALLS = 8,
	LIMITED = 9,
	COMPARE_FENTRY = 10,
	COMPARE_KPROBE = 11,
	COMPARE_LSM = 12,
	VALUES = 13,
	FILE_PARTS = 14,
	FILE_PARTS_PROBED = 15,
	PATH_TYPE = 16,
	FILENAME = 17,
	CONNECT = 18,
	PACKET = 19,
	WRITE = 20,
	BPF_OBJECTS = 21,
	BPF_REQUEST = 22,
	PERF_EVENT = 23,
	RENAME = 24,
	EXEC_NAME = 25,
	FAMILY = 26,
};

INLINE int is_ours(__u32 program)
{
	return control.active == program && bpf_get_current_pid_tgid() >> 32 == control.target;
}

INLINE struct writ_scratch *acquire(void)
{
#ifdef WITHOUT_CMPXCHG
	return writ_scratch_acquire_plain();
#else
	return writ_scratch_acquire_atomic();
#endif
}

#define WITH_SCRATCH(program, body)                                                                \
	struct writ_scratch *s;                                                                    \
	__s64 at __attribute__((unused));                                                          \
                                                                                                   \
	if (!is_ours(program) || !(s = acquire()))                                                 \
		return 0;                                                                          \
	body;                                                                                      \
	writ_scratch_release(s);                                                                   \
	return 0

/* The first two names of a path are asked for before the path is read, and become items 8 and 9
 * after it. */
#define TOP(call)                                                                                  \
	__u64 second, first = call

#define PUT_TOP                                                                                    \
	writ_put_integer(s, 8, first);                                                             \
	writ_put_integer(s, 9, first ? second : 0)

struct arguments {
	void *first;
	void *second;
};

SEC("fentry/security_file_open")
int fentry_file(struct arguments *context)
{
	struct file *file = context->first;

	WITH_SCRATCH(FENTRY_FILE, {
		TOP(writ_top_file_trusted(file, &second));
		at = writ_read_file_trusted(s, file, 7);
		PUT_TOP;
		writ_put_integer(s, 10, writ_binaries());
		writ_describe_file_trusted(s, file, at);
		writ_post(s, FENTRY_FILE, 1, 2, -3);
	});
}

SEC("lsm/file_open")
int lsm_file(struct arguments *context)
{
	struct file *file = context->first;

	WITH_SCRATCH(LSM_FILE, {
		TOP(writ_top_file_trusted(file, &second));
		at = writ_read_file_trusted(s, file, 7);
		PUT_TOP;
		writ_describe_file_trusted(s, file, at);
		writ_post(s, LSM_FILE, 1, 2, -3);
	});
}

/* x86-64 `struct pt_regs`, in which the first argument, rdi, stands at 112. */
#define FIRST(context) ((void *)*(__u64 *)((__u8 *)(context) + 112))

SEC("kprobe/security_file_open")
int kprobe_file(void *context)
{
	struct file *file = FIRST(context);

	WITH_SCRATCH(KPROBE_FILE, {
		TOP(writ_top_file_probe(file, &second, s));
		at = writ_read_file_probe(s, file, 7);
		PUT_TOP;
		writ_describe_file_probe(s, file, at);
		writ_post(s, KPROBE_FILE, 1, 2, -3);
	});
}

SEC("fentry/security_inode_getattr")
int fentry_path(struct arguments *context)
{
	struct path *path = context->first;

	WITH_SCRATCH(FENTRY_PATH, {
		TOP(writ_top_path_trusted(path, &second));
		at = writ_read_path_trusted(s, path, 7);
		PUT_TOP;
		writ_describe_path_trusted(s, path, at);
		writ_post(s, FENTRY_PATH, 1, 2, -3);
	});
}

SEC("kprobe/security_inode_getattr")
int kprobe_path(void *context)
{
	struct path *path = FIRST(context);

	WITH_SCRATCH(KPROBE_PATH, {
		TOP(writ_top_path_probe(path, &second, s));
		at = writ_read_path_probe(s, path, 7);
		PUT_TOP;
		writ_describe_path_probe(s, path, at);
		writ_post(s, KPROBE_PATH, 1, 2, -3);
	});
}

SEC("fentry/security_bprm_check")
int fentry_binprm(struct arguments *context)
{
	struct linux_binprm *bprm = context->first;

	WITH_SCRATCH(FENTRY_BINPRM, {
		TOP(writ_top_binprm_trusted(bprm, &second));
		at = writ_read_binprm_trusted(s, bprm, 7);
		PUT_TOP;
		writ_describe_binprm_trusted(s, bprm, at);
		writ_post(s, FENTRY_BINPRM, 1, 2, -3);
	});
}

SEC("kprobe/security_bprm_check")
int kprobe_binprm(void *context)
{
	struct linux_binprm *bprm = FIRST(context);

	WITH_SCRATCH(KPROBE_BINPRM, {
		TOP(writ_top_binprm_probe(bprm, &second, s));
		at = writ_read_binprm_probe(s, bprm, 7);
		PUT_TOP;
		writ_describe_binprm_probe(s, bprm, at);
		writ_post(s, KPROBE_BINPRM, 1, 2, -3);
	});
}

/* System calls that the test makes for their arguments' sake. */
#define NR_FSYNC 74
#define NR_GETPGID 121
#define NR_UNLINK 87
#define HOOK_SYSCALL 100

INLINE __u64 argument(void *registers)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, 8, registers + 112);
	return value;
}

SEC("raw_tp/sys_enter")
int enter_syscall(struct arguments *context)
{
	__u64 number = (__u64)context->second, value;
	void *registers = context->first;

	WITH_SCRATCH(SYSCALLS, {
		value = argument(registers);
		if (number == NR_FSYNC) {
			at = writ_read_fd(s, value, 7);
			writ_describe_fd(s, value, at);
			s->flags = FLAG_AWAITS_RETURN;
			if (writ_post(s, HOOK_SYSCALL, 5, 2, -3) == 0)
				writ_await(s, HOOK_SYSCALL, 5);
		} else if (number == NR_UNLINK) {
			writ_read_string(s, (void *)value, 7, MEMORY_OF_EITHER);
			writ_read_string(s, (void *)value, 8, MEMORY_OF_CALLER);
			writ_read_string(s, (void *)value, 9, MEMORY_OF_KERNEL);
			writ_post(s, HOOK_SYSCALL, 5, 1, 0);
		} else if (number == NR_GETPGID) {
			writ_put_integer(s, 0, writ_namespace_uts());
			writ_put_integer(s, 1, writ_namespace_ipc());
			writ_put_integer(s, 2, writ_namespace_mnt());
			writ_put_integer(s, 3, writ_namespace_pid());
			writ_put_integer(s, 4, writ_namespace_pid_for_children());
			writ_put_integer(s, 5, writ_namespace_net());
			writ_put_integer(s, 6, writ_namespace_time());
			writ_put_integer(s, 7, writ_namespace_time_for_children());
			writ_put_integer(s, 8, writ_namespace_cgroup());
			writ_put_integer(s, 9, writ_namespace_user());
			writ_put_integer(s, 10, writ_namespace_pid_number());
			writ_put_integer(s, 11, writ_modes[0]);
			writ_put_integer(s, 12, !!writ_workload());
			writ_put_unreadable(s, 13, STATUS_ABSENT);
			writ_post(s, HOOK_SYSCALL, 5, 1, 0);
		}
	});
}

SEC("raw_tp/sys_exit")
int exit_syscall(struct arguments *context)
{
	__s64 result = (__s64)context->second, selector;

	WITH_SCRATCH(SYSCALLS, {
		selector = writ_return(s, HOOK_SYSCALL);
		if (selector >= 0) {
			writ_put_integer(s, 9, result);
			writ_post(s, HOOK_SYSCALL, selector, 1, 0);
		}
	});
}

/* getpgid(n) is limited by thread when n is 0, by process when 1, and globally when 2. */
SEC("raw_tp/sys_enter")
int limit_syscall(struct arguments *context)
{
	__u64 number = (__u64)context->second, value;
	void *registers = context->first;

	WITH_SCRATCH(LIMITED, {
		value = argument(registers);
		if (number == NR_GETPGID) {
			writ_put_integer(s, 1, value);
			if (!writ_rate_limited(writ_rate_number(0, value, STATUS_READ), HOOK_SYSCALL, 5, 1000, value % 3))
				writ_post(s, HOOK_SYSCALL, 5, 1, 0);
		}
	});
}

SEC("tp_btf/sched_process_exec")
int process_exec(struct exec_context *context)
{
	struct writ_scratch *s = acquire();
	__s64 at;

	if (!s)
		return 0;
	at = writ_exec_start(s, context);
	if (at >= 0 && at <= (__s64)(EVENT_OFFSET + EVENT_SIZE) &&
	    *(__u32 *)((__u8 *)s + at) == 0x6e69622f /* "/bin" */)
		s->binary_sets[2] |= 1ULL << 63;
	writ_lineage_exec(s, context);
	writ_baseline_exec(s, context);
	writ_exec_finish(s, context);
	writ_scratch_release(s);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int process_fork(struct fork_context *context)
{
	writ_lineage_fork(context);
	writ_baseline_fork(context);
	return writ_fork(context, 4);
}

SEC("tp_btf/sched_process_exit")
int process_exit(struct exit_context *context)
{
	writ_lineage_exit(context);
	writ_baseline_exit(context);
	return writ_exit(context);
}

/* What a policy with one prefix costs: compared with "/etc/sha", posted when it matches. */
INLINE int is_shadow(struct writ_scratch *s, __s64 at)
{
	return at >= 0 && at <= (__s64)(EVENT_OFFSET + EVENT_SIZE) &&
	       *(__u64 *)((__u8 *)s + at) == 0x6168732f6374652fULL;
}

SEC("fentry/security_file_open")
int compare_fentry(struct arguments *context)
{
	struct file *file = context->first;

	WITH_SCRATCH(COMPARE_FENTRY, {
		at = writ_read_file_trusted(s, file, 7);
		if (is_shadow(s, at))
			writ_post(s, COMPARE_FENTRY, 0, 1, 0);
	});
}

SEC("lsm/file_open")
int compare_lsm(struct arguments *context)
{
	struct file *file = context->first;

	WITH_SCRATCH(COMPARE_LSM, {
		at = writ_read_file_trusted(s, file, 7);
		if (is_shadow(s, at))
			writ_post(s, COMPARE_LSM, 0, 1, 0);
	});
}

SEC("kprobe/security_file_open")
int compare_kprobe(void *context)
{
	struct file *file = FIRST(context);

	WITH_SCRATCH(COMPARE_KPROBE, {
		at = writ_read_file_probe(s, file, 7);
		if (is_shadow(s, at))
			writ_post(s, COMPARE_KPROBE, 0, 1, 0);
	});
}

#include "values.bpf.c"
