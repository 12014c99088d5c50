/*
 * route_table.h - from a destination's name to the neighbor that is its next hop
 *
 * A node keeps two tables, one per preference: fastest (by delay) and cheapest (by
 * cost). A table is filled by route_prune.c in post-order, each region after everything
 * inside it and siblings in byte order (D15), sealed, and then only read; a change of
 * the topology makes a new one. It owns its texts, so it outlives the topology that it
 * was made from.
 */
#ifndef SPOOL_ROUTE_ROUTE_TABLE_H
#define SPOOL_ROUTE_ROUTE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"

enum route_preference { ROUTE_FASTEST, ROUTE_CHEAPEST, ROUTE_PREFERENCES };

/* D20: what a route rests on, as a table message tells it. */
enum route_class {
	ROUTE_GENUINE = 0, /* real links to the end                      */
	ROUTE_WIDER   = 1, /* ends in a pseudolink of a wider node       */
	ROUTE_OTHER   = 2, /* ends in a pseudolink of some other node    */
};

struct route {
	const char *region;   /* every destination inside this region, "" is the world, ... */
	const char *next_hop; /* ... leaves by this neighbor; home's own name: it is mine */
	uint64_t    delay_ms; /* of the whole way to the nearest node of the region; a */
	uint64_t    cost;     /* pseudolink counts nothing, whoever shows it says "pseudolink" */
	enum route_class class;
};

struct route_table {
	struct route *routes; /* post-order */
	size_t        count;
	size_t        capacity;
	struct buffer texts; /* the names, each with a NUL */
	uint32_t     *slots; /* once sealed: route number + 1 by hash of the region; 0 is free */
	size_t        slot_count; /* a power of two */
};

void route_table_init(struct route_table *table);
void route_table_release(struct route_table *table);

/* Appends a copy. Texts are borrowed for the call. No region twice. */
void route_table_add(struct route_table *table, const struct route *route);
void route_table_seal(struct route_table *table);

/* Of a sealed table: the route of the most specific region that contains `name`, or NULL. */
const struct route *route_table_find(const struct route_table *table, const char *name);
/* The same, but the world's own route never matches. */
const struct route *route_table_find_below_world(const struct route_table *table, const char *name);

/* Of a sealed table: an initialised *compact becomes the least table with the same answers. */
void route_table_compact(const struct route_table *table, struct route_table *compact);

#endif
