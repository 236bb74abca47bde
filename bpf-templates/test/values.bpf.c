/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Programs that read values of every kind but paths. Most act in getpriority(what, address, length),
 * which the test calls for its arguments' sake: `what` says what is done with the others.
 */

#define NR_GETPRIORITY 140

enum what {
	READ_BUFFER,
	READ_IN_FULL,
	READ_VECTORS,
	READ_SOCKADDR,
	READ_SOCKADDR_UN,
	SEARCH,
	CALL_NUMBER,
	STACKS,
	ENFORCER,
	SAVED_PARAMETERS,
	HASHES,
	PROBE_ARGUMENTS,
	TOP_OF_DESCRIPTOR,
	OF_TASK,
};

/* Finds "ab": what the compiler makes of it, see search.bpf.c. Classes of bytes, then rows of four
 * states: nothing yet, behind an "a", and found. */
const volatile struct {
	__u8 classes[256];
	__u16 rows[16];
} table = {
	.classes = { ['a'] = 2, ['b'] = 4 },
	.rows = { 0, 8, 0, 0, 0, 8, 16, 0, 16, 16, 16, 16 },
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct sk_buff___device {
	struct net_device *dev;
};
#pragma clang attribute pop

INLINE __u64 search(struct writ_scratch *s, __u64 at)
{
#ifdef WITHOUT_CMPXCHG
	return writ_search_plain(s, at, (const __u8 *)&table, 30, 16);
#else
	return writ_search_loop(s, at, (const __u8 *)&table, 30, 16);
#endif
}

INLINE __u64 parameter(void *registers, __u64 offset)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, 8, registers + offset);
	return value;
}

INLINE void put_saved(struct writ_scratch *s)
{
	for (int i = 0; i < 6; i++)
		s->saved[i] = 100 + i;
	writ_save(s, HOOK_SYSCALL);
	for (int i = 0; i < 6; i++)
		s->saved[i] = 0;
	writ_restore(s, HOOK_SYSCALL);
	writ_put_integer(s, 7, s->saved[0]);
	writ_put_integer(s, 8, s->saved[5]);
	writ_restore(s, HOOK_SYSCALL);
	writ_put_integer(s, 9, s->saved[5]);
}

INLINE void put_notifications(struct writ_scratch *s)
{
	writ_notify_enforcer(3, -13, 9);
	writ_put_integer(s, 7, writ_take_notification(4));
	writ_put_integer(s, 8, writ_take_notification(3));
	writ_put_integer(s, 9, writ_take_notification(3));
	writ_notify_enforcer(3, -13, 9);
	writ_forget_notification(3);
	writ_put_integer(s, 10, writ_take_notification(3));
}

INLINE void put_probe_arguments(struct writ_scratch *s, void *registers)
{
	__u64 value = 0, failed;

	for (int i = 0; i < 7; i++) {
		failed = writ_usdt_argument(registers, 0, i, &value);
		writ_put_integer(s, 10 + i, failed ? 0xbad : value);
	}
	writ_put_integer(s, 7, writ_usdt_set(registers, 0, 2, 77));
	writ_put_integer(s, 8, !writ_usdt_set(registers, 0, 0, 77));
}

INLINE void put_task(struct writ_scratch *s)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct user_namespace *namespace = 0;
	struct cred *cred = 0;

	READ(&cred, &task->cred);
	READ(&namespace, &cred->user_ns);
	writ_read_cred(s, cred, 7);
	writ_read_user_namespace(s, namespace, 8);
	writ_read_cred(s, 0, 9);
	writ_put_integer(s, 10, writ_capability_effective());
	writ_put_integer(s, 11, writ_capability_permitted());
	writ_put_integer(s, 12, writ_capability_inheritable());
}

