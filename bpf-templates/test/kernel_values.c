/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Values that the kernel's functions are given: files, sockets, packets, BPF objects, records. */
#include "check.h"

#include <arpa/inet.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "values.h"

struct connection *connection(struct header *record, int id)
{
	struct item *found = record ? item(record, id) : 0;

	expect(found && found->status == READ && found->length == sizeof(struct connection),
	       "no connection %d", id);
	return found && found->length == sizeof(struct connection) ? (void *)found->payload : 0;
}

/* The only record since `watch`. */
static struct header *only(void)
{
	gather();
	expect(record_count == 1, "%d records", record_count);
	return record_count == 1 ? records[0] : 0;
}

static void begin(int program, const char *what)
{
	snprintf(context, sizeof(context), "%s", what);
	forget_records();
	watch(getpid(), program);
}

static void check_file_parts(void)
{
	static const struct { const char *path, *text; __u32 type; } files[] = {
		{ "/tmpfs/f", "/f", S_IFREG },
		{ "/usr/lib", "/usr/lib", S_IFDIR },
		{ "/dev/null", 0, S_IFCHR },
	};

	for (unsigned i = 0; i < 3; i++)
		for (int program = FILE_PARTS; program <= FILE_PARTS_PROBED; program++) {
			struct header *record;
			struct item *found;

			begin(program, files[i].path);
			close(open(files[i].path, O_RDONLY));
			record = only();
			expect_number(record, 7, files[i].type);
			expect_text(record, 8, READ, files[i].text);
			found = record ? item(record, 8) : 0;
			expect(found && (found->mode & S_IFMT) == files[i].type, "mode");
		}
}

static void check_path_types(void)
{
	struct stat status;
	struct header *record;

	begin(PATH_TYPE, "type of a path");
	stat("/usr/lib", &status);
	record = only();
	expect_number(record, 7, S_IFDIR);
	expect_number(record, 8, S_IFDIR);
}

static void check_filename(void)
{
	begin(FILENAME, "filename");
	access("../usr//lib", R_OK);
	gather();
	expect(record_count > 0, "no record");
	if (record_count)
		expect_text(records[0], 7, READ, "../usr//lib");
}

static void expect_client(struct header *record, int id, __u16 family)
{
	struct connection *found = connection(record, id);

	expect(found && found->family == family && found->protocol == IPPROTO_UDP &&
	       found->type == SOCK_DGRAM && found->cookie, "socket %d", id);
}

static void check_sockets(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(5353) };
	struct process mine = { .start = 55 };
	__u32 key = getpid();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct header *record;
	struct connection *found;
	__u64 owner;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bpf_map_update_elem(map("writ_processes"), &key, &mine, 0);
	begin(CONNECT, "sockets");
	connect(fd, (void *)&to, sizeof(to));
	record = only();
	expect_client(record, 7, AF_INET);
	expect_client(record, 8, AF_INET);
	found = connection(record, 9);
	expect(found && found->source_port == 5353 && found->source[1] == INADDR_LOOPBACK,
	       "address");
	expect_bytes(record, 10, UNREADABLE, "", 0);
	owner = (__u64)getpid() << 32 | (__u32)getpid();
	expect_number(record, 11, 0);
	expect_number(record, 12, 0);
	expect_number(record, 13, owner);
	expect_number(record, 14, 0);
	bpf_map_delete_elem(map("writ_processes"), &key);
	close(fd);
}

static void check_packets(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t length = sizeof(to);
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
	struct header *record;
	struct connection *found;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(receiver, (void *)&to, sizeof(to)) ||
	    getsockname(receiver, (void *)&to, &length))
		fatal("bind a socket");
	begin(PACKET, "packet");
	if (sendto(sender, "packet", 6, 0, (void *)&to, sizeof(to)) != 6)
		fatal("send a packet");
	record = only();
	found = connection(record, 7);
	expect(found && found->family == AF_INET && found->protocol == IPPROTO_UDP &&
	       found->destination_port == ntohs(to.sin_port) &&
	       found->destination[1] == INADDR_LOOPBACK && found->source[1] == INADDR_LOOPBACK,
	       "addresses");
	expect_text(record, 8, READ, "lo");
	close(receiver);
	close(sender);
}

static void check_writes(void)
{
	int fd = open("/tmpfs/f", O_WRONLY);
	struct header *record;
	struct item *found;

	begin(WRITE, "kiocb and iov_iter");
	if (write(fd, "written", 7) != 7)
		fatal("write");
	record = only();
	expect_text(record, 7, READ, "/tmpfs/f");
	found = record ? item(record, 7) : 0;
	expect(found && S_ISREG(found->mode) && (found->flags & O_ACCMODE) == O_WRONLY, "mode");
	expect_bytes(record, 8, READ, "written", 7);
	close(fd);
}

static void check_bpf_objects(void)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, "kprobe_map");
	struct bpf_map_info info = {};
	struct bpf_prog_info of_program = {};
	__u32 size = sizeof(info);
	struct item *found;
	int fd;

	bpf_obj_get_info_by_fd(map("writ_usdt"), &info, &size);
	begin(BPF_OBJECTS, "bpf_map");
	fd = bpf_map_get_fd_by_id(info.id);
	gather();
	found = record_count ? item(records[0], 7) : 0;
	expect(found && found->status == READ && found->length == 32, "a map");
	close(fd);
	size = sizeof(of_program);
	bpf_obj_get_info_by_fd(bpf_program__fd(program), &of_program, &size);
	begin(BPF_OBJECTS, "bpf_prog");
	fd = bpf_prog_get_fd_by_id(of_program.id);
	gather();
	found = record_count ? item(records[record_count - 1], 7) : 0;
	expect(found && found->status == READ && found->length == 24 &&
	       memmem(found->payload, 24, "kprobe_map", 10), "a program");
	close(fd);
	begin(BPF_REQUEST, "bpf_attr");
	bpf_obj_get_info_by_fd(map("writ_usdt"), &info, &size);
	gather();
	found = record_count ? item(records[0], 7) : 0;
	expect(found && found->status == READ && found->length == 24, "a request");
}

static void check_perf_event(void)
{
	struct perf_event_attr wanted = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(wanted),
		.config = PERF_COUNT_SW_PAGE_FAULTS,
	};
	struct header *record;
	struct item *found;

	begin(PERF_EVENT, "perf_event");
	close(syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0));
	gather();
	record = record_count ? records[0] : 0;
	found = record ? item(record, 7) : 0;
	expect(found && found->status == READ && found->length == 152, "an event");
}

static void check_records(void)
{
	char before[16] = {};
	struct header *record;

	/* A name that leaves nothing of the one before. */
	prctl(PR_SET_NAME, "fifteen letters");
	prctl(PR_GET_NAME, before);
	begin(RENAME, "fields of a record");
	prctl(PR_SET_NAME, "another name");
	record = only();
	expect_bytes(record, 7, READ, before, 16);
	expect_text(record, 8, READ, "another name");
	prctl(PR_SET_NAME, before);
	snprintf(context, sizeof(context), "text of a record");
	run_watched(EXEC_NAME, execute, self);
	expect(record_count == 1, "%d records", record_count);
	if (record_count == 1)
		expect_text(records[0], 7, READ, self);
}

void check_kernel_values(void)
{
	check_file_parts();
	check_path_types();
	check_filename();
	check_sockets();
	check_packets();
	check_writes();
	check_bpf_objects();
	check_perf_event();
	check_records();
}
