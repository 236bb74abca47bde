/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The type of a file, as S_IFMT has it in i_mode.
 *
 * writ_file_type_file_trusted(struct file *) -> type
 * writ_file_type_file_probe  (struct file *) -> type
 * writ_file_type_path_trusted(struct path *) -> type
 * writ_file_type_path_probe  (struct path *) -> type
 *     0 when there is no inode, or when it cannot be read. Minimum kernel 5.8.
 */
#include "kernel.h"

#define FILE_TYPE 0170000

INLINE __u64 type_of_inode(struct inode *inode)
{
	__u16 mode = 0;

	READ(&mode, &inode->i_mode);
	return mode & FILE_TYPE;
}

ROUTINE __u64 writ_file_type_file_trusted(struct file *file)
{
	return file->f_inode->i_mode & FILE_TYPE;
}

ROUTINE __u64 writ_file_type_file_probe(struct file *file)
{
	struct inode *inode = 0;

	READ(&inode, &file->f_inode);
	return type_of_inode(inode);
}

ROUTINE __u64 writ_file_type_path_trusted(struct path *path)
{
	return path->dentry->d_inode->i_mode & FILE_TYPE;
}

ROUTINE __u64 writ_file_type_path_probe(struct path *path)
{
	struct dentry *dentry = 0;
	struct inode *inode = 0;

	READ(&dentry, &path->dentry);
	READ(&inode, &dentry->d_inode);
	return type_of_inode(inode);
}
