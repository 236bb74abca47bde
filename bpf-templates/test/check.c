/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Loads programs.bpf.o into the running kernel, makes each routine work, and compares what it
 * sends with what the process did. Run as root in a virtual machine of its own: see README.md.
 *
 * check PROGRAMS.bpf.o         tests; exit status 1 when one failed
 * check PROGRAMS.bpf.o load    instructions that the verifier looked at, by program
 * check PROGRAMS.bpf.o cost    run time by program; instructions under `qemu -icount shift=0`
 */
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
	__u16 id;
	__u8 status, reserved;
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
};

static struct bpf_object *object;
static struct ring_buffer *ring;
static struct header *records[4096];
static int record_count, failures, checks, tops;
static char context[256];

/* --- results --- */

static void expect(int condition, const char *format, ...)
{
	va_list arguments;

	checks++;
	if (condition)
		return;
	failures++;
	printf("FAILED %s: ", context);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}

static void fatal(const char *what)
{
	printf("cannot %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- the object --- */

static int keep(void *unused, void *data, size_t size)
{
	(void)unused;
	if (record_count < 4096) {
		records[record_count] = malloc(size);
		memcpy(records[record_count++], data, size);
	}
	return 0;
}

static void forget_records(void)
{
	while (record_count > 0)
		free(records[--record_count]);
}

static struct item *item(struct header *record, int id)
{
	char *at = (char *)(record + 1), *end = (char *)record + record->length;

	while (at < end) {
		struct item *found = (struct item *)at;

		if (found->id == id)
			return found;
		at += sizeof(*found) + ((found->length + 7) & ~7u);
	}
	return 0;
}

static void watch(int target, int active)
{
	struct { __u32 target, active; } control = { target, active };
	struct bpf_map *map;
	__u32 key = 0;

	bpf_object__for_each_map(map, object)
		if (strstr(bpf_map__name(map), ".data.watch"))
			bpf_map_update_elem(bpf_map__fd(map), &key, &control, 0);
}

/* Stops watching and gathers what was sent since. */
static void gather(void)
{
	watch(0, 0);
	ring_buffer__consume(ring);
}

static int map(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

static __u64 counter(__u32 index)
{
	__u64 values[64] = {}, sum = 0;

	bpf_map_lookup_elem(map("writ_counters"), &index, values);
	for (int cpu = 0; cpu < libbpf_num_possible_cpus() && cpu < 64; cpu++)
		sum += values[cpu];
	return sum;
}

static int print_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return level == LIBBPF_DEBUG ? 0 : vprintf(format, arguments);
}

static void load(const char *path, int verbose)
{
	struct bpf_program *program;

	libbpf_set_print(print_log);
	object = bpf_object__open_file(path, 0);
	if (!object)
		fatal("open the object");
	if (verbose)
		bpf_object__for_each_program(program, object) {
			char *log = calloc(1, 1 << 20);

			bpf_program__set_log_level(program, 4);
			bpf_program__set_log_buf(program, log, 1 << 20);
		}
	if (bpf_object__load(object))
		fatal("load the object");
	if (verbose)
		bpf_object__for_each_program(program, object) {
			size_t size;
			const char *log = strstr(bpf_program__log_buf(program, &size), "processed ");
			int verified = 0;

			sscanf(log ? log : "", "processed %d", &verified);
			printf("%-16s verified %6d\n", bpf_program__name(program), verified);
		}
}

static void attach(const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);

	if (!program || !bpf_program__attach(program))
		fatal(name);
}

static void attach_all(void)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		if (strncmp(bpf_program__name(program), "compare", 7) &&
		    strncmp(bpf_program__name(program), "process", 7))
			attach(bpf_program__name(program));
	ring = ring_buffer__new(map("writ_events"), keep, 0, 0);
	if (!ring)
		fatal("open the ring buffer");
}

/* --- a child that is watched while it does something --- */

static int gate[2];

static int start_child(void (*work)(void *), void *argument)
{
	int child;
	char byte;

	if (pipe(gate))
		fatal("make a pipe");
	child = fork();
	if (child == 0) {
		if (read(gate[0], &byte, 1) != 1)
			_exit(9);
		close(gate[0]);
		close(gate[1]);
		work(argument);
		_exit(0);
	}
	return child;
}

