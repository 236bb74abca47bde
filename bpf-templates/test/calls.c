/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* What system calls are given and return, namespaces and rate limits. */
#include "check.h"

/* --- system calls: descriptors, strings, returns --- */

static void check_descriptor(void)
{
	int fd = open("/usr/lib/x/y", O_RDWR);
	struct item *found;

	snprintf(context, sizeof(context), "descriptor and return");
	forget_records();
	watch(getpid(), SYSCALLS);
	fsync(fd);
	fsync(12345);
	gather();
	expect(record_count == 4, "%d records", record_count);
	if (record_count != 4)
		return;
	expect_text(records[0], 7, READ, "/usr/lib/x/y");
	found = item(records[0], 7);
	expect(found && found->mode == (S_IFREG | 0644) && (found->flags & O_RDWR), "mode, flags");
	expect(records[0]->flags == 1 && records[0]->call == records[0]->time, "call of the entry");
	expect(records[1]->flags == 2 && records[1]->call == records[0]->call, "call of the return");
	expect(records[1]->selector == 5 && records[1]->hook == 100, "selector of the return");
	found = item(records[1], 9);
	expect(found && found->length == 8 && *(__s64 *)found->payload == 0, "result 0");
	expect_text(records[2], 7, UNREADABLE, "");
	found = item(records[3], 9);
	expect(found && *(__s64 *)found->payload == -EBADF, "result EBADF");
	expect(records[2]->call != records[0]->call, "each call has its own id");
	close(fd);
}

/* The table of interrupts, which is never moved (CPU_ENTRY_AREA_RO_IDT). */
#define KERNEL_ADDRESS 0xfffffe0000000000

static void check_string(void)
{
	static char longest[6000], missing[32];
	struct item *found;

	snprintf(context, sizeof(context), "string");
	memset(longest, 's', sizeof(longest) - 1);
	missing[0] = '/'; /* memory that is not there yet is unreadable */
	forget_records();
	watch(getpid(), SYSCALLS);
	unlink(strcpy(missing, "/no/such/file"));
	unlink(missing + strlen(missing));
	unlink(longest);
	unlink(longest + sizeof(longest) - 1 - 4095);
	unlink((void *)16);
	unlink((void *)KERNEL_ADDRESS);
	gather();
	expect(record_count == 6, "%d records", record_count);
	if (record_count != 6)
		return;
	/* Each kind of memory has its own addresses, and no others can be read as such. */
	expect_text(records[0], 8, READ, "/no/such/file");
	expect_text(records[0], 9, UNREADABLE, "");
	expect_text(records[5], 8, UNREADABLE, "");
	found = item(records[5], 9);
	expect(found && found->status != UNREADABLE, "the kernel's memory is there");
	expect_text(records[0], 7, READ, "/no/such/file");
	expect_text(records[1], 7, READ, "");
	expect_text(records[2], 7, TRUNCATED, longest + sizeof(longest) - 1 - 4095);
	expect_text(records[3], 7, READ, longest + sizeof(longest) - 1 - 4095);
	expect_text(records[4], 7, UNREADABLE, "");
}

/* --- namespaces --- */

const char *const kinds[] = { "uts", "ipc", "mnt", "pid", "pid_for_children", "net", "time",
				     "time_for_children", "cgroup", "user" };

struct seen *seen;

void see_namespaces(void)
{
	char path[64], text[64] = {};

	for (int i = 0; i < 10; i++) {
		sprintf(path, "/proc/self/ns/%s", kinds[i]);
		memset(text, 0, sizeof(text));
		if (readlink(path, text, sizeof(text) - 1) > 0)
			sscanf(strchr(text, '['), "[%u]", &seen->inode[i]);
	}
	seen->pid = getpid();
}

