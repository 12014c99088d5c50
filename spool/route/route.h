/*
 * route.h - the tables of one node: computed in one call, then only read
 *
 * A pure function of the topology, home's name and the operator's own lines in the
 * description. The daemon computes new tables after each change and swaps them; `mulga
 * routes -f` and the simulator call the same function. Where a message goes is
 * route_resolve.h's business.
 */
#ifndef SPOOL_ROUTE_ROUTE_H
#define SPOOL_ROUTE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/arena.h"
#include "spool/name/name.h"
#include "spool/route/route_broadcast.h"
#include "spool/route/route_table.h"
#include "spool/topology/topology.h"

/*
 * `default PATTERN via NODE`: where no entry but the world's matches (D14). NODE is home
 * for a `gateway`: such a destination leaves the network here.
 */
struct route_default {
	struct name pattern; /* destinations inside it; "" is the world */
	struct name node;    /* routed normally */
};

/* `route REGION via NEIGHBOR`: an operator's pin, before any table entry. */
struct route_pin {
	struct name region;
	struct name neighbor;
	bool        applies[ROUTE_PREFERENCES];
};

/* `explicit REGION = a ! b ! *`: destinations inside it get waypoints. */
struct route_explicit {
	struct name  region;
	struct name *waypoints; /* borrowed in options; in tables, the tables' */
	size_t       waypoint_count;
	bool         onward; /* after them to the destination; else the last takes its place */
};

/* A name that its node has given up for another (D31). */
struct route_rename {
	const char *former;
	const char *present;
};

/* The operator's lines; arrays are borrowed for the call of route_tables_compute. */
struct route_options {
	const struct route_default  *defaults;
	size_t                       default_count;
	const struct route_pin      *pins;
	size_t                       pin_count;
	const struct route_explicit *explicits;
	size_t                       explicit_count;
	struct name                  leaf; /* the hub of `leaf via HUB`; "" without one */
};

struct route_tables {
	const char            *home;
	const char            *visible;
	struct route_table     tables[ROUTE_PREFERENCES]; /* rows to show: .routes, .count */
	struct route_broadcast broadcasts[ROUTE_PREFERENCES];
	const char           **neighbors; /* of living links out, in byte order */
	size_t                 neighbor_count;
	const char *teachers[ROUTE_PREFERENCES]; /* D24: the nearest wider node; NULL: none */
	struct route_default  *defaults;         /* longest pattern first */
	size_t                 default_count;
	struct route_pin      *pins; /* longest region first */
	size_t                 pin_count;
	struct route_explicit *explicits; /* longest region first */
	size_t                 explicit_count;
	struct route_rename   *renames; /* in byte order of the former names */
	size_t                 rename_count;
	const char            *leaf;       /* "": none */
	bool                   leaf_heard; /* a record or a table has come from the hub: D7 holds */
	struct arena           memory;     /* of all names and lines above */
};

/*
 * Fills an uninitialised *out; release it. It may be moved, and outlives the topology.
 * A home that the topology does not know gets tables that know home alone. `options` may
 * be NULL.
 */
void route_tables_compute(const struct topology *topology, const char *home,
                          const struct route_options *options, struct route_tables *out);
void route_tables_release(struct route_tables *tables);

/* Is it home's name, or was it? */
bool route_tables_is_home(const struct route_tables *tables, const char *name);

/* What the node of that name is called now; NULL if the name was not given up. Borrowed. */
const char *route_tables_renamed(const struct route_tables *tables, const char *name);

/* Is there a living link to it? */
bool route_tables_is_neighbor(const struct route_tables *tables, const char *name);

/* Is home one of the nodes that `*.region` is for (D18)? */
bool route_tables_takes_part(const struct route_tables *tables, const char *region);

/*
 * Does a message for `*.region` spread from home: is home one of those that it is for, or are such
 * known? If not it goes as one for the region itself does (D18).
 */
bool route_tables_spreads(const struct route_tables *tables, enum route_preference preference,
                          const char *region);

#endif
