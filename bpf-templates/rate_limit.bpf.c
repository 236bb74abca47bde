/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Whether an event was sent a short while ago.
 *
 * writ_rate_limited(scratch, hook index, selector index, interval in ms, scope) -> 1 or 0
 *     1, and LIMITED is counted, when an event of the same hook and selector with the same items
 *     was let through less than the interval ago; else it is let through and remembered. Scope 0
 *     counts each thread by itself, 1 each process, 2 all together. Items are compared by a
 *     64-bit hash of their first HASHED_WORDS words and of their length. Minimum kernel 5.8.
 */
#include "maps.h"

#define HASHED_WORDS 512

enum rate_scope {
	SCOPE_THREAD = 0,
	SCOPE_PROCESS = 1,
	SCOPE_GLOBAL = 2,
};

/* One step of FNV-1a, a word at a time, with the upper bits folded down. */
INLINE __u64 mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x100000001b3ULL;
	return hash ^ hash >> 29;
}

INLINE __u64 hash_items(struct writ_scratch *s)
{
	const __u64 *words = (const __u64 *)(s->event + sizeof(struct writ_header));
	__u64 length = *(volatile __u32 *)&s->cursor - sizeof(struct writ_header);
	__u64 hash = mix(0xcbf29ce484222325ULL, length);

	for (__u64 i = 0; i < HASHED_WORDS; i++) {
		if (i * 8 >= length)
			break;
		hash = mix(hash, *(volatile __u64 *)&words[i]);
	}
	return hash;
}

INLINE __u64 scope_key(__u64 scope)
{
	__u64 thread = bpf_get_current_pid_tgid();

	if (scope == SCOPE_THREAD)
		return thread;
	if (scope == SCOPE_PROCESS)
		return thread >> 32;
	return 0;
}

ROUTINE __u64 writ_rate_limited(struct writ_scratch *s, __u64 hook, __u64 selector,
				__u64 interval, __u64 scope)
{
	struct writ_rate_key key = {
		.hash = hash_items(s),
		.scope = scope_key(scope),
		.hook = hook,
		.selector = selector,
	};
	__u64 now = bpf_ktime_get_ns();
	__u64 *last = bpf_map_lookup_elem(&writ_rates, &key);

	if (last && now - *last < interval * 1000000) {
		count(COUNTER_LIMITED);
		return 1;
	}
	bpf_map_update_elem(&writ_rates, &key, &now, 0);
	return 0;
}