SEC("raw_tp/sys_enter")
int read_values(struct arguments *context)
{
	__u64 number = (__u64)context->second, what, address, length;
	void *registers = context->first;

	if (number != NR_GETPRIORITY)
		return 0;
	WITH_SCRATCH(VALUES, {
		what = parameter(registers, 112);
		address = parameter(registers, 104);
		length = parameter(registers, 96);
		if (what == READ_BUFFER) {
			writ_read_buffer(s, (void *)address, 7, length, MEMORY_OF_CALLER);
		} else if (what == READ_IN_FULL) {
			at = writ_read_buffer(s, (void *)address, 7, length, MEMORY_OF_CALLER);
			writ_send_rest(s, (void *)address, at, MEMORY_OF_CALLER);
			writ_send_rest(s, (void *)address, at, MEMORY_OF_CALLER);
		} else if (what == READ_VECTORS) {
			writ_read_vectors(s, (void *)address, 7, length, MEMORY_OF_CALLER);
		} else if (what == READ_SOCKADDR) {
			writ_read_sockaddr(s, (void *)address, 7, MEMORY_OF_CALLER);
		} else if (what == READ_SOCKADDR_UN) {
			writ_read_sockaddr_un(s, (void *)address, 7, length, MEMORY_OF_CALLER);
		} else if (what == SEARCH) {
			at = writ_read_buffer(s, (void *)address, 7, length, MEMORY_OF_CALLER);
			writ_put_integer(s, 8, search(s, at));
		} else if (what == CALL_NUMBER) {
			writ_put_integer(s, 7, writ_syscall_number(number));
		} else if (what == STACKS) {
			writ_put_stack(s, context, 7, 0);
			writ_put_stack(s, context, 8, 256);
		} else if (what == ENFORCER) {
			put_notifications(s);
		} else if (what == SAVED_PARAMETERS) {
			put_saved(s);
		} else if (what == HASHES) {
			at = writ_read_string(s, (void *)address, 7, MEMORY_OF_CALLER);
			writ_put_integer(s, 8, writ_rate_fold(s->slot, at, 0));
			writ_put_integer(s, 9, writ_rate_number(0, length, STATUS_READ));
		} else if (what == PROBE_ARGUMENTS) {
			put_probe_arguments(s, registers);
		} else if (what == TOP_OF_DESCRIPTOR) {
			TOP(writ_top_fd(address, &second, s));
			writ_read_fd(s, address, 7);
			PUT_TOP;
		} else if (what == OF_TASK) {
			put_task(s);
		}
		writ_post(s, HOOK_SYSCALL, 5, 1, 0);
	});
}

/* What the kernel hands to functions. Each program acts where it is told to. */
#define SECOND(context) ((void *)*(__u64 *)((__u8 *)(context) + 104))

SEC("fentry/security_file_open")
int fentry_parts(struct arguments *context)
{
	struct file *file = context->first;

	WITH_SCRATCH(FILE_PARTS, {
		writ_put_integer(s, 7, writ_file_type_file_trusted(file));
		at = writ_read_dentry(s, file->f_path.dentry, 8);
		writ_describe_dentry(s, file->f_path.dentry, at);
		writ_post(s, FILE_PARTS, 5, 1, 0);
	});
}

SEC("kprobe/security_file_open")
int kprobe_parts(void *context)
{
	struct file *file = FIRST(context);
	struct dentry *dentry = 0;

	WITH_SCRATCH(FILE_PARTS_PROBED, {
		READ(&dentry, &file->f_path.dentry);
		writ_put_integer(s, 7, writ_file_type_file_probe(file));
		at = writ_read_dentry(s, dentry, 8);
		writ_describe_dentry(s, dentry, at);
		writ_post(s, FILE_PARTS_PROBED, 5, 1, 0);
	});
}

SEC("fentry/security_inode_getattr")
int fentry_path_type(struct arguments *context)
{
	struct path *path = context->first;

	WITH_SCRATCH(PATH_TYPE, {
		writ_put_integer(s, 7, writ_file_type_path_trusted(path));
		writ_put_integer(s, 8, writ_file_type_path_probe(path));
		writ_post(s, PATH_TYPE, 5, 1, 0);
	});
}

SEC("kprobe/filename_lookup")
int kprobe_filename(void *context)
{
	struct filename *name = SECOND(context);

	WITH_SCRATCH(FILENAME, {
		writ_read_filename(s, name, 7);
		writ_post(s, FILENAME, 5, 1, 0);
	});
}

SEC("kprobe/security_socket_connect")
int kprobe_connect(void *context)
{
	struct socket *socket = FIRST(context);
	struct sock *sk = 0;

	WITH_SCRATCH(CONNECT, {
		READ(&sk, &socket->sk);
		at = writ_read_socket(s, socket, 7);
		writ_read_sock(s, sk, 8);
		writ_read_sockaddr(s, SECOND(context), 9, MEMORY_OF_KERNEL);
		writ_read_sock(s, 0, 10);
		writ_attribute(s, at, 1);
		writ_put_integer(s, 11, s->owner);
		writ_track_socket(s, at, 1);
		writ_attribute(s, at, 2);
		writ_put_integer(s, 12, s->owner);
		writ_attribute(s, at, 1);
		writ_put_integer(s, 13, s->owner);
		writ_untrack_socket(s, at, 1);
		s->owner = 0;
		writ_attribute(s, at, 1);
		writ_put_integer(s, 14, s->owner);
		writ_post(s, CONNECT, 5, 1, 0);
	});
}

