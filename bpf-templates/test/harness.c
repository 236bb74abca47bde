/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* What all checks need: the object, its records, and a child that is watched. */
#include "check.h"

struct bpf_object *object;
struct ring_buffer *ring;
struct header *records[4096];
int record_count, failures, checks, tops;
char context[256], self[512];
int gate[2];

void expect(int condition, const char *format, ...)
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

void fatal(const char *what)
{
	printf("cannot %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- the object --- */

int keep(void *unused, void *data, size_t size)
{
	(void)unused;
	if (record_count < 4096) {
		records[record_count] = malloc(size);
		memcpy(records[record_count++], data, size);
	}
	return 0;
}

void forget_records(void)
{
	while (record_count > 0)
		free(records[--record_count]);
}

struct item *item(struct header *record, int id)
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

void watch(int target, int active)
{
	struct { __u32 target, active; } control = { target, active };
	struct bpf_map *map;
	__u32 key = 0;

	bpf_object__for_each_map(map, object)
		if (strstr(bpf_map__name(map), ".data.watch"))
			bpf_map_update_elem(bpf_map__fd(map), &key, &control, 0);
}

/* Stops watching and gathers what was sent since. */
void gather(void)
{
	watch(0, 0);
	ring_buffer__consume(ring);
}

int map(const char *name)
{
	return bpf_object__find_map_fd_by_name(object, name);
}

__u64 counter(__u32 index)
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

void load(const char *path, int verbose)
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

void attach(const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);

	if (!program || !bpf_program__attach(program))
		fatal(name);
}

void attach_all(void)
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

int start_child(void (*work)(void *), void *argument)
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

int finish_child(int child)
{
	int status;

	if (write(gate[1], "g", 1) != 1)
		fatal("start the child");
	waitpid(child, &status, 0);
	close(gate[0]);
	close(gate[1]);
	return status;
}

void run_watched(int program, void (*work)(void *), void *argument)
{
	int child = start_child(work, argument);

	forget_records();
	watch(child, program);
	finish_child(child);
	gather();
}

void expect_text(struct header *record, int id, int status, const char *text)
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

void execute(void *argument)
{
	char *const arguments[] = { "zero", "exit", "7", 0 };

	execve(argument, arguments, 0);
	_exit(99);
}
