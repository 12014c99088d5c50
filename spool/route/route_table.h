/*
 * route_table.h - from a destination's name to the neighbor that is its next hop
 *
 * A node keeps two tables, one per preference: fastest (by delay) and cheapest (by
 * cost). A table is filled by route_prune.c in post-order, each region after everything
 * inside it and siblings in byte order (D15), sealed, and then only read; a change of
 * the topology makes a new one, which outlives the topology that it was made from.
 */
#ifndef SPOOL_ROUTE_ROUTE_TABLE_H
#define SPOOL_ROUTE_ROUTE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/arena.h"
#include "spool/route/route_index.h"

enum route_preference { ROUTE_FASTEST, ROUTE_CHEAPEST, ROUTE_PREFERENCES };

/* D20: what a route rests on, as a table message tells it. */
enum route_class {
	ROUTE_GENUINE = 0, /* real links to the end                      */
	ROUTE_WIDER   = 1, /* ends in a pseudolink of a wider node       */
	ROUTE_OTHER   = 2, /* ends in a pseudolink of some other node    */
};

struct route {
	const char *region;   /* every destination inside this region, "" is the world, ... */
	const char *next_hop; /* ... leaves by this neighbor; home's own name: it is mine    */
	uint64_t    delay_ms; /* of the whole way to the region's nearest node; a pseudolink */
	uint64_t    cost;     /* at its end adds nothing: `class` tells that it is there     */
	enum route_class class;
};

struct route_table {
	struct route      *routes; /* post-order */
	size_t             count;
	size_t             capacity;
	struct arena       texts; /* the regions */
	struct route_index index; /* once sealed */
	bool               sealed;
};

void route_table_init(struct route_table *table);
void route_table_release(struct route_table *table);

/* Appends a copy. `region` is copied, no region twice; `next_hop` must outlive the table. */
void route_table_add(struct route_table *table, const struct route *route);
void route_table_seal(struct route_table *table);

/* Of a sealed table: the route of the deepest region below the world that contains `name`, */
/* or NULL; and the world's own route, or NULL.                                               */
const struct route *route_table_find(const struct route_table *table, const char *name);
const struct route *route_table_world(const struct route_table *table);

/* Its entry for that very region; or NULL. */
const struct route *route_table_at(const struct route_table *table, const char *region);

/* An initialised *compact becomes, sealed, the least table that gives every name the same hop. */
void route_table_compact(const struct route_table *table, struct route_table *compact);

#endif
