/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which process a socket belongs to, as far as policies keep track of it. Each policy has its own
 * view. The offset is that of a `struct writ_connection` in the scratch area; nothing happens when
 * it is negative, or when the connection is that of no socket.
 *
 * writ_track_socket(scratch, offset, policy index) -> 0
 *     The socket belongs to the current thread, unless its process is not tracked.
 *
 * writ_untrack_socket(scratch, offset, policy index) -> 0
 *
 * writ_attribute(scratch, offset, policy index) -> 0
 *     What is posted next is about the thread to which the socket belongs, when its process still
 *     runs; else about whom it was about before.
 *
 * Minimum kernel 5.8.
 */
#include "item.h"

INLINE struct writ_socket_key socket_key(struct writ_scratch *s, __s64 offset, __u64 policy)
{
	struct writ_socket_key key = { 0, policy };
	__u64 behind = offset - EVENT_OFFSET;

	OPAQUE(behind);
	if (behind <= EVENT_SIZE - sizeof(struct writ_connection)) {
		struct writ_connection *of = (struct writ_connection *)(s->event + behind);

		key.socket = *(volatile __u64 *)&of->cookie;
	}
	return key;
}

ROUTINE __u64 writ_track_socket(struct writ_scratch *s, __s64 offset, __u64 policy)
{
	struct writ_socket_key key = socket_key(s, offset, policy);
	struct writ_process *process = writ_process();
	struct writ_socket_owner owner = { bpf_get_current_pid_tgid(), 0 };

	if (!process || !key.socket || !(__u32)owner.thread)
		return 0;
	owner.start = process->start;
	bpf_map_update_elem(&writ_sockets, &key, &owner, 0);
	return 0;
}

ROUTINE __u64 writ_untrack_socket(struct writ_scratch *s, __s64 offset, __u64 policy)
{
	struct writ_socket_key key = socket_key(s, offset, policy);

	if (key.socket)
		bpf_map_delete_elem(&writ_sockets, &key);
	return 0;
}

ROUTINE __u64 writ_attribute(struct writ_scratch *s, __s64 offset, __u64 policy)
{
	struct writ_socket_key key = socket_key(s, offset, policy);
	struct writ_socket_owner *owner;
	struct writ_process *process;
	__u32 pid;

	if (!key.socket)
		return 0;
	owner = bpf_map_lookup_elem(&writ_sockets, &key);
	if (!owner)
		return 0;
	pid = owner->thread >> 32;
	process = bpf_map_lookup_elem(&writ_processes, &pid);
	if (process && process->start == owner->start)
		s->owner = owner->thread;
	return 0;
}
