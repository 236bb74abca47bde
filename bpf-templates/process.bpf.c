/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What is known about the current process.
 *
 * writ_process() -> struct writ_process *, or 0 when the process is not tracked
 *
 * writ_binaries() -> its first 31 binary sets, in the low bits, with SETS_KNOWN; 0 when it is not
 *     tracked
 *     As writ_process, at a fifth of the price. Minimum kernel 5.8.
 */
#include "recent.h"

ROUTINE struct writ_process *writ_process(void)
{
	__u32 key = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&writ_processes, &key);
}

ROUTINE __u64 writ_binaries(void)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct writ_recent *place = recent(pid);
	struct writ_process *process;

	if (place) {
		__u64 sets = place->sets;

		if (sets >> 32 == pid)
			return (__u32)sets;
	}
	process = bpf_map_lookup_elem(&writ_processes, &pid);
	if (!process)
		return 0;
	remember(pid, process);
	return SETS_KNOWN | (process->binary_sets[0] & (SETS_KNOWN - 1));
}
