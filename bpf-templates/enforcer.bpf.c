/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What one program tells another to do to the calling thread's next call of certain functions.
 *
 * writ_notify_enforcer(policy index, error, signal) -> 0
 *     Remembers what is to be done; 0 for either is nothing. What was told before is forgotten.
 * writ_forget_notification(policy index) -> 0
 * writ_take_notification(policy index) -> signal in the upper 32 bits, error in the lower, or 0
 *     The notification is forgotten. Minimum kernel of all 5.8.
 */
#include "maps.h"

INLINE struct writ_notification_key notification_key(__u64 policy)
{
	struct writ_notification_key key = { bpf_get_current_pid_tgid(), policy };

	return key;
}

ROUTINE __u64 writ_notify_enforcer(__u64 policy, __u64 error, __u64 signal)
{
	struct writ_notification_key key = notification_key(policy);
	__u64 value = signal << 32 | (__u32)error;

	bpf_map_update_elem(&writ_notifications, &key, &value, 0);
	return 0;
}

ROUTINE __u64 writ_forget_notification(__u64 policy)
{
	struct writ_notification_key key = notification_key(policy);

	bpf_map_delete_elem(&writ_notifications, &key);
	return 0;
}

ROUTINE __u64 writ_take_notification(__u64 policy)
{
	struct writ_notification_key key = notification_key(policy);
	__u64 *found = bpf_map_lookup_elem(&writ_notifications, &key);
	__u64 value;

	if (!found)
		return 0;
	value = *found;
	bpf_map_delete_elem(&writ_notifications, &key);
	return value;
}