static int finish_child(int child)
{
	int status;

	if (write(gate[1], "g", 1) != 1)
		fatal("start the child");
	waitpid(child, &status, 0);
	close(gate[0]);
	close(gate[1]);
	return status;
}

static void run_watched(int program, void (*work)(void *), void *argument)
{
	int child = start_child(work, argument);

	forget_records();
	watch(child, program);
	finish_child(child);
	gather();
}

/* --- paths --- */

static void expect_text(struct header *record, int id, int status, const char *text)
{
	struct item *found = record ? item(record, id) : 0;
	size_t length = text ? strlen(text) : 0;

	expect(found != 0, "no item %d", id);
	if (!found)
		return;
	expect(found->status == status, "status %d, not %d (%.*s)", found->status, status,
	       (int)found->length, found->payload);
	if (text)
		expect(found->length == length && !memcmp(found->payload, text, length),
		       "text \"%.*s\" (%u), not \"%s\"", (int)found->length, found->payload,
		       found->length, text);
}

/* Whether the item has the start of the name at `name`, and its end if it is a short one. */
static int begins(struct item *item, const char *name)
{
	size_t length = strcspn(name, "/");
	char text[256] = {};

	memcpy(text, name, length < 255 ? length : 255);
	return !strncmp(text, item->payload, length < 8 ? length + 1 : 8);
}

/* The first names that were found without the text are the text's. */
static void expect_top(struct header *record)
{
	struct item *text = record ? item(record, 7) : 0, *top = record ? item(record, 8) : 0;
	struct item *second = record ? item(record, 9) : 0;
	char path[4096 + 2] = {};
	const char *rest;

	expect(text && top && second && second->length == 8, "no items 8 and 9");
	if (!text || !top || !second || !*(__u64 *)top->payload)
		return;
	memcpy(path, text->payload, text->length < 4096 ? text->length : 4096);
	tops++;
	if (text->status == TRUNCATED)
		return;
	expect(begins(top, path + 1), "the first name of \"%s\" is not \"%.8s\"", path,
	       top->payload);
	rest = strchr(path + 1, '/');
	if (rest)
		expect(begins(second, rest + 1), "the second name of \"%s\" is not \"%.8s\"", path,
		       second->payload);
	else
		expect(!*(__u64 *)second->payload, "\"%s\" has a second name", path);
}

static const int file_programs[] = { FENTRY_FILE, LSM_FILE, KPROBE_FILE };
static const char *const file_names[] = { "fentry", "lsm", "kprobe" };

/* Opens `open_as` with each flavour and compares the path. */
static void check_open(int directory, const char *open_as, int status, const char *text)
{
	for (int i = 0; i < 3; i++) {
		int fd;

		snprintf(context, sizeof(context), "%s %.150s", file_names[i], open_as);
		forget_records();
		watch(getpid(), file_programs[i]);
		fd = openat(directory, open_as, O_RDONLY | O_NONBLOCK);
		gather();
		expect(fd >= 0, "open: %s", strerror(errno));
		close(fd);
		expect(record_count == 1, "%d records", record_count);
		if (record_count < 1)
			continue;
		expect_text(records[0], 7, status, text);
		expect_top(records[0]);
		expect(records[0]->hook == (__u32)file_programs[i] && records[0]->selector == 1 &&
		       records[0]->action == 2 && records[0]->action_argument == -3 &&
		       records[0]->kind == HOOK && records[0]->pid == (__u32)getpid() &&
		       records[0]->tid == (__u32)getpid() && records[0]->cgroup != 0 &&
		       records[0]->call == 0 && records[0]->flags == 0, "header");
	}
}

static void touch(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0644);

	if (fd < 0)
		fatal(path);
	close(fd);
}

static void make_directories(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0755);
		*slash = '/';
	}
}

static void check_path(const char *format, ...)
{
	char path[4096];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	make_directories(path);
	touch(path);
	check_open(AT_FDCWD, path, READ, path);
}

static char *repeat(char *to, const char *unit, int times)
{
	*to = 0;
	while (times--)
		to = stpcpy(to, unit);
	return to;
}

