/*
 * route_graph.h - what home believes the network to be, as arrays
 *
 * The edges that count: what both ends of a link say, joined (D10, D16, D26, D30), in
 * compressed rows by the id of their start. Regions are no vertices here: a label
 * scatters to a node's regions when the search settles it (D3). Beside the edges, all
 * that both searches ask of a name, once computed for the two of them. Everything lives
 * in the caller's arena.
 */
#ifndef SPOOL_ROUTE_ROUTE_GRAPH_H
#define SPOOL_ROUTE_ROUTE_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/arena.h"
#include "spool/topology/topology.h"

struct route_edge {
	uint32_t to;
	uint32_t delay_ms;
	uint32_t cost;
	uint32_t restriction; /* 0: none; else a number of graph->restrictions */
};

enum { ROUTE_GRAPH_SPARE_EDGES = 3 };

/* D33: an edge whose two ends state its delay differently; `edges` has the far end's. */
struct route_disputed {
	uint32_t edge; /* its number in graph->edges */
	uint32_t to;
	uint32_t near_ms; /* as its start says */
};

struct route_restricted {
	uint32_t from;
	uint32_t edge; /* its number in graph->edges */
};

struct route_graph {
	const struct topology *topology;
	uint32_t               name_count;
	uint32_t               home;

	uint32_t          *first; /* edges of node n: [first[n], first[n + 1]) */
	struct route_edge *edges; /* living ones; beyond them spare ones that may be looked at */

	struct route_disputed *disputed; /* ascending by edge */
	uint32_t               disputed_count;

	/* D16: the regions that restrict some edge, numbered from 1; the last number admits nothing. */
	uint32_t *restrictions;
	uint32_t  restriction_count; /* numbers are 0 .. restriction_count */
	uint32_t *classes; /* by id: the number of the deepest restriction that contains it, or 0 */
	uint32_t
	    *restricted_first; /* edges of restriction r: [restricted_first[r], ...[r + 1]) of */
	struct route_restricted *restricted;

	/* D5: levels[0] is home, each next one its parent, the last is home's visible region. */
	uint32_t levels[NAME_MAX_COMPONENTS + 1];
	unsigned level_count;
	/* By id: a node's data are used at the levels lowest..highest, none if highest is 0. */
	uint8_t *lowest;
	uint8_t *highest;
	/* Is it the highest of some node? Else all its nodes' data are used at the next one as well. */
	bool level_ends[NAME_MAX_COMPONENTS + 1];

	uint32_t *regions; /* by id: the next region upwards that is no machine (D4), or none */

	uint32_t *neighbors; /* ids, in byte order of their names */
	uint32_t  neighbor_count;
	uint32_t *hops; /* by id: 1 + its place in neighbors; 0: no living neighbor */

	uint32_t                         *pseudolink_first; /* as `first` */
	const struct topology_pseudolink *pseudolinks;      /* by the id of their start */
};

/* The topology must stay as it is while the graph is used. */
void route_graph_build(struct route_graph *graph, const struct topology *topology, uint32_t home,
                       struct arena *arena);

/* May a destination of this class use an edge of this restriction? */
bool route_graph_admits(const struct route_graph *graph, uint32_t restriction, uint32_t class);

/* D33: the edge of that number, as its start alone states it. */
struct route_edge route_graph_near(const struct route_graph *graph, uint32_t edge);

/* Are the node's data used at some level of home's, so that ways may lead through it (D5)? */
bool route_graph_used(const struct route_graph *graph, uint32_t id);

/* Is the name's visible region wider than home's (D6)? */
bool route_graph_wider(const struct route_graph *graph, uint32_t id);

#endif
