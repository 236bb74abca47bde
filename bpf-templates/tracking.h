/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the BTF tracepoints see by which processes are followed. Their tasks are BTF pointers, whose
 * fields are loaded directly, on every kernel from 5.8 on.
 */
#ifndef WRIT_TRACKING_H
#define WRIT_TRACKING_H

#include "kernel.h"

/* sched_process_exec runs in the process itself, with the new program in place. */
struct exec_context {
	struct task_struct *task;
	__u64 old_pid;
	struct linux_binprm *bprm;
};

/* sched_process_fork runs in the parent, before the child runs. */
struct fork_context {
	struct task_struct *parent;
	struct task_struct *child;
};

/* sched_process_exit runs in the thread that exits. */
struct exit_context {
	struct task_struct *task;
};

/* A new thread is no new process. */
INLINE int is_thread(struct task_struct *task)
{
	return task->pid != task->tgid;
}

/* Whether no thread of the process is left. Threads that exit at the same time can each look like
 * the last. */
INLINE int is_last(struct task_struct *task)
{
	return task->signal->live.counter == 0;
}

#endif