/* A directory tree too deep for one system call's path: enters it from `top`. */
static int enter_deep(const char *top, const char *name, int levels)
{
	int home = open(".", O_RDONLY | O_DIRECTORY);

	if (chdir(top))
		fatal(top);
	while (levels--) {
		mkdir(name, 0755);
		if (chdir(name))
			fatal("enter a deep directory");
	}
	touch("f");
	return home;
}

static void check_deep(const char *name, int levels, int status)
{
	static char text[65536];
	char unit[300];
	int home = enter_deep("/deep", name, levels);

	sprintf(unit, "/%s", name);
	strcpy(repeat(stpcpy(text, "/deep"), unit, levels), "/f");
	if (status == READ) {
		check_open(AT_FDCWD, "f", READ, text);
	} else {
		check_open(AT_FDCWD, "f", status, 0);
		if (record_count) {
			struct item *found = item(records[0], 7);
			size_t skip = strlen(text) - found->length;

			expect(found->length <= 4095 && found->payload[0] == '/' &&
			       !memcmp(found->payload, text + skip, found->length),
			       "not the last part");
			expect(found->length >= 96 * 2, "only %u bytes", found->length);
		}
	}
	if (fchdir(home))
		fatal("go back");
	close(home);
}

static void check_paths(void)
{
	char name[300], path[512], link[64];
	int fd, ends[2];

	check_path("/f");
	check_path("/etc/passwd");
	check_path("/usr/lib/x/y");
	check_path("/a/b/c/d/e/f/g");
	check_path("/a/b/c/d/e/f/h/i");
	check_path("/a/b/c/d/e/f/h/j/k/l/m/n/o/p/q/r");
	check_path("/a/b/c/d/e/f/h/j/k/l/m/n/o/p/q/s/t");
	check_path("/a/b/c/d/e/f/h/j/k/l/m/n/o/p/q/s/u/v/w/x/y/z");
	for (int length = 7; length <= 41; length++) {
		memset(name, 'n', length);
		name[length] = 0;
		check_path("/names/%s/%s", name, name + 1);
	}
	memset(name, 'l', 255);
	name[255] = 0;
	check_path("/names/%s/f", name);
	check_path("/names/%s/%s", name, name);
	check_open(AT_FDCWD, "/", READ, "/");
	check_open(AT_FDCWD, "/usr", READ, "/usr");

	mkdir("/deep", 0755);
	check_deep("d", 80, READ);
	check_deep("d", 150, TRUNCATED);
	memset(name, 'w', 99);
	name[99] = 0;
	check_deep(name, 40, READ);		/* "/deep" + 40 * 100 + "/f" */
	check_deep(name, 41, TRUNCATED);	/* 4107 bytes */
	check_deep(name, 60, TRUNCATED);
	memset(name, 'x', 254);
	name[254] = 0;
	check_deep(name, 14, READ);
	check_deep(name, 17, TRUNCATED);

	mkdir("/tmpfs", 0755);
	if (mount("none", "/tmpfs", "tmpfs", 0, 0))
		fatal("mount a tmpfs");
	check_open(AT_FDCWD, "/tmpfs", READ, "/tmpfs");
	check_path("/tmpfs/f");
	check_path("/tmpfs/a/b/c/d/e/f/g");
	check_path("/tmpfs/a/b/c/d/e/f/h/i");
	mkdir("/tmpfs/inner", 0755);
	if (mount("none", "/tmpfs/inner", "tmpfs", 0, 0))
		fatal("mount a tmpfs");
	check_path("/tmpfs/inner/f");
	mkdir("/bound", 0755);
	if (mount("/usr/lib", "/bound", 0, MS_BIND, 0))
		fatal("bind a directory");
	check_open(AT_FDCWD, "/bound/x/y", READ, "/bound/x/y");
	check_open(AT_FDCWD, "/bound", READ, "/bound");
	touch("/bound-file");
	if (mount("/usr/lib/x/y", "/bound-file", 0, MS_BIND, 0))
		fatal("bind a file");
	check_open(AT_FDCWD, "/bound-file", READ, "/bound-file");
	sprintf(path, "/proc/%d/status", getpid());
	check_open(AT_FDCWD, "/proc/self/status", READ, path);
	check_open(AT_FDCWD, "/proc/self/ns/uts", ABSENT, 0);

	/* The mount is detached while its file is open. */
	fd = open("/tmpfs/inner", O_RDONLY | O_DIRECTORY);
	umount2("/tmpfs/inner", MNT_DETACH);
	check_open(fd, "f", READ, "/f");
	close(fd);

	touch("/usr/gone");
	fd = open("/usr/gone", O_RDONLY);
	unlink("/usr/gone");
	sprintf(link, "/proc/self/fd/%d", fd);
	check_open(AT_FDCWD, link, READ, "/usr/gone (deleted)");
	close(fd);
	touch("/a/b/c/d/e/f/h/gone");
	fd = open("/a/b/c/d/e/f/h/gone", O_RDONLY);
	unlink("/a/b/c/d/e/f/h/gone");
	sprintf(link, "/proc/self/fd/%d", fd);
	check_open(AT_FDCWD, link, READ, "/a/b/c/d/e/f/h/gone (deleted)");
	close(fd);
	fd = memfd_create("payload", 0);
	sprintf(link, "/proc/self/fd/%d", fd);
	check_open(AT_FDCWD, link, READ, "/memfd:payload (deleted)");
	close(fd);
	if (pipe(ends))
		fatal("make a pipe");
	sprintf(link, "/proc/self/fd/%d", ends[0]);
	check_open(AT_FDCWD, link, ABSENT, 0);
	close(ends[0]);
	close(ends[1]);
}

