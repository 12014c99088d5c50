/*
 * route_broadcast.h - the next hops of `*.R`, for every region R that is known
 *
 * D18, D27: those hops by which the known machines inside R are reached whose
 * visibility contains R. Kept beside each forwarding table, sealed with it.
 */
#ifndef SPOOL_ROUTE_ROUTE_BROADCAST_H
#define SPOOL_ROUTE_ROUTE_BROADCAST_H

#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"

struct route_broadcast_row {
	const char *region;
	uint32_t    first; /* in hops */
	uint32_t    count;
};

struct route_broadcast {
	struct route_broadcast_row *rows; /* in byte order of the region */
	size_t                      count;
	const char                **hops; /* each row's in byte order; texts as the regions' */
	struct buffer               texts;
};

void route_broadcast_release(struct route_broadcast *broadcast);

/* The row of a region, or NULL where no such region is known. */
const struct route_broadcast_row *route_broadcast_find(const struct route_broadcast *broadcast,
                                                       const char                   *region);

#endif
