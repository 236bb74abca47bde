/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The path of a dentry root first, reading each dentry in one go and only once in a run.
 *
 * writ_path_collect(scratch, dentry, mount) -> 0, or CHAIN_DEEP
 *     The dentries of the path from the current task's root, which is kept in scratch->root_dentry
 *     and scratch->root_mount, are in scratch->chain, the dentry itself first, and their number in
 *     scratch->count. They are not read again when they are there from the last time. CHAIN_DEEP
 *     when writ_path_walk must do it: there are more than CHAIN_MAX, or this kernel's dentry is
 *     laid out in another order.
 *
 * writ_path_chain(scratch, dentry, mount) -> bytes written, or CHAIN_DEEP
 *     The same, written as the text of an item at the event's cursor, which has room for it. Writes
 *     nothing for the root itself. The caller has seen that the dentry is not a pseudo-file's.
 *     Minimum kernel 5.8.
 */
#include "path.h"

#define CHAIN_STEPS 20

/* Writes "/name" behind the scratch->position bytes of text that are there, as writ_path_trusted
 * does. */
INLINE void append_collected(struct writ_scratch *s, __u8 *text, struct writ_dentry *d)
{
	__u64 position = *(volatile __u64 *)&s->position, length = d->length;
	__u8 *to;

	MASK(length, 0xff);
	*(volatile __u64 *)&s->position = position + 1 + length;
	MASK(position, 0xfff);
	to = text + position;
	OPAQUE(to);
	*to = '/';
	*(__u64 *)(to + 1) = d->short_name;
	if (length > sizeof(d->short_name)) {
		MASK(length, 0xff);
		bpf_probe_read_kernel(to + 1, length, (void *)d->name);
	}
}

/* The mount in which a climb is. Where it is that of the task's root, the climb ends at the root,
 * and nothing of the mount need be read. */
INLINE void enter_mount(struct mount_head *mount, struct writ_scratch *s, __u64 m)
{
	mount->root = (void *)s->root_dentry;
	if (m + FIELD_OFFSET(struct mount, mnt) != s->root_mount)
		read_mount(mount, (struct mount *)m);
}

/* Collects the dentries up to the root in scratch->chain and counts them in scratch->count: in
 * memory, so that the verifier's states of the steps differ in nothing but the step. */
INLINE __s64 collect(struct writ_scratch *s, __u64 d, __u64 m)
{
	struct mount_head mount = {};

	enter_mount(&mount, s, m);
	*(volatile __u64 *)&s->count = 0;
	for (int step = 0; step < CHAIN_STEPS; step++) {
		__u64 at = *(volatile __u64 *)&s->count;
		struct writ_dentry *next;

		if (d == (__u64)mount.root) {
			if (is_root(s, d, m) || (__u64)mount.parent == m)
				return 0;
			d = (__u64)mount.mountpoint;
			m = (__u64)mount.parent;
			enter_mount(&mount, s, m);
			continue;
		}
		if (at >= CHAIN_MAX)
			return CHAIN_DEEP;
		next = &s->chain[at];
		bpf_probe_read_kernel(next, sizeof(*next), (void *)d + DENTRY_START);
		if (next->parent == d) {
			/* In the mount of the task's root, but outside of the root. */
			if (m + FIELD_OFFSET(struct mount, mnt) == s->root_mount)
				return CHAIN_DEEP;
			return 0;
		}
		*(volatile __u64 *)&s->count = at + 1;
		d = next->parent;
	}
	return CHAIN_DEEP;
}

SHARED __s64 writ_path_collect(struct writ_scratch *s, __u64 d, __u64 mnt)
{
	if (!s)
		return CHAIN_DEEP;
	if (s->collected_dentry == d && s->collected_mount == mnt)
		return 0;
	s->collected_dentry = 0;
	read_root(s);
	s->chain[0].parent = 0;
	if (!dentry_is_in_order() || collect(s, d, (__u64)mount_of((void *)mnt)) < 0)
		return CHAIN_DEEP;
	s->collected_dentry = d;
	s->collected_mount = mnt;
	return 0;
}

SHARED __s64 writ_path_chain(struct writ_scratch *s, __u64 d, __u64 mnt)
{
	__u64 at, length;
	__u8 *text;

	if (!s || writ_path_collect(s, d, mnt) < 0)
		return CHAIN_DEEP;
	at = item_begin(s, TEXT_ROOM);
	if (!at)
		return CHAIN_DEEP;
	text = PAYLOAD(s, at);
	/* Writing counts down. */
	s->collected_dentry = 0;
	*(volatile __u64 *)&s->position = 0;
	for (int step = 0; step < CHAIN_MAX; step++) {
		__u64 left = *(volatile __u64 *)&s->count;

		if (left == 0)
			break;
		left--;
		MASK(left, CHAIN_MAX - 1);
		*(volatile __u64 *)&s->count = left;
		append_collected(s, text, &s->chain[left]);
	}
	length = *(volatile __u64 *)&s->position;
	return length > TEXT_MAX ? CHAIN_DEEP : (__s64)length;
}
