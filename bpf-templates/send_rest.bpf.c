/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What does not fit in an event.
 *
 * writ_send_rest(scratch, address, payload offset, memory) -> 0
 *     Sends the bytes behind the first TEXT_MAX of a buffer that was read at `address`, in memory of
 *     this kind (item.h), and is TRUNCATED. They go in records of their own (KIND_DATA) of up to
 *     DATA_MAX bytes each, at most DATA_PIECES of them. Each has a name in CALL that the item has in MODE, the item's id, and in
 *     ACTION_ARGUMENT where its bytes stand in the buffer. Called before the event is posted; a
 *     second call for the same item does nothing. What faults, and what the ring buffer has no room
 *     for, ends it. Minimum kernel 5.8.
 */
#include "record.h"

#define DATA_MAX 4096
#define DATA_PIECES 64

/* Laid out as a record with one item. */
struct data_record {
	struct writ_header header;
	struct writ_item item;
	__u8 bytes[DATA_MAX];
};

LAYOUT(sizeof(struct data_record) <= sizeof(((struct writ_scratch *)0)->walk));

INLINE void fill_data(struct data_record *data, __u64 name, __u64 id, __u64 start, __u64 length)
{
	fill_header(&data->header, KIND_DATA, sizeof(data->header) + sizeof(data->item) + length);
	data->header.call = name;
	data->header.action_argument = start;
	*(__u64 *)&data->item = item_word(id, STATUS_READ);
	*((__u64 *)&data->item + 1) = length << 32;
}

ROUTINE __u64 writ_send_rest(struct writ_scratch *s, const void *from, __u64 at, __u64 memory)
{
	struct data_record *data = (void *)s->walk;
	struct writ_item *item;
	__u64 name;

	if (at < EVENT_OFFSET + sizeof(struct writ_header) + sizeof(*item) ||
	    at > EVENT_OFFSET + EVENT_SIZE)
		return 0;
	item = (void *)PAYLOAD(s, at - sizeof(*item));
	if (item->status != STATUS_TRUNCATED || item->mode)
		return 0;
	name = (__u32)bpf_ktime_get_ns() | 1;
	item->mode = name;
	/* What steps read again from memory, the verifier takes for new each time: see README.md. */
	*(volatile __u64 *)&s->position = (__u64)from;
	*(volatile __u64 *)&s->count = item->flags;
	for (__u32 i = 0; i < DATA_PIECES; i++) {
		const __u64 start = TEXT_MAX + i * DATA_MAX;
		__u64 all = *(volatile __u64 *)&s->count, last;

		if (start >= all)
			break;
		last = all - start - 1;
		if (last > DATA_MAX - 1)
			last = DATA_MAX - 1;
		MASK(last, 0xfff);
		from = (const void *)*(volatile __u64 *)&s->position + start;
		if (copy_memory(data->bytes, last + 1, from, memory))
			break;
		fill_data(data, name, item->id, start, last + 1);
		if (send(&data->header, sizeof(data->header) + sizeof(data->item) + last + 1))
			break;
	}
	return 0;
}
