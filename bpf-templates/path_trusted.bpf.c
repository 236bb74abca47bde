/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The path of a file in a program that has BTF pointers: fentry, fexit, lsm and fmod_ret.
 *
 * writ_path_trusted(scratch, dentry, mount, item id) -> payload offset, or negative
 *     As writ_path_probe, at a quarter of the price: in the file's own mount the dentries are
 *     loaded directly and their names copied in words, without a helper. Only what stands above
 *     that mount is read by writ_path_chain, since the verifier does not let a program step from a
 *     vfsmount back to its struct mount. Minimum kernel 5.8.
 */
#include "path.h"

/* Writes "/name" behind the scratch->position bytes of text that are there. The position is kept in
 * memory: in a register the verifier would follow every value that it can have, 200,000
 * instructions against 27,000. It is masked to stay inside; the caller looks once, at the end,
 * whether it went too far. */
INLINE void append_component(struct writ_scratch *s, __u8 *text, struct dentry *d)
{
	__u64 position = *(volatile __u64 *)&s->position;
	__u64 name_length = d->d_name.len;
	__u8 *to;

	MASK(name_length, 0xff);
	*(volatile __u64 *)&s->position = position + 1 + name_length;
	MASK(position, 0xfff);
	to = text + position;
	OPAQUE(to);
	*to = '/';
	if (name_length < short_name_size()) {
		__u64 *words = (void *)d + short_name_offset();

		OPAQUE(words);
		*(__u64 *)(to + 1) = words[0];
		if (name_length > 8) {
			*(__u64 *)(to + 9) = words[1];
			if (name_length > 16) {
				*(__u64 *)(to + 17) = words[2];
				*(__u64 *)(to + 25) = words[3];
				if (name_length > 32)
					*(__u64 *)(to + 33) = words[4];
			}
		}
	} else {
		MASK(name_length, 0xff);
		bpf_probe_read_kernel(to + 1, name_length, d->d_name.name);
	}
}

INLINE void append_deleted(struct writ_scratch *s, __u8 *text)
{
	__u64 position = *(volatile __u64 *)&s->position;

	*(volatile __u64 *)&s->position = position + DELETED_LENGTH;
	MASK(position, 0xfff);
	write_deleted(text + position);
}

ROUTINE __s64 writ_path_trusted(struct writ_scratch *s, struct dentry *d, struct vfsmount *mnt,
				__u64 id)
{
	__u64 at = item_begin(s, TEXT_ROOM);
	struct dentry *d1, *d2, *d3, *d4, *d5, *d6, *d7;
	__u64 length, top;
	__u8 *text;

	if (!at || !d)
		return without_text(s, id, STATUS_UNREADABLE);
	text = PAYLOAD(s, at);
	read_root(s);
	top = s->root_dentry;
	*(volatile __u64 *)&s->position = 0;
	if ((__u64)mnt != s->root_mount) {
		__s64 above;

		top = (__u64)mnt->mnt_root;
		if ((__u64)d != top && d->d_parent == d)
			return writ_path_pseudo(s, number(s, d), id);
		above = writ_path_chain(s, number(s, (void *)top), number(s, mnt));
		if (above < 0)
			goto slow;
		*(volatile __u64 *)&s->position = above;
	}

	/* Up, then down again. Each dentry keeps its register or stack slot, hence no loop. */
	if ((__u64)d == top)
		goto end;
	d1 = d->d_parent;
	if ((__u64)d1 == top)
		goto last;
	d2 = d1->d_parent;
	if ((__u64)d2 == top)
		goto second;
	d3 = d2->d_parent;
	if ((__u64)d3 == top)
		goto third;
	d4 = d3->d_parent;
	if ((__u64)d4 == top)
		goto fourth;
	d5 = d4->d_parent;
	if ((__u64)d5 == top)
		goto fifth;
	d6 = d5->d_parent;
	if ((__u64)d6 == top)
		goto sixth;
	d7 = d6->d_parent;
	if ((__u64)d7 != top) {
		__s64 above;

		/* The file is outside of the task's root. */
		if (d7 == d6)
			goto slow;
		/* What is above the seventh parent, in this mount and over it, in the other way. */
		above = writ_path_chain(s, number(s, d7), number(s, mnt));
		if (above < 0)
			goto slow;
		*(volatile __u64 *)&s->position = above;
	}
	append_component(s, text, d6);
sixth:
	append_component(s, text, d5);
fifth:
	append_component(s, text, d4);
fourth:
	append_component(s, text, d3);
third:
	append_component(s, text, d2);
second:
	append_component(s, text, d1);
last:
	append_component(s, text, d);
	if (!d->d_hash.pprev)
		append_deleted(s, text);
end:
	length = *(volatile __u64 *)&s->position;
	if (length > TEXT_MAX)
		goto slow;
	if (length == 0) {
		*text = '/';
		length = 1;
	}
	text_end(s, at, id, STATUS_READ, length);
	return at;
slow:
	return writ_path_walk(s, number(s, d), number(s, mnt), id);
}
