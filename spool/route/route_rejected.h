/*
 * route_rejected.h - the better way that the rules forbid, and which rule does
 *
 * For `mulga explain` only: what would be the best way to a node if every link lived, carried
 * everything and could be built on, and what is in the way of that: a dead link, a restriction
 * (D10, D16), a node whose data may not be used here (D5).
 */
#ifndef SPOOL_ROUTE_ROUTE_REJECTED_H
#define SPOOL_ROUTE_ROUTE_REJECTED_H

#include "spool/base/buffer.h"
#include "spool/route/route_lookup.h"
#include "spool/topology/topology.h"

/*
 * Appends, a line each, the way that is better than that of the match (whose next_hop may be
 * NULL) and why it is not taken. Nothing, if there is none or `name` is no node that the
 * topology mentions.
 */
void route_rejected(const struct topology *topology, const char *home,
                    enum route_preference preference, const char *name,
                    const struct route_match *match, struct buffer *steps);

#endif
