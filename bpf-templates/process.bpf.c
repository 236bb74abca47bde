/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What is known about the current process.
 *
 * writ_process() -> struct writ_process *, or 0 when the process is not tracked
 *     Minimum kernel 5.8.
 */
#include "maps.h"

ROUTINE struct writ_process *writ_process(void)
{
	__u32 key = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&writ_processes, &key);
}