static int outside;

static void open_in_chroot(void *unused)
{
	(void)unused;
	if (chroot("/usr") || chdir("/"))
		_exit(1);
	close(open("/lib/x/y", O_RDONLY));
	close(open("/", O_RDONLY));
	close(openat(outside, "passwd", O_RDONLY));
}

static void check_chroot(void)
{
	outside = open("/etc", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 3; i++) {
		snprintf(context, sizeof(context), "chroot %s", file_names[i]);
		run_watched(file_programs[i], open_in_chroot, 0);
		expect(record_count == 3, "%d records", record_count);
		if (record_count != 3)
			continue;
		expect_text(records[0], 7, READ, "/lib/x/y");
		expect_top(records[0]);
		expect_text(records[1], 7, READ, "/");
		/* d_path goes to the root of the mount tree, too. */
		expect_text(records[2], 7, READ, "/etc/passwd");
	}
}

static void check_description(void)
{
	struct item *found;

	for (int i = 0; i < 3; i++) {
		snprintf(context, sizeof(context), "flags and mode %s", file_names[i]);
		forget_records();
		watch(getpid(), file_programs[i]);
		close(open("/etc/passwd", O_RDWR | O_APPEND));
		gather();
		found = record_count == 1 ? item(records[0], 7) : 0;
		expect(found && found->mode == (S_IFREG | 0644), "mode");
		expect(found && found->flags == (O_RDWR | O_APPEND | 0100000), "flags %o",
		       found ? found->flags : 0);
	}
}

static void check_path_arguments(void)
{
	static const int programs[] = { FENTRY_PATH, KPROBE_PATH };
	struct stat status;

	for (int i = 0; i < 2; i++) {
		struct item *found;

		snprintf(context, sizeof(context), "struct path, program %d", programs[i]);
		forget_records();
		watch(getpid(), programs[i]);
		stat("/tmpfs/f", &status);
		gather();
		expect(record_count == 1, "%d records", record_count);
		if (record_count < 1)
			continue;
		expect_text(records[0], 7, READ, "/tmpfs/f");
		expect_top(records[0]);
		found = item(records[0], 7);
		expect(found && found->mode == (S_IFREG | 0644) && found->flags == 0, "mode");
	}
}

static void execute(void *argument)
{
	char *const arguments[] = { "zero", "exit", "7", 0 };

	execve(argument, arguments, 0);
	_exit(99);
}

static char self[512];

