/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The path of what a hook's argument names, as an item of the event.
 *
 * writ_read_file_trusted(scratch, struct file *, item id)           -> payload offset, or negative
 * writ_read_file_probe  (scratch, struct file *, item id)
 * writ_read_path_trusted(scratch, struct path *, item id)
 * writ_read_path_probe  (scratch, struct path *, item id)
 * writ_read_binprm_trusted(scratch, struct linux_binprm *, item id) the file that is executed
 * writ_read_binprm_probe  (scratch, struct linux_binprm *, item id)
 * writ_read_fd(scratch, file descriptor of the current task, item id)
 *     See writ_path_trusted and writ_path_probe for what is appended; a negative result means that
 *     there is no text to compare and that the item says why. A pointer that faults or is zero, and
 *     a descriptor that is not open, are UNREADABLE. Minimum kernel 5.8.
 */
#include "path.h"

ROUTINE __s64 writ_read_file_trusted(struct writ_scratch *s, struct file *file, __u64 id)
{
	return writ_path_trusted(s, file->f_path.dentry, file->f_path.mnt, id);
}

ROUTINE __s64 writ_read_file_probe(struct writ_scratch *s, struct file *file, __u64 id)
{
	struct writ_file *read = fetch_file(s, file);

	return writ_path_probe(s, read->dentry, read->mount, id);
}

ROUTINE __s64 writ_read_path_trusted(struct writ_scratch *s, struct path *path, __u64 id)
{
	return writ_path_trusted(s, path->dentry, path->mnt, id);
}

ROUTINE __s64 writ_read_path_probe(struct writ_scratch *s, struct path *from, __u64 id)
{
	struct path path = {};

	READ(&path, from);
	return writ_path_probe(s, (__u64)path.dentry, (__u64)path.mnt, id);
}

ROUTINE __s64 writ_read_binprm_trusted(struct writ_scratch *s, struct linux_binprm *bprm, __u64 id)
{
	struct file *file = bprm->file;

	return writ_path_trusted(s, file->f_path.dentry, file->f_path.mnt, id);
}

ROUTINE __s64 writ_read_binprm_probe(struct writ_scratch *s, struct linux_binprm *bprm, __u64 id)
{
	struct file *file = 0;

	READ(&file, &bprm->file);
	return writ_read_file_probe(s, file, id);
}

ROUTINE __s64 writ_read_fd(struct writ_scratch *s, __u64 fd, __u64 id)
{
	return writ_read_file_probe(s, file_of_descriptor(fd), id);
}
