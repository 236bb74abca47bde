/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* Values that a system call is given: buffers, vectors, addresses, and what is done with them. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "values.h"

struct usdt_argument {
	__s64 number;
	__u16 base, index;
	__u8 kind, shift, size, is_signed;
};

/* Has the program read, and returns the record. */
static struct header *asked(enum what what, const void *address, long length)
{
	struct header *last = 0;

	forget_records();
	watch(getpid(), VALUES);
	syscall(SYS_getpriority, what, address, length);
	gather();
	for (int i = 0; i < record_count; i++)
		if (records[i]->kind == HOOK)
			last = records[i];
	expect(last != 0, "no record");
	return last;
}

__u64 number(struct header *record, int id)
{
	struct item *found = record ? item(record, id) : 0;

	expect(found && found->status == READ && found->length == 8, "no number %d", id);
	return found && found->length == 8 ? *(__u64 *)found->payload : 0;
}

void expect_number(struct header *record, int id, __u64 expected)
{
	__u64 found = number(record, id);

	expect(found == expected, "item %d is %llx, not %llx", id, found, expected);
}

void expect_bytes(struct header *record, int id, int status, const void *bytes, size_t length)
{
	struct item *found = record ? item(record, id) : 0;

	expect(found && found->status == status, "item %d has status %d, not %d", id,
	       found ? found->status : -1, status);
	if (found)
		expect(found->length == length && !memcmp(found->payload, bytes, length),
		       "item %d has %u bytes, not %zu", id, found->length, length);
}

static char bytes[300000];

static void check_buffers(void)
{
	struct header *record;
	struct item *found;
	size_t sent = 4095;

	snprintf(context, sizeof(context), "buffer");
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 7 + i / 256;
	expect_bytes(asked(READ_BUFFER, bytes, 10), 7, READ, bytes, 10);
	expect_bytes(asked(READ_BUFFER, bytes, 4095), 7, READ, bytes, 4095);
	expect_bytes(asked(READ_BUFFER, bytes, 0), 7, READ, bytes, 0);
	expect_bytes(asked(READ_BUFFER, bytes, -5), 7, READ, bytes, 0);
	expect_bytes(asked(READ_BUFFER, 0, 0), 7, READ, bytes, 0);
	expect_bytes(asked(READ_BUFFER, (void *)16, 4), 7, UNREADABLE, bytes, 0);
	record = asked(READ_BUFFER, bytes, 5000);
	expect_bytes(record, 7, TRUNCATED, bytes, 4095);
	found = record ? item(record, 7) : 0;
	expect(found && found->flags == 5000 && found->mode == 0, "bytes that there were");

	snprintf(context, sizeof(context), "buffer in full");
	record = asked(READ_IN_FULL, bytes, 20000);
	found = record ? item(record, 7) : 0;
	expect(found && found->mode, "a name for the rest");
	for (int i = 0; found && i < record_count && records[i]->kind == 6; i++) {
		struct item *piece = item(records[i], 7);

		expect(records[i]->call == found->mode &&
		       (size_t)records[i]->action_argument == sent, "piece at %lld",
		       records[i]->action_argument);
		expect(piece && !memcmp(piece->payload, bytes + sent, piece->length), "bytes");
		sent += piece ? piece->length : 0;
	}
	expect(sent == 20000, "%zu bytes are sent", sent);
	asked(READ_IN_FULL, bytes, sizeof(bytes));
	expect(record_count == 65, "%d records of a buffer that is too long", record_count);
}

static void check_vectors(void)
{
	struct iovec vectors[10] = {};
	struct header *record;
	struct item *found;

	snprintf(context, sizeof(context), "vectors");
	for (int i = 0; i < 10; i++)
		vectors[i] = (struct iovec){ bytes + 10 * i, 10 };
	expect_bytes(asked(READ_VECTORS, vectors, 3), 7, READ, bytes, 30);
	expect_bytes(asked(READ_VECTORS, vectors, 0), 7, READ, bytes, 0);
	expect_bytes(asked(READ_VECTORS, vectors, -1), 7, READ, bytes, 0);
	expect_bytes(asked(READ_VECTORS, vectors, 10), 7, TRUNCATED, bytes, 80);
	expect_bytes(asked(READ_VECTORS, (void *)16, 1), 7, UNREADABLE, bytes, 0);
	vectors[1] = (struct iovec){ 0, 0 };
	vectors[2] = (struct iovec){ bytes + 10, 5000 };
	record = asked(READ_VECTORS, vectors, 3);
	expect_bytes(record, 7, TRUNCATED, bytes, 4095);
	found = record ? item(record, 7) : 0;
	expect(found && found->flags == 5010, "bytes that there were");
	vectors[1] = (struct iovec){ (void *)16, 1 };
	expect_bytes(asked(READ_VECTORS, vectors, 3), 7, UNREADABLE, bytes, 0);
}

