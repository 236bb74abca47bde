/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which capabilities the current thread has.
 *
 * writ_capability_effective(), _permitted, _inheritable -> the set, a bit for each capability
 *     Minimum kernel 5.8; from 5.11 on the fields are loaded directly.
 */
#include "capability.h"

#define CAPABILITY_ROUTINE(set)                                                                    \
	INLINE __u64 current_##set(void)                                                           \
	{                                                                                          \
		struct task_struct *task;                                                          \
                                                                                                   \
		if (HAVE_CURRENT_TASK_BTF) {                                                       \
			task = bpf_get_current_task_btf();                                         \
			return load_capabilities(task->cred, set);                                 \
		}                                                                                  \
		task = (void *)bpf_get_current_task();                                             \
		return read_capabilities(task, set);                                               \
	}                                                                                          \
	ROUTINE __u64 writ_capability_##set(void)                                                  \
	{                                                                                          \
		return current_##set();                                                            \
	}

CAPABILITY_ROUTINE(effective)
CAPABILITY_ROUTINE(permitted)
CAPABILITY_ROUTINE(inheritable)
