/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Sends the event.
 *
 * writ_post(scratch, hook index, selector index, action, action argument) -> 0, or negative
 *     Fills the header and copies header and items to the ring buffer, or counts LOST and is
 *     negative. The event stays as it is, so that several policies of one hook can each send it. The
 *     header's flags are scratch->flags. It is about the thread scratch->owner, or the current one.
 *
 * writ_await(scratch, hook index, selector index) -> 0
 *     Remembers the call that was just posted with AWAITS_RETURN for writ_return, and that it began
 *     at scratch->frame. What stands above the selector's 16 bits is the function that writ_return
 *     tells. Minimum kernel 5.8.
 */
#include "recent.h"
#include "record.h"

SHARED __s64 writ_post(struct writ_scratch *s, __u64 hook, __u64 selector, __u64 action,
		       __u64 argument)
{
	struct writ_header *header;
	__u64 current, thread, length;

	if (!s)
		return -1;
	current = bpf_get_current_pid_tgid();
	thread = s->owner ? s->owner : current;
	header = &s->header;
	length = *(volatile __u32 *)&s->cursor;
	start_header(header, KIND_HOOK, thread, length);
	header->flags = s->flags;
	header->selector = selector;
	header->hook = hook;
	*(__u32 *)&header->action = (__u8)action;
	header->process_start = start_of(thread >> 32, current >> 32);
	header->action_argument = argument;
	header->call = s->flags & FLAG_AWAITS_RETURN ? header->time : s->call;
	return send(header, length);
}

ROUTINE __u64 writ_await(struct writ_scratch *s, __u64 hook, __u64 selector)
{
	struct writ_pending_key key = { bpf_get_current_pid_tgid(), hook, s->frame };
	struct writ_pending_call value = { s->header.call, selector, s->owner };

	bpf_map_update_elem(&writ_pending, &key, &value, 0);
	return 0;
}
