/*
 * record_limits.h - what a link takes at most, as its end states it
 *
 * Who receives tells its neighbor, by its record, what it takes (`inbound { limit }`), and who
 * sends tells how large a message may be (`limit { message }`), so that a message that is too
 * large for some link of its way need not set out. 0 says that there is no such limit.
 */
#ifndef SPOOL_TOPOLOGY_RECORD_LIMITS_H
#define SPOOL_TOPOLOGY_RECORD_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"

struct record_limits {
	uint64_t message_bytes;  /* of the body of one                          */
	uint64_t queue_bytes;    /* of all bodies that wait for it at its start */
	uint64_t per_call_bytes; /* of all that its start says in a call        */
	uint64_t per_day_bytes;
	uint64_t topology_per_day_bytes; /* of what nodes tell each other */
};

bool record_limits_any(const struct record_limits *limits);
bool record_limits_equal(const struct record_limits *a, const struct record_limits *b);

/* Of each limit the lesser one. */
void record_limits_both(struct record_limits *limits, const struct record_limits *other);

/* Some: a byte that tells which, by bits from the lowest on, then 8 bytes for each. */
void record_limits_encode(const struct record_limits *limits, struct buffer *out);
/* False: cut short, none at all, one of zero, or an unknown bit. */
bool record_limits_decode(struct record_limits *limits, struct reader *reader);

#endif
