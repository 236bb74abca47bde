/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Namespaces of a task: by loads where the task is a BTF pointer, else by reads that cannot fault.
 */
#ifndef WRIT_NAMESPACE_H
#define WRIT_NAMESPACE_H

#include "kernel.h"

/* The deepest that PID namespaces can be nested (include/linux/pid_namespace.h). */
#define PID_NAMESPACE_LEVEL_MAX 32

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

/* Where a task's id in its innermost PID namespace stands. */
INLINE struct upid *innermost(struct pid *pid, __u64 level)
{
	return (void *)pid + FIELD_OFFSET(struct pid, numbers) + level * TYPE_SIZE(struct upid);
}

/* The namespace is the kernel's task_active_pid_ns. */
INLINE __u32 read_pid_namespace(struct task_struct *task)
{
	struct pid *pid = 0;
	struct pid_namespace *space = 0;
	__u32 level = 0, inode = 0;

	READ(&pid, &task->thread_pid);
	READ(&level, &pid->level);
	READ(&space, &innermost(pid, level)->ns);
	READ(&inode, &space->ns.inum);
	return inode;
}

/* The same for a BTF pointer. An array of unknown length cannot be loaded from, but the namespace
 * for children is the process's own or one inside it (pidns_install in kernel/pid_namespace.c). */
INLINE __u32 load_pid_namespace(struct task_struct *task)
{
	struct pid_namespace *space = task->nsproxy->pid_ns_for_children;
	__u32 level = task->thread_pid->level;

	for (int i = 0; i < PID_NAMESPACE_LEVEL_MAX && space->level > level; i++)
		space = space->parent;
	return space->ns.inum;
}

/* A task's id in its innermost PID namespace. */
INLINE __u32 read_own_number(struct task_struct *task)
{
	struct pid *pid = 0;
	__u32 level = 0, number = 0;

	READ(&pid, &task->thread_pid);
	READ(&level, &pid->level);
	READ(&number, &innermost(pid, level)->nr);
	return number;
}

/* The same for a BTF pointer, to which only numbers may be added that the verifier knows. */
INLINE __u32 load_own_number(struct task_struct *task)
{
	__u32 level = task->thread_pid->level, number = 0;

	if (level == 0)
		return task->pid;
	if (level > 1)
		return read_own_number(task);
	READ(&number, &innermost(task->thread_pid, 1)->nr);
	return number;
}

/* All ten, for a task that is a BTF pointer. */
INLINE void load_namespaces(struct task_struct *task, __u32 *to)
{
	struct nsproxy *proxy = task->nsproxy;

	to[NAMESPACE_UTS] = proxy->uts_ns->ns.inum;
	to[NAMESPACE_IPC] = proxy->ipc_ns->ns.inum;
	to[NAMESPACE_MNT] = proxy->mnt_ns->ns.inum;
	to[NAMESPACE_PID] = load_pid_namespace(task);
	to[NAMESPACE_PID_FOR_CHILDREN] = proxy->pid_ns_for_children->ns.inum;
	to[NAMESPACE_NET] = proxy->net_ns->ns.inum;
	to[NAMESPACE_TIME] = proxy->time_ns->ns.inum;
	to[NAMESPACE_TIME_FOR_CHILDREN] = proxy->time_ns_for_children->ns.inum;
	to[NAMESPACE_CGROUP] = proxy->cgroup_ns->ns.inum;
	to[NAMESPACE_USER] = task->cred->user_ns->ns.inum;
}

INLINE void read_namespaces(struct task_struct *task, __u32 *to)
{
	to[NAMESPACE_UTS] = read_namespace(task, uts_ns);
	to[NAMESPACE_IPC] = read_namespace(task, ipc_ns);
	to[NAMESPACE_MNT] = read_namespace(task, mnt_ns);
	to[NAMESPACE_PID] = read_pid_namespace(task);
	to[NAMESPACE_PID_FOR_CHILDREN] = read_namespace(task, pid_ns_for_children);
	to[NAMESPACE_NET] = read_namespace(task, net_ns);
	to[NAMESPACE_TIME] = read_namespace(task, time_ns);
	to[NAMESPACE_TIME_FOR_CHILDREN] = read_namespace(task, time_ns_for_children);
	to[NAMESPACE_CGROUP] = read_namespace(task, cgroup_ns);
	to[NAMESPACE_USER] = read_user_namespace(task);
}

#endif
