/*
 * route_handover.h - past a region that fell apart: the node to hand a message over to
 *
 * E1. A region that is split not along its children draws messages of outsiders to the
 * wrong part. A hub there knows the destination's data, but has no lawful path to it. It
 * sends the message on as an explicit address `e!destination`.
 */
#ifndef SPOOL_ROUTE_ROUTE_HANDOVER_H
#define SPOOL_ROUTE_ROUTE_HANDOVER_H

#include "spool/route/route_way.h"

/*
 * For a destination that home has no route to: on the best way through all nodes known,
 * the node nearest home from which on all forwarding nodes are mutually visible, so that
 * from there the message goes by their tables. NULL: no way is known. Borrowed from the
 * topology.
 */
const char *route_handover(struct route_ways *ways, enum route_preference preference,
                           const char *destination);

#endif
