/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Sends the event.
 *
 * writ_post(scratch, hook index, selector index, action, action argument) -> 0
 *     Fills the header and copies header and items to the ring buffer, or counts LOST. The event
 *     stays as it is, so that several policies of one hook can each send it. The header's flags are
 *     scratch->flags. With AWAITS_RETURN the call is remembered for writ_return, unless the record
 *     was lost. Minimum kernel 5.8.
 */
#include "record.h"

INLINE void remember_call(struct writ_scratch *s, __u64 hook, __u64 selector)
{
	struct writ_pending_key key = { bpf_get_current_pid_tgid(), hook };
	struct writ_pending_call value = { s->header.call, selector };

	bpf_map_update_elem(&writ_pending, &key, &value, 0);
}

ROUTINE __u64 writ_post(struct writ_scratch *s, __u64 hook, __u64 selector, __u64 action,
			__u64 argument)
{
	struct writ_header *header = &s->header;
	__u64 length = *(volatile __u32 *)&s->cursor;
	struct writ_process *process = writ_process();

	fill_header(header, KIND_HOOK, length);
	header->flags = s->flags;
	header->selector = selector;
	header->hook = hook;
	header->action = action;
	header->process_start = process ? process->start : 0;
	header->action_argument = argument;
	header->call = s->call;
	if (s->flags & FLAG_AWAITS_RETURN)
		header->call = header->time;
	if (send(header, length) == 0 && s->flags & FLAG_AWAITS_RETURN)
		remember_call(s, hook, selector);
	return 0;
}
