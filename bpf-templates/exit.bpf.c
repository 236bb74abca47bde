/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A process ends.
 *
 * writ_exit(context of the tracepoint sched_process_exit) -> 0
 *     When the last thread of a tracked process exits: forgets the process and sends an exit
 *     record. Threads that exit at the same time can each look like the last; the one that takes
 *     the process out of the map reports it, so that there is one record. Minimum kernel 5.8.
 */
#include "kernel.h"
#include "recent.h"
#include "record.h"
#include "tracking.h"

/* What waitid reports: as wait_task_zombie in kernel/exit.c finds it. */
INLINE __u32 exit_code(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return task->group_leader->exit_code;
}

ROUTINE __u64 writ_exit(struct exit_context *context)
{
	struct task_struct *task = context->task;
	struct writ_process *process;
	struct writ_header header;
	__u32 key = bpf_get_current_pid_tgid() >> 32;
	__u64 start;

	if (!is_last(task))
		return 0;
	process = bpf_map_lookup_elem(&writ_processes, &key);
	if (!process)
		return 0;
	start = process->start;
	if (bpf_map_delete_elem(&writ_processes, &key) < 0)
		return 0;
	forget(key);
	fill_header(&header, KIND_EXIT, sizeof(header));
	header.process_start = start;
	header.action_argument = exit_code(task);
	send(&header, sizeof(header));
	return 0;
}
