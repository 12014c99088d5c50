/*
 * record_limits.c - five numbers, of which most are not there
 */
#include "spool/topology/record_limits.h"

#include <stddef.h>

enum { KINDS = 5 };

/* In the order of their bits. */
static uint64_t *
limit_of(struct record_limits *limits, unsigned kind)
{
	uint64_t *const all[KINDS] = {
		&limits->message_bytes,          &limits->queue_bytes,
		&limits->per_call_bytes,         &limits->per_day_bytes,
		&limits->topology_per_day_bytes,
	};

	return all[kind];
}

bool
record_limits_any(const struct record_limits *limits)
{
	return !record_limits_equal(limits, &(struct record_limits){ .message_bytes = 0 });
}

bool
record_limits_equal(const struct record_limits *a, const struct record_limits *b)
{
	return a->message_bytes == b->message_bytes && a->queue_bytes == b->queue_bytes &&
	       a->per_call_bytes == b->per_call_bytes && a->per_day_bytes == b->per_day_bytes &&
	       a->topology_per_day_bytes == b->topology_per_day_bytes;
}

void
record_limits_both(struct record_limits *limits, const struct record_limits *other)
{
	struct record_limits copy = *other;

	for (unsigned kind = 0; kind < KINDS; kind++) {
		uint64_t *limit = limit_of(limits, kind), by_other = *limit_of(&copy, kind);

		if (*limit == 0 || (by_other != 0 && by_other < *limit))
			*limit = by_other;
	}
}

void
record_limits_encode(const struct record_limits *limits, struct buffer *out)
{
	struct record_limits copy = *limits;
	unsigned             mask = 0;

	for (unsigned kind = 0; kind < KINDS; kind++)
		mask |= *limit_of(&copy, kind) != 0 ? 1U << kind : 0U;
	buffer_append_u8(out, (uint8_t)mask);
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (*limit_of(&copy, kind) != 0)
			buffer_append_u64(out, *limit_of(&copy, kind));
}

bool
record_limits_decode(struct record_limits *limits, struct reader *reader)
{
	unsigned mask = reader_u8(reader);

	*limits = (struct record_limits){ .message_bytes = 0 };
	if (mask == 0 || mask >= 1U << KINDS)
		return false;
	for (unsigned kind = 0; kind < KINDS; kind++) {
		if ((mask & 1U << kind) == 0)
			continue;
		*limit_of(limits, kind) = reader_u64(reader);
		if (*limit_of(limits, kind) == 0)
			return false;
	}
	return !reader->failed;
}
