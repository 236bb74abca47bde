/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * The runtime library as one object: each routine after those that it calls.
 */
#include "maps.h"

#include "scratch.bpf.c"
#include "item.bpf.c"
#include "path_pseudo.bpf.c"
#include "path_walk.bpf.c"
#include "path_chain.bpf.c"
#include "path_probe.bpf.c"
#include "path_trusted.bpf.c"
#include "path_top.bpf.c"
#include "read_file.bpf.c"
#include "describe.bpf.c"
#include "read_string.bpf.c"
#include "process.bpf.c"
#include "mode.bpf.c"
#include "namespace.bpf.c"
#include "post.bpf.c"
#include "return.bpf.c"
#include "rate_limit.bpf.c"
#include "exec.bpf.c"
#include "fork.bpf.c"
#include "exit.bpf.c"