static void check_addresses(void)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(8080) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(443) };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct connection *found;

	snprintf(context, sizeof(context), "sockaddr");
	inet_pton(AF_INET, "10.1.2.3", &four.sin_addr);
	inet_pton(AF_INET6, "fd00::5", &six.sin6_addr);
	found = connection(asked(READ_SOCKADDR, &four, 0), 7);
	expect(found && found->family == AF_INET && found->source_port == 8080 &&
	       found->source[1] == 0x0a010203, "address of IPv4");
	found = connection(asked(READ_SOCKADDR, &six, 0), 7);
	expect(found && found->family == AF_INET6 && found->source_port == 443 &&
	       found->source[0] == 0xfd00000000000000 && found->source[1] == 5,
	       "address of IPv6");
	expect_bytes(asked(READ_SOCKADDR, (void *)16, 0), 7, UNREADABLE, bytes, 0);

	snprintf(context, sizeof(context), "sockaddr_un");
	strcpy(local.sun_path, "/run/socket");
	expect_text(asked(READ_SOCKADDR_UN, &local, 2 + 4), 7, READ, "/run");
	expect_text(asked(READ_SOCKADDR_UN, &local, 2 + 12), 7, READ, "/run/socket");
	expect_text(asked(READ_SOCKADDR_UN, &local, 0), 7, READ, "/run/socket");
	memcpy(local.sun_path, "\0name", 5);
	expect_text(asked(READ_SOCKADDR_UN, &local, 2 + 5), 7, READ, "@name");
	expect_text(asked(READ_SOCKADDR_UN, &local, 2), 7, READ, "");
	expect_text(asked(READ_SOCKADDR_UN, &four, sizeof(four)), 7, READ, "");
	expect_text(asked(READ_SOCKADDR_UN, (void *)16, 8), 7, UNREADABLE, "");
}

static void check_search(void)
{
	static char text[4095];

	snprintf(context, sizeof(context), "search");
	expect_number(asked(SEARCH, "xxabxx", 6), 8, 1);
	expect_number(asked(SEARCH, "ab", 2), 8, 1);
	expect_number(asked(SEARCH, "xxaxb", 5), 8, 0);
	expect_number(asked(SEARCH, "aab", 3), 8, 1);
	/* What is behind the end is not looked at. */
	expect_number(asked(SEARCH, "xxxxxxxab", 8), 8, 0);
	expect_number(asked(SEARCH, "", 0), 8, 0);
	expect_number(asked(SEARCH, (void *)16, 6), 8, 0);
	memset(text, 'a', sizeof(text));
	expect_number(asked(SEARCH, text, sizeof(text)), 8, 0);
	text[sizeof(text) - 1] = 'b';
	expect_number(asked(SEARCH, text, sizeof(text)), 8, 1);
}

static void check_numbers(void)
{
	struct header *record;
	struct item *stack;
	__u64 hash;

	snprintf(context, sizeof(context), "number of the call");
	expect_number(asked(CALL_NUMBER, 0, 0), 7, SYS_getpriority);

	snprintf(context, sizeof(context), "stacks");
	record = asked(STACKS, 0, 0);
	stack = record ? item(record, 7) : 0;
	expect(stack && stack->status == READ && stack->length >= 8 && stack->length % 8 == 0 &&
	       *(__s64 *)stack->payload < 0, "stack of the kernel");
	stack = record ? item(record, 8) : 0;
	expect(stack && stack->status == READ && stack->length >= 8 &&
	       *(__s64 *)stack->payload > 0, "stack of the program");

	snprintf(context, sizeof(context), "enforcer");
	record = asked(ENFORCER, 0, 0);
	expect_number(record, 7, 0);
	expect_number(record, 8, 9ULL << 32 | (__u32)-13);
	expect_number(record, 9, 0);
	expect_number(record, 10, 0);

	snprintf(context, sizeof(context), "saved parameters");
	record = asked(SAVED_PARAMETERS, 0, 0);
	expect_number(record, 7, 100);
	expect_number(record, 8, 105);
	expect_number(record, 9, 0);

	snprintf(context, sizeof(context), "hashes");
	hash = number(asked(HASHES, "text", 1), 8);
	expect(hash && hash == number(asked(HASHES, "text", 2), 8), "equal texts");
	expect(hash != number(asked(HASHES, "texT", 1), 8), "other texts");
	expect(hash != number(asked(HASHES, "tex", 1), 8), "shorter texts");
	expect(number(asked(HASHES, (void *)16, 1), 8) != number(asked(HASHES, "", 1), 8),
	       "a text that is not there is no empty one");
	expect(number(asked(HASHES, "", 1), 9) != number(asked(HASHES, "", 2), 9), "numbers");
}