static void check_binprm(void)
{
	static const int programs[] = { FENTRY_BINPRM, KPROBE_BINPRM };

	for (int i = 0; i < 2; i++) {
		struct item *found;

		snprintf(context, sizeof(context), "binprm, program %d", programs[i]);
		run_watched(programs[i], execute, self);
		expect(record_count == 1, "%d records", record_count);
		if (record_count < 1)
			continue;
		expect_text(records[0], 7, READ, self);
		expect_top(records[0]);
		found = item(records[0], 7);
		expect(found && S_ISREG(found->mode), "mode");
	}
}

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

static const char *const kinds[] = { "uts", "ipc", "mnt", "pid", "pid_for_children", "net", "time",
				     "time_for_children", "cgroup", "user" };

struct seen {
	__u32 inode[10];
	__u32 pid;
} *seen;

static void see_namespaces(void)
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
	usleep(110000);
	run_watched(LIMITED, ask_by_threads, (void *)2);
	expect(record_count == 1, "%d records after the interval", record_count);
}

/* --- processes --- */

static struct header *record_of(int kind, int pid)
{
	for (int i = 0; i < record_count; i++)
		if (records[i]->kind == kind && records[i]->pid == (__u32)pid)
			return records[i];
	return 0;
}

static int records_of(int kind, int pid)
{
	int count = 0;

	for (int i = 0; i < record_count; i++)
		count += records[i]->kind == kind && records[i]->pid == (__u32)pid;
	return count;
}

static void *execute_in_thread(void *path)
{
	execute(path);
	return 0;
}

static void execute_by_thread(void *path)
{
	pthread_t thread;

	pthread_create(&thread, 0, execute_in_thread, path);
	pause();
}

static void *leave(void *unused)
{
	usleep(1000);
	return unused;
}

static void exit_with_threads(void *unused)
{
	pthread_t thread;

	(void)unused;
	for (int i = 0; i < 20; i++)
		pthread_create(&thread, 0, leave, 0);
	usleep(1000);
	_exit(3);
}

static void expect_exec(struct header *fork_record, struct header *exec_record, int child)
{
	__u32 *credentials, key = child;
	struct item *found;

	expect(exec_record->flags == 0 && exec_record->selector == 0xffff, "exec header");
	expect(exec_record->process_start > fork_record->process_start &&
	       exec_record->process_start == exec_record->time, "start after exec");
	expect_text(exec_record, 1, READ, self);
	expect_text(exec_record, 2, READ, self);
	expect_text(exec_record, 4, READ, "/usr/lib");
	found = item(exec_record, 3);
	expect(found && found->status == READ && found->length == 12 &&
	       !memcmp(found->payload, "zero\0exit\0" "7", 12), "arguments");
	found = item(exec_record, 5);
	expect(found && found->length == 64, "credentials");
	credentials = (__u32 *)found->payload;
	expect(credentials[0] == getuid() && credentials[2] == geteuid() && credentials[9] == 0,
	       "ids");
	expect(*(__u64 *)(credentials + 10) && *(__u64 *)(credentials + 12) &&
	       !*(__u64 *)(credentials + 14), "capabilities");
	expect(credentials[8] == 0xffffffff, "login uid %x", credentials[8]);
	found = item(exec_record, 6);
	expect(found && found->length == 40, "namespaces");
	for (int i = 0; found && i < 10; i++)
		expect(((__u32 *)found->payload)[i] == seen->inode[i], "namespace %s", kinds[i]);
	found = item(exec_record, 7);
	expect(found && found->status == READ, "cgroup %d", found ? found->status : -1);
	found = item(exec_record, 8);
	expect(found && found->length == 16 && *(__u32 *)found->payload == (__u32)getpid() &&
	       *(__u32 *)(found->payload + 4) == key, "family");
}

struct recent {
	__u64 sets, start;
};

/* What is said of the current process: its first binary sets, and when it started. */
static void expect_known(const char *when, __u64 sets, __u64 start)
{
	struct item *found;

	forget_records();
	watch(getpid(), FENTRY_FILE);
	close(open("/", O_RDONLY));
	gather();
	found = record_count == 1 ? item(records[0], 10) : 0;
	expect(found && *(__u64 *)found->payload == sets && records[0]->process_start == start,
	       "%s: %llx %llu", when, found ? *(__u64 *)found->payload : 0,
	       record_count ? records[0]->process_start : 0);
}

