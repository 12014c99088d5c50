/*
 * route.h - the tables of one node: computed in one call, then only read
 *
 * A pure function of the topology, home's name and the operator's own lines in the
 * description. The daemon computes new tables after each change and swaps the pointer;
 * `mulga routes -f` and the simulator call the same function. Where a message goes is
 * route_resolve.h's business.
 */
#ifndef SPOOL_ROUTE_ROUTE_H
#define SPOOL_ROUTE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/name/address.h"
#include "spool/name/name.h"
#include "spool/route/route_broadcast.h"
#include "spool/route/route_table.h"
#include "spool/topology/topology.h"

/* `default PATTERN via NODE`: where no entry but the world's matches (D14). NODE is home for */
/* a `gateway`: such a destination leaves the network here.                                   */
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
	struct name *waypoints; /* borrowed by the options, owned by the tables */
	size_t       waypoint_count;
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
	struct name            home;
	struct name            visible;
	struct route_table     tables[ROUTE_PREFERENCES];
	struct route_broadcast broadcasts[ROUTE_PREFERENCES];
	char                 **neighbors; /* of living links out, in name order; owned */
	size_t                 neighbor_count;
	struct route_default  *defaults; /* longest pattern first; owned, as are the next two */
	size_t                 default_count;
	struct route_pin      *pins; /* longest region first */
	size_t                 pin_count;
	struct route_explicit *explicits; /* longest region first */
	size_t                 explicit_count;
	struct name            leaf;
	bool leaf_heard; /* a record or a table has come from the hub: D7 holds again */
};

/*
 * Fills an uninitialised *out; release it. `home` needs no record: without one its
 * tables know home alone. `options` may be NULL.
 */
void route_tables_compute(const struct topology *topology, const char *home,
                          const struct route_options *options, struct route_tables *out);
void route_tables_release(struct route_tables *tables);

/* Rows for people and programs: tables->tables[preference].routes, in post-order. */

bool route_tables_is_neighbor(const struct route_tables *tables, const char *name);

#endif
