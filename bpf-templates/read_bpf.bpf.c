/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * BPF programs and maps.
 *
 * writ_read_bpf_attr(scratch, union bpf_attr *, item id, memory) -> payload offset, or negative
 *     Appends a `struct writ_bpf_program`, as BPF_PROG_LOAD reads the attribute: it does not tell
 *     which command it is for. It is in memory of this kind (item.h).
 * writ_read_bpf_prog(scratch, struct bpf_prog *, item id) -> payload offset, or negative
 *     Appends a `struct writ_bpf_program`.
 * writ_read_bpf_map(scratch, struct bpf_map *, item id)   -> payload offset, or negative
 *     Appends a `struct writ_bpf_map`.
 *
 * UNREADABLE for a pointer that faults or is zero. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

/* The start of `union bpf_attr` for BPF_PROG_LOAD, which is user space's interface. */
struct program_attribute {
	__u32 type;
	__u32 instructions;
	__u64 instruction_address;
	__u64 license;
	__u32 log_level;
	__u32 log_size;
	__u64 log_buffer;
	__u32 kernel_version;
	__u32 flags;
	__u8 name[16];
};

ROUTINE __s64 writ_read_bpf_attr(struct writ_scratch *s, const void *attribute, __u64 id,
				 __u64 memory)
{
	__u64 at = structure_begin(s, sizeof(struct writ_bpf_program));
	struct writ_bpf_program *to;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_bpf_program *)PAYLOAD(s, at);
	if (copy_memory(&to->type, 2 * sizeof(__u32), attribute, memory) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	copy_memory(to->name, sizeof(to->name),
		    attribute + __builtin_offsetof(struct program_attribute, name), memory);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}

ROUTINE __s64 writ_read_bpf_prog(struct writ_scratch *s, struct bpf_prog *program, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_bpf_program));
	struct writ_bpf_program *to;
	struct bpf_prog_aux *more = 0;

	if (!at || READ(&more, &program->aux) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_bpf_program *)PAYLOAD(s, at);
	READ(&to->type, &program->type);
	READ(&to->instructions, &program->len);
	READ(&to->name, (__u8(*)[16])&more->name);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}

ROUTINE __s64 writ_read_bpf_map(struct writ_scratch *s, struct bpf_map *map, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_bpf_map));
	struct writ_bpf_map *to;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_bpf_map *)PAYLOAD(s, at);
	if (READ(&to->type, &map->map_type) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	READ(&to->key_size, &map->key_size);
	READ(&to->value_size, &map->value_size);
	READ(&to->max_entries, &map->max_entries);
	READ(&to->name, (__u8(*)[16])&map->name);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}
