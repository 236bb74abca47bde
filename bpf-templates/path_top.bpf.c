/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * How a path begins, without the path: most files are out of the question for a set of prefixes by
 * the first name of their path, which costs a tenth of the text.
 *
 * writ_top_file_trusted(struct file *)           -> first name, or 0
 * writ_top_file_probe  (struct file *)
 * writ_top_path_trusted(struct path *)
 * writ_top_path_probe  (struct path *)
 * writ_top_binprm_trusted(struct linux_binprm *)
 * writ_top_binprm_probe  (struct linux_binprm *)
 *     The first eight bytes, in memory order, of the first name of the path that the routine
 *     writ_read_ of the same ending reads. A shorter name is followed by a zero, and then by
 *     anything. 0 when only the path tells: for the root, a name that does not stand in its
 *     dentry, a file that was unlinked or has no path, one outside of the task's root, a path with
 *     more than TOP_STEPS names, and a kernel whose dentry is laid out in another order. Minimum
 *     kernel 5.8.
 */
#include "path.h"

#define TOP_STEPS 24

/* The first eight bytes of a name of this length that stand in its dentry. */
INLINE __u64 short_name(__u64 length, __u64 bytes)
{
	return length < short_name_size() ? bytes : 0;
}

/* Climbs by reads that cannot fault to the root. `name` is the first name so far, 0 for none. */
ROUTINE __u64 writ_top_climb(struct dentry *d, struct mount *m, __u64 root_dentry,
			     __u64 root_mount, __u64 name)
{
	struct mount_head mount = {};
	struct dentry_start here = {};

	root_mount -= FIELD_OFFSET(struct mount, mnt);
	mount.root = (void *)root_dentry;
	if ((__u64)m != root_mount)
		read_mount(&mount, m);
	for (int step = 0; step < TOP_STEPS; step++) {
		if (d == mount.root) {
			if ((__u64)m == root_mount)
				return name;
			if (mount.parent == m)
				return 0;
			d = mount.mountpoint;
			m = mount.parent;
			mount.root = (void *)root_dentry;
			if ((__u64)m != root_mount)
				read_mount(&mount, m);
			continue;
		}
		bpf_probe_read_kernel(&here, sizeof(here), (void *)d + DENTRY_START);
		if (!here.hashed || here.parent == (__u64)d)
			return 0;
		name = short_name(here.length, here.short_name);
		d = (void *)here.parent;
	}
	return 0;
}

/* The dentries of the file's own mount are loaded directly. */
INLINE __u64 top_trusted(struct dentry *d, struct vfsmount *mnt)
{
	struct root root = current_root();
	__u64 top = root.dentry, name = 0;

	if (!dentry_is_in_order())
		return 0;
	if ((__u64)mnt != root.mount)
		top = (__u64)mnt->mnt_root;
	if ((__u64)d != top) {
		struct dentry *parent = d->d_parent;

		if (!d->d_hash.pprev)
			return 0;
		for (int step = 0; step < TOP_STEPS && (__u64)parent != top; step++) {
			if (parent == d)
				return 0;
			d = parent;
			parent = d->d_parent;
		}
		if ((__u64)parent != top)
			return 0;
		name = short_name(d->d_name.len, *(__u64 *)((void *)d + short_name_offset()));
	}
	if ((__u64)mnt == root.mount)
		return name;
	return writ_top_climb((void *)top, mount_of(mnt), root.dentry, root.mount, name);
}

INLINE __u64 top_probe(struct path *path)
{
	struct root root = current_root();

	if (!dentry_is_in_order())
		return 0;
	return writ_top_climb(path->dentry, mount_of(path->mnt), root.dentry, root.mount, 0);
}

ROUTINE __u64 writ_top_file_trusted(struct file *file)
{
	return top_trusted(file->f_path.dentry, file->f_path.mnt);
}

ROUTINE __u64 writ_top_file_probe(struct file *file)
{
	struct path path = {};

	READ(&path, &file->f_path);
	return top_probe(&path);
}

ROUTINE __u64 writ_top_path_trusted(struct path *path)
{
	return top_trusted(path->dentry, path->mnt);
}

ROUTINE __u64 writ_top_path_probe(struct path *from)
{
	struct path path = {};

	READ(&path, from);
	return top_probe(&path);
}

ROUTINE __u64 writ_top_binprm_trusted(struct linux_binprm *bprm)
{
	struct file *file = bprm->file;

	return top_trusted(file->f_path.dentry, file->f_path.mnt);
}

ROUTINE __u64 writ_top_binprm_probe(struct linux_binprm *bprm)
{
	struct file *file = 0;

	READ(&file, &bprm->file);
	return writ_top_file_probe(file);
}