/* As notes of programs say where arguments are: offsets in `struct pt_regs`. */
enum { RSI = 104, RDX = 96 };

static void check_probe_arguments(void)
{
	struct usdt_argument arguments[16] = {
		{ .kind = 1, .number = -5, .size = 8, .is_signed = 1 },
		{ .kind = 2, .base = RDX, .size = 2, .is_signed = 1 },
		{ .kind = 3, .base = RSI, .number = 4, .size = 4 },
		{ .kind = 4, .base = RSI, .index = RDX, .shift = 0, .size = 1 },
		{ .kind = 3, .base = RDX, .size = 8 },
		{ .kind = 2, .base = RDX, .size = 1, .is_signed = 0 },
	};
	__u32 words[4] = { 0x11223344, 0xfffffff0, 3, 4 }, key = 0;
	struct header *record;

	snprintf(context, sizeof(context), "arguments of probes");
	bpf_map_update_elem(map("writ_usdt"), &key, arguments, 0);
	record = asked(PROBE_ARGUMENTS, words, 1);
	expect_number(record, 10, -5);
	expect_number(record, 11, 1);
	expect_number(record, 12, 0xfffffff0);
	expect_number(record, 13, 0x33);
	expect_number(record, 14, 0xbad);
	expect_number(record, 15, 1);
	expect_number(record, 16, 0xbad);
	expect_number(record, 7, 0);
	expect_number(record, 8, 0);
	expect(words[1] == 77 && words[0] == 0x11223344 && words[2] == 3, "what was written");
	expect_number(asked(PROBE_ARGUMENTS, words, 0x1234), 11, 0x1234);
	expect_number(asked(PROBE_ARGUMENTS, words, 0xff80), 11, -128);
	expect_number(asked(PROBE_ARGUMENTS, words, 0xff80), 15, 0x80);
}

static void check_tops_of_descriptors(void)
{
	int fd = open("/usr/lib/x/y", O_RDONLY), gates[2];
	struct header *record;

	snprintf(context, sizeof(context), "first names of a descriptor");
	record = asked(TOP_OF_DESCRIPTOR, (void *)(long)fd, 0);
	expect_text(record, 7, READ, "/usr/lib/x/y");
	expect((__u32)number(record, 8) == 0x00727375, "first name");
	expect((__u32)number(record, 9) == 0x0062696c, "second name");
	close(fd);
	if (pipe(gates))
		fatal("make a pipe");
	expect_number(asked(TOP_OF_DESCRIPTOR, (void *)(long)gates[0], 0), 8, 0);
	expect_number(asked(TOP_OF_DESCRIPTOR, (void *)12345L, 0), 8, 0);
	close(gates[0]);
	close(gates[1]);
}

static void check_task(void)
{
	struct header *record = asked(OF_TASK, 0, 0);
	struct item *cred = record ? item(record, 7) : 0, *namespace = record ? item(record, 8) : 0;
	char line[128];
	FILE *status = fopen("/proc/self/status", "r");
	__u64 sets[3] = {};

	snprintf(context, sizeof(context), "credentials");
	while (status && fgets(line, sizeof(line), status)) {
		sscanf(line, "CapEff: %llx", &sets[0]);
		sscanf(line, "CapPrm: %llx", &sets[1]);
		sscanf(line, "CapInh: %llx", &sets[2]);
	}
	if (status)
		fclose(status);
	for (int i = 0; i < 3; i++)
		expect_number(record, 10 + i, sets[i]);
	expect(cred && cred->status == READ && cred->length == 80, "credentials");
	expect(namespace && namespace->length == 16 && *(__s32 *)namespace->payload == 0,
	       "level of the user namespace");
	if (!cred || !namespace || cred->length != 80 || namespace->length != 16)
		return;
	expect(*(__u32 *)cred->payload == getuid(), "uid");
	expect(!memcmp(cred->payload + 64, namespace->payload, 16), "the same namespace");
	expect_bytes(record, 9, UNREADABLE, bytes, 0);
}

void check_values(void)
{
	check_buffers();
	check_vectors();
	check_addresses();
	check_search();
	check_numbers();
	check_probe_arguments();
	check_tops_of_descriptors();
	check_task();
	check_kernel_values();
}
