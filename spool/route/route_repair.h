/*
 * route_repair.h - what has no lawful way, or went round in a circle, goes another way
 *
 * E1 and the loop rules, on top of what route_resolve.h found: the daemon and `mulga explain`
 * call both. First the other table; then, out of a loop, an explicit address around it
 * (route_detour.h); where no way is lawful, one by a node that has one (route_handover.h).
 * A message that was here ROUTE_MAX_VISITS times is not repaired any more.
 */
#ifndef SPOOL_ROUTE_ROUTE_REPAIR_H
#define SPOOL_ROUTE_ROUTE_REPAIR_H

#include "spool/route/route_resolve.h"
#include "spool/route/route_way.h"

/*
 * Those unroutable destinations of *forwarding that there is another way for leave by that;
 * the others stay. `ways` and `tables` are of the same topology. Steps in words are appended
 * to *steps where it is not NULL.
 */
void route_repair(struct route_ways *ways, const struct route_tables *tables,
                  enum route_preference preference, const struct route_past *past,
                  struct forwarding *forwarding, struct buffer *steps);

#endif
