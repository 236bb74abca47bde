/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The flags and the mode of a file whose path is in the event already. Called only when the event
 * is about to be posted, since no condition looks at them.
 *
 * writ_describe_file_trusted(scratch, struct file *, payload offset) -> 0
 * writ_describe_file_probe  (scratch, struct file *, payload offset) -> 0
 * writ_describe_path_trusted(scratch, struct path *, payload offset) -> 0
 * writ_describe_path_probe  (scratch, struct path *, payload offset) -> 0
 * writ_describe_binprm_trusted(scratch, struct linux_binprm *, payload offset) -> 0
 * writ_describe_binprm_probe  (scratch, struct linux_binprm *, payload offset) -> 0
 * writ_describe_fd(scratch, file descriptor, payload offset) -> 0
 *     Sets FLAGS (f_flags; 0 for a path) and MODE (i_mode) of the item. An offset that no text
 *     routine returned, such as a negative one, changes nothing. Minimum kernel 5.8.
 */
#include "path.h"

INLINE __u64 describe(struct writ_scratch *s, __u64 at, __u32 flags, __u32 mode)
{
	struct writ_item *item;

	if (at < EVENT_OFFSET + sizeof(struct writ_header) + sizeof(*item) ||
	    at > EVENT_OFFSET + EVENT_SIZE)
		return 0;
	item = (struct writ_item *)PAYLOAD(s, at - sizeof(*item));
	item->flags = flags;
	item->mode = mode;
	return 0;
}

ROUTINE __u64 writ_describe_file_trusted(struct writ_scratch *s, struct file *file, __u64 at)
{
	return describe(s, at, file->f_flags, file->f_inode->i_mode);
}

ROUTINE __u64 writ_describe_file_probe(struct writ_scratch *s, struct file *file, __u64 at)
{
	struct writ_file *read = fetch_file(s, file);
	__u16 mode = 0;

	READ(&mode, &((struct inode *)read->inode)->i_mode);
	return describe(s, at, read->flags, mode);
}

ROUTINE __u64 writ_describe_path_trusted(struct writ_scratch *s, struct path *path, __u64 at)
{
	return describe(s, at, 0, path->dentry->d_inode->i_mode);
}

ROUTINE __u64 writ_describe_path_probe(struct writ_scratch *s, struct path *path, __u64 at)
{
	struct dentry *dentry = 0;
	struct inode *inode = 0;
	__u16 mode = 0;

	READ(&dentry, &path->dentry);
	READ(&inode, &dentry->d_inode);
	READ(&mode, &inode->i_mode);
	return describe(s, at, 0, mode);
}

ROUTINE __u64 writ_describe_binprm_trusted(struct writ_scratch *s, struct linux_binprm *bprm,
					   __u64 at)
{
	return writ_describe_file_trusted(s, bprm->file, at);
}

ROUTINE __u64 writ_describe_binprm_probe(struct writ_scratch *s, struct linux_binprm *bprm,
					 __u64 at)
{
	struct file *file = 0;

	READ(&file, &bprm->file);
	return writ_describe_file_probe(s, file, at);
}

ROUTINE __u64 writ_describe_fd(struct writ_scratch *s, __u64 fd, __u64 at)
{
	return writ_describe_file_probe(s, file_of_descriptor(fd), at);
}
