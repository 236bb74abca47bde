/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Whether an event was sent a short while ago. Events are told apart by a 64-bit hash of what each
 * shows, which the program folds value by value. The hash has a secret, so that nobody can make two
 * events that have the same.
 *
 * writ_rate_number(hash, number, status) -> hash
 *     Adds a number, or 0 and why it cannot be read. Minimum kernel 5.8.
 *
 * writ_rate_fold(slot, offset, hash) -> hash
 *     Adds the item of the scratch area `slot` whose payload is at `offset`: its status and its
 *     first FOLDED bytes, or why there is none when the offset is negative. It is the one function
 *     of the library that is verified by itself, so that its loop costs a program once, however
 *     often it is called. Minimum kernel 5.8.
 *
 * writ_rate_limited(hash, hook index, selector index, interval in ms, scope) -> 1 or 0
 *     1, and LIMITED is counted, when an event of the same hook, selector and hash was let through
 *     less than the interval ago; else it is let through and remembered. Scope 0 counts each
 *     thread by itself, 1 each process, 2 all together. Minimum kernel 5.8.
 */
#include "item.h"

/* The longest payload, and more: a text has TEXT_MAX bytes. */
#define FOLDED 4096
#define FOLD_STEP 32

enum rate_scope {
	SCOPE_THREAD = 0,
	SCOPE_PROCESS = 1,
	SCOPE_GLOBAL = 2,
};

/* Two products with a secret between two words: what differs in one word cannot be undone by the
 * next without knowing the secret. */
INLINE __u64 mix(__u64 hash, __u64 word, __u64 secret)
{
	hash = (hash ^ word) * secret;
	hash ^= hash >> 32;
	return hash * secret;
}

ROUTINE __u64 writ_rate_number(__u64 hash, __u64 number, __u64 status)
{
	__u64 secret = writ_rate_secret | 1;

	return mix(mix(hash, status, secret), number, secret);
}

/* Whole steps of a payload. Where one begins is compared with a constant, since the verifier of
 * 5.10 knows no other bound. */
INLINE __u64 fold_steps(struct writ_scratch *s, __u64 at, __u64 steps, __u64 hash,
			__u64 secret)
{
	for (__u64 step = 0; step < FOLDED / FOLD_STEP; step++) {
		if (step >= steps)
			break;
		if (at > EVENT_OFFSET + EVENT_SIZE)
			break;
		hash = mix(hash, *(volatile __u64 *)PAYLOAD(s, at), secret);
		hash = mix(hash, *(volatile __u64 *)PAYLOAD(s, at + 8), secret);
		hash = mix(hash, *(volatile __u64 *)PAYLOAD(s, at + 16), secret);
		hash = mix(hash, *(volatile __u64 *)PAYLOAD(s, at + 24), secret);
		at += FOLD_STEP;
		OPAQUE(at);
	}
	return hash;
}

/* Fewer bytes than a step. What stands behind them does not count. */
INLINE __u64 fold_rest(struct writ_scratch *s, __u64 at, __u64 length, __u64 hash,
		       __u64 secret)
{
	for (__u64 word = 0; word < FOLD_STEP / 8; word++) {
		__u64 begun = word * 8, last;

		if (begun >= length || at > EVENT_OFFSET + EVENT_SIZE)
			break;
		last = *(volatile __u64 *)PAYLOAD(s, at + begun);
		if (length - begun < 8)
			last &= (1ULL << (length - begun) * 8) - 1;
		hash = mix(hash, last, secret);
	}
	return hash;
}

__attribute__((noinline)) __u64 writ_rate_fold(__u64 slot, __s64 offset, __u64 hash)
{
	__u32 key = slot;
	struct writ_scratch *s = bpf_map_lookup_elem(&writ_scratch, &key);
	__u64 behind = offset - EVENT_OFFSET, at, length;
	__u64 secret = writ_rate_secret | 1;
	struct writ_item *item;

	OPAQUE(behind);
	if (!s || behind > EVENT_SIZE)
		return mix(hash, -offset, secret);
	item = (struct writ_item *)(s->event + behind) - 1;
	at = EVENT_OFFSET + behind;
	length = *(volatile __u32 *)&item->length;
	hash = mix(hash, length << 8 | *(volatile __u8 *)&item->status, secret);
	if (length > FOLDED)
		length = FOLDED;
	hash = fold_steps(s, at, length / FOLD_STEP, hash, secret);
	return fold_rest(s, at + (length & ~(FOLD_STEP - 1ULL)), length % FOLD_STEP, hash,
			 secret);
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

ROUTINE __u64 writ_rate_limited(__u64 hash, __u64 hook, __u64 selector, __u64 interval,
				__u64 scope)
{
	struct writ_rate_key key = {
		.hash = hash,
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
