/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
/*
 * A perf event.
 *
 * writ_read_perf_event(scratch, struct perf_event *, item id) -> payload offset, or negative
 *     Appends a `struct writ_perf_event`. The probed function's name is empty when there is none,
 *     or when it stands in memory of the caller that is not there. UNREADABLE for a pointer that
 *     faults or is zero. Minimum kernel 5.8.
 */
#include "item.h"
#include "kernel.h"

ROUTINE __s64 writ_read_perf_event(struct writ_scratch *s, struct perf_event *event, __u64 id)
{
	__u64 at = structure_begin(s, sizeof(struct writ_perf_event));
	struct writ_perf_event *to;
	__u64 function = 0;

	if (!at)
		return without_text(s, id, STATUS_UNREADABLE);
	to = (struct writ_perf_event *)PAYLOAD(s, at);
	if (READ(&to->type, &event->attr.type) < 0)
		return without_text(s, id, STATUS_UNREADABLE);
	READ(&to->config, &event->attr.config);
	READ(&to->probe_offset, &event->attr.probe_offset);
	READ(&function, &event->attr.kprobe_func);
	/* Whoever opens the event hands over the address. */
	if (function)
		copy_text(to->function, sizeof(to->function), (void *)function, MEMORY_OF_CALLER);
	item_end(s, at, id, STATUS_READ, sizeof(*to));
	return at;
}
