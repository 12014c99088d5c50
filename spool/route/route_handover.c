/*
 * route_handover.c - the best way regardless of D5, cut where D5 begins to hold
 */
#include "spool/route/route_handover.h"

const char *
route_handover(struct route_ways *ways, enum route_preference preference, const char *destination)
{
	const struct region_tree *names = &ways->topology->names;
	const struct route_graph *graph = route_ways_graph(ways);
	uint32_t                  to    = region_tree_find(names, destination);
	struct route_way          way;
	size_t                    start;

	if (graph == NULL || to == REGION_TREE_NONE || to == graph->home)
		return NULL;
	way = route_ways_to(ways, preference, to);
	if (way.count < 3)
		return NULL; /* no way, or nobody in between */
	for (start = way.count - 2; start > 1; start--)
		if (!route_way_is_lawful(ways->topology, &way, start - 1))
			break;
	return region_tree_text(names, way.nodes[start]);
}
