/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The address of a socket, in the kernel's memory or the caller's.
 *
 * writ_read_sockaddr(scratch, struct sockaddr *, item id, memory) -> payload offset, or negative
 *     Appends a `struct writ_connection` of which the source is known when the address is of IP.
 *
 * writ_read_sockaddr_un(scratch, struct sockaddr *, item id, length, memory)
 *     -> payload offset, or negative
 *     Appends a text: the path; "@" and the name for an abstract address; empty when it has
 *     neither or is of another family. The item's `flags` are the family. `length` counts the
 *     family too; 0 when it is not known, and then the path ends where the next zero is.
 *
 * `memory` is its kind (item.h). UNREADABLE for memory that faults. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

#define AF_UNIX 1
#define PATH_MAX_UNIX 108

/* The parts of `struct sockaddr_in` and `struct sockaddr_in6`, which no kernel changes. */
struct address_ipv4 {
	__u16 family;
	__u16 port;
	__u32 address;
};

struct address_ipv6 {
	__u16 family;
	__u16 port;
	__u32 flow;
	__u64 address[2];
};

/* Negative when the memory faults. */
INLINE long put_address(struct writ_connection *to, const void *from, __u64 memory)
{
	struct address_ipv4 four = {};
	struct address_ipv6 six = {};

	if (to->family == AF_INET) {
		if (copy_memory(&four, sizeof(four), from, memory) < 0)
			return -1;
		to->source_port = __builtin_bswap16(four.port);
		to->source[1] = __builtin_bswap32(four.address);
		to->known |= KNOWN_SOURCE;
	} else if (to->family == AF_INET6) {
		if (copy_memory(&six, sizeof(six), from, memory) < 0)
			return -1;
		to->source_port = __builtin_bswap16(six.port);
		to->source[0] = __builtin_bswap64(six.address[0]);
		to->source[1] = __builtin_bswap64(six.address[1]);
		to->known |= KNOWN_SOURCE;
	}
	return 0;
}

ROUTINE __s64 writ_read_sockaddr(struct writ_scratch *s, const void *address, __u64 id,
				 __u64 memory)
{
	__u64 at = structure_begin(s, sizeof(struct writ_connection));
	struct writ_connection *to;
	__u16 family = 0;

	if (!at || copy_memory(&family, sizeof(family), address, memory) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_connection *)PAYLOAD(s, at);
	to->family = family;
	to->known = KNOWN_FAMILY;
	if (put_address(to, address, memory) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}

/* Copies the path or name of up to `room` bytes. Returns how long it is, or negative. */
INLINE __s64 copy_unix_path(__u8 *text, const void *from, __u64 room, __u64 memory)
{
	__s64 copied;
	__u8 first = 0;

	if (!room || copy_memory(&first, 1, from, memory) < 0)
		return 0;
	if (!first) {
		/* Abstract: what follows the zero. */
		*text = '@';
		text++;
		from++;
		room--;
	}
	/* And a zero. */
	room++;
	MASK(room, 0x7f);
	copied = copy_text(text, room, from, memory);
	if (copied <= 0)
		return copied;
	/* The zero is counted. Abstract without a name is no address at all. */
	return first ? copied - 1 : copied == 1 ? 0 : copied;
}

ROUTINE __s64 writ_read_sockaddr_un(struct writ_scratch *s, const void *address, __u64 id,
				    __u64 address_length, __u64 memory)
{
	__u64 at = item_begin(s, TEXT_ROOM), room = PATH_MAX_UNIX;
	struct writ_item *item;
	__u16 family = 0;
	__s64 length = 0;

	if (!at || copy_memory(&family, sizeof(family), address, memory) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	if (address_length && address_length - sizeof(family) < room)
		room = address_length - sizeof(family);
	if (family == AF_UNIX)
		length = copy_unix_path(PAYLOAD(s, at), address + sizeof(family), room, memory);
	if (length < 0 || length > PATH_MAX_UNIX + 1)
		return without_text(s, id, STATUS_UNREADABLE);
	text_end(s, at, id, STATUS_READ, length);
	item = (struct writ_item *)PAYLOAD(s, at - sizeof(*item));
	item->flags = family;
	return at;
}
