/*
 * route_repair.h - a destination without a lawful way goes to a node that has one
 *
 * E1, on top of what route_resolve.h found: the daemon and `mulga explain` call both.
 */
#ifndef SPOOL_ROUTE_ROUTE_REPAIR_H
#define SPOOL_ROUTE_ROUTE_REPAIR_H

#include "spool/route/route_resolve.h"
#include "spool/topology/topology.h"

/*
 * Those unroutable destinations of *forwarding that the topology knows a way to, lawful from
 * some node on, leave as explicit addresses by that node; the others stay. `tables` are of
 * this topology. Steps in words are appended to *steps where it is not NULL.
 */
void route_repair(const struct topology *topology, const struct route_tables *tables,
                  enum route_preference preference, struct forwarding *forwarding,
                  struct buffer *steps);

#endif
