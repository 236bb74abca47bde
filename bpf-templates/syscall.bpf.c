/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Which system call a number means.
 *
 * writ_syscall_number(number) -> the number, with SYSCALL_32_BIT when the current task made the call
 *     through the 32-bit entry. Minimum kernel 5.8.
 */
#include "kernel.h"

/* As Tetragon marks such calls. */
#define SYSCALL_32_BIT (1ULL << 31)

/* `thread_info.status` on x86 (arch/x86/include/asm/thread_info.h). */
#define TS_COMPAT 2

ROUTINE __u64 writ_syscall_number(__u64 number)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 status = 0;

	READ(&status, &task->thread_info.status);
	return status & TS_COMPAT ? number | SYSCALL_32_BIT : number;
}
