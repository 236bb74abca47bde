/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * What the checks of the runtime library share. Each topic is a file: paths, calls, values,
 * processes.
 */
#ifndef WRIT_CHECK_H
#define WRIT_CHECK_H

#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Records as writ.h lays them out. */
struct header {
	__u32 length;
	__u8 kind, flags;
	__u16 selector;
	__u32 hook, tid;
	__u64 time;
	__u32 pid;
	__u8 action, reserved[3];
	__u64 process_start;
	__s64 action_argument;
	__u64 call, cgroup;
};
struct item {
	__u8 reserved, status;
	__u16 id;
	__u32 flags, mode, length;
	char payload[];
};
struct process {
	__u64 start, parent_start;
	__u32 parent, namespace_pid;
	__u64 binary_sets[4], descends;
};

enum { HOOK = 1, EXEC, FORK, EXIT };
enum { READ, UNREADABLE, ABSENT, TRUNCATED };
enum program {
	FENTRY_FILE = 1, LSM_FILE, KPROBE_FILE, FENTRY_PATH, KPROBE_PATH, FENTRY_BINPRM,
	KPROBE_BINPRM, SYSCALLS, LIMITED, COMPARE_FENTRY, COMPARE_KPROBE, COMPARE_LSM,
	VALUES, FILE_PARTS, FILE_PARTS_PROBED, PATH_TYPE, FILENAME, CONNECT, PACKET, WRITE,
	BPF_OBJECTS, BPF_REQUEST, PERF_EVENT, RENAME, EXEC_NAME, FAMILY,
};

extern struct bpf_object *object;
extern struct ring_buffer *ring;
extern struct header *records[4096];
extern int record_count, failures, checks, tops;
/* What is being checked, and the path of this program. */
extern char context[256], self[512];
/* A pipe through which a child is told to begin. */
extern int gate[2];

void expect(int condition, const char *format, ...);
void fatal(const char *what);
int keep(void *unused, void *data, size_t size);
void forget_records(void);
/* The item of a record, or 0. */
struct item *item(struct header *record, int id);
/* Switches a program on, for a process. */
void watch(int target, int active);
/* Stops watching and gathers what was sent since. */
void gather(void);
int map(const char *name);
__u64 counter(__u32 index);
void load(const char *path, int verbose);
void attach(const char *name);
void attach_all(void);
int start_child(void (*work)(void *), void *argument);
int finish_child(int child);
void run_watched(int program, void (*work)(void *), void *argument);
void expect_text(struct header *record, int id, int status, const char *text);
void execute(void *argument);

/* Namespaces as this process sees its own. */
struct seen {
	__u32 inode[10];
	__u32 pid;
};
extern struct seen *seen;
extern const char *const kinds[];
void see_namespaces(void);

void touch(const char *path);
void make_directories(char *path);
void check_all_paths(void);
void check_calls(void);
void check_values(void);
void check_recent(void);
void check_processes(void);
void check_family(void);
void measure_all(void);

#endif
