/*
 * line_ranges.h - which stretches of a stream: held, confirmed, or to be sent again
 *
 * Sorted, apart from each other, at most LINE_RANGES_MAX: as many as one acknowledgement
 * names, so that whoever reads it knows all that its writer knew.
 */
#ifndef DAEMON_LINE_LINE_RANGES_H
#define DAEMON_LINE_LINE_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_RANGES_MAX = 32 };

struct line_range {
	uint64_t from, to; /* of bytes, without the last */
};

struct line_ranges {
	struct line_range list[LINE_RANGES_MAX];
	size_t            count;
};

/* False, and nothing was added: that would be one range too many. */
bool line_ranges_add(struct line_ranges *ranges, struct line_range more);

/* The same; where that is one too many, the gap to a neighbor goes with it. */
void line_ranges_add_widely(struct line_ranges *ranges, struct line_range more);

/* Forgets what is before `at`. */
void line_ranges_drop_before(struct line_ranges *ranges, uint64_t at);

/* The first stretch of `in` that is not in the ranges; empty (from == to) where all of it is. */
struct line_range line_ranges_gap(const struct line_ranges *ranges, struct line_range in);

#endif
