/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Bytes whose length is known beforehand, as an item of the event.
 *
 * writ_read_bytes(scratch, address, item id, bytes, memory)  -> payload offset, or negative
 *     An array in memory of this kind (item.h), or in the record of a tracepoint, which is the
 *     kernel's.
 * writ_read_buffer(scratch, address, item id, bytes, memory) -> payload offset, or negative
 *     The same. A negative length, such as an error that a call returned, is none.
 * writ_read_record_text(scratch, record, item id, place)  -> payload offset, or negative
 *     A text in the record of a tracepoint (__data_loc): its offset is in the lower half of the 32
 *     bits of `place`, its length with the trailing zero in the upper one.
 *
 * Appends as many bytes as there are, READ; TRUNCATED with the first TEXT_MAX of them, and then FLAGS
 * says how many there were; UNREADABLE when the memory faults. Minimum kernel 5.8.
 */
#include "item.h"

INLINE __s64 read_bytes(struct writ_scratch *s, const void *from, __u64 id, __u64 bytes,
			__u64 memory)
{
	__u64 at = item_begin(s, TEXT_ROOM), length = bytes, status = STATUS_READ;
	__s64 failed;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	if ((__s64)bytes < 0)
		bytes = length = 0;
	if (bytes > TEXT_MAX) {
		length = TEXT_MAX;
		status = STATUS_TRUNCATED;
	}
	MASK(length, 0xfff);
	failed = copy_memory(PAYLOAD(s, at), length, from, memory);
	/* Nothing is read where there is nothing, wherever that is. */
	if (failed && bytes)
		return without_text(s, id, STATUS_UNREADABLE);
	text_end(s, at, id, status, length);
	if (status == STATUS_TRUNCATED)
		((struct writ_item *)PAYLOAD(s, at - sizeof(struct writ_item)))->flags = bytes;
	return at;
}

ROUTINE __s64 writ_read_bytes(struct writ_scratch *s, const void *from, __u64 id, __u64 bytes,
			      __u64 memory)
{
	return read_bytes(s, from, id, bytes, memory);
}

ROUTINE __s64 writ_read_buffer(struct writ_scratch *s, const void *from, __u64 id, __u64 bytes,
			       __u64 memory)
{
	return read_bytes(s, from, id, bytes, memory);
}

ROUTINE __s64 writ_read_record_text(struct writ_scratch *s, const void *record, __u64 id,
				    __u64 place)
{
	__u64 length = place >> 16 & 0xffff;

	record += place & 0xffff;
	/* The field can be larger than what is in it. */
	return writ_read_characters(s, record, id, length, MEMORY_OF_KERNEL);
}
