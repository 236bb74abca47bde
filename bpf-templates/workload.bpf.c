/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which sets of workloads the current process belongs to.
 *
 * writ_workload() -> struct writ_workload *, of the nearest of its cgroups that the loader knows, or
 *     0 when it knows none of them
 *     Cgroups are those of the unified hierarchy. One that a container makes for itself, or that is
 *     too young for the loader, counts as the cgroup that it is in. Minimum kernel 5.8.
 */
#include "maps.h"

/* Cgroups above the process's own that are looked at. */
#define WORKLOAD_LEVELS 8

ROUTINE struct writ_workload *writ_workload(void)
{
	__u64 id = bpf_get_current_cgroup_id();
	struct writ_workload *known = bpf_map_lookup_elem(&writ_workloads, &id);
	struct task_struct *task = (void *)bpf_get_current_task();
	struct cgroup_subsys_state *parent = 0;
	struct kernfs_node *node = 0;
	struct cgroup *cgroup = 0;
	struct css_set *set = 0;

	if (known)
		return known;
	READ(&set, &task->cgroups);
	READ(&cgroup, &set->dfl_cgrp);
	for (int level = 0; level < WORKLOAD_LEVELS; level++) {
		READ(&parent, &cgroup->self.parent);
		if (!parent)
			break;
		cgroup = (void *)parent - FIELD_OFFSET(struct cgroup, self);
		READ(&node, &cgroup->kn);
		READ(&id, &node->id);
		known = bpf_map_lookup_elem(&writ_workloads, &id);
		if (known)
			break;
	}
	return known;
}
