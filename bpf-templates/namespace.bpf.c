/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which namespaces the current task is in.
 *
 * writ_namespace_uts(), _ipc, _mnt, _pid, _pid_for_children, _net, _time, _time_for_children,
 * _cgroup, _user -> the namespace's inode number, as the links in /proc/self/ns show it; 0 when it
 *     is unknown, as for a task that is already exiting.
 * writ_namespace_pid_number() -> id of the current process in its own PID namespace
 *     Minimum kernel 5.8; from 5.11 on the fields are loaded directly.
 */
#include "namespace.h"

#define NAMESPACE_ROUTINE(kind, field)                                                             \
	ROUTINE __u64 writ_namespace_##kind(void)                                                  \
	{                                                                                          \
		struct task_struct *task;                                                          \
                                                                                                   \
		if (HAVE_CURRENT_TASK_BTF) {                                                       \
			task = bpf_get_current_task_btf();                                         \
			return task->nsproxy->field->ns.inum;                                      \
		}                                                                                  \
		task = (void *)bpf_get_current_task();                                             \
		return read_namespace(task, field);                                                \
	}

NAMESPACE_ROUTINE(uts, uts_ns)
NAMESPACE_ROUTINE(ipc, ipc_ns)
NAMESPACE_ROUTINE(mnt, mnt_ns)
NAMESPACE_ROUTINE(pid_for_children, pid_ns_for_children)
NAMESPACE_ROUTINE(net, net_ns)
NAMESPACE_ROUTINE(time, time_ns)
NAMESPACE_ROUTINE(time_for_children, time_ns_for_children)
NAMESPACE_ROUTINE(cgroup, cgroup_ns)

ROUTINE __u64 writ_namespace_user(void)
{
	struct task_struct *task;

	if (HAVE_CURRENT_TASK_BTF) {
		task = bpf_get_current_task_btf();
		return task->cred->user_ns->ns.inum;
	}
	return read_user_namespace((void *)bpf_get_current_task());
}

/* A task that exits has no namespaces any more, but for its id. */
ROUTINE __u64 writ_namespace_pid(void)
{
	struct task_struct *task;

	if (HAVE_CURRENT_TASK_BTF) {
		task = bpf_get_current_task_btf();
		if (task->nsproxy)
			return load_pid_namespace(task);
	}
	return read_pid_namespace((void *)bpf_get_current_task());
}

ROUTINE __u64 writ_namespace_pid_number(void)
{
	struct task_struct *task, *leader = 0;

	if (HAVE_CURRENT_TASK_BTF) {
		task = bpf_get_current_task_btf();
		return load_own_number(task->group_leader);
	}
	task = (void *)bpf_get_current_task();
	READ(&leader, &task->group_leader);
	return read_own_number(leader);
}
