/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A process executes a program: what is known about it, for its events and for matchBinaries.
 * Both take the context of the tracepoint sched_process_exec.
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
#include "capability.h"
#include "namespace.h"
#include "path.h"
#include "recent.h"
#include "record.h"
#include "tracking.h"

ROUTINE __s64 writ_exec_start(struct writ_scratch *s, struct exec_context *context)
{
	struct task_struct *task = context->task;

	for (int word = 0; word < 4; word++)
		s->binary_sets[word] = 0;
	return writ_read_file_trusted(s, task->mm->exe_file, EXEC_EXECUTABLE);
}

/* The arguments as the new program finds them: argv[0] and on, each ended by a zero. Those that do
 * not fit in the record are sent before it. */
INLINE void put_arguments(struct writ_scratch *s, struct task_struct *task)
{
	const void *start = (const void *)task->mm->arg_start;
	__s64 at = writ_read_buffer(s, start, EXEC_ARGUMENTS,
				     task->mm->arg_end - task->mm->arg_start, MEMORY_OF_CALLER);

	if (at > 0)
		writ_send_rest(s, start, at, MEMORY_OF_CALLER);
}

INLINE void put_directory(struct writ_scratch *s, struct task_struct *task)
{
	writ_read_path_trusted(s, &task->fs->pwd, EXEC_DIRECTORY);
}

INLINE __u32 login_uid(struct task_struct *task)
{
	/* Only with CONFIG_AUDIT. */
	if (FIELD_EXISTS(struct task_struct, loginuid))
		return task->loginuid.val;
	return -1;
}

INLINE void put_credentials(struct writ_scratch *s, struct task_struct *task)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + sizeof(struct writ_credentials));
	struct writ_credentials *to;
	const struct cred *cred = task->cred;

	if (!at)
		return;
	to = (struct writ_credentials *)PAYLOAD(s, at);
	to->uid = cred->uid.val;
	to->gid = cred->gid.val;
	to->euid = cred->euid.val;
	to->egid = cred->egid.val;
	to->suid = cred->suid.val;
	to->sgid = cred->sgid.val;
	to->fsuid = cred->fsuid.val;
	to->fsgid = cred->fsgid.val;
	to->audit_uid = login_uid(task);
	to->securebits = cred->securebits;
	to->permitted = load_capabilities(cred, permitted);
	to->effective = load_capabilities(cred, effective);
	to->inheritable = load_capabilities(cred, inheritable);
	item_end(s, at, EXEC_CREDENTIALS, STATUS_READ, sizeof(*to));
}

INLINE void put_namespaces(struct writ_scratch *s, struct task_struct *task)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + NAMESPACES * sizeof(__u32));

	if (!at)
		return;
	load_namespaces(task, (__u32 *)PAYLOAD(s, at));
	item_end(s, at, EXEC_NAMESPACES, STATUS_READ, NAMESPACES * sizeof(__u32));
}

/* The last component of the process's cgroup in the unified hierarchy. */
INLINE void put_cgroup(struct writ_scratch *s, struct task_struct *task)
{
	const char *name = task->cgroups->dfl_cgrp->kn->name;

	writ_read_string(s, name, EXEC_CGROUP, MEMORY_OF_KERNEL);
}

/* Gives the process's entry what the exec changes. */
INLINE void renew(struct writ_process *process, struct writ_scratch *s, struct task_struct *task)
{
	process->start = start_at(bpf_ktime_get_ns());
	process->namespace_pid = load_own_number(task);
	for (int word = 0; word < 4; word++)
		process->binary_sets[word] = s->binary_sets[word];
}

/* Makes an entry for a process that was not seen before. */
INLINE void adopt(struct writ_process *process, struct writ_scratch *s, struct task_struct *task)
{
	struct writ_process *parent;
	__u32 key = task->tgid;

	process->parent = task->real_parent->tgid;
	parent = bpf_map_lookup_elem(&writ_processes, &process->parent);
	process->parent_start = parent ? parent->start : 0;
	renew(process, s, task);
	if (bpf_map_update_elem(&writ_processes, &key, process, 0) < 0) {
		count(COUNTER_UNTRACKED);
		forget(key);
	} else {
		remember(key, process);
	}
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
	struct writ_process new = {}, *process = writ_process();
	__u64 length;

	writ_read_string(s, context->bprm->filename, EXEC_FILENAME, MEMORY_OF_KERNEL);
	put_arguments(s, task);
	put_directory(s, task);
	put_credentials(s, task);
	put_namespaces(s, task);
	put_cgroup(s, task);
	if (process) {
		renew(process, s, task);
		remember(task->tgid, process);
	} else {
		process = &new;
		adopt(process, s, task);
	}
	put_family(s, process);

	length = *(volatile __u32 *)&s->cursor;
	fill_header(&s->header, KIND_EXEC, length);
	s->header.time = process->start;
	s->header.process_start = process->start;
	send(&s->header, length);
	return 0;
}
