/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* What checks of values share. */
#ifndef WRIT_CHECK_VALUES_H
#define WRIT_CHECK_VALUES_H

/* As in values.bpf.c. */
enum what {
	READ_BUFFER, READ_IN_FULL, READ_VECTORS, READ_SOCKADDR, READ_SOCKADDR_UN, SEARCH,
	CALL_NUMBER, STACKS, ENFORCER, SAVED_PARAMETERS, HASHES, PROBE_ARGUMENTS,
	TOP_OF_DESCRIPTOR, OF_TASK,
};

/* As in writ.h. */
struct connection {
	__u16 family, type, protocol;
	__u8 state, known;
	__u16 source_port, destination_port;
	__u32 mark, priority, hash;
	__u64 source[2], destination[2];
	__u32 length, security_path, security_path_offloaded, reserved;
	__u64 cookie;
};

__u64 number(struct header *record, int id);
void expect_number(struct header *record, int id, __u64 expected);
void expect_bytes(struct header *record, int id, int status, const void *bytes, size_t length);
/* The connection of an item that was read, or 0. */
struct connection *connection(struct header *record, int id);
void check_kernel_values(void);

#endif
