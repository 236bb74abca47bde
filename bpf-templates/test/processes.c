/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* How processes are followed. */
#include "check.h"

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

void check_recent(void)
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

void check_processes(void)
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

/* --- what is kept of a process besides --- */

static void ask_for_family(void *unused)
{
	(void)unused;
	syscall(SYS_getpgid, 0);
	unshare(CLONE_NEWUTS);
	syscall(SYS_getpgid, 0);
}

static void expect_family(struct header *record, __u64 namespaces)
{
	struct item *found;

	for (int id = 8; record && id <= 11; id++) {
		found = item(record, id);
		/* The parent was not seen to execute anything, and is in no set. */
		expect(found && *(__u64 *)found->payload == (id == 11), "item %d is %llu", id,
		       found ? *(__u64 *)found->payload : 99);
	}
	found = record ? item(record, 12) : 0;
	expect(found && *(__u64 *)found->payload == namespaces, "namespaces changed: %llx",
	       found ? *(__u64 *)found->payload : 0);
	for (int id = 13; record && id <= 15; id++) {
		found = item(record, id);
		expect(found && *(__u64 *)found->payload == 1ULL << 63, "capabilities changed");
	}
}

void check_family(void)
{
	__u64 lineage[13] = {};
	struct process mine = { .start = 77 };
	__u32 key = getpid();
	int hooks = 0;

	snprintf(context, sizeof(context), "family and changes");
	bpf_map_update_elem(map("writ_processes"), &key, &mine, 0);
	bpf_map_update_elem(map("writ_lineages"), &key, lineage, 0);
	run_watched(FAMILY, ask_for_family, 0);
	expect(record_count >= 2, "%d records", record_count);
	for (int i = 0; i < record_count; i++)
		if (records[i]->kind == HOOK)
			expect_family(records[i], 1 << 16 | !!hooks++);
	expect(hooks == 2, "%d answers", hooks);
}
