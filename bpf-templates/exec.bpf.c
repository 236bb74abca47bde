/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A process executes a program: what is known about it, for its events and for matchBinaries.
 * Both take the context of the raw tracepoint sched_process_exec, which runs in the process itself,
 * with the new program in place.
 *
 * writ_exec_start(scratch, context) -> payload offset of the executable's path, or negative
 *     Begins an exec record and clears scratch->binary_sets, in which generated code then sets the
 *     bit of each set that the path is in.
 *
 * writ_exec_finish(scratch, context) -> 0
 *     Appends the other items of record.rs `exec`, stores the process in writ_processes, and sends
 *     the record. The process keeps the parent and the sets that it inherited when it was forked;
 *     one that was not seen then has its real parent. UNTRACKED is counted when the map is full,
 *     LOST when the ring buffer is. Minimum kernel 5.8.
 */
#include "namespace.h"
#include "path.h"
#include "record.h"

#define ARGUMENTS_MAX 1024

struct exec_context {
	struct task_struct *task;
	__u64 old_pid;
	struct linux_binprm *bprm;
};

ROUTINE __s64 writ_exec_start(struct writ_scratch *s, struct exec_context *context)
{
	struct task_struct *task = context->task;
	struct mm_struct *mm = 0;
	struct file *executable = 0;

	for (int word = 0; word < 4; word++)
		s->binary_sets[word] = 0;
	READ(&mm, &task->mm);
	READ(&executable, &mm->exe_file);
	return writ_read_file_probe(s, executable, EXEC_EXECUTABLE);
}

/* The arguments as the new program finds them: argv[0] and on, each ended by a zero. */
INLINE void put_arguments(struct writ_scratch *s, struct task_struct *task)
{
	__u64 at = item_begin(s, TEXT_ROOM);
	struct mm_struct *mm = 0;
	unsigned long start = 0, end = 0;
	__u64 length, status = STATUS_READ;

	if (!at)
		return;
	READ(&mm, &task->mm);
	READ(&start, &mm->arg_start);
	READ(&end, &mm->arg_end);
	length = end - start;
	if (length > ARGUMENTS_MAX) {
		length = ARGUMENTS_MAX;
		status = STATUS_TRUNCATED;
	}
	if (bpf_probe_read_user(PAYLOAD(s, at), length, (void *)start) < 0) {
		length = 0;
		status = STATUS_UNREADABLE;
	}
	text_end(s, at, EXEC_ARGUMENTS, status, length);
}

INLINE void put_directory(struct writ_scratch *s, struct task_struct *task)
{
	struct fs_struct *fs = 0;

	READ(&fs, &task->fs);
	writ_read_path_probe(s, &fs->pwd, EXEC_DIRECTORY);
}

INLINE __u32 login_uid(struct task_struct *task)
{
	__u32 uid = -1;

	/* Only with CONFIG_AUDIT. */
	if (FIELD_EXISTS(struct task_struct, loginuid))
		READ(&uid, &task->loginuid.val);
	return uid;
}

INLINE void put_credentials(struct writ_scratch *s, struct task_struct *task)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + sizeof(struct writ_credentials));
	struct writ_credentials *to;
	const struct cred *cred = 0;

	if (!at)
		return;
	to = (struct writ_credentials *)PAYLOAD(s, at);
	READ(&cred, &task->cred);
	READ(&to->uid, &cred->uid);
	READ(&to->gid, &cred->gid);
	READ(&to->euid, &cred->euid);
	READ(&to->egid, &cred->egid);
	READ(&to->suid, &cred->suid);
	READ(&to->sgid, &cred->sgid);
	READ(&to->fsuid, &cred->fsuid);
	READ(&to->fsgid, &cred->fsgid);
	to->audit_uid = login_uid(task);
	READ(&to->securebits, &cred->securebits);
	READ(&to->permitted, &cred->cap_permitted);
	READ(&to->effective, &cred->cap_effective);
	READ(&to->inheritable, &cred->cap_inheritable);
	item_end(s, at, EXEC_CREDENTIALS, STATUS_READ, sizeof(*to));
}

