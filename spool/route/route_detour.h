/*
 * route_detour.h - around a loop: an explicit address by nodes that have not been asked yet
 *
 * The paper's further work: the calculation runs again with the weights of the loop's links
 * increased, known from the history that the message carries; what comes out different is
 * sent as an explicit address. A node of the loop is distrusted as a whole, because it has
 * shown that it sends this destination round: every link from it counts as heavy. It may
 * still be passed on the way to a waypoint behind it, for which it may have a better route.
 */
#ifndef SPOOL_ROUTE_ROUTE_DETOUR_H
#define SPOOL_ROUTE_ROUTE_DETOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/name/destination.h"
#include "spool/name/name.h"
#include "spool/route/route_past.h"
#include "spool/route/route_way.h"

struct route_detour {
	const char *next_hop;                         /* borrowed from the topology */
	struct name waypoints[ADDRESS_MAX_WAYPOINTS]; /* before the name that it is for */
	size_t      waypoint_count;
};

/* What a message cannot leave by, or is too large for. */
struct route_bounds {
	const char *closed;     /* a neighbor of home; NULL: none */
	uint64_t    size_bytes; /* of the message; 0: it passes every link */
};

/*
 * The way from home to `name` around the loop that the past shows; where home knows a region
 * of the name only, to a node that knows that region. Each leg is one that the nodes on it
 * take by their tables (D5, D16), as far as home knows them. `hop` is the neighbor that home's
 * tables name. `bounds` says which links are not to
 * be used; NULL: none. False: there is no other way.
 */
bool route_detour(struct route_ways *ways, enum route_preference preference, const char *name,
                  const char *hop, const struct route_past *past, const struct route_bounds *bounds,
                  struct route_detour *detour);

#endif
