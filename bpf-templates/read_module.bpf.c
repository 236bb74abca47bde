/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Kernel modules.
 *
 * writ_read_module(scratch, struct module *, item id)       -> payload offset, or negative
 *     Appends a `struct writ_module`, of which the signature is not known.
 * writ_read_load_info(scratch, struct load_info *, item id) -> payload offset, or negative
 *     Appends a `struct writ_module`. Name and taints are empty before the kernel has found them.
 *
 * UNREADABLE for a pointer that faults or is zero. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

ROUTINE __s64 writ_read_module(struct writ_scratch *s, struct module *module, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_module));
	struct writ_module *to;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_module *)PAYLOAD(s, at);
	if (READ(&to->taints, (__u64 *)&module->taints) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	bpf_probe_read_kernel_str(to->name, sizeof(to->name),
				  (void *)module + FIELD_OFFSET(struct module, name));
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}

/* Only kernels that check signatures have the field. */
INLINE __u32 signature_of(struct load_info *info)
{
	__u8 is_good = 0;

	if (!FIELD_EXISTS(struct load_info, sig_ok))
		return SIGNATURE_UNKNOWN;
	READ(&is_good, &info->sig_ok);
	return is_good ? SIGNATURE_GOOD : SIGNATURE_BAD;
}

ROUTINE __s64 writ_read_load_info(struct writ_scratch *s, struct load_info *info, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_module));
	struct writ_module *to;
	struct module *module = 0;
	const char *name = 0;

	if (!at || READ(&module, &info->mod) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_module *)PAYLOAD(s, at);
	READ(&name, &info->name);
	bpf_probe_read_kernel_str(to->name, sizeof(to->name), name);
	READ(&to->taints, (__u64 *)&module->taints);
	to->signature = signature_of(info);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}
