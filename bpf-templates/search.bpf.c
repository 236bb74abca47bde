/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Whether a text has one of several texts in it.
 *
 * writ_search_loop (scratch, payload offset, table, mask, found) -> 1 or 0
 * writ_search_plain(scratch, payload offset, table, mask, found) -> 1 or 0
 *     The table is the value of a map: an automaton that is in one of its states after each byte. It
 *     begins with the class of each byte, times 2. Behind stands a row for each state: where the row
 *     of the next state begins, for a byte of each class, in bytes from the first row. The first
 *     state has the first row. Who comes to the row `found` has found a text, and stays there.
 *     `mask` has the bits that such a place can have but for the lowest. A negative offset is no
 *     text.
 *
 *     It takes about 10 instructions a byte, however many texts are looked for.
 *     loop: minimum kernel 5.17, whose verifier looks at one step.
 *     plain: minimum kernel 5.8, whose verifier looks at each of the 512 steps.
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

/* A search on its way. */
struct search {
	const __u8 *text;
	const __u8 *table;
	__u64 mask;
	__u64 length;
	/* Where the row of the state begins. */
	__u64 place;
};

#define SEARCH_STEPS ((TEXT_MAX + 1) / SEARCH_STEP)

/* Takes the step with this number. Returns 1 when the text ends before it. */
INLINE long search_step(struct search *search, __u64 step)
{
	const __u8 *text = search->text, *table = search->table;
	__u64 place = search->place, mask = search->mask;

	if (step * SEARCH_STEP >= search->length)
		return 1;
	text += step * SEARCH_STEP;
#pragma unroll
	for (int j = 0; j < SEARCH_STEP; j++)
		place = search_byte(table, place, mask, text[j]);
	search->place = place;
	return 0;
}

/* The text at this offset; its length is 0 when there is none. */
INLINE struct search search_of(struct writ_scratch *s, __u64 at, const __u8 *table, __u64 mask)
{
	const __u64 first = EVENT_OFFSET + sizeof(struct writ_header) + sizeof(struct writ_item);
	struct search search = { .table = table, .mask = mask };

	at -= first;
	OPAQUE(at);
	if (at > EVENT_SIZE - TEXT_ROOM - sizeof(struct writ_header))
		at = 0;
	else
		search.length = 1;
	OPAQUE(at);
	search.text = (const __u8 *)s + first + at;
	if (search.length)
		search.length = *(const __u32 *)(search.text - sizeof(__u32));
	return search;
}

static __attribute__((noinline, used)) long writ_search_step(__u32 step, struct search *search)
{
	__u64 number = step;

	if (number >= SEARCH_STEPS)
		return 1;
	return search_step(search, number);
}

ROUTINE __u64 writ_search_loop(struct writ_scratch *s, __u64 at, const __u8 *table, __u64 mask,
			       __u64 found)
{
	struct search search = search_of(s, at, table, mask);

	bpf_loop(SEARCH_STEPS, writ_search_step, &search, 0);
	return search.place == found;
}

ROUTINE __u64 writ_search_plain(struct writ_scratch *s, __u64 at, const __u8 *table, __u64 mask,
				__u64 found)
{
	struct search search = search_of(s, at, table, mask);

	for (__u32 i = 0; i < SEARCH_STEPS; i++)
		if (search_step(&search, i))
			break;
	return search.place == found;
}
