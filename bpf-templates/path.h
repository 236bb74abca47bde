/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the routines that resolve a path share: the root they stop at, and reads of dentries and
 * mounts.
 */
#ifndef WRIT_PATH_H
#define WRIT_PATH_H

#include "item.h"
#include "kernel.h"

/* What writ_path_chain returns for a path that it leaves to writ_path_walk. */
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

/* From here on a dentry stands in the kernel as `struct writ_dentry` and `struct dentry_start` say,
 * unless a kernel orders it differently, which is known when the program is loaded. */
#define DENTRY_START FIELD_OFFSET(struct dentry, d_hash.pprev)

INLINE int dentry_is_in_order(void)
{
	return FIELD_OFFSET(struct dentry, d_parent) == DENTRY_START + 8 &&
	       FIELD_OFFSET(struct dentry, d_name) == DENTRY_START + 16 &&
	       short_name_offset() == DENTRY_START + 40;
}

/* The start of `struct writ_dentry`. */
struct dentry_start {
	__u64 hashed;
	__u64 parent;
	__u32 hash;
	__u32 length;
	__u64 name;
	__u64 inode;
	__u64 short_name;
};

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

INLINE int is_root(struct writ_scratch *s, struct dentry *d, struct mount *m)
{
	return (__u64)d == s->root_dentry &&
	       (__u64)m + FIELD_OFFSET(struct mount, mnt) == s->root_mount;
}

/* A place in the tree of mounts, by the addresses of its dentry and its vfsmount. */
struct root {
	__u64 dentry;
	__u64 mount;
};

/* The root of the current task, at which paths end. */
INLINE struct root current_root(void)
{
	struct root root = {};

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
