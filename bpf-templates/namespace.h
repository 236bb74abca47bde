/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Namespaces of any task, by reads that cannot fault.
 */
#ifndef WRIT_NAMESPACE_H
#define WRIT_NAMESPACE_H

#include "kernel.h"

#define read_namespace(task, field)                                                                \
	({                                                                                         \
		struct nsproxy *proxy = 0;                                                         \
		typeof(proxy->field) space = 0;                                                    \
		__u32 inode = 0;                                                                   \
                                                                                                   \
		READ(&proxy, &(task)->nsproxy);                                                    \
		READ(&space, &proxy->field);                                                       \
		READ(&inode, &space->ns.inum);                                                     \
		inode;                                                                             \
	})

INLINE __u32 read_user_namespace(struct task_struct *task)
{
	const struct cred *cred = 0;
	struct user_namespace *space = 0;
	__u32 inode = 0;

	READ(&cred, &task->cred);
	READ(&space, &cred->user_ns);
	READ(&inode, &space->ns.inum);
	return inode;
}

struct own_number {
	__u32 number;
	struct pid_namespace *space;
};

/* A task's id in its innermost PID namespace, and that namespace: the kernel's
 * task_active_pid_ns. */
INLINE struct own_number own_number(struct task_struct *task)
{
	struct own_number own = {};
	struct pid *pid = 0;
	struct upid *innermost;
	__u32 level = 0;

	READ(&pid, &task->thread_pid);
	READ(&level, &pid->level);
	innermost = (void *)pid + FIELD_OFFSET(struct pid, numbers) +
		    level * TYPE_SIZE(struct upid);
	READ(&own.number, &innermost->nr);
	READ(&own.space, &innermost->ns);
	return own;
}

#endif
