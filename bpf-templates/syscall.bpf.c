/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which system call a number means.
 *
 * writ_syscall_number(number) -> the number, with SYSCALL_32_BIT when the current task made the call
 *     through the 32-bit entry. Minimum kernel 5.8.
 *
 * writ_listed_call(list, number) -> the call's place on the list, counted from 1, or 0
 *     `list` is an array of CALLS places for calls of 64 bits, then as many for those of 32 bits.
 *     Calls of x32 have the numbers of those of 64 bits; where the kernel does not serve them they
 *     fail, but it tells of them. Minimum kernel 5.8.
 */
#include "kernel.h"

/* As Tetragon marks such calls. */
#define SYSCALL_32_BIT (1ULL << 31)

/* `thread_info.status` on x86 (arch/x86/include/asm/thread_info.h). */
#define TS_COMPAT 2

/* More than there are. */
#define CALLS 512

/* __X32_SYSCALL_BIT */
#define X32_BIT (1ULL << 30)

ROUTINE __u64 writ_syscall_number(__u64 number)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 status = 0;

	READ(&status, &task->thread_info.status);
	return status & TS_COMPAT ? number | SYSCALL_32_BIT : number;
}

ROUTINE __u64 writ_listed_call(void *list, __u64 number)
{
	__u16 *place;
	__u32 key;

	number = writ_syscall_number(number & ~X32_BIT);
	key = number;
	if (number & SYSCALL_32_BIT) {
		number &= ~SYSCALL_32_BIT;
		key = number + CALLS;
	}
	if (number >= CALLS)
		return 0;
	place = bpf_map_lookup_elem(list, &key);
	return place ? *place : 0;
}
