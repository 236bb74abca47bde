/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Joins the return of a call to the event that its entry posted.
 *
 * writ_return(scratch, hook index) -> selector index that matched at the entry, or negative
 *     Negative when this thread's call of the hook that began at scratch->frame posted nothing.
 *     Otherwise the call is forgotten, scratch->call is what the entry's record has as CALL,
 *     scratch->owner whom that is about, scratch->function what its entry was told, and
 *     scratch->flags is IS_RETURN. Minimum kernel 5.8.
 */
#include "maps.h"

ROUTINE __s64 writ_return(struct writ_scratch *s, __u64 hook)
{
	struct writ_pending_key key = { bpf_get_current_pid_tgid(), hook, s->frame };
	struct writ_pending_call *call = bpf_map_lookup_elem(&writ_pending, &key);
	__u64 selector;

	if (!call)
		return -1;
	s->call = call->call;
	s->owner = call->owner;
	s->flags = FLAG_IS_RETURN;
	selector = call->selector;
	s->function = selector >> 16;
	bpf_map_delete_elem(&writ_pending, &key);
	return selector & 0xffff;
}
