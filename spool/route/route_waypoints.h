/*
 * route_waypoints.h - what an address has to visit on its way from here
 *
 * Before a destination is looked up: a leading own name is stripped (D17), an operator's
 * `explicit` line adds the nodes that it names, and a name that its node has given up leads
 * to the present one, as an explicit address (`new!joe@old`): nodes on the way need not know
 * of the change, and what the sender wrote stays what is reported on.
 */
#ifndef SPOOL_ROUTE_ROUTE_WAYPOINTS_H
#define SPOOL_ROUTE_ROUTE_WAYPOINTS_H

#include "spool/base/buffer.h"
#include "spool/name/destination.h"
#include "spool/route/route.h"
#include "spool/route/route_past.h"

/* Takes home's own names away from the front (D17). */
void route_waypoints_strip(const struct route_tables *tables, struct destination *destination);

/*
 * All of it. `with_explicit`: also explicit lines, which are for what has not been here before, and
 * send nothing where it has been. Steps in words are appended to *steps where it is not NULL.
 */
void route_waypoints_apply(const struct route_tables *tables, const struct route_past *past,
                           struct destination *destination, bool with_explicit,
                           struct buffer *steps);

#endif
