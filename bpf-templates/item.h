/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * How an item is laid at the event's cursor.
 */
#ifndef WRIT_ITEM_H
#define WRIT_ITEM_H

#include "maps.h"

#define PAYLOAD(s, at) ((__u8 *)(s) + (at))
#define EVENT_OFFSET __builtin_offsetof(struct writ_scratch, event)

/* Starts an item of up to `room` bytes with its header. Returns the offset of the payload in the
 * scratch area, or 0 when there is no room. */
INLINE __u64 item_begin(struct writ_scratch *s, __u64 room)
{
	__u64 cursor = *(volatile __u32 *)&s->cursor;

	/* Else clang compares a copy, and the verifier knows nothing of this one. */
	OPAQUE(cursor);
	if (cursor > EVENT_SIZE - room)
		return 0;
	return EVENT_OFFSET + sizeof(struct writ_item) + cursor;
}

/* The first word of an item's header, without flags. */
INLINE __u64 item_word(__u64 id, __u64 status)
{
	return status << 8 | (id & 0xffff) << 16;
}

/* Ends the item whose payload stands at `at`. The bytes up to the next item are zeroed. So is at
 * least one after a text, be it the first of the next item's header, so that a comparison by words
 * sees where the text ends. */
INLINE void item_end(struct writ_scratch *s, __u64 at, __u64 id, __u64 status, __u64 length)
{
	__u64 *header = (__u64 *)PAYLOAD(s, at - sizeof(struct writ_item));

	header[0] = item_word(id, status);
	header[1] = length << 32;
	s->cursor = at - EVENT_OFFSET + ((length + 7) & ~7ULL);
}

INLINE void text_end(struct writ_scratch *s, __u64 at, __u64 id, __u64 status, __u64 length)
{
	__u8 *end = PAYLOAD(s, at) + length;

	*(__u64 *)end = 0;
	item_end(s, at, id, status, length);
}

/* Starts an item that is a structure of `size` bytes, zeroed. Returns the offset of the payload, or
 * 0 when there is no room. */
INLINE __u64 structure_begin(struct writ_scratch *s, __u64 size)
{
	__u64 cursor = *(volatile __u32 *)&s->cursor, at;

	OPAQUE(cursor);
	if (cursor > EVENT_SIZE - sizeof(struct writ_item) - size)
		return 0;
	/* Nor must clang add anything to a copy before it compares. */
	OPAQUE(cursor);
	at = EVENT_OFFSET + sizeof(struct writ_item) + cursor;
	__builtin_memset(__builtin_assume_aligned(PAYLOAD(s, at), 8), 0, size);
	return at;
}

/* Whose memory an address is in. The numbers are those that generated code hands over. */
enum memory {
	/* The address tells: the upper half of the addresses is the kernel's. */
	MEMORY_OF_EITHER,
	/* The address came from the calling process, which could name memory of the kernel's: what is
	 * there is none of its business, so such an address faults. */
	MEMORY_OF_CALLER,
	MEMORY_OF_KERNEL,
};

INLINE int is_of_kernel(const void *from, __u64 memory)
{
	return memory == MEMORY_OF_KERNEL || (memory == MEMORY_OF_EITHER && (__s64)from < 0);
}

/* Copies bytes. Negative when the memory faults. */
INLINE long copy_memory(void *to, __u32 size, const void *from, __u64 memory)
{
	if (is_of_kernel(from, memory))
		return bpf_probe_read_kernel(to, size, from);
	return bpf_probe_read_user(to, size, from);
}

/* Copies bytes up to a zero, and that. Answers how many, or negative when the memory faults; 0 for an
 * empty text of the caller's. */
INLINE long copy_text(void *to, __u32 size, const void *from, __u64 memory)
{
	if (is_of_kernel(from, memory))
		return bpf_probe_read_kernel_str(to, size, from);
	return bpf_probe_read_user_str(to, size, from);
}

SHARED __u64 writ_put_unreadable(struct writ_scratch *s, __u64 id, __u64 status);

/* What a text routine returns for a text that it does not have: less than 0, and telling why. */
INLINE __s64 without_text(struct writ_scratch *s, __u64 id, __u64 status)
{
	writ_put_unreadable(s, id, status);
	return -(__s64)status;
}

#endif
