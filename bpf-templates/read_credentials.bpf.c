/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Credentials and user namespaces.
 *
 * writ_read_cred(scratch, struct cred *, item id)                     -> payload offset, or negative
 *     Appends a `struct writ_credentials`, then a `struct writ_user_namespace`.
 *
 * writ_read_user_namespace(scratch, struct user_namespace *, item id) -> payload offset, or negative
 *     Appends a `struct writ_user_namespace`.
 *
 * UNREADABLE for a pointer that faults or is zero. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

/* A login uid that was never set. */
#define NO_LOGIN 0xffffffff

struct cred_payload {
	struct writ_credentials credentials;
	struct writ_user_namespace namespace;
};
LAYOUT(sizeof(struct cred_payload) == 80);

INLINE long put_user_namespace(struct writ_user_namespace *to, struct user_namespace *from)
{
	READ(&to->owner, &from->owner.val);
	READ(&to->group, &from->group.val);
	READ(&to->inode, &from->ns.inum);
	return READ(&to->level, &from->level);
}

ROUTINE __s64 writ_read_cred(struct writ_scratch *s, struct cred *cred, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct cred_payload));
	struct user_namespace *namespace = 0;
	struct writ_credentials *to;

	if (!at || READ(&namespace, &cred->user_ns) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_credentials *)PAYLOAD(s, at);
	READ(&to->uid, &cred->uid.val);
	READ(&to->gid, &cred->gid.val);
	READ(&to->euid, &cred->euid.val);
	READ(&to->egid, &cred->egid.val);
	READ(&to->suid, &cred->suid.val);
	READ(&to->sgid, &cred->sgid.val);
	READ(&to->fsuid, &cred->fsuid.val);
	READ(&to->fsgid, &cred->fsgid.val);
	to->audit_uid = NO_LOGIN;
	READ(&to->securebits, &cred->securebits);
	READ(&to->permitted, (__u64 *)&cred->cap_permitted);
	READ(&to->effective, (__u64 *)&cred->cap_effective);
	READ(&to->inheritable, (__u64 *)&cred->cap_inheritable);
	put_user_namespace(&((struct cred_payload *)to)->namespace, namespace);
	item_end(s, at, id, STATUS_READ, sizeof(struct cred_payload));
	return at;
}

ROUTINE __s64 writ_read_user_namespace(struct writ_scratch *s, struct user_namespace *namespace,
				       __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_user_namespace));

	if (!at ||
	    put_user_namespace((struct writ_user_namespace *)PAYLOAD(s, at), namespace) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	item_end(s, at, id, STATUS_READ, sizeof(struct writ_user_namespace));
	return at;
}
