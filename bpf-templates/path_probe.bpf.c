/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The path of a file in a program that has plain addresses: kprobes and raw tracepoints.
 *
 * writ_path_probe(scratch, dentry, mount, item id) -> payload offset, or negative
 *     Resolves from the current task's root and appends a text item, see writ_path_walk. The root
 *     itself is "/"; a file that was unlinked has " (deleted)" after its path, as d_path and
 *     Tetragon have. Minimum kernel 5.8.
 */
#include "path.h"

SHARED __s64 writ_path_probe(struct writ_scratch *s, __u64 d, __u64 mnt, __u64 id)
{
	__u64 at, parent = 0, top = 0, length;
	__s64 written;
	__u8 *text;

	if (!s)
		return -1;
	at = item_begin(s, TEXT_ROOM);
	if (!at || !d)
		return without_text(s, id, STATUS_UNREADABLE);
	text = PAYLOAD(s, at);
	written = writ_path_chain(s, d, mnt);
	if (written < 0)
		goto slow;
	if (written == 0) {
		READ(&top, (__u64 *)&((struct vfsmount *)mnt)->mnt_root);
		READ(&parent, (__u64 *)&((struct dentry *)d)->d_parent);
		if (!parent || (d != top && parent == d))
			return writ_path_pseudo(s, d, id);
		*text = '/';
		length = 1;
	} else {
		length = written;
		MASK(length, 0xfff);
		if (!s->chain[0].hashed) {
			if (length > TEXT_MAX - DELETED_LENGTH)
				goto slow;
			write_deleted(text + length);
			length += DELETED_LENGTH;
		}
	}
	text_end(s, at, id, STATUS_READ, length);
	return at;
slow:
	return writ_path_walk(s, d, mnt, id);
}
