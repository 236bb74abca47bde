/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * How a record is headed and sent.
 */
#ifndef WRIT_RECORD_H
#define WRIT_RECORD_H

#include "maps.h"

/* Fills what every record of the current thread has in its header. */
INLINE void start_header(struct writ_header *header, __u8 kind, __u64 thread, __u64 length)
{
	header->length = length;
	header->kind = kind;
	header->tid = thread;
	header->time = bpf_ktime_get_ns();
	header->pid = thread >> 32;
	header->cgroup = bpf_get_current_cgroup_id();
}

/* Fills the whole header of a record about the current process; what only some kinds of records
 * have is zero. */
INLINE void fill_header(struct writ_header *header, __u8 kind, __u64 length)
{
	start_header(header, kind, bpf_get_current_pid_tgid(), length);
	header->flags = 0;
	header->selector = NO_SELECTOR;
	header->hook = 0;
	*(__u32 *)&header->action = 0;
	header->process_start = 0;
	header->action_argument = 0;
	header->call = 0;
}

/* Sends a record of up to EVENT_SIZE bytes. Returns 0, or negative when it was lost. */
INLINE __s64 send(struct writ_header *header, __u64 length)
{
	if (length > EVENT_SIZE)
		length = EVENT_SIZE;
	if (bpf_ringbuf_output(&writ_events, header, length, 0) == 0)
		return 0;
	count(COUNTER_LOST);
	return -1;
}

#endif
