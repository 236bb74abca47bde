/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Bytes that are spread over memory, joined as one item of the event.
 *
 * writ_read_vectors(scratch, struct iovec *, item id, number of them, memory)
 *     -> payload offset, or negative
 *     What a program hands to writev(2) and its like; `memory` is where the vectors are (item.h).
 *     What they point to is always the program's.
 * writ_read_iov_iter(scratch, struct iov_iter *, item id)             -> payload offset, or negative
 *     What an iterator of the kernel has still before it, in memory of a program or of the kernel.
 *     An iterator over pages is ABSENT.
 *
 * Appends as many bytes as there are, READ; TRUNCATED with the first TEXT_MAX of them, or those of
 * the first VECTORS_MAX vectors, and then FLAGS says how many there were in the vectors that were
 * looked at; UNREADABLE when any memory faults. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

/* Vectors that are looked at. */
#define VECTORS_MAX 8
/* Room for the longest text, and for what the verifier thinks that could come behind it. */
#define VECTORS_ROOM (2 * TEXT_ROOM)

struct vector {
	const void *base;
	__u64 length;
};

/* The vectors that are read, and which of their bytes. */
struct vectors {
	const struct vector *first;
	/* In which memory they are, and what they point to. */
	__u64 memory;
	__u64 memory_of_bytes;
	__u64 count;
	/* Bytes of the first that are left out. */
	__u64 skip;
	/* Bytes that are wanted of all. */
	__u64 limit;
};

/* Appends the bytes of one vector at `position`, which stays in memory: see README.md. Returns 0, or
 * negative when the memory faults. */
INLINE __s64 append_vector(struct writ_scratch *s, __u64 at, const struct vector *vector,
			   __u64 memory)
{
	__u64 position = *(volatile __u64 *)&s->position, length = vector->length, room;

	MASK(position, 0xfff);
	room = TEXT_MAX - position;
	if (length > room)
		length = room;
	MASK(length, 0xfff);
	if (length && copy_memory(PAYLOAD(s, at) + position, length, vector->base, memory))
		return -1;
	*(volatile __u64 *)&s->position = position + length;
	return 0;
}

INLINE __s64 read_vectors(struct writ_scratch *s, __u64 id, const struct vectors *vectors)
{
	__u64 at = *(volatile __u32 *)&s->cursor, length, status = STATUS_READ;
	__u64 skip = vectors->skip;

	if (at > EVENT_SIZE - VECTORS_ROOM)
		return without_text(s, id, STATUS_UNREADABLE);
	/* What is added must be what was compared. */
	OPAQUE(at);
	at += EVENT_OFFSET + sizeof(struct writ_item);
	*(volatile __u64 *)&s->position = 0;
	*(volatile __u64 *)&s->count = 0;
	for (__u32 i = 0; i < VECTORS_MAX; i++) {
		__u64 all = *(volatile __u64 *)&s->count;
		struct vector vector;

		if (i >= vectors->count || all >= vectors->limit)
			break;
		if (copy_memory(&vector, sizeof(vector), vectors->first + i, vectors->memory))
			return without_text(s, id, STATUS_UNREADABLE);
		if (i == 0) {
			if (skip > vector.length)
				skip = vector.length;
			vector.base += skip;
			vector.length -= skip;
		}
		if (vector.length > vectors->limit - all)
			vector.length = vectors->limit - all;
		*(volatile __u64 *)&s->count = all + vector.length;
		if (append_vector(s, at, &vector, vectors->memory_of_bytes))
			return without_text(s, id, STATUS_UNREADABLE);
	}
	length = *(volatile __u64 *)&s->position;
	MASK(length, 0xfff);
	if (*(volatile __u64 *)&s->count > length || vectors->count > VECTORS_MAX)
		status = STATUS_TRUNCATED;
	text_end(s, at, id, status, length);
	if (status == STATUS_TRUNCATED) {
		struct writ_item *item = (void *)PAYLOAD(s, at - sizeof(struct writ_item));

		item->flags = *(volatile __u64 *)&s->count;
	}
	return at;
}

ROUTINE __s64 writ_read_vectors(struct writ_scratch *s, const void *from, __u64 id, __u64 count,
				__u64 memory)
{
	struct vectors vectors = { from, memory, MEMORY_OF_CALLER, count, 0, -1ULL };

	if ((__s64)count < 0)
		vectors.count = 0;
	return read_vectors(s, id, &vectors);
}

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct iov_iter {
	__u8 iter_type;
	__u64 iov_offset;
	__u64 count;
	/* In one place with all other kinds of memory. */
	const void *kvec;
	__u64 nr_segs;
};
/* Before Linux 5.14; the lowest bit is the direction. */
struct iov_iter___type {
	__u32 type;
};
#pragma clang attribute pop

enum iter_type___writ {
	ITER_IOVEC___writ = 1,
	ITER_KVEC___writ = 2,
	ITER_UBUF___writ = 3,
};

/* The number of a kind of iterator, or one that no iterator has where the kernel has no such kind. */
#define ITERATOR(kind)                                                                             \
	(__builtin_preserve_enum_value(*(enum iter_type___writ *)kind, 0) ?                        \
		 __builtin_preserve_enum_value(*(enum iter_type___writ *)kind, 1) :                \
		 -1ULL)

INLINE __u64 type_of_iterator(struct iov_iter *from)
{
	__u32 type = 0;
	__u8 short_type = 0;

	if (FIELD_EXISTS(struct iov_iter___type, type)) {
		READ(&type, &((struct iov_iter___type *)from)->type);
		return type & ~1u;
	}
	READ(&short_type, &from->iter_type);
	return short_type;
}

ROUTINE __s64 writ_read_iov_iter(struct writ_scratch *s, struct iov_iter *from, __u64 id)
{
	struct vectors vectors = {};
	__u64 type;

	if (READ(&vectors.skip, &from->iov_offset))
		return without_text(s, id, STATUS_UNREADABLE);
	READ(&vectors.limit, &from->count);
	READ(&vectors.first, (const struct vector **)&from->kvec);
	type = type_of_iterator(from);
	if (type == ITERATOR(ITER_UBUF___writ))
		return read_bytes(s, (const void *)vectors.first + vectors.skip, id, vectors.limit,
				  MEMORY_OF_CALLER);
	if (type != ITERATOR(ITER_IOVEC___writ) && type != ITERATOR(ITER_KVEC___writ))
		return without_text(s, id, STATUS_ABSENT);
	READ(&vectors.count, &from->nr_segs);
	vectors.memory = MEMORY_OF_KERNEL;
	vectors.memory_of_bytes = type == ITERATOR(ITER_KVEC___writ) ? MEMORY_OF_KERNEL :
								       MEMORY_OF_CALLER;
	return read_vectors(s, id, &vectors);
}
