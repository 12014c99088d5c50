/*
 * route_past.h - what a message has been through before it came here, and what follows
 *
 * Each message carries its history, by which loops are seen (the paper's "link history").
 * A second visit to a node is no loop by itself: an explicit address may lead through the
 * same node twice. It is one if the message has come no further: then the same node would
 * send it round again by the same link.
 */
#ifndef SPOOL_ROUTE_ROUTE_PAST_H
#define SPOOL_ROUTE_ROUTE_PAST_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/name/address.h"
#include "spool/name/name.h"

enum { ROUTE_MAX_VISITS = 2 }; /* of one message to one node (T15) */

struct route_past {
	const struct name
	      *nodes; /* it was at, the origin first; home's visit now is not among them */
	size_t count;
	const struct address
	    *before; /* where it was to go when it was here earlier; NULL: nowhere */
};

/* Of what begins here. */
extern const struct route_past ROUTE_PAST_NONE;

/* How often it was at the node. */
unsigned route_past_visits(const struct route_past *past, const char *node);

/* Did it go from one of these straight to the other? */
bool route_past_travelled(const struct route_past *past, const char *from, const char *to);

/*
 * Was this destination here before, with no more waypoints to go than now? Home's own name
 * in front is no waypoint.
 */
bool route_past_again(const struct route_past *past, const char *home,
                      const struct destination *destination);

/*
 * May it go from home to this neighbor? Not where it was ROUTE_MAX_VISITS times, unless it is
 * to stay there, and not by a link that it took from here `again`.
 */
bool route_past_allows(const struct route_past *past, const char *home, const char *neighbor,
                       const struct destination *destination, bool again);

#endif