static void expect_namespaces(struct header *record)
{
	for (int i = 0; i < 11; i++) {
		struct item *found = item(record, i);
		__u64 value = found ? *(__u64 *)found->payload : 0;

		expect(value == (i < 10 ? seen->inode[i] : seen->pid), "%s is %llu, not %u",
		       i < 10 ? kinds[i] : "pid number", value, i < 10 ? seen->inode[i] : seen->pid);
	}
}

static void ask(void *unused)
{
	(void)unused;
	see_namespaces();
	syscall(SYS_getpgid, 0);
}

/* In namespaces of its own, through a child: a new PID namespace begins with the next child. */
static int in_new_namespaces(void *gates)
{
	char byte;

	(void)gates;
	if (read(gate[0], &byte, 1) != 1)
		return 9;
	mount("none", "/", 0, MS_REC | MS_PRIVATE, 0);
	mount("proc", "/proc", "proc", 0, 0);
	ask(0);
	return 0;
}

static void check_namespaces(void)
{
	static char stack[65536];
	int child, status;
	struct item *found;

	seen = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(context, sizeof(context), "namespaces of the host");
	run_watched(SYSCALLS, ask, 0);
	expect(record_count == 1, "%d records", record_count);
	if (record_count == 1) {
		expect_namespaces(records[0]);
		found = item(records[0], 11);
		expect(found && *(__u64 *)found->payload == 0, "mode of policy 0");
		found = item(records[0], 12);
		expect(found && *(__u64 *)found->payload == 0, "no workload is known");
		found = item(records[0], 13);
		expect(found && found->status == ABSENT && found->length == 0, "put_unreadable");
	}

	snprintf(context, sizeof(context), "namespaces of its own");
	if (pipe(gate))
		fatal("make a pipe");
	child = clone(in_new_namespaces, stack + sizeof(stack),
		      CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET |
		      CLONE_NEWCGROUP | CLONE_NEWUSER | SIGCHLD, 0);
	if (child < 0)
		fatal("clone");
	forget_records();
	watch(child, SYSCALLS);
	if (write(gate[1], "g", 1) != 1)
		fatal("start the child");
	waitpid(child, &status, 0);
	gather();
	expect(record_count == 1, "%d records", record_count);
	if (record_count == 1)
		expect_namespaces(records[0]);
	expect(seen->pid == 1, "pid number %u", seen->pid);
}

/* --- rate limit --- */

static void *ask_twice(void *value)
{
	syscall(SYS_getpgid, value);
	syscall(SYS_getpgid, value);
	return 0;
}

static void ask_by_threads(void *value)
{
	pthread_t thread;

	ask_twice(value);
	pthread_create(&thread, 0, ask_twice, value);
	pthread_join(thread, 0);
	if (fork() == 0)
		_exit(0);
}

static void check_rate_limit(void)
{
	__u64 before = counter(2);

	snprintf(context, sizeof(context), "rate limit by thread");
	run_watched(LIMITED, ask_by_threads, (void *)0);
	expect(record_count == 2, "%d records", record_count);
	expect(counter(2) == before + 2, "%llu counted", counter(2) - before);
	snprintf(context, sizeof(context), "rate limit by process");
	run_watched(LIMITED, ask_by_threads, (void *)1);
	expect(record_count == 1, "%d records", record_count);
	snprintf(context, sizeof(context), "rate limit in all");
	run_watched(LIMITED, ask_by_threads, (void *)2);
	expect(record_count == 1, "%d records", record_count);
	run_watched(LIMITED, ask_by_threads, (void *)2);
	expect(record_count == 0, "%d records of another process", record_count);
	run_watched(LIMITED, ask_by_threads, (void *)5);
	expect(record_count == 1, "%d records of another value", record_count);
	usleep(1100000);
	run_watched(LIMITED, ask_by_threads, (void *)2);
	expect(record_count == 1, "%d records after the interval", record_count);
}

void check_calls(void)
{
	check_descriptor();
	check_string();
	check_namespaces();
	check_rate_limit();
}