INLINE void put_namespaces(struct writ_scratch *s, struct task_struct *task)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + NAMESPACES * sizeof(__u32));
	struct own_number own = own_number(task);
	__u32 *to;

	if (!at)
		return;
	to = (__u32 *)PAYLOAD(s, at);
	to[NAMESPACE_UTS] = read_namespace(task, uts_ns);
	to[NAMESPACE_IPC] = read_namespace(task, ipc_ns);
	to[NAMESPACE_MNT] = read_namespace(task, mnt_ns);
	READ(&to[NAMESPACE_PID], &own.space->ns.inum);
	to[NAMESPACE_PID_FOR_CHILDREN] = read_namespace(task, pid_ns_for_children);
	to[NAMESPACE_NET] = read_namespace(task, net_ns);
	to[NAMESPACE_TIME] = read_namespace(task, time_ns);
	to[NAMESPACE_TIME_FOR_CHILDREN] = read_namespace(task, time_ns_for_children);
	to[NAMESPACE_CGROUP] = read_namespace(task, cgroup_ns);
	to[NAMESPACE_USER] = read_user_namespace(task);
	item_end(s, at, EXEC_NAMESPACES, STATUS_READ, NAMESPACES * sizeof(__u32));
}

/* The last component of the process's cgroup in the unified hierarchy. */
INLINE void put_cgroup(struct writ_scratch *s, struct task_struct *task)
{
	struct css_set *set = 0;
	struct cgroup *cgroup = 0;
	struct kernfs_node *node = 0;
	const char *name = 0;

	READ(&set, &task->cgroups);
	READ(&cgroup, &set->dfl_cgrp);
	READ(&node, &cgroup->kn);
	READ(&name, &node->name);
	writ_read_string(s, name, EXEC_CGROUP);
}

/* The process's entry as it is after the exec. */
INLINE void renew_process(struct writ_process *process, struct writ_scratch *s,
			  struct task_struct *task)
{
	struct writ_process *known = writ_process(), *parent;
	struct task_struct *real_parent = 0;

	if (known) {
		*process = *known;
	} else {
		READ(&real_parent, &task->real_parent);
		READ(&process->parent, &real_parent->tgid);
		parent = bpf_map_lookup_elem(&writ_processes, &process->parent);
		process->parent_start = parent ? parent->start : 0;
		process->descends = 0;
	}
	process->start = bpf_ktime_get_ns();
	process->namespace_pid = own_number(task).number;
	for (int word = 0; word < 4; word++)
		process->binary_sets[word] = s->binary_sets[word];
}

INLINE void put_family(struct writ_scratch *s, struct writ_process *process)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + sizeof(struct writ_family));
	struct writ_family *to;

	if (!at)
		return;
	to = (struct writ_family *)PAYLOAD(s, at);
	to->parent = process->parent;
	to->namespace_pid = process->namespace_pid;
	to->parent_start = process->parent_start;
	item_end(s, at, EXEC_FAMILY, STATUS_READ, sizeof(*to));
}

ROUTINE __u64 writ_exec_finish(struct writ_scratch *s, struct exec_context *context)
{
	struct task_struct *task = context->task;
	struct linux_binprm *bprm = context->bprm;
	struct writ_process process = {};
	const char *filename = 0;
	__u32 key = bpf_get_current_pid_tgid() >> 32;
	__u64 length;

	READ(&filename, &bprm->filename);
	writ_read_string(s, filename, EXEC_FILENAME);
	put_arguments(s, task);
	put_directory(s, task);
	put_credentials(s, task);
	put_namespaces(s, task);
	put_cgroup(s, task);
	renew_process(&process, s, task);
	put_family(s, &process);
	if (bpf_map_update_elem(&writ_processes, &key, &process, 0) < 0)
		count(COUNTER_UNTRACKED);

	length = *(volatile __u32 *)&s->cursor;
	fill_header(&s->header, KIND_EXEC, length);
	s->header.time = process.start;
	s->header.process_start = process.start;
	send(&s->header, length);
	return 0;
}
