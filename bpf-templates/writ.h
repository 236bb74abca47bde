/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The layouts that the runtime library, the generated programs and the loader share: the event
 * record, the process map's value and the scratch area. The Rust side of the record and of the
 * process is compiler/bundle/src/record.rs, which also says what each field means.
 */
#ifndef WRIT_H
#define WRIT_H

#include "bpf.h"

struct writ_header {
	__u32 length;
	__u8 kind;
	__u8 flags;
	__u16 selector;
	__u32 hook;
	__u32 tid;
	__u64 time;
	__u32 pid;
	__u8 action;
	__u8 reserved[3];
	__u64 process_start;
	__s64 action_argument;
	__u64 call;
	__u64 cgroup;
};

enum writ_kind {
	KIND_HOOK = 1,
	KIND_EXEC = 2,
	KIND_FORK = 3,
	KIND_EXIT = 4,
	KIND_DATA = 6,
};

enum writ_flag {
	FLAG_AWAITS_RETURN = 1,
	FLAG_IS_RETURN = 2,
	FLAG_CANCELLED = 4,
	FLAG_MONITORED = 8,
};

/* No selector matched, or the record is not a hook's. */
#define NO_SELECTOR 0xffff
/* A call is awaited whose entry posted nothing. */
#define UNTOLD 0xfffe

/* The first byte is zero: it is the end of a text that stands right before the item. */
struct writ_item {
	__u8 reserved;
	__u8 status;
	__u16 id;
	__u32 flags;
	__u32 mode;
	__u32 length;
};

enum writ_status {
	STATUS_READ = 0,
	STATUS_UNREADABLE = 1,
	STATUS_ABSENT = 2,
	STATUS_TRUNCATED = 3,
};

enum writ_exec_item {
	EXEC_EXECUTABLE = 1,
	EXEC_FILENAME = 2,
	EXEC_ARGUMENTS = 3,
	EXEC_DIRECTORY = 4,
	EXEC_CREDENTIALS = 5,
	EXEC_NAMESPACES = 6,
	EXEC_CGROUP = 7,
	EXEC_FAMILY = 8,
};

struct writ_credentials {
	__u32 uid, gid, euid, egid, suid, sgid, fsuid, fsgid;
	__u32 audit_uid;
	__u32 securebits;
	__u64 permitted, effective, inheritable;
};

struct writ_family {
	__u32 parent;
	__u32 namespace_pid;
	__u64 parent_start;
};

/* Bits of `known` in a connection: what can be asked about. */
enum writ_known {
	KNOWN_SOURCE = 1,
	KNOWN_DESTINATION = 2,
	KNOWN_PROTOCOL = 4,
	KNOWN_FAMILY = 8,
	KNOWN_STATE = 16,
};

/* Numbers are in the order of the host; of an address, the higher half is first. */
struct writ_connection {
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u8 state;
	__u8 known;
	__u16 source_port;
	__u16 destination_port;
	__u32 mark;
	__u32 priority;
	__u32 hash;
	__u64 source[2];
	__u64 destination[2];
	__u32 length;
	__u32 security_path;
	__u32 security_path_offloaded;
	__u32 reserved;
	__u64 cookie;
};

struct writ_user_namespace {
	__s32 level;
	__u32 owner;
	__u32 group;
	__u32 inode;
};

struct writ_bpf_program {
	__u32 type;
	__u32 instructions;
	__u8 name[16];
};

struct writ_bpf_map {
	__u32 type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u8 name[16];
};

struct writ_perf_event {
	__u32 type;
	__u32 reserved;
	__u64 config;
	__u64 probe_offset;
	__u8 function[128];
};

enum writ_signature {
	SIGNATURE_UNKNOWN = 0,
	SIGNATURE_BAD = 1,
	SIGNATURE_GOOD = 2,
};

struct writ_module {
	__u64 taints;
	__u32 signature;
	__u32 reserved;
	__u8 name[64];
};

struct writ_digest {
	__u32 algorithm;
	__u32 reserved;
	__u8 bytes[64];
};

struct writ_process {
	__u64 start;
	__u64 parent_start;
	__u32 parent;
	__u32 namespace_pid;
	__u64 binary_sets[4];
	__u64 descends;
};

/* Where one argument of a USDT probe is. */
struct writ_usdt_argument {
	__s64 number;
	__u16 base;
	__u16 index;
	__u8 kind;
	__u8 shift;
	__u8 size;
	__u8 is_signed;
};

enum writ_usdt_kind {
	USDT_NONE = 0,
	USDT_CONSTANT = 1,
	USDT_REGISTER = 2,
	USDT_MEMORY = 3,
	USDT_INDEXED = 4,
	USDT_SCALED = 5,
};

/* Arguments that there is room for: a power of two. */
#define USDT_ARGUMENTS 16

struct writ_usdt {
	struct writ_usdt_argument arguments[USDT_ARGUMENTS];
};

struct writ_workload {
	__u64 sets[4];
};

/* Whose executables a process descends from: bits of binary sets. */
struct writ_lineage {
	__u64 line[4];
	__u64 parent[4];
	__u64 parent_line[4];
	__u64 has_parent;
};

