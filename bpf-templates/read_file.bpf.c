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
	struct path path = {};

	READ(&path, &file->f_path);
	return writ_path_probe(s, path.dentry, path.mnt, id);
}

ROUTINE __s64 writ_read_path_trusted(struct writ_scratch *s, struct path *path, __u64 id)
{
	return writ_path_trusted(s, path->dentry, path->mnt, id);
}

ROUTINE __s64 writ_read_path_probe(struct writ_scratch *s, struct path *from, __u64 id)
{
	struct path path = {};

	READ(&path, from);
	return writ_path_probe(s, path.dentry, path.mnt, id);
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

/* The open file behind a descriptor of the current task, or 0. Another thread can close it
 * meanwhile; then the reads give the new file, or nothing. */
INLINE struct file *file_of_descriptor(__u64 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct files_struct *files = 0;
	struct fdtable *table = 0;
	struct file **slots = 0, *file = 0;
	__u32 slot_count = 0;

	READ(&files, &task->files);
	READ(&table, &files->fdt);
	READ(&slot_count, &table->max_fds);
	READ(&slots, &table->fd);
	fd = (__u32)fd;
	if (fd >= slot_count)
		return 0;
	READ(&file, &slots[fd]);
	return file;
}

ROUTINE __s64 writ_read_fd(struct writ_scratch *s, __u64 fd, __u64 id)
{
	return writ_read_file_probe(s, file_of_descriptor(fd), id);
}
