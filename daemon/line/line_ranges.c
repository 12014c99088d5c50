/*
 * line_ranges.c - a handful of ranges in an array
 */
#include "daemon/line/line_ranges.h"

#include <assert.h>
#include <string.h>

bool
line_ranges_add(struct line_ranges *ranges, struct line_range more)
{
	size_t first = 0, after;

	assert(more.from < more.to);
	while (first < ranges->count && ranges->list[first].to < more.from)
		first++;
	for (after = first; after < ranges->count && ranges->list[after].from <= more.to; after++) {
		if (ranges->list[after].from < more.from)
			more.from = ranges->list[after].from;
		if (ranges->list[after].to > more.to)
			more.to = ranges->list[after].to;
	}
	if (after == first && ranges->count == LINE_RANGES_MAX)
		return false;
	memmove(&ranges->list[first + 1], &ranges->list[after],
	        (ranges->count - after) * sizeof(ranges->list[0]));
	ranges->list[first] = more;
	ranges->count += 1 + first - after;
	return true;
}

void
line_ranges_add_widely(struct line_ranges *ranges, struct line_range more)
{
	struct line_range *last = &ranges->list[LINE_RANGES_MAX - 1];

	if (line_ranges_add(ranges, more))
		return;
	for (size_t i = 0; i < ranges->count; i++)
		if (ranges->list[i].from > more.to) {
			ranges->list[i].from = more.from;
			return;
		}
	last->to = more.to; /* it is beyond them all */
}

void
line_ranges_drop_before(struct line_ranges *ranges, uint64_t at)
{
	size_t gone = 0;

	while (gone < ranges->count && ranges->list[gone].to <= at)
		gone++;
	ranges->count -= gone;
	memmove(&ranges->list[0], &ranges->list[gone], ranges->count * sizeof(ranges->list[0]));
	if (ranges->count > 0 && ranges->list[0].from < at)
		ranges->list[0].from = at;
}

struct line_range
line_ranges_gap(const struct line_ranges *ranges, struct line_range in)
{
	for (size_t i = 0; i < ranges->count && in.from < in.to; i++) {
		const struct line_range *range = &ranges->list[i];

		if (range->to <= in.from)
			continue;
		if (range->from > in.from) {
			if (range->from < in.to)
				in.to = range->from;
			return in;
		}
		in.from = range->to;
	}
	if (in.from > in.to)
		in.from = in.to;
	return in;
}
