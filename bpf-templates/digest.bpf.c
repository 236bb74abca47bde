/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the kernel's integrity measurement (IMA) has as the digest of a file.
 *
 * writ_put_digest_file  (scratch, struct file *, item id) -> 0
 * writ_put_digest_binprm(scratch, struct linux_binprm *, item id) -> 0
 *     Appends a struct writ_digest. The kernel reads the file to compute it, unless it was measured
 *     already; before Linux 5.18 it has a digest only then. The item is unreadable when there is no
 *     file, none that can be read, or no room. The caller may sleep. Minimum kernel 5.11.
 */
#include "item.h"

ROUTINE __u64 writ_put_digest_file(struct writ_scratch *s, struct file *file, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_digest));
	struct writ_digest *digest = (struct writ_digest *)PAYLOAD(s, at);
	__s64 algorithm = -1;

	if (at && file) {
		if (HAVE_IMA_FILE_HASH)
			algorithm = bpf_ima_file_hash(file, digest->bytes, sizeof(digest->bytes));
		else
			algorithm = bpf_ima_inode_hash(file->f_inode, digest->bytes,
						       sizeof(digest->bytes));
	}
	if (algorithm < 0)
		return writ_put_unreadable(s, id, STATUS_UNREADABLE);
	digest->algorithm = algorithm;
	item_end(s, at, id, STATUS_READ, sizeof(struct writ_digest));
	return 0;
}

ROUTINE __u64 writ_put_digest_binprm(struct writ_scratch *s, struct linux_binprm *bprm, __u64 id)
{
	return writ_put_digest_file(s, bprm->file, id);
}
