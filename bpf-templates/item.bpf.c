/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * How a value is appended to an event.
 *
 * writ_put_integer(scratch, item id, value) -> 0
 *     Appends 8 bytes; the caller has extended the value's sign or zeroes.
 *
 * writ_put_unreadable(scratch, item id, status) -> 0
 *     Appends an item without a payload, with a status of `enum writ_status`.
 *
 * An item for which the event has no room is left out; one whose payload has none is unreadable.
 * Minimum kernel 5.8.
 */
#include "item.h"

ROUTINE __u64 writ_put_integer(struct writ_scratch *s, __u64 id, __u64 value)
{
	__u64 at = item_begin(s, sizeof(struct writ_item) + sizeof(value));

	if (at) {
		*(__u64 *)PAYLOAD(s, at) = value;
		item_end(s, at, id, STATUS_READ, sizeof(value));
	}
	return 0;
}

SHARED __u64 writ_put_unreadable(struct writ_scratch *s, __u64 id, __u64 status)
{
	__u64 at = s ? item_begin(s, sizeof(struct writ_item)) : 0;

	if (at)
		item_end(s, at, id, status, 0);
	return 0;
}
