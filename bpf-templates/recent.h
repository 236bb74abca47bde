/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What is asked of a process most often, found without a search.
 *
 * A look into writ_processes, a hash table, costs 170 instructions. writ_recent holds the sets and
 * the start of some of its processes, each at the place that the low bits of its thread group id
 * say. Two processes can want the same place, and programs on several CPUs can write there at once.
 * So each word tells whose it is, and is right or wrong as a whole: a reader that finds another's
 * asks writ_processes.
 *
 * A word about a process is written by itself and, before it runs, by its parent. So none is left of
 * a process that had the same id before.
 */
#ifndef WRIT_RECENT_H
#define WRIT_RECENT_H

#include "maps.h"

/* Set in the word of a process's sets, whose bits below it are. */
#define SETS_KNOWN (1ULL << 31)

INLINE struct writ_recent *recent(__u32 pid)
{
	__u32 place = pid % RECENT_PLACES;

	return bpf_map_lookup_elem(&writ_recent, &place);
}

INLINE void remember(__u32 pid, struct writ_process *process)
{
	struct writ_recent *place = recent(pid);
	__u64 start = process->start;

	if (!place)
		return;
	place->sets = (__u64)pid << 32 | SETS_KNOWN | (process->binary_sets[0] & (SETS_KNOWN - 1));
	/* The start of a process that was found running may have no room for the id. */
	place->start = start % START_GRAIN ? 0 : start | pid / RECENT_PLACES;
}

INLINE void forget(__u32 pid)
{
	struct writ_recent *place = recent(pid);

	if (!place)
		return;
	if (place->sets >> 32 == pid)
		place->sets = 0;
	if (place->start % START_GRAIN == pid / RECENT_PLACES)
		place->start = 0;
}

/* What stands for this time where it is a process's start. */
INLINE __u64 start_at(__u64 time)
{
	return time & ~(START_GRAIN - 1);
}

/* When the process started, or 0 when it is not known. `current` is that of the current thread. */
INLINE __u64 start_of(__u32 pid, __u32 current)
{
	struct writ_recent *place = recent(pid);
	struct writ_process *process;
	__u64 start;

	if (place) {
		start = place->start - pid / RECENT_PLACES;
		if (start && start % START_GRAIN == 0)
			return start;
	}
	process = bpf_map_lookup_elem(&writ_processes, &pid);
	if (!process)
		return 0;
	if (pid == current)
		remember(pid, process);
	return process->start;
}

#endif
