/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What is shown as one text: a device's name, and paths that are found through other structures.
 *
 * writ_read_net_device(scratch, struct net_device *, item id) -> payload offset, or negative
 *     The name, see writ_read_string.
 *
 * writ_read_kiocb(scratch, struct kiocb *, item id)           -> payload offset, or negative
 *     The path of its file, see writ_path_probe.
 *
 * writ_read_dentry(scratch, struct dentry *, item id)         -> payload offset, or negative
 *     The path from the root of its file system, since a dentry does not tell where that is
 *     mounted. ABSENT for a pipe, a socket or an anonymous file.
 *
 * writ_describe_kiocb(scratch, struct kiocb *, payload offset)   -> 0
 * writ_describe_dentry(scratch, struct dentry *, payload offset) -> 0
 *     See writ_describe_file_probe. A dentry has no flags. Minimum kernel 5.8.
 */
#include "path.h"

ROUTINE __s64 writ_read_net_device(struct writ_scratch *s, struct net_device *device, __u64 id)
{
	return writ_read_string(s, (const char *)device + FIELD_OFFSET(struct net_device, name), id,
				MEMORY_OF_KERNEL);
}

ROUTINE __s64 writ_read_kiocb(struct writ_scratch *s, struct kiocb *kiocb, __u64 id)
{
	struct file *file = 0;

	READ(&file, &kiocb->ki_filp);
	return writ_read_file_probe(s, file, id);
}

ROUTINE __u64 writ_describe_kiocb(struct writ_scratch *s, struct kiocb *kiocb, __u64 at)
{
	struct file *file = 0;

	READ(&file, &kiocb->ki_filp);
	return writ_describe_file_probe(s, file, at);
}

ROUTINE __s64 writ_read_dentry(struct writ_scratch *s, struct dentry *d, __u64 id)
{
	struct dentry_head head = {};
	__u8 first = 0;

	read_dentry(&head, d);
	if (!head.parent)
		return without_text(s, id, STATUS_UNREADABLE);
	bpf_probe_read_kernel(&first, 1, head.name);
	if (head.parent == d && first != '/')
		return writ_path_pseudo(s, number(s, d), id);
	/* No mount, so the walk meets no mount point. */
	return writ_path_walk(s, number(s, d), 0, id);
}

ROUTINE __u64 writ_describe_dentry(struct writ_scratch *s, struct dentry *d, __u64 at)
{
	struct inode *inode = 0;
	__u16 mode = 0;

	READ(&inode, &d->d_inode);
	READ(&mode, &inode->i_mode);
	return describe(s, at, 0, mode);
}
