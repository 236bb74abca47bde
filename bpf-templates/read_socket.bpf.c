/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A socket: the ends of its connection, and what else events show of it.
 *
 * writ_read_sock(scratch, struct sock *, item id)     -> payload offset, or negative
 * writ_read_socket(scratch, struct socket *, item id) -> payload offset, or negative
 *     Appends a `struct writ_connection`. UNREADABLE for a pointer that faults or is zero; ABSENT
 *     for a socket that has no `sock` yet. Only a socket of IP has known ends. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

#define AF_INET 2
#define AF_INET6 10

/* The start of `struct sock_common`, as it is in every kernel seen. */
struct sock_head {
	__u32 destination;
	__u32 source;
	__u32 hash;
	__u16 destination_port;
	__u16 source_port;
	__u16 family;
	__u8 state;
	__u8 padding;
};

INLINE int sock_is_in_order(void)
{
	return FIELD_OFFSET(struct sock, __sk_common.skc_daddr) == 0 &&
	       FIELD_OFFSET(struct sock, __sk_common.skc_rcv_saddr) == 4 &&
	       FIELD_OFFSET(struct sock, __sk_common.skc_dport) == 12 &&
	       FIELD_OFFSET(struct sock, __sk_common.skc_num) == 14 &&
	       FIELD_OFFSET(struct sock, __sk_common.skc_family) == 16 &&
	       FIELD_OFFSET(struct sock, __sk_common.skc_state) == 18;
}

/* One read where it can be. Negative when the memory faults. */
INLINE long read_sock_head(struct sock_head *head, struct sock *sk)
{
	if (sock_is_in_order())
		return bpf_probe_read_kernel(head, sizeof(*head), sk);
	READ(&head->destination, &sk->__sk_common.skc_daddr);
	READ(&head->source, &sk->__sk_common.skc_rcv_saddr);
	READ(&head->destination_port, &sk->__sk_common.skc_dport);
	READ(&head->source_port, &sk->__sk_common.skc_num);
	READ(&head->state, (__u8 *)&sk->__sk_common.skc_state);
	return READ(&head->family, &sk->__sk_common.skc_family);
}

/* An address of IPv6 as a number of two halves. */
INLINE void read_ipv6(__u64 *to, const struct in6_addr *from)
{
	__u64 halves[2] = {};

	bpf_probe_read_kernel(halves, sizeof(halves), from);
	to[0] = __builtin_bswap64(halves[0]);
	to[1] = __builtin_bswap64(halves[1]);
}

INLINE void put_ends(struct writ_connection *to, struct sock_head *head, struct sock *sk)
{
	if (head->family == AF_INET) {
		to->source[1] = __builtin_bswap32(head->source);
		to->destination[1] = __builtin_bswap32(head->destination);
	} else if (head->family == AF_INET6) {
		read_ipv6(to->source, &sk->__sk_common.skc_v6_rcv_saddr);
		read_ipv6(to->destination, &sk->__sk_common.skc_v6_daddr);
	} else {
		return;
	}
	to->source_port = head->source_port;
	to->destination_port = __builtin_bswap16(head->destination_port);
	to->known |= KNOWN_SOURCE | KNOWN_DESTINATION;
}

ROUTINE __s64 writ_read_sock(struct writ_scratch *s, struct sock *sk, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_connection));
	struct sock_head head = {};
	struct writ_connection *to;

	if (!at || read_sock_head(&head, sk) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_connection *)PAYLOAD(s, at);
	to->family = head.family;
	to->state = head.state;
	to->known = KNOWN_FAMILY | KNOWN_STATE | KNOWN_PROTOCOL;
	READ(&to->type, &sk->sk_type);
	READ(&to->protocol, &sk->sk_protocol);
	READ(&to->mark, &sk->sk_mark);
	READ(&to->priority, &sk->sk_priority);
	to->cookie = (__u64)sk;
	put_ends(to, &head, sk);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}

ROUTINE __s64 writ_read_socket(struct writ_scratch *s, struct socket *socket, __u64 id)
{
	struct sock *sk = 0;

	if (READ(&sk, &socket->sk) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	if (!sk)
		return without_text(s, id, STATUS_ABSENT);
	return writ_read_sock(s, sk, id);
}
