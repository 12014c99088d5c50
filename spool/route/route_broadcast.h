/*
 * route_broadcast.h - the next hops of `*.R`, for every region R that is known
 *
 * D18, D27: those hops by which the known machines inside R are reached whose
 * visibility contains R. Kept beside each forwarding table, and sealed like it.
 */
#ifndef SPOOL_ROUTE_ROUTE_BROADCAST_H
#define SPOOL_ROUTE_ROUTE_BROADCAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/arena.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_index.h"
#include "spool/route/route_search.h"

struct route_broadcast_row {
	const char  *region;
	const char **hops; /* in byte order; names of neighbors */
	uint32_t     hop_count;
	bool         by_name; /* no machine of it is known: the hop is that of R itself */
};

struct route_broadcast {
	struct route_broadcast_row *rows; /* post-order, as the table's */
	size_t                      count;
	struct arena                memory; /* of all that hangs on this */
	struct route_index          index;
};

/*
 * Fills an uninitialised *out; `order` and `hop_names` are as route_prune's. A region
 * that no machine reached takes part in has a row without hops: D18 then asks the table,
 * and its answer may be put there by route_broadcast_set.
 */
void route_broadcast_build(struct route_broadcast *out, const struct route_graph *graph,
                           const struct route_label *labels, const uint32_t *order,
                           const char *const *hop_names, struct arena *scratch);
void route_broadcast_init(struct route_broadcast *broadcast); /* no rows */
void route_broadcast_release(struct route_broadcast *broadcast);

/* Gives a row without hops its only one. */
void route_broadcast_set(struct route_broadcast *broadcast, size_t row, const char *hop);

/* The row of a region, or NULL where no such region is known. */
const struct route_broadcast_row *route_broadcast_find(const struct route_broadcast *broadcast,
                                                       const char                   *region);

#endif
