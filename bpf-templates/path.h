/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the routines that resolve a path share: the root they stop at, and reads of dentries and
 * mounts.
 */
#ifndef WRIT_PATH_H
#define WRIT_PATH_H

#include "item.h"
#include "kernel.h"

/* What writ_path_collect and writ_path_chain return for a path that it leaves to writ_path_walk. */
#define CHAIN_DEEP (-1)

#define DELETED " (deleted)"
#define DELETED_LENGTH (sizeof(DELETED) - 1)

INLINE void write_deleted(__u8 *to)
{
	__u64 head = 0;
	__u16 tail = 0;

	__builtin_memcpy(&head, DELETED, 8);
	__builtin_memcpy(&tail, &DELETED[8], 2);
	*(__u64 *)to = head;
	*(__u16 *)(to + 8) = tail;
}

struct dentry_head {
	struct dentry *parent;
	__u32 hash;
	__u32 length;
	const void *name;
};

INLINE void read_dentry(struct dentry_head *head, struct dentry *d)
{
	READ(&head->parent, &d->d_parent);
	READ(&head->length, &d->d_name.len);
	READ(&head->name, &d->d_name.name);
}

/* From here on a dentry stands in the kernel as `struct writ_dentry` says, unless a kernel orders it
 * differently, which is known when the program is loaded. */
#define DENTRY_START FIELD_OFFSET(struct dentry, d_hash.pprev)

INLINE int dentry_is_in_order(void)
{
	return FIELD_OFFSET(struct dentry, d_parent) == DENTRY_START + 8 &&
	       FIELD_OFFSET(struct dentry, d_name) == DENTRY_START + 16 &&
	       short_name_offset() == DENTRY_START + 40;
}

struct mount_head {
	struct mount *parent;
	struct dentry *mountpoint;
	struct dentry *root;
};

/* The three fields are neighbours in every kernel seen; where they are not, three reads. */
INLINE void read_mount(struct mount_head *head, struct mount *m)
{
	const __u64 at = FIELD_OFFSET(struct mount, mnt_parent);

	if (FIELD_OFFSET(struct mount, mnt_mountpoint) == at + 8 &&
	    FIELD_OFFSET(struct mount, mnt.mnt_root) == at + 16) {
		bpf_probe_read_kernel(head, sizeof(*head), (void *)m + at);
	} else {
		READ(&head->parent, &m->mnt_parent);
		READ(&head->mountpoint, &m->mnt_mountpoint);
		READ(&head->root, &m->mnt.mnt_root);
	}
}

INLINE struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - FIELD_OFFSET(struct mount, mnt);
}

INLINE int is_root(struct writ_scratch *s, __u64 d, __u64 m)
{
	return d == s->root_dentry && m + FIELD_OFFSET(struct mount, mnt) == s->root_mount;
}

/* The address of a BTF pointer as a number, as which shared routines take it. Only memory makes the
 * verifier forget the type. */
INLINE __u64 number(struct writ_scratch *s, const void *pointer)
{
	*(volatile __u64 *)&s->address = (__u64)pointer;
	return *(volatile __u64 *)&s->address;
}

/* A place in the tree of mounts, by the addresses of its dentry and its vfsmount. */
struct root {
	__u64 dentry;
	__u64 mount;
};

/* The root of the current task, at which paths end. */
INLINE struct root current_root(void)
{
	struct root root;

	if (HAVE_CURRENT_TASK_BTF) {
		struct task_struct *task = bpf_get_current_task_btf();
		struct fs_struct *fs = task->fs;

		root.dentry = (__u64)fs->root.dentry;
		root.mount = (__u64)fs->root.mnt;
	} else {
		struct task_struct *task = (void *)bpf_get_current_task();
		struct fs_struct *fs = 0;

		READ(&fs, &task->fs);
		READ(&root.dentry, (__u64 *)&fs->root.dentry);
		READ(&root.mount, (__u64 *)&fs->root.mnt);
	}
	return root;
}

INLINE void read_root(struct writ_scratch *s)
{
	struct root root = current_root();

	s->root_dentry = root.dentry;
	s->root_mount = root.mount;
}

/* Where the fields of a file that are read begin, and how many bytes they and what is between them
 * take at most. */
#define FILE_SPAN 64

INLINE __u64 file_start(void)
{
	__u64 path = FIELD_OFFSET(struct file, f_path), inode = FIELD_OFFSET(struct file, f_inode);

	return path < inode ? path : inode;
}

INLINE int file_fits(__u64 start)
{
	return FIELD_OFFSET(struct file, f_flags) >= start &&
	       FIELD_OFFSET(struct file, f_flags) + 8 <= start + FILE_SPAN &&
	       FIELD_OFFSET(struct file, f_path) + 16 <= start + FILE_SPAN &&
	       FIELD_OFFSET(struct file, f_inode) + 8 <= start + FILE_SPAN;
}

#define FILE_WORD(field)                                                                           \
	({                                                                                         \
		__u64 offset = FIELD_OFFSET(struct file, field) - start;                           \
                                                                                                   \
		OPAQUE(offset);                                                                    \
		*(__u64 *)((void *)words + offset);                                                \
	})

/* Reads a file once in a run by one helper call. All is 0 when that faults. */
INLINE struct writ_file *fetch_file(struct writ_scratch *s, struct file *file)
{
	struct writ_file *to = &s->file;
	const __u64 start = file_start();
	__u64 words[FILE_SPAN / 8];

	if (to->file == (__u64)file && file)
		return to;
	to->file = (__u64)file;
	if (file_fits(start)) {
		bpf_probe_read_kernel(words, sizeof(words), (void *)file + start);
		to->dentry = FILE_WORD(f_path.dentry);
		to->mount = FILE_WORD(f_path.mnt);
		to->inode = FILE_WORD(f_inode);
		to->flags = (__u32)FILE_WORD(f_flags);
	} else {
		__u32 flags = 0;

		READ(&to->dentry, (__u64 *)&file->f_path.dentry);
		READ(&to->mount, (__u64 *)&file->f_path.mnt);
		READ(&to->inode, (__u64 *)&file->f_inode);
		READ(&flags, &file->f_flags);
		to->flags = flags;
	}
	return to;
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

/* As the kernel's d_unlinked: removed from its directory, and not the root of anything. */
INLINE int is_deleted(struct dentry *d)
{
	struct dentry *parent = 0;
	__u64 hashed = 0;

	READ(&hashed, (__u64 *)&d->d_hash.pprev);
	READ(&parent, &d->d_parent);
	return !hashed && parent != d;
}

#endif
