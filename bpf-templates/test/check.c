/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Loads programs.bpf.o into the running kernel, makes each routine work, and compares what it
 * sends with what the process did. Run as root in a virtual machine of its own: see README.md.
 *
 * check PROGRAMS.bpf.o         tests; exit status 1 when one failed
 * check PROGRAMS.bpf.o load    instructions that the verifier looked at, by program
 * check PROGRAMS.bpf.o cost    run time by program; instructions under `qemu -icount shift=0`
 */
#include "check.h"

int main(int argument_count, char **arguments)
{
	const char *what = argument_count > 2 ? arguments[2] : "";

	setvbuf(stdout, 0, _IOLBF, 0);
	if (argument_count > 2 && !strcmp(arguments[1], "exit"))
		return atoi(arguments[2]);
	if (argument_count < 2 || !realpath("/proc/self/exe", self))
		return 2;
	load(arguments[1], !strcmp(what, "load"));
	if (!strcmp(what, "load"))
		return 0;
	if (!strcmp(what, "cost")) {
		ring = ring_buffer__new(map("writ_events"), keep, 0, 0);
		measure_all();
		return 0;
	}
	attach_all();
	check_all_paths();
	check_calls();
	check_recent();
	check_values();
	attach("process_exec");
	attach("process_fork");
	attach("process_exit");
	check_processes();
	check_family();
	snprintf(context, sizeof(context), "first names");
	expect(tops > 150, "only %d were found without the text", tops);
	printf("%d checks, %d first names, %d failed\n", checks, tops, failures);
	return failures != 0;
}
