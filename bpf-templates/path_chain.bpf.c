/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Writes the path of a dentry root first, reading each dentry in one go.
 *
 * writ_path_chain(scratch, text, dentry, mount) -> bytes written, or negative
 *     `text` has TEXT_ROOM and SLACK bytes. The root is scratch->root_dentry, scratch->root_mount.
 *     Writes nothing for the root itself. The caller has seen that the dentry is not a
 *     pseudo-file's. CHAIN_DEEP when writ_path_walk must do it: there are more than CHAIN_MAX
 *     components, or this kernel's dentry is laid out in another order. scratch->chain[0] is the
 *     dentry itself when any component was written. Minimum kernel 5.8.
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
	if (length >= short_name_size()) {
		MASK(length, 0xff);
		bpf_probe_read_kernel(to + 1, length, (void *)d->name);
		return;
	}
	*(__u64 *)(to + 1) = d->short_name[0];
	if (length <= 8)
		return;
	*(__u64 *)(to + 9) = d->short_name[1];
	if (length <= 16)
		return;
	*(__u64 *)(to + 17) = d->short_name[2];
	*(__u64 *)(to + 25) = d->short_name[3];
	*(__u64 *)(to + 33) = d->short_name[4];
}

/* Collects the dentries up to the root in scratch->chain and counts them in scratch->count: in
 * memory, so that the verifier's states of the steps differ in nothing but the step. */
INLINE __s64 collect(struct writ_scratch *s, struct dentry *d, struct mount *m)
{
	struct mount_head mount;

	read_mount(&mount, m);
	*(volatile __u64 *)&s->count = 0;
	for (int step = 0; step < CHAIN_STEPS; step++) {
		__u64 at = *(volatile __u64 *)&s->count;
		struct writ_dentry *next;

		if (is_root(s, d, m))
			return 0;
		if (d == mount.root) {
			if (mount.parent == m)
				return 0;
			d = mount.mountpoint;
			m = mount.parent;
			read_mount(&mount, m);
			continue;
		}
		if (at >= CHAIN_MAX)
			return CHAIN_DEEP;
		next = &s->chain[at];
		bpf_probe_read_kernel(next, sizeof(*next), (void *)d + DENTRY_START);
		if (next->parent == (__u64)d)
			return 0;
		*(volatile __u64 *)&s->count = at + 1;
		d = (void *)next->parent;
	}
	return CHAIN_DEEP;
}

ROUTINE __s64 writ_path_chain(struct writ_scratch *s, __u8 *text, struct dentry *d,
			      struct vfsmount *mnt)
{
	__u64 length;

	if (!dentry_is_in_order() || collect(s, d, mount_of(mnt)) < 0)
		return CHAIN_DEEP;
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