SEC("kprobe/security_sock_rcv_skb")
int kprobe_packet(void *context)
{
	struct sk_buff *skb = SECOND(context);
	struct net_device *device = 0;

	WITH_SCRATCH(PACKET, {
		READ(&device, &((struct sk_buff___device *)skb)->dev);
		writ_read_skb(s, skb, 7);
		writ_read_net_device(s, device, 8);
		writ_post(s, PACKET, 5, 1, 0);
	});
}

SEC("kprobe/generic_write_checks")
int kprobe_write(void *context)
{
	struct kiocb *kiocb = FIRST(context);

	WITH_SCRATCH(WRITE, {
		at = writ_read_kiocb(s, kiocb, 7);
		writ_describe_kiocb(s, kiocb, at);
		writ_read_iov_iter(s, SECOND(context), 8);
		writ_post(s, WRITE, 5, 1, 0);
	});
}

SEC("kprobe/security_bpf_map")
int kprobe_map(void *context)
{
	WITH_SCRATCH(BPF_OBJECTS, {
		writ_read_bpf_map(s, FIRST(context), 7);
		writ_post(s, BPF_OBJECTS, 1, 1, 0);
	});
}

SEC("kprobe/security_bpf_prog")
int kprobe_prog(void *context)
{
	WITH_SCRATCH(BPF_OBJECTS, {
		writ_read_bpf_prog(s, FIRST(context), 7);
		writ_post(s, BPF_OBJECTS, 2, 1, 0);
	});
}

SEC("kprobe/security_bpf")
int kprobe_bpf(void *context)
{
	WITH_SCRATCH(BPF_REQUEST, {
		writ_read_bpf_attr(s, SECOND(context), 7, MEMORY_OF_KERNEL);
		writ_post(s, BPF_REQUEST, 5, 1, 0);
	});
}

SEC("kprobe/security_perf_event_alloc")
int kprobe_perf_event(void *context)
{
	WITH_SCRATCH(PERF_EVENT, {
		writ_read_perf_event(s, FIRST(context), 7);
		writ_post(s, PERF_EVENT, 5, 1, 0);
	});
}

/* The record of task:task_rename: the thread's id, then its old and its new name of 16 bytes. */
SEC("tp/task/task_rename")
int rename_record(void *context)
{
	WITH_SCRATCH(RENAME, {
		writ_read_bytes(s, context + 12, 7, 16, MEMORY_OF_KERNEL);
		writ_read_characters(s, context + 28, 8, 16, MEMORY_OF_KERNEL);
		writ_post(s, RENAME, 5, 1, 0);
	});
}

/* That of sched:sched_process_exec begins with where the text of the file's name is. */
SEC("tp/sched/sched_process_exec")
int exec_record(void *context)
{
	WITH_SCRATCH(EXEC_NAME, {
		writ_read_record_text(s, context, 7, *(__u32 *)(context + 8));
		writ_post(s, EXEC_NAME, 5, 1, 0);
	});
}

/* What process tracking keeps more of a process. */
SEC("raw_tp/sys_enter")
int ask_family(struct arguments *context)
{
	struct writ_lineage *lineage;
	struct writ_process *process;

	if ((__u64)context->second != NR_GETPGID)
		return 0;
	WITH_SCRATCH(FAMILY, {
		process = writ_process();
		writ_put_integer(s, 7, process ? process->namespace_pid : 0);
		lineage = writ_lineage();
		writ_put_integer(s, 8, lineage ? lineage->line[2] >> 62 : 99);
		writ_put_integer(s, 9, lineage ? lineage->parent[2] >> 62 : 99);
		writ_put_integer(s, 10, lineage ? lineage->parent_line[2] >> 62 : 99);
		writ_put_integer(s, 11, lineage ? lineage->has_parent : 99);
		writ_put_integer(s, 12, writ_namespace_changes());
		writ_put_integer(s, 13, writ_capability_changes_effective());
		writ_put_integer(s, 14, writ_capability_changes_permitted());
		writ_put_integer(s, 15, writ_capability_changes_inheritable());
		writ_post(s, FAMILY, 5, 1, 0);
	});
}
