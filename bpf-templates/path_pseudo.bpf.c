/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What stands for the path of a file that has none.
 *
 * writ_path_pseudo(scratch, dentry, item id) -> payload offset, or negative
 *     For a dentry that is its own parent but not the root of its mount: a pipe, a socket, an
 *     anonymous file. Appends an item that is ABSENT, or UNREADABLE when the dentry is not one. A
 *     memfd gets the text that the kernel's d_path gives it, "/memfd:NAME (deleted)", so that a
 *     program that runs from no file system has a name. Minimum kernel 5.8.
 */
#include "path.h"

/* "memfd:" */
#define MEMFD 0x3a64666d656dULL
#define MEMFD_LENGTH 6

SHARED __s64 writ_path_pseudo(struct writ_scratch *s, __u64 d, __u64 id)
{
	struct dentry_head head = {};
	__u64 start = 0, length, at;
	__u8 *text;

	if (!s)
		return -1;
	read_dentry(&head, (struct dentry *)d);
	if (!head.name)
		return without_text(s, id, STATUS_UNREADABLE);
	bpf_probe_read_kernel(&start, MEMFD_LENGTH, head.name);
	if (start != MEMFD)
		return without_text(s, id, STATUS_ABSENT);
	at = item_begin(s, TEXT_ROOM);
	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	text = PAYLOAD(s, at);
	*text = '/';
	length = head.length;
	MASK(length, 0xff);
	bpf_probe_read_kernel(text + 1, length, head.name);
	write_deleted(text + 1 + length);
	text_end(s, at, id, STATUS_READ, 1 + length + DELETED_LENGTH);
	return at;
}
