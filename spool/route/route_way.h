/*
 * route_way.h - the best ways through all nodes known, lawful or not, found when asked for
 *
 * Tables hold what is lawful (D5). A repair looks further: at any way through the database,
 * to find nodes from which on a message goes by their tables (route_handover.h,
 * route_detour.h). One search serves all destinations of a restriction class, so whoever
 * repairs many messages against one topology keeps these ways for all of them.
 */
#ifndef SPOOL_ROUTE_ROUTE_WAY_H
#define SPOOL_ROUTE_ROUTE_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/arena.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_table.h"
#include "spool/topology/topology.h"

struct route_ways {
	const struct topology *topology; /* borrowed; stays as it is until the release */
	const char            *home;     /* borrowed */
	struct arena           arena;
	bool                   built;
	struct route_graph     graph;
	uint32_t **before[ROUTE_PREFERENCES]; /* by class: as route_search_freely; NULL: not yet */
};

/* A way from where it was searched from to its destination, both included, by id. */
struct route_way {
	uint32_t *nodes;
	size_t    count; /* 0: there is none; then 2 or more */
};

void route_ways_init(struct route_ways *ways, const struct topology *topology, const char *home);
void route_ways_release(struct route_ways *ways);

/* The graph as home believes it to be, or NULL: the topology does not know home. */
const struct route_graph *route_ways_graph(struct route_ways *ways);

/* The best way from home to that name, another one than home; in the arena of `ways`. */
struct route_way route_ways_to(struct route_ways *ways, enum route_preference preference,
                               uint32_t destination);

/* The way that predecessors tell, as route_search_freely returns them; in the arena. */
struct route_way route_way_from(const uint32_t *before, uint32_t start, uint32_t destination,
                                struct arena *arena);

/* The sum of its links' delays, or costs. */
uint64_t route_way_weight(const struct route_way *way, const struct route_graph *graph,
                          enum route_preference preference);

/*
 * D5: would the node at `start` of the way itself take the rest of it? Some region of that
 * node's holds all that forward from there on, all visible in it; or only one forwards.
 */
bool route_way_is_lawful(const struct topology *topology, const struct route_way *way,
                         size_t start);

#endif