static void check_recent(void)
{
	struct process mine = { .start = 4096, .binary_sets = { 5, 6 } };
	struct recent other = { (__u64)(getpid() + 4096) << 32 | 1u << 31 | 9, 8192 };
	__u32 key = getpid(), place = key % 4096;

	snprintf(context, sizeof(context), "recent processes");
	other.start |= (key + 4096) / 4096;
	expect_known("untracked", 0, 0);
	bpf_map_update_elem(map("writ_processes"), &key, &mine, 0);
	bpf_map_update_elem(map("writ_recent"), &place, &other, 0);
	expect_known("another's place", 1u << 31 | 5, 4096);
	bpf_map_delete_elem(map("writ_processes"), &key);
	expect_known("remembered", 1u << 31 | 5, 4096);
	bpf_map_update_elem(map("writ_recent"), &place, &other, 0);
	expect_known("forgotten", 0, 0);
	mine.start = 77;
	bpf_map_update_elem(map("writ_processes"), &key, &mine, 0);
	expect_known("no room in the start", 1u << 31 | 5, 77);
	expect_known("no room in the start", 1u << 31 | 5, 77);
}

static void check_processes(void)
{
	struct recent recent;
	struct process entry = {}, mine = { .start = 77, .descends = 1, .binary_sets = { 0, 5 } };
	struct header *fork_record, *exec_record, *exit_record;
	__u32 key = getpid(), place;
	int child, status;

	if (chdir("/usr/lib"))
		fatal("change the directory");
	see_namespaces();
	bpf_map_update_elem(map("writ_processes"), &key, &mine, 0);

	snprintf(context, sizeof(context), "fork, exec and exit");
	forget_records();
	child = start_child(execute, self);
	key = child;
	expect(!bpf_map_lookup_elem(map("writ_processes"), &key, &entry), "entry after fork");
	place = key % 4096;
	bpf_map_lookup_elem(map("writ_recent"), &place, &recent);
	expect(recent.sets == ((__u64)key << 32 | 1u << 31) &&
	       recent.start == (entry.start | key / 4096), "place after fork");
	expect(entry.parent == (__u32)getpid() && entry.parent_start == 77 &&
	       entry.binary_sets[1] == 5 && entry.descends == 5 && entry.namespace_pid == key &&
	       entry.start > 77, "entry after fork: %u %llu %llu %llu %u", entry.parent,
	       entry.parent_start, entry.binary_sets[1], entry.descends, entry.namespace_pid);
	status = finish_child(child);
	gather();
	expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "status %x", status);
	expect(bpf_map_lookup_elem(map("writ_processes"), &key, &entry), "entry after exit");
	bpf_map_lookup_elem(map("writ_recent"), &place, &recent);
	expect(!recent.sets && !recent.start, "place after exit");
	fork_record = record_of(FORK, child);
	exec_record = record_of(EXEC, child);
	exit_record = record_of(EXIT, child);
	expect(fork_record && exec_record && exit_record && record_count == 3, "%d records",
	       record_count);
	if (fork_record && exec_record && exit_record) {
		expect(fork_record->hook == (__u32)getpid() && fork_record->tid == key &&
		       fork_record->process_start == 77 &&
		       (__u64)fork_record->action_argument == fork_record->time / 1024 * 1024,
		       "fork record");
		expect_exec(fork_record, exec_record, child);
		expect(exit_record->process_start == exec_record->process_start, "start at exit");
		expect(exit_record->action_argument == 7 << 8, "exit code %llx",
		       exit_record->action_argument);
	}

	snprintf(context, sizeof(context), "exec by a thread");
	forget_records();
	child = start_child(execute_by_thread, self);
	status = finish_child(child);
	gather();
	expect(WIFEXITED(status) && WEXITSTATUS(status) == 7, "status %x", status);
	expect(records_of(FORK, child) == 1 && records_of(EXEC, child) == 1 &&
	       records_of(EXIT, child) == 1 && record_count == 3, "%d records", record_count);

	snprintf(context, sizeof(context), "exit with threads");
	for (int i = 0; i < 20; i++) {
		forget_records();
		child = start_child(exit_with_threads, 0);
		status = finish_child(child);
		gather();
		expect(records_of(FORK, child) == 1 && records_of(EXIT, child) == 1 &&
		       record_count == 2, "%d records", record_count);
		exit_record = record_of(EXIT, child);
		expect(exit_record && exit_record->action_argument == 3 << 8, "exit code");
	}

	snprintf(context, sizeof(context), "killed");
	forget_records();
	child = start_child(execute_by_thread, self);
	kill(child, 9);
	waitpid(child, &status, 0);
	gather();
	exit_record = record_of(EXIT, child);
	expect(exit_record && exit_record->action_argument == 9, "exit code");
	expect(counter(0) == 0 && counter(1) == 0 && counter(3) == 0, "counters %llu %llu %llu",
	       counter(0), counter(1), counter(3));
}

