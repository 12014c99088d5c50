/*
 * route_around.h - past a link that does not take a message
 *
 * What a link does not carry, or is too large for one of the way, goes by another way if home
 * knows one of which every link takes it: as an explicit address, because the tables of the
 * nodes on it would lead it back (route_detour.h).
 */
#ifndef SPOOL_ROUTE_ROUTE_AROUND_H
#define SPOOL_ROUTE_ROUTE_AROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/name/destination.h"
#include "spool/route/route_past.h"
#include "spool/route/route_way.h"

/*
 * Puts the nodes to visit in front of a copy of the destination in the initialised *by, and the
 * neighbor to send it to in *next_hop, which is borrowed from the topology. `hop`: the neighbor that
 * the tables name, by none of whose links it may leave; NULL: a link behind it is too narrow.
 * False: there is no such way.
 */
bool route_around(struct route_ways *ways, enum route_preference preference,
                  const struct destination *destination, const char *hop,
                  const struct route_past *past, uint64_t size_bytes, struct destination *by,
                  const char **next_hop);

#endif
