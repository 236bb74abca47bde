/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * How a path begins, without the path: most files are out of the question for a set of prefixes by
 * the first two names of their path, which cost a fraction of the text.
 *
 * writ_top_file_trusted(struct file *, second *)                -> first name, or 0
 * writ_top_path_trusted(struct path *, second *)
 * writ_top_binprm_trusted(struct linux_binprm *, second *)
 * writ_top_file_probe(struct file *, second *, scratch)
 * writ_top_path_probe(struct path *, second *, scratch)
 * writ_top_binprm_probe(struct linux_binprm *, second *, scratch)
 * writ_top_fd(file descriptor, second *, scratch)
 *     The first eight bytes, in memory order, of the first two names of the path that the routine
 *     writ_read_ of the same ending reads. A shorter name is followed by a zero, and then by
 *     anything; where there is no second name it is 0. The first is 0 when only the path tells:
 *     for the root, for a file that was unlinked or has no path, and on a kernel whose dentry is
 *     laid out in another order. The trusted flavours, which need no scratch area, also leave those
 *     outside of the task's root and with more than TOP_STEPS names to the path. The others collect
 *     the path's dentries in the scratch area, where the routine that reads the path finds them.
 *     Minimum kernel 5.8.
 */
#include "path.h"

#define TOP_STEPS 16

/* The start of a name, which stands in its dentry or, when it is long, elsewhere. */
INLINE __u64 name_start(struct writ_dentry *d)
{
	__u64 start = d->short_name;

	if (d->length >= short_name_size())
		bpf_probe_read_kernel(&start, sizeof(start), (void *)d->name);
	return start;
}

/* Climbs by reads that cannot fault to the root. `first` is the first name so far, 0 for none. */
ROUTINE __u64 writ_top_climb(struct dentry *d, struct mount *m, struct root *root, __u64 first,
			     __u64 *second)
{
	struct mount_head mount = {};
	struct writ_dentry here = {};
	__u64 root_mount = root->mount - FIELD_OFFSET(struct mount, mnt);

	if (!dentry_is_in_order())
		return 0;
	mount.root = (void *)root->dentry;
	if ((__u64)m != root_mount)
		read_mount(&mount, m);
	for (int step = 0; step < TOP_STEPS; step++) {
		if (d == mount.root) {
			if ((__u64)m == root_mount)
				return first;
			if (mount.parent == m)
				return 0;
			d = mount.mountpoint;
			m = mount.parent;
			mount.root = (void *)root->dentry;
			if ((__u64)m != root_mount)
				read_mount(&mount, m);
			continue;
		}
		bpf_probe_read_kernel(&here, sizeof(here), (void *)d + DENTRY_START);
		if (!here.hashed || here.parent == (__u64)d)
			return 0;
		*second = first;
		first = name_start(&here);
		d = (void *)here.parent;
	}
	return 0;
}

INLINE __u64 dentry_name_start(struct dentry *d)
{
	__u64 start;

	if (d->d_name.len < short_name_size()) {
		start = *(__u64 *)((void *)d + short_name_offset());
		/* Here, not where the ways meet: one instruction may load only one type. */
		OPAQUE(start);
		return start;
	}
	bpf_probe_read_kernel(&start, sizeof(start), d->d_name.name);
	return start;
}

/* The dentries of the file's own mount are loaded directly. Whether one is its own parent is asked of
 * the first alone, as it is with files that have no path: the steps are unrolled, and cost what their
 * load costs. */
INLINE __u64 top_trusted(struct dentry *d, struct vfsmount *mnt, __u64 *second)
{
	struct root root = current_root();
	__u64 top = root.dentry, first = 0;

	*second = 0;
	if ((__u64)mnt != root.mount)
		top = (__u64)mnt->mnt_root;
	if ((__u64)d != top) {
		struct dentry *parent = d->d_parent, *below = 0, *last = d;

		if (parent == d)
			return 0;
#pragma clang loop unroll(full)
		for (int step = 0; step < TOP_STEPS; step++) {
			if ((__u64)parent == top)
				goto arrived;
			below = d;
			d = parent;
			parent = d->d_parent;
		}
		return 0;
arrived:
		/* Unlinked, it has another name, which counts if it is one of the two. */
		if ((d == last || below == last) && !last->d_hash.pprev)
			return 0;
		first = dentry_name_start(d);
		if (below)
			*second = dentry_name_start(below);
	}
	if ((__u64)mnt == root.mount)
		return first;
	return writ_top_climb((void *)top, mount_of(mnt), &root, first, second);
}

ROUTINE __u64 writ_top_file_trusted(struct file *file, __u64 *second)
{
	return top_trusted(file->f_path.dentry, file->f_path.mnt, second);
}

ROUTINE __u64 writ_top_path_trusted(struct path *path, __u64 *second)
{
	return top_trusted(path->dentry, path->mnt, second);
}

ROUTINE __u64 writ_top_binprm_trusted(struct linux_binprm *bprm, __u64 *second)
{
	struct file *file = bprm->file;

	return top_trusted(file->f_path.dentry, file->f_path.mnt, second);
}

INLINE __u64 collected_name_start(struct writ_scratch *s, __u64 at)
{
	MASK(at, CHAIN_MAX - 1);
	return name_start(&s->chain[at]);
}

INLINE __u64 top_probe(struct writ_scratch *s, __u64 dentry, __u64 mount, __u64 *second)
{
	__u64 count;

	*second = 0;
	if (writ_path_collect(s, dentry, mount) < 0)
		return 0;
	count = *(volatile __u64 *)&s->count;
	if (count == 0 || !s->chain[0].hashed)
		return 0;
	if (count > 1)
		*second = collected_name_start(s, count - 2);
	return collected_name_start(s, count - 1);
}

ROUTINE __u64 writ_top_file_probe(struct file *file, __u64 *second, struct writ_scratch *s)
{
	struct writ_file *read = fetch_file(s, file);

	return top_probe(s, read->dentry, read->mount, second);
}

ROUTINE __u64 writ_top_path_probe(struct path *from, __u64 *second, struct writ_scratch *s)
{
	struct path path = {};

	READ(&path, from);
	return top_probe(s, (__u64)path.dentry, (__u64)path.mnt, second);
}

ROUTINE __u64 writ_top_binprm_probe(struct linux_binprm *bprm, __u64 *second,
				    struct writ_scratch *s)
{
	struct file *file = 0;

	READ(&file, &bprm->file);
	return writ_top_file_probe(file, second, s);
}

ROUTINE __u64 writ_top_fd(__u64 fd, __u64 *second, struct writ_scratch *s)
{
	return writ_top_file_probe(file_of_descriptor(fd), second, s);
}
