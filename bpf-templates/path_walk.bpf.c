/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The path of any file, from its last component up to the root. The slow way, for paths that
 * path_trusted and path_probe give up on: deep ones, and those of more than TEXT_MAX bytes.
 *
 * writ_path_walk(scratch, dentry, mount, item id) -> payload offset, or negative
 *     The root is scratch->root_dentry, scratch->root_mount. Appends a text item:
 *     READ; TRUNCATED with the last part, when the path is longer than TEXT_MAX or deeper than
 *     WALK_STEPS components and mount points; ABSENT for a file without a path; UNREADABLE.
 *
 * What no BPF program can do is take the rename lock: a path that is renamed meanwhile can come
 * out mixed. Minimum kernel 5.8.
 */
#include "path.h"

#define WALK_STEPS 96
#define WALK_END (TEXT_MAX + 1)

/* Puts "/name" in front of what stands at `s->position` of the walk. Returns 0 when it does not
 * fit. The position lives in memory: in a register the verifier would look at every value that it
 * can have at every step. */
INLINE int prepend(struct writ_scratch *s, __u32 name_length, const void *name)
{
	__u64 position = *(volatile __u64 *)&s->position;
	__u64 length = name_length;
	__u8 *to;

	MASK(length, 0xff);
	if (position > WALK_END || length + 1 >= position)
		return 0;
	position -= length + 1;
	*(volatile __u64 *)&s->position = position;
	MASK(position, 0xfff);
	to = &s->walk[position];
	OPAQUE(to);
	*to = '/';
	/* Again: 6.12 loses the bounds when the sum with the position is compared. */
	MASK(length, 0xff);
	bpf_probe_read_kernel(to + 1, length, name);
	return 1;
}

/* Appends what the walk has gathered. */
INLINE __s64 append_walk(struct writ_scratch *s, __u64 id, __u64 status)
{
	__u64 at = item_begin(s, TEXT_ROOM);
	__u64 position = *(volatile __u64 *)&s->position;
	__u64 length;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	if (position == WALK_END) {
		position--;
		s->walk[position] = '/';
	}
	MASK(position, 0xfff);
	length = WALK_END - position;
	MASK(length, 0xfff);
	bpf_probe_read_kernel(PAYLOAD(s, at), length, &s->walk[position]);
	text_end(s, at, id, status, length);
	return at;
}

ROUTINE __s64 writ_path_walk(struct writ_scratch *s, struct dentry *d, struct vfsmount *mnt,
			     __u64 id)
{
	struct mount *m = mount_of(mnt);
	struct mount_head mount = {};
	__u64 status = STATUS_TRUNCATED;

	read_mount(&mount, m);
	*(volatile __u64 *)&s->position = WALK_END;
	if (is_deleted(d)) {
		*(volatile __u64 *)&s->position = WALK_END - DELETED_LENGTH;
		write_deleted(&s->walk[WALK_END - DELETED_LENGTH]);
	}
	for (int step = 0; step < WALK_STEPS; step++) {
		struct dentry_head head;

		if (is_root(s, d, m)) {
			status = STATUS_READ;
			break;
		}
		if (d == mount.root) {
			if (mount.parent == m || !mount.parent) {
				status = STATUS_READ;
				break;
			}
			d = mount.mountpoint;
			m = mount.parent;
			read_mount(&mount, m);
			continue;
		}
		read_dentry(&head, d);
		if (!head.parent)
			return without_text(s, id, STATUS_UNREADABLE);
		if (head.parent == d) {
			status = STATUS_READ;
			break;
		}
		if (!prepend(s, head.length, head.name))
			break;
		d = head.parent;
	}
	return append_walk(s, id, status);
}
