/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A zero-terminated string, as an item of the event.
 *
 * writ_read_string(scratch, char *, item id, memory)      -> payload offset, or negative
 *     In memory of this kind (item.h).
 * writ_read_filename(scratch, struct filename *, item id) -> payload offset, or negative
 *     The name as it was given to a system call.
 * writ_read_characters(scratch, char [], item id, bytes, memory) -> payload offset, or negative
 *     An array of so many characters, up to its first zero.
 *
 * Appends a text: READ; TRUNCATED with the first TEXT_MAX bytes; UNREADABLE when the memory
 * faults, as user memory that is not there yet does. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

ROUTINE __s64 writ_read_string(struct writ_scratch *s, const char *from, __u64 id, __u64 memory)
{
	__u64 at = item_begin(s, TEXT_ROOM), length, status = STATUS_READ;
	__u8 *text;
	__s64 copied;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	text = PAYLOAD(s, at);
	/* One byte more than fits, and its zero, show whether the string goes on. */
	copied = copy_text(text, TEXT_MAX + 2, from, memory);
	if (copied < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	/* The zero is counted, but not by strncpy_from_user_nofault for an empty string. */
	length = copied ? copied - 1 : 0;
	if (length > TEXT_MAX) {
		length = TEXT_MAX;
		status = STATUS_TRUNCATED;
	}
	text_end(s, at, id, status, length);
	return at;
}

ROUTINE __s64 writ_read_characters(struct writ_scratch *s, const char *from, __u64 id, __u64 bytes,
				   __u64 memory)
{
	__u64 at = item_begin(s, TEXT_ROOM), length, status = STATUS_READ;
	__s64 copied;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	if (bytes > TEXT_MAX) {
		bytes = TEXT_MAX;
		status = STATUS_TRUNCATED;
	}
	MASK(bytes, 0xfff);
	/* The last of the bytes that are asked for becomes a zero. */
	copied = copy_text(PAYLOAD(s, at), bytes + 1, from, memory);
	if (copied < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	length = copied ? copied - 1 : 0;
	if (length < bytes)
		status = STATUS_READ;
	MASK(length, 0xfff);
	text_end(s, at, id, status, length);
	return at;
}

ROUTINE __s64 writ_read_filename(struct writ_scratch *s, struct filename *filename, __u64 id)
{
	const char *name = 0;

	READ(&name, &filename->name);
	return writ_read_string(s, name, id, MEMORY_OF_KERNEL);
}
