/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Parameters of a call, kept until it returns: where a return is seen they are gone.
 *
 * writ_save(scratch, hook index)    -> 0
 *     Keeps scratch->saved for the return of the call that was just posted.
 * writ_restore(scratch, hook index) -> 0
 *     Brings it back and forgets it. Zeros when nothing was kept, which no reader takes for an
 *     address. Minimum kernel 5.8.
 */
#include "maps.h"

struct writ_saved {
	__u64 parameters[SAVED];
};

/* The parameters of calls whose return is awaited. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct writ_pending_key);
	__type(value, struct writ_saved);
} writ_saved SEC(".maps");

ROUTINE __u64 writ_save(struct writ_scratch *s, __u64 hook)
{
	struct writ_pending_key key = { bpf_get_current_pid_tgid(), hook, s->frame };

	bpf_map_update_elem(&writ_saved, &key, s->saved, 0);
	return 0;
}

ROUTINE __u64 writ_restore(struct writ_scratch *s, __u64 hook)
{
	struct writ_pending_key key = { bpf_get_current_pid_tgid(), hook, s->frame };
	struct writ_saved *saved = bpf_map_lookup_elem(&writ_saved, &key);

	if (!saved) {
		__builtin_memset(s->saved, 0, sizeof(s->saved));
		return 0;
	}
	__builtin_memcpy(s->saved, saved->parameters, sizeof(s->saved));
	bpf_map_delete_elem(&writ_saved, &key);
	return 0;
}
