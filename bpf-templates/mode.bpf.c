/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Whether a policy's enforcement acts at the moment.
 *
 * writ_mode(policy index) -> 0 enforce, 1 monitor
 *     0 for an index that is not there. Minimum kernel 5.8.
 */
#include "maps.h"

ROUTINE __u64 writ_mode(__u64 policy)
{
	__u32 key = policy;
	__u8 *mode = bpf_map_lookup_elem(&writ_modes, &key);

	return mode ? *mode : 0;
}
