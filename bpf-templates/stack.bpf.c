/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Where a hook was hit from.
 *
 * writ_put_stack(scratch, context, item id, flags) -> 0
 *     Appends the addresses of the innermost STACK_DEPTH frames, innermost first, 8 bytes each.
 *     flags 0 is the kernel's stack, BPF_F_USER_STACK that of the program, whose frames are found
 *     by their frame pointers. With no room for all frames, or when there is no such stack, the
 *     item is unreadable. Minimum kernel 5.8.
 */
#include "item.h"

/* PERF_MAX_STACK_DEPTH */
#define STACK_DEPTH 127
#define STACK_SIZE (STACK_DEPTH * 8)

ROUTINE __u64 writ_put_stack(struct writ_scratch *s, void *context, __u64 id, __u64 flags)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + STACK_SIZE);
	__s64 length = -1;

	if (at)
		length = bpf_get_stack(context, PAYLOAD(s, at), STACK_SIZE, flags);
	if (length <= 0)
		return writ_put_unreadable(s, id, STATUS_UNREADABLE);
	item_end(s, at, id, STATUS_READ, length);
	return 0;
}