/* Indices into writ_host_ns and into lists of namespaces. */
enum writ_namespace {
	NAMESPACE_UTS,
	NAMESPACE_IPC,
	NAMESPACE_MNT,
	NAMESPACE_PID,
	NAMESPACE_PID_FOR_CHILDREN,
	NAMESPACE_NET,
	NAMESPACE_TIME,
	NAMESPACE_TIME_FOR_CHILDREN,
	NAMESPACE_CGROUP,
	NAMESPACE_USER,
	NAMESPACES,
};

/* What a process was when it was started: changes are changes from it. */
struct writ_baseline {
	__u32 namespaces[NAMESPACES];
	__u64 permitted, effective, inheritable;
};

enum writ_counter {
	COUNTER_LOST = 0,
	COUNTER_BUSY = 1,
	COUNTER_LIMITED = 2,
	COUNTER_UNTRACKED = 3,
	COUNTERS = 4,
};

/* The longest text, without a trailing zero. */
#define TEXT_MAX 4095
/* Bytes that must be free at the cursor before a text is read there. */
#define TEXT_ROOM (sizeof(struct writ_item) + TEXT_MAX + 1)
/* Bytes of the longest record. */
#define EVENT_SIZE 24576
/* Readable and writable bytes after a text or an event: a name is written in whole words, the
 * last one of a path may run on by NAME_MAX, and generated code loads words at a text's end. */
#define SLACK 320

/* Path components that are collected before they are written root first. */
#define CHAIN_MAX 16

/* One dentry as it stands in the kernel from `d_hash.pprev` to the first bytes of a short name, read
 * in one go. */
struct writ_dentry {
	__u64 hashed;
	__u64 parent;
	__u32 hash;
	__u32 length;
	__u64 name;
	__u64 inode;
	__u64 short_name;
};

/* Parameters that registers carry. */
#define SAVED 6

/* What is read of a file by helper, in one go. `file` is its address, or 0. */
struct writ_file {
	__u64 file;
	__u64 dentry;
	__u64 mount;
	__u64 inode;
	__u64 flags;
};

/*
 * What one hit of a hook works in. A program acquires one, appends items, posts, and releases it.
 * `cursor` is the length so far of the record in `event`, always a multiple of 8. Offsets that
 * routines take and return count from the start of this structure. A percpu value cannot be larger
 * than 32 KiB (PCPU_MIN_UNIT_SIZE).
 */
struct writ_scratch {
	__u32 busy;
	__u32 cursor;
	__u8 flags;
	/* Its own place in the map. */
	__u8 slot;
	__u8 pad[6];
	__u64 call;
	__u64 binary_sets[4];
	/* For the path routines only. */
	__u64 root_dentry;
	__u64 root_mount;
	__u64 position;
	__u64 count;
	__u64 walk_dentry;
	__u64 walk_mount;
	__u64 address;
	/* Whose path `chain` holds, or 0. */
	__u64 collected_dentry;
	__u64 collected_mount;
	struct writ_file file;
	struct writ_dentry chain[CHAIN_MAX];
	__u8 walk[TEXT_MAX + 1 + SLACK];
	/* Whom the next record is about, as bpf_get_current_pid_tgid() says it; 0 for the current
	 * thread. */
	__u64 owner;
	/* Parameters of a call that are wanted when it returns. */
	__u64 saved[SAVED];
	/* Where on the stack the call began whose return is awaited, or 0 when nothing tells. */
	__u64 frame;
	/* Which of the hook's functions returned, where the entry was told it by a number. */
	__u64 function;
	/* Keeps `event`, whose place generated code knows, where it is when the above changes. */
	__u8 spare[488];
	union {
		struct writ_header header;
		__u8 event[EVENT_SIZE + SLACK];
	};
};

#define LAYOUT(condition) _Static_assert(condition, "a layout that record.rs fixes")
LAYOUT(sizeof(struct writ_header) == 64);
LAYOUT(sizeof(struct writ_item) == 16);
LAYOUT(sizeof(struct writ_credentials) == 64);
LAYOUT(sizeof(struct writ_family) == 16);
LAYOUT(sizeof(struct writ_connection) == 80);
LAYOUT(sizeof(struct writ_user_namespace) == 16);
LAYOUT(sizeof(struct writ_bpf_program) == 24);
LAYOUT(sizeof(struct writ_bpf_map) == 32);
LAYOUT(sizeof(struct writ_perf_event) == 152);
LAYOUT(sizeof(struct writ_module) == 80);
LAYOUT(sizeof(struct writ_digest) == 72);
LAYOUT(sizeof(struct writ_usdt_argument) == 16);
LAYOUT(__builtin_offsetof(struct writ_usdt_argument, kind) == 12);
LAYOUT(__builtin_offsetof(struct writ_usdt_argument, is_signed) == 15);
LAYOUT(sizeof(struct writ_process) == 64);
LAYOUT(sizeof(struct writ_lineage) == 104);
LAYOUT(sizeof(struct writ_baseline) == 64);
LAYOUT(__builtin_offsetof(struct writ_scratch, binary_sets) == 24);
LAYOUT(__builtin_offsetof(struct writ_scratch, event) == 5912);
LAYOUT(sizeof(struct writ_scratch) <= 32768);

#endif
