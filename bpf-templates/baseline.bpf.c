/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What a process was when it was forked or last executed a program, and what of that is otherwise
 * now: only in bundles that ask.
 *
 * writ_namespace_changes() -> bit n: the current task is in another namespace of kind n; bit 16 is
 *     always set. 0 when the process is not tracked. One that was or is unknown is no other.
 * writ_capability_changes_effective(), _permitted, _inheritable -> the capabilities that the current
 *     thread gained or lost; bit 63 is always set. 0 when the process is not tracked.
 *     Minimum kernel 5.8; from 5.11 on the fields are loaded directly.
 *
 * writ_baseline_exec(scratch, context of the tracepoint sched_process_exec) -> 0
 * writ_baseline_fork(context of the tracepoint sched_process_fork) -> 0
 * writ_baseline_exit(context of the tracepoint sched_process_exit) -> 0
 *     Minimum kernel 5.8.
 */
#include "capability.h"
#include "maps.h"
#include "namespace.h"
#include "tracking.h"

#define NAMESPACE_CHANGES_KNOWN (1 << 16)
#define CAPABILITY_CHANGES_KNOWN (1ULL << 63)

INLINE struct writ_baseline *baseline(void)
{
	__u32 key = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&writ_baselines, &key);
}

/* 1 when the number is not 0. A jump would double what the verifier looks at, ten times over. */
INLINE __u64 is_set(__u64 number)
{
	__u64 opposite = -number;

	OPAQUE(opposite);
	return (number | opposite) >> 63;
}

ROUTINE __u64 writ_namespace_changes(void)
{
	struct writ_baseline *before = baseline();
	__u32 now[NAMESPACES];
	__u64 changes = NAMESPACE_CHANGES_KNOWN;

	if (!before)
		return 0;
	if (HAVE_CURRENT_TASK_BTF)
		load_namespaces(bpf_get_current_task_btf(), now);
	else
		read_namespaces((void *)bpf_get_current_task(), now);
	for (int kind = 0; kind < NAMESPACES; kind++) {
		__u64 was = before->namespaces[kind], is = now[kind];

		changes |= (is_set(was ^ is) & is_set(was) & is_set(is)) << kind;
	}
	return changes;
}

#define CHANGES_ROUTINE(set)                                                                       \
	ROUTINE __u64 writ_capability_changes_##set(void)                                          \
	{                                                                                          \
		struct writ_baseline *before = baseline();                                         \
                                                                                                   \
		if (!before)                                                                       \
			return 0;                                                                  \
		return (before->set ^ current_##set()) | CAPABILITY_CHANGES_KNOWN;                 \
	}

CHANGES_ROUTINE(effective)
CHANGES_ROUTINE(permitted)
CHANGES_ROUTINE(inheritable)

INLINE void store_baseline(struct task_struct *task)
{
	const struct cred *cred = task->cred;
	struct writ_baseline now;
	__u32 key = task->tgid;

	load_namespaces(task, now.namespaces);
	now.permitted = load_capabilities(cred, permitted);
	now.effective = load_capabilities(cred, effective);
	now.inheritable = load_capabilities(cred, inheritable);
	if (bpf_map_update_elem(&writ_baselines, &key, &now, 0) < 0)
		count(COUNTER_UNTRACKED);
}

ROUTINE __u64 writ_baseline_exec(struct writ_scratch *s, struct exec_context *context)
{
	(void)s;
	store_baseline(context->task);
	return 0;
}

ROUTINE __u64 writ_baseline_fork(struct fork_context *context)
{
	if (!is_thread(context->child))
		store_baseline(context->child);
	return 0;
}

ROUTINE __u64 writ_baseline_exit(struct exit_context *context)
{
	struct task_struct *task = context->task;
	__u32 key = task->tgid;

	if (is_last(task))
		bpf_map_delete_elem(&writ_baselines, &key);
	return 0;
}
