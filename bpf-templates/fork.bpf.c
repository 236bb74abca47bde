/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A process is forked: it starts with what is known about its parent.
 *
 * writ_fork(context of the tracepoint sched_process_fork, follow sets) -> 0
 *     Stores the child in writ_processes with its parent's binary sets, and as a descendant of the
 *     parent's follow sets and of those given; sends a fork record. The parent is the process that
 *     called fork or clone. A new thread is no new process. UNTRACKED is counted when the map is
 *     full, LOST when the ring buffer is. Minimum kernel 5.8.
 */
#include "namespace.h"
#include "recent.h"
#include "record.h"
#include "tracking.h"

INLINE void inherit(struct writ_process *child, struct writ_process *parent)
{
	child->parent_start = parent->start;
	for (int word = 0; word < 4; word++)
		child->binary_sets[word] = parent->binary_sets[word];
	child->descends |= parent->descends;
}

ROUTINE __u64 writ_fork(struct fork_context *context, __u64 descends)
{
	struct task_struct *child = context->child;
	struct writ_process process = { .descends = descends }, *parent = writ_process();
	struct writ_header header;
	__u32 key = child->tgid;

	if (is_thread(child))
		return 0;
	fill_header(&header, KIND_FORK, sizeof(header));
	process.start = start_at(header.time);
	process.parent = header.pid;
	process.namespace_pid = load_own_number(child);
	if (parent)
		inherit(&process, parent);
	if (bpf_map_update_elem(&writ_processes, &key, &process, 0) < 0) {
		count(COUNTER_UNTRACKED);
		forget(key);
	} else {
		remember(key, &process);
	}

	header.hook = process.parent;
	header.tid = key;
	header.pid = key;
	header.process_start = process.parent_start;
	header.action_argument = process.start;
	send(&header, sizeof(header));
	return 0;
}
