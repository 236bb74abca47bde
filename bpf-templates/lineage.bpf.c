/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which binary sets the executables of a process's family are in: only in bundles that ask.
 *
 * writ_lineage() -> struct writ_lineage * of the current process, or 0 when it is not tracked
 *
 * writ_lineage_exec(scratch, context of the tracepoint sched_process_exec) -> 0
 *     Adds scratch->binary_sets to what the process's line executed. A process that was not seen
 *     before has its real parent's line.
 *
 * writ_lineage_fork(context of the tracepoint sched_process_fork) -> 0
 *     The child's line goes on where the parent's ends, and what the parent executes now stays the
 *     child's parent's executable, whatever the parent executes later.
 *
 * writ_lineage_exit(context of the tracepoint sched_process_exit) -> 0
 *     Forgets a process whose last thread exits. Minimum kernel 5.8.
 */
#include "maps.h"
#include "tracking.h"

ROUTINE struct writ_lineage *writ_lineage(void)
{
	__u32 key = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&writ_lineages, &key);
}

INLINE void descend(struct writ_lineage *child, __u32 parent)
{
	struct writ_process *process = bpf_map_lookup_elem(&writ_processes, &parent);
	struct writ_lineage *lineage = bpf_map_lookup_elem(&writ_lineages, &parent);

	if (!process || !lineage)
		return;
	for (int word = 0; word < 4; word++) {
		child->parent[word] = process->binary_sets[word];
		child->parent_line[word] = lineage->line[word];
		child->line[word] = lineage->line[word];
	}
	child->has_parent = 1;
}

INLINE void join(struct writ_lineage *lineage, struct writ_scratch *s)
{
	for (int word = 0; word < 4; word++)
		lineage->line[word] |= s->binary_sets[word];
}

ROUTINE __u64 writ_lineage_exec(struct writ_scratch *s, struct exec_context *context)
{
	struct task_struct *task = context->task;
	struct writ_lineage new = {}, *known;
	__u32 key = task->tgid;

	known = bpf_map_lookup_elem(&writ_lineages, &key);
	if (known) {
		join(known, s);
		return 0;
	}
	descend(&new, task->real_parent->tgid);
	join(&new, s);
	if (bpf_map_update_elem(&writ_lineages, &key, &new, 0) < 0)
		count(COUNTER_UNTRACKED);
	return 0;
}

ROUTINE __u64 writ_lineage_fork(struct fork_context *context)
{
	struct task_struct *child = context->child;
	struct writ_lineage new = {};
	__u32 key = child->tgid;

	if (is_thread(child))
		return 0;
	descend(&new, bpf_get_current_pid_tgid() >> 32);
	if (bpf_map_update_elem(&writ_lineages, &key, &new, 0) < 0)
		count(COUNTER_UNTRACKED);
	return 0;
}

ROUTINE __u64 writ_lineage_exit(struct exit_context *context)
{
	struct task_struct *task = context->task;
	__u32 key = task->tgid;

	if (is_last(task))
		bpf_map_delete_elem(&writ_lineages, &key);
	return 0;
}