/* --- cost --- */

static const char *const opened[] = { "/f", "/usr/lib/x/y", "/a/b/c/d/e/f/g", "/tmpfs/f",
				      "/etc/passwd", "/etc/shadow", "/a/b/c/d/e/f/h/i" };

static void measure(struct bpf_program *program, const char *state)
{
	printf("%-16s %-6s", bpf_program__name(program), state);
	for (unsigned i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		__u64 least = ~0ULL;

		for (int repetition = 0; repetition < 5; repetition++) {
			struct bpf_prog_info before = {}, after = {};
			__u32 size = sizeof(before);

			bpf_obj_get_info_by_fd(bpf_program__fd(program), &before, &size);
			for (int n = 0; n < 200; n++)
				close(open(opened[i], O_RDONLY));
			bpf_obj_get_info_by_fd(bpf_program__fd(program), &after, &size);
			__u64 each = (after.run_time_ns - before.run_time_ns) /
				     (after.run_cnt - before.run_cnt);
			if (each < least)
				least = each;
		}
		printf(" %6llu", least);
		ring_buffer__consume(ring);
		forget_records();
	}
	printf("\n");
}

/* Attached once: 5.10 cannot attach a trampoline program a second time. */
static void measure_program(const char *name, int active)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	struct bpf_link *link = bpf_program__attach(program);

	if (!link)
		fatal(name);
	watch(0, 0);
	measure(program, "idle");
	watch(getpid(), active);
	measure(program, "active");
	watch(0, 0);
	bpf_link__destroy(link);
}

static void measure_all(void)
{
	for (unsigned i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		char path[128];

		if (i == 3) {
			mkdir("/tmpfs", 0755);
			mount("none", "/tmpfs", "tmpfs", 0, 0);
		}
		strcpy(path, opened[i]);
		make_directories(path);
		touch(path);
	}
	bpf_enable_stats(BPF_STATS_RUN_TIME);
	printf("%-23s", "");
	for (unsigned i = 0; i < sizeof(opened) / sizeof(*opened); i++)
		printf(" %s", opened[i]);
	printf("\n");
	measure_program("compare_fentry", COMPARE_FENTRY);
	measure_program("compare_lsm", COMPARE_LSM);
	measure_program("compare_kprobe", COMPARE_KPROBE);
}

int main(int argument_count, char **arguments)
{
	const char *what = argument_count > 2 ? arguments[2] : "";

	setvbuf(stdout, 0, _IOLBF, 0);
	if (argument_count > 2 && !strcmp(arguments[1], "exit"))
		return atoi(arguments[2]);
	if (argument_count < 2 || !realpath("/proc/self/exe", self))
		return 2;
	load(arguments[1], !strcmp(what, "load"));
	if (!strcmp(what, "load"))
		return 0;
	if (!strcmp(what, "cost")) {
		ring = ring_buffer__new(map("writ_events"), keep, 0, 0);
		measure_all();
		return 0;
	}
	attach_all();
	check_paths();
	check_chroot();
	check_description();
	check_path_arguments();
	check_binprm();
	check_descriptor();
	check_string();
	check_namespaces();
	check_rate_limit();
	check_recent();
	attach("process_exec");
	attach("process_fork");
	attach("process_exit");
	check_processes();
	snprintf(context, sizeof(context), "first names");
	expect(tops > 150, "only %d were found without the text", tops);
	printf("%d checks, %d first names, %d failed\n", checks, tops, failures);
	return failures != 0;
}
