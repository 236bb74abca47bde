/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Paths of files, as each way of attaching reads them. */
#include "check.h"

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

void touch(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0644);

	if (fd < 0)
		fatal(path);
	close(fd);
}

void make_directories(char *path)
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

void check_all_paths(void)
{
	check_paths();
	check_chroot();
	check_description();
	check_path_arguments();
	check_binprm();
}
