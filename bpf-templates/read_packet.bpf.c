/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A packet: where it comes from and goes to, as its headers of IP and above say.
 *
 * writ_read_skb(scratch, struct sk_buff *, item id) -> payload offset, or negative
 *     Appends a `struct writ_connection`. UNREADABLE for a pointer that faults or is zero. Nothing
 *     of the ends is known when the packet is not of IP, or has no header of it yet. Ports are 0
 *     when it is neither TCP, UDP nor SCTP, and in the later parts of a packet that was split.
 *     The protocol is what stands behind the extension headers of IPv6, of which EXTENSIONS_MAX are
 *     looked at. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_SCTP 132

#define IPV4_OFFSET_MASK 0x1fff
#define IPV6_HEADER 40

/* Extension headers of IPv6 (RFC 8200, RFC 4302). */
#define EXTENSIONS_MAX 8
#define EXTENSION_HOP_BY_HOP 0
#define EXTENSION_ROUTING 43
#define EXTENSION_FRAGMENT 44
#define EXTENSION_AUTHENTICATION 51
#define EXTENSION_DESTINATION 60
#define IPV6_OFFSET_MASK 0xfff8

/* Where the path stands among the extensions, when the program is loaded. */
#define HAVE_SEC_PATH __builtin_preserve_enum_value(*(enum skb_ext_id *)SKB_EXT_SEC_PATH, 0)
#define SEC_PATH_PLACE __builtin_preserve_enum_value(*(enum skb_ext_id *)SKB_EXT_SEC_PATH, 1)

struct ipv4_header {
	__u8 version_and_length;
	__u8 service;
	__u16 total;
	__u16 identification;
	__u16 fragment;
	__u8 life;
	__u8 protocol;
	__u16 checksum;
	__u32 source;
	__u32 destination;
};

struct ipv6_header {
	__u32 version;
	__u16 length;
	__u8 protocol;
	__u8 life;
	__u64 source[2];
	__u64 destination[2];
};

struct ipv6_extension {
	__u8 next;
	/* In units that depend on what it is; not in a fragment header, which has 8 bytes. */
	__u8 length;
	/* Of a fragment header, with flags in the lowest bits. */
	__u16 fragment;
};

struct ports {
	__u16 source;
	__u16 destination;
};

INLINE void put_ports(struct writ_connection *to, const void *from)
{
	struct ports ports = {};

	if (to->protocol != IPPROTO_TCP && to->protocol != IPPROTO_UDP &&
	    to->protocol != IPPROTO_SCTP)
		return;
	READ(&ports, (struct ports *)from);
	to->source_port = __builtin_bswap16(ports.source);
	to->destination_port = __builtin_bswap16(ports.destination);
}

INLINE void put_ipv4(struct writ_connection *to, const void *from)
{
	struct ipv4_header header = {};
	__u64 length;

	READ(&header, (struct ipv4_header *)from);
	length = (header.version_and_length & 0xf) * 4;
	if (length < sizeof(header))
		return;
	to->family = 2;
	to->protocol = header.protocol;
	to->source[1] = __builtin_bswap32(header.source);
	to->destination[1] = __builtin_bswap32(header.destination);
	to->known = KNOWN_SOURCE | KNOWN_DESTINATION | KNOWN_PROTOCOL | KNOWN_FAMILY;
	if (!(__builtin_bswap16(header.fragment) & IPV4_OFFSET_MASK))
		put_ports(to, from + length);
}

/* How many bytes an extension header has, or 0 when it is none. */
INLINE __u64 size_of_extension(__u8 kind, const struct ipv6_extension *extension)
{
	switch (kind) {
	case EXTENSION_HOP_BY_HOP:
	case EXTENSION_ROUTING:
	case EXTENSION_DESTINATION:
		return (extension->length + 1) * 8;
	case EXTENSION_AUTHENTICATION:
		return (extension->length + 2) * 4;
	case EXTENSION_FRAGMENT:
		return sizeof(__u64);
	default:
		return 0;
	}
}

/* What stands behind the header of IPv6: passes over extensions, the first of which is of the kind
 * that is in `to->protocol`. */
INLINE void put_ipv6_payload(struct writ_connection *to, const void *from)
{
	for (__u32 i = 0; i < EXTENSIONS_MAX; i++) {
		struct ipv6_extension extension = {};
		__u64 size;

		READ(&extension, (struct ipv6_extension *)from);
		size = size_of_extension(to->protocol, &extension);
		if (!size)
			break;
		if (to->protocol == EXTENSION_FRAGMENT &&
		    __builtin_bswap16(extension.fragment) & IPV6_OFFSET_MASK) {
			to->protocol = extension.next;
			return;
		}
		to->protocol = extension.next;
		from += size;
	}
	put_ports(to, from);
}

INLINE void put_ipv6(struct writ_connection *to, const void *from)
{
	struct ipv6_header header = {};

	READ(&header, (struct ipv6_header *)from);
	to->family = 10;
	to->protocol = header.protocol;
	to->source[0] = __builtin_bswap64(header.source[0]);
	to->source[1] = __builtin_bswap64(header.source[1]);
	to->destination[0] = __builtin_bswap64(header.destination[0]);
	to->destination[1] = __builtin_bswap64(header.destination[1]);
	to->known = KNOWN_SOURCE | KNOWN_DESTINATION | KNOWN_PROTOCOL | KNOWN_FAMILY;
	put_ipv6_payload(to, from + IPV6_HEADER);
}

/* What IPsec did to the packet, on kernels that have it built in. */
INLINE void put_security_path(struct writ_connection *to, struct sk_buff *skb)
{
	struct skb_ext *extensions = 0;
	struct sec_path *path;
	__u8 active = 0, offset = 0;

	if (!FIELD_EXISTS(struct sk_buff, active_extensions) || !HAVE_SEC_PATH ||
	    !FIELD_EXISTS(struct sec_path, len))
		return;
	READ(&active, &skb->active_extensions);
	if (!(active & (1 << SEC_PATH_PLACE)))
		return;
	READ(&extensions, &skb->extensions);
	bpf_probe_read_kernel(&offset, 1, &extensions->offset[0] + SEC_PATH_PLACE);
	path = (void *)extensions + ((__u64)offset << 3);
	READ(&to->security_path, (__u32 *)&path->len);
	READ(&to->security_path_offloaded, (__u32 *)&path->olen);
}

ROUTINE __s64 writ_read_skb(struct writ_scratch *s, struct sk_buff *skb, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_connection));
	struct writ_connection *to;
	unsigned char *start = 0;
	__u16 network = 0;
	__u8 version = 0;

	if (!at || READ(&start, &skb->head) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_connection *)PAYLOAD(s, at);
	READ(&to->hash, &skb->hash);
	READ(&to->length, &skb->len);
	READ(&to->priority, &skb->priority);
	READ(&to->mark, &skb->mark);
	READ(&network, &skb->network_header);
	/* Without a header the offset is 0. */
	if (network)
		READ(&version, start + network);
	if (version >> 4 == 4)
		put_ipv4(to, start + network);
	else if (version >> 4 == 6)
		put_ipv6(to, start + network);
	put_security_path(to, skb);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}
