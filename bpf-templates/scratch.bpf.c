/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which memory a program works in.
 *
 * writ_scratch_acquire_atomic() -> struct writ_scratch *, or 0
 * writ_scratch_acquire_plain()  -> struct writ_scratch *, or 0
 *     A scratch area of this CPU with an empty event. 0 when all are in use; then BUSY is counted.
 *     Each needs a matching release on every path out of the program.
 *     atomic: minimum kernel 5.12 (the instruction BPF_CMPXCHG). Needed from 5.11 on, where a
 *     program can be preempted and another task's program run on the same CPU.
 *     plain: minimum kernel 5.8, and only for kernels before 5.11. There only an interrupt can
 *     come between the test and the store, and what it acquires it has released when it returns.
 *
 * writ_scratch_release(scratch) -> 0
 */
#include "maps.h"

INLINE void begin_event(struct writ_scratch *s, __u32 slot)
{
	s->slot = slot;
	s->cursor = sizeof(struct writ_header);
	s->flags = 0;
	s->call = 0;
	s->collected_dentry = 0;
	s->file.file = 0;
	s->owner = 0;
}

ROUTINE struct writ_scratch *writ_scratch_acquire_atomic(void)
{
	for (__u32 slot = 0; slot < SCRATCH_SLOTS; slot++) {
		__u32 key = slot;
		struct writ_scratch *s = bpf_map_lookup_elem(&writ_scratch, &key);

		if (!s)
			return 0;
		if (__sync_val_compare_and_swap(&s->busy, 0, 1) == 0) {
			begin_event(s, slot);
			return s;
		}
	}
	count(COUNTER_BUSY);
	return 0;
}

ROUTINE struct writ_scratch *writ_scratch_acquire_plain(void)
{
	for (__u32 slot = 0; slot < SCRATCH_SLOTS; slot++) {
		__u32 key = slot;
		struct writ_scratch *s = bpf_map_lookup_elem(&writ_scratch, &key);

		if (!s)
			return 0;
		if (s->busy == 0) {
			s->busy = 1;
			begin_event(s, slot);
			return s;
		}
	}
	count(COUNTER_BUSY);
	return 0;
}

ROUTINE __u64 writ_scratch_release(struct writ_scratch *s)
{
	*(volatile __u32 *)&s->busy = 0;
	return 0;
}
