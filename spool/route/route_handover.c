/*
 * route_handover.c - the best way regardless of D5, cut where D5 begins to hold
 */
#include "spool/route/route_handover.h"

#include "spool/route/route_graph.h"
#include "spool/route/route_search.h"

static uint32_t first_mutual(const struct route_graph *graph, const uint32_t *before,
                             uint32_t destination);
static bool     all_mutual(const struct route_graph *graph, const uint32_t *before, uint32_t from,
                           uint32_t destination);
static bool     takes_part(const struct topology *topology, uint32_t node, uint32_t region);

const char *
route_handover(const struct topology *topology, const char *home, enum route_preference preference,
               const char *destination)
{
	const struct region_tree *names = &topology->names;
	uint32_t                  from  = region_tree_find(names, home);
	uint32_t                  to    = region_tree_find(names, destination), found;
	struct arena              arena;
	struct route_graph        graph;
	const uint32_t           *before;

	if (from == REGION_TREE_NONE || to == REGION_TREE_NONE || from == to)
		return NULL;
	arena_init(&arena);
	route_graph_build(&graph, topology, from, &arena);
	before = route_search_freely(&graph, preference, to, &arena);
	found =
	    before[to] == REGION_TREE_NONE ? REGION_TREE_NONE : first_mutual(&graph, before, to);
	arena_release(&arena);
	return found == REGION_TREE_NONE ? NULL : region_tree_text(names, found);
}

/* Backwards from the destination, as long as all forwarding nodes see each other. */
static uint32_t
first_mutual(const struct route_graph *graph, const uint32_t *before, uint32_t destination)
{
	uint32_t found = REGION_TREE_NONE;

	for (uint32_t node = before[destination]; node != graph->home; node = before[node]) {
		if (!all_mutual(graph, before, node, destination))
			break;
		found = node;
	}
	return found;
}

/* Some region of `from` holds all nodes from there to before the destination, all visible in it. */
static bool
all_mutual(const struct route_graph *graph, const uint32_t *before, uint32_t from,
           uint32_t destination)
{
	const struct topology *topology = graph->topology;
	uint32_t               region   = from;

	while (region != topology->nodes[from].visible && region != REGION_TREE_WORLD) {
		bool all = true;

		region = region_tree_parent(&topology->names, region);
		for (uint32_t node = before[destination]; all && node != from; node = before[node])
			all = takes_part(topology, node, region);
		if (all)
			return true;
	}
	return from == before[destination]; /* alone it needs no region */
}

static bool
takes_part(const struct topology *topology, uint32_t node, uint32_t region)
{
	return node != region && region_tree_within(&topology->names, node, region) &&
	       region_tree_within(&topology->names, region, topology->nodes[node].visible);
}
