/*
 * route_rest.h - a whole network, told and quiet: what each of its nodes has learned
 *
 * Who plans a network asks what its nodes will do once all news have arrived. Records are
 * spread by D23; then nodes send each other their tables until nothing changes: each to the
 * neighbors that ask (D24), and to the region that its table is for when a region above its
 * visible one newly appears (D25); and whoever is asked as the nearest wider node (D24, D32).
 */
#ifndef SPOOL_ROUTE_ROUTE_REST_H
#define SPOOL_ROUTE_ROUTE_REST_H

#include <stddef.h>

#include "spool/route/route.h"
#include "spool/topology/topology.h"

struct route_rest_node {
	const char         *name;     /* borrowed */
	struct topology    *topology; /* the caller's: with the records that the node is told of */
	struct route_tables tables; /* of it, without an operator's lines; released by the caller */
	unsigned            above;  /* within: regions above its own that it told of, by depth */
	unsigned            round;  /* within: of its last change                              */
};

/* Adds pseudolinks to the topologies and fills the tables. Nodes are in byte order of name. */
void route_rest(struct route_rest_node *nodes, size_t count);

/* The same without the nearest wider nodes, so that neighbors and broadcasts are seen alone. */
void route_rest_of_rounds(struct route_rest_node *nodes, size_t count);

#endif
