/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Arguments of USDT probes. Where they are differs from place to place: the loader reads it from the
 * notes of the program that has the probe, and puts it into the map `writ_usdt`.
 *
 * writ_usdt_argument(regs, place, number, u64 *value) -> 0, or not 0
 *     The argument, extended to 64 bits as its note says. Not 0, and a value of 0, when the place has
 *     no such argument or its memory faults, as user memory that is not there yet does.
 *
 * writ_usdt_set(regs, place, number, value) -> 0, or not 0
 *     Writes four bytes into the program's memory, where the argument is. Not 0 when it is in no
 *     memory, of another size, or its memory faults.
 *
 * Minimum kernel 5.8.
 */
#include "maps.h"

INLINE struct writ_usdt_argument *usdt_argument(__u64 place, __u64 number)
{
	__u32 key = place;
	struct writ_usdt *usdt = bpf_map_lookup_elem(&writ_usdt, &key);

	if (!usdt)
		return 0;
	MASK(number, USDT_ARGUMENTS - 1);
	return &usdt->arguments[number];
}

/* A register by its offset in struct pt_regs, which the loader has checked. */
INLINE __u64 usdt_register(void *regs, __u64 offset)
{
	__u64 value = 0;

	MASK(offset, 0xff);
	bpf_probe_read_kernel(&value, sizeof(value), regs + offset);
	return value;
}

INLINE __u64 usdt_address(void *regs, struct writ_usdt_argument *argument)
{
	__u64 address = argument->number;

	if (argument->kind != USDT_SCALED)
		address += usdt_register(regs, argument->base);
	if (argument->kind != USDT_MEMORY)
		address += usdt_register(regs, argument->index) << (argument->shift & 3);
	return address;
}

INLINE __u64 is_usdt_memory(struct writ_usdt_argument *argument)
{
	return argument->kind >= USDT_MEMORY && argument->kind <= USDT_SCALED;
}

ROUTINE __u64 writ_usdt_argument(void *regs, __u64 place, __u64 number, __u64 *value)
{
	struct writ_usdt_argument *argument = usdt_argument(place, number);
	__u64 word[2] = {}, bits, size;

	*value = 0;
	if (!argument || !argument->kind)
		return 1;
	size = argument->size;
	if (argument->kind == USDT_CONSTANT)
		word[0] = argument->number;
	else if (argument->kind == USDT_REGISTER)
		word[0] = usdt_register(regs, argument->base);
	else {
		MASK(size, 15);
		if (bpf_probe_read_user(word, size, (void *)usdt_address(regs, argument)))
			return 1;
	}
	bits = (64 - argument->size * 8) & 63;
	if (argument->is_signed)
		*value = (__s64)(word[0] << bits) >> bits;
	else
		*value = word[0] << bits >> bits;
	return 0;
}

ROUTINE __u64 writ_usdt_set(void *regs, __u64 place, __u64 number, __u64 value)
{
	struct writ_usdt_argument *argument = usdt_argument(place, number);
	__u32 word = value;

	if (!argument || !is_usdt_memory(argument) || argument->size != sizeof(word))
		return 1;
	return bpf_probe_write_user((void *)usdt_address(regs, argument), &word, sizeof(word));
}
