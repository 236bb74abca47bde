/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Whether a text has one of several texts in it.
 *
 * writ_search(scratch, payload offset, table, mask, found) -> 1 or 0
 *     The table is the value of a map: an automaton that is in one of its states after each byte. It
 *     begins with the class of each byte, times 2. Behind stands a row for each state: where the row
 *     of the next state begins, for a byte of each class, in bytes from the first row. The first
 *     state has the first row. Who comes to the row `found` has found a text, and stays there.
 *     `mask` has the bits that such a place can have but for the lowest. A negative offset is no
 *     text.
 *
 *     It takes about 10 instructions a byte, however many texts are looked for. Minimum kernel 5.8.
 */
#include "item.h"

#define SEARCH_CLASSES 256
/* Bytes between two looks at the text's end: as many zeros stand behind it. */
#define SEARCH_STEP 8

INLINE __u64 search_byte(const __u8 *table, __u64 place, __u64 mask, __u8 byte)
{
	place += table[byte];
	place &= mask;
	return *(const __u16 *)(table + SEARCH_CLASSES + place);
}

ROUTINE __u64 writ_search(struct writ_scratch *s, __u64 at, const __u8 *table, __u64 mask,
			  __u64 found)
{
	const __u64 first = EVENT_OFFSET + sizeof(struct writ_header) + sizeof(struct writ_item);
	__u64 place = 0, length;
	const __u8 *text;

	at -= first;
	OPAQUE(at);
	if (at > EVENT_SIZE - TEXT_ROOM - sizeof(struct writ_header))
		return 0;
	OPAQUE(at);
	text = (const __u8 *)s + first + at;
	length = *(const __u32 *)(text - sizeof(__u32));
	for (__u32 i = 0; i < (TEXT_MAX + 1) / SEARCH_STEP; i++) {
		if (i * SEARCH_STEP >= length)
			break;
#pragma unroll
		for (int j = 0; j < SEARCH_STEP; j++)
			place = search_byte(table, place, mask, text[i * SEARCH_STEP + j]);
		OPAQUE(text);
	}
	return place == found;
}
