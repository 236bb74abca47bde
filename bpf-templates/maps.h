/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The maps and globals of every bundle, by the names in compiler/bundle/src/manifest.rs. The linker
 * leaves out those that no program of a bundle reaches.
 */
#ifndef WRIT_MAPS_H
#define WRIT_MAPS_H

#include "writ.h"

/* Records to user space. The loader may resize it before loading. Minimum kernel 5.8. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 19);
} writ_events SEC(".maps");

/* Scratch areas: one each for a task, for what interrupts it, and for one more. */
#define SCRATCH_SLOTS 3
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, __u32);
	__type(value, struct writ_scratch);
} writ_scratch SEC(".maps");

/* Thread group id to process. From 6.1 on the compiler asks for entries that are allocated as
 * processes start; before, memory is not to be allocated inside a program that traces. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, 0);
	__type(key, __u32);
	__type(value, struct writ_process);
} writ_processes SEC(".maps");

/* See recent.h. A thread group id is below 2^22 (PID_MAX_LIMIT in include/linux/threads.h), so that
 * what a place does not say of it fits into the bits that no start has. */
#define RECENT_PLACES 4096
#define START_GRAIN 1024ULL
struct writ_recent {
	/* Thread group id, SETS_KNOWN, and the first 31 binary sets. */
	volatile __u64 sets;
	volatile __u64 start;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RECENT_PLACES);
	__type(key, __u32);
	__type(value, struct writ_recent);
} writ_recent SEC(".maps");

/* As writ_processes, with what only some policies ask about. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__uint(map_flags, 0);
	__type(key, __u32);
	__type(value, struct writ_lineage);
} writ_lineages SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__uint(map_flags, 0);
	__type(key, __u32);
	__type(value, struct writ_baseline);
} writ_baselines SEC(".maps");

/* Cgroup id to the sets of workloads that its processes belong to. The loader fills it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, 1 /* BPF_F_NO_PREALLOC: user space alone adds entries */);
	__type(key, __u64);
	__type(value, struct writ_workload);
} writ_workloads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} writ_counters SEC(".maps");

/* A call whose return is awaited, and what its entry posted. */
struct writ_pending_key {
	__u64 thread;
	__u64 hook;
	/* Tells calls apart of which one happens inside the other. */
	__u64 frame;
};
struct writ_pending_call {
	__u64 call;
	/* Above 16 bits, the function. */
	__u64 selector;
	/* Whom the entry's record was about. */
	__u64 owner;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct writ_pending_key);
	__type(value, struct writ_pending_call);
} writ_pending SEC(".maps");

/* What an enforcer is to do to a thread's next call, for a policy: signal and error. */
struct writ_notification_key {
	__u64 thread;
	__u64 policy;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct writ_notification_key);
	__type(value, __u64);
} writ_notifications SEC(".maps");

/* To whom a socket belongs, as a policy keeps track of it. */
struct writ_socket_key {
	__u64 socket;
	__u64 policy;
};
struct writ_socket_owner {
	__u64 thread;
	/* Of its process. */
	__u64 start;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct writ_socket_key);
	__type(value, struct writ_socket_owner);
} writ_sockets SEC(".maps");

/* When an event was last sent. */
struct writ_rate_key {
	__u64 hash;
	__u64 scope;
	__u32 hook;
	__u32 selector;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct writ_rate_key);
	__type(value, __u64);
} writ_rates SEC(".maps");

/* Where the arguments of USDT probes are, by place. The loader makes it as large as needed. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct writ_usdt);
} writ_usdt SEC(".maps");

/* Mode of each policy: 0 enforce, 1 monitor, 2 disabled. Generated code loads it directly, which
 * maps with several entries do not allow (array_map_direct_value_addr in kernel/bpf/arraymap.c). */
#define MODES_MAX 4096
volatile __u8 writ_modes[MODES_MAX];

/* Inode numbers of the host's namespaces. Those of the initial namespaces are fixed (enum
 * proc_ns in include/linux/proc_ns.h) except for mnt and net, which the loader sets. */
volatile const __u32 writ_host_ns[NAMESPACES] = {
	[NAMESPACE_UTS] = 0xEFFFFFFE,
	[NAMESPACE_IPC] = 0xEFFFFFFF,
	[NAMESPACE_PID] = 0xEFFFFFFC,
	[NAMESPACE_PID_FOR_CHILDREN] = 0xEFFFFFFC,
	[NAMESPACE_TIME] = 0xEFFFFFFA,
	[NAMESPACE_TIME_FOR_CHILDREN] = 0xEFFFFFFA,
	[NAMESPACE_CGROUP] = 0xEFFFFFFB,
	[NAMESPACE_USER] = 0xEFFFFFFD,
};

/* The secret of the hash that rate limits go by. The loader sets it to anything. */
volatile const __u64 writ_rate_secret = 0x9fb21c651e98df25;

SEC("license") char writ_license[] = "Dual BSD/GPL";

INLINE void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&writ_counters, &counter);

	if (value)
		*value += 1;
}

#endif
