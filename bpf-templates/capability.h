/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * Capabilities in credentials.
 */
#ifndef WRIT_CAPABILITY_H
#define WRIT_CAPABILITY_H

#include "kernel.h"

/* A set of credentials that are a BTF pointer. Before Linux 6.3 it is two words of 32 bits, and no
 * load may cross from one into the other. */
#define load_capabilities(credentials, set)                                                         \
	({                                                                                         \
		volatile __u32 *words =                                                            \
			(void *)(credentials) + FIELD_OFFSET(struct cred, cap_##set);                     \
                                                                                                   \
		OPAQUE(words);                                                                     \
		words[0] | (__u64)words[1] << 32;                                                  \
	})

#define read_capabilities(task, set)                                                               \
	({                                                                                         \
		const struct cred *cred = 0;                                                       \
		__u64 bits = 0;                                                                    \
                                                                                                   \
		READ(&cred, &(task)->cred);                                                        \
		READ(&bits, &cred->cap_##set);                                                     \
		bits;                                                                              \
	})

#endif
