/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/* What the routines for paths cost. */
#include "check.h"

static const char *const opened[] = { "/f", "/usr/lib/x/y", "/a/b/c/d/e/f/g", "/tmpfs/f",
				      "/etc/passwd", "/etc/shadow", "/a/b/c/d/e/f/h/i" };

static void measure(struct bpf_program *program, const char *state)
{
	printf("%-16s %-6s", bpf_program__name(program), state);
	for (unsigned i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		__u64 least = ~0ULL;

		for (int repetition = 0; repetition < 5; repetition++) {
			struct bpf_prog_info before = {}, after = {};
			__u32 size = sizeof(before);

			bpf_obj_get_info_by_fd(bpf_program__fd(program), &before, &size);
			for (int n = 0; n < 200; n++)
				close(open(opened[i], O_RDONLY));
			bpf_obj_get_info_by_fd(bpf_program__fd(program), &after, &size);
			__u64 each = (after.run_time_ns - before.run_time_ns) /
				     (after.run_cnt - before.run_cnt);
			if (each < least)
				least = each;
		}
		printf(" %6llu", least);
		ring_buffer__consume(ring);
		forget_records();
	}
	printf("\n");
}

/* Attached once: 5.10 cannot attach a trampoline program a second time. */
static void measure_program(const char *name, int active)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	struct bpf_link *link = bpf_program__attach(program);

	if (!link)
		fatal(name);
	watch(0, 0);
	measure(program, "idle");
	watch(getpid(), active);
	measure(program, "active");
	watch(0, 0);
	bpf_link__destroy(link);
}

void measure_all(void)
{
	for (unsigned i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		char path[128];

		if (i == 3) {
			mkdir("/tmpfs", 0755);
			mount("none", "/tmpfs", "tmpfs", 0, 0);
		}
		strcpy(path, opened[i]);
		make_directories(path);
		touch(path);
	}
	bpf_enable_stats(BPF_STATS_RUN_TIME);
	printf("%-23s", "");
	for (unsigned i = 0; i < sizeof(opened) / sizeof(*opened); i++)
		printf(" %s", opened[i]);
	printf("\n");
	measure_program("compare_fentry", COMPARE_FENTRY);
	measure_program("compare_lsm", COMPARE_LSM);
	measure_program("compare_kprobe", COMPARE_KPROBE);
}
