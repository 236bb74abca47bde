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

/* Where the walk is. It lives in memory for the verifier's sake, as the position does. */
INLINE void move_to(struct writ_scratch *s, __u64 d, __u64 m)
{
	*(volatile __u64 *)&s->walk_dentry = d;
	*(volatile __u64 *)&s->walk_mount = m;
}

enum step {
	STEP_ON,
	STEP_ARRIVED,
	STEP_NO_ROOM,
	STEP_FAULT,
};

/* Puts down one component, or crosses to the mount above: an `enum step`. By itself, so that the
 * verifier looks at it once, not WALK_STEPS times. */
SHARED __u64 writ_path_step(struct writ_scratch *s)
{
	__u64 d, m;
	struct mount_head mount;
	struct dentry_head head;

	if (!s)
		return STEP_FAULT;
	d = *(volatile __u64 *)&s->walk_dentry;
	m = *(volatile __u64 *)&s->walk_mount;
	if (is_root(s, d, m))
		return STEP_ARRIVED;
	read_mount(&mount, (struct mount *)m);
	if (d == (__u64)mount.root) {
		if ((__u64)mount.parent == m)
			return STEP_ARRIVED;
		move_to(s, (__u64)mount.mountpoint, (__u64)mount.parent);
		return STEP_ON;
	}
	read_dentry(&head, (struct dentry *)d);
	if (!head.parent)
		return STEP_FAULT;
	if ((__u64)head.parent == d)
		return STEP_ARRIVED;
	if (!prepend(s, head.length, head.name))
		return STEP_NO_ROOM;
	move_to(s, (__u64)head.parent, m);
	return STEP_ON;
}

SHARED __s64 writ_path_walk(struct writ_scratch *s, __u64 d, __u64 mnt, __u64 id)
{
	__u64 step = STEP_ON;

	if (!s)
		return -1;
	move_to(s, d, (__u64)mount_of((void *)mnt));
	*(volatile __u64 *)&s->position = WALK_END;
	if (is_deleted((struct dentry *)d)) {
		*(volatile __u64 *)&s->position = WALK_END - DELETED_LENGTH;
		write_deleted(&s->walk[WALK_END - DELETED_LENGTH]);
	}
	for (int steps = 0; steps < WALK_STEPS; steps++) {
		step = writ_path_step(s);
		if (step != STEP_ON)
			break;
	}
	if (step == STEP_FAULT)
		return without_text(s, id, STATUS_UNREADABLE);
	return append_walk(s, id, step == STEP_ARRIVED ? STATUS_READ : STATUS_TRUNCATED);
}
