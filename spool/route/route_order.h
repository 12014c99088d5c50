/*
 * route_order.h - all names in post-order, siblings in byte order
 *
 * The order of every table (D15). Ids come in the order of arrival, so the order is
 * computed from the texts, once for all that a calculation lists.
 */
#ifndef SPOOL_ROUTE_ROUTE_ORDER_H
#define SPOOL_ROUTE_ROUTE_ORDER_H

#include <stdint.h>

#include "spool/base/arena.h"
#include "spool/name/region_tree.h"

/* As many ids as there are names, the world last; in the arena. */
uint32_t *route_order(const struct region_tree *names, struct arena *arena);

#endif
