/*
 * route_way.c - a free search per restriction class, and what of a way D5 allows
 */
#include "spool/route/route_way.h"

#include <assert.h>

#include "spool/route/route_search.h"

static bool takes_part(const struct topology *topology, uint32_t node, uint32_t region);

void
route_ways_init(struct route_ways *ways, const struct topology *topology, const char *home)
{
	*ways = (struct route_ways){ .topology = topology, .home = home };
	arena_init(&ways->arena);
}

void
route_ways_release(struct route_ways *ways)
{
	arena_release(&ways->arena);
}

const struct route_graph *
route_ways_graph(struct route_ways *ways)
{
	uint32_t home = region_tree_find(&ways->topology->names, ways->home);

	if (home == REGION_TREE_NONE)
		return NULL;
	if (!ways->built) {
		route_graph_build(&ways->graph, ways->topology, home, &ways->arena);
		for (int i = 0; i < ROUTE_PREFERENCES; i++)
			ways->before[i] = arena_new(&ways->arena, ways->graph.restriction_count + 1,
			                            sizeof(ways->before[i][0]));
		ways->built = true;
	}
	return &ways->graph;
}

struct route_way
route_ways_to(struct route_ways *ways, enum route_preference preference, uint32_t destination)
{
	const struct route_graph *graph = route_ways_graph(ways);
	uint32_t                **before;

	assert(graph != NULL && destination != graph->home);
	before = &ways->before[preference][graph->classes[destination]];
	if (*before == NULL)
		*before = route_search_freely(graph, preference, destination, &ways->arena);
	return route_way_from(*before, graph->home, destination, &ways->arena);
}

struct route_way
route_way_from(const uint32_t *before, uint32_t start, uint32_t destination, struct arena *arena)
{
	struct route_way way = { .count = 1 };

	if (before[destination] == REGION_TREE_NONE)
		return (struct route_way){ .count = 0 };
	for (uint32_t node = destination; node != start; node = before[node])
		way.count++;
	way.nodes = arena_new(arena, way.count, sizeof(way.nodes[0]));
	for (size_t i = way.count; i-- > 0; destination = before[destination])
		way.nodes[i] = destination;
	return way;
}

uint64_t
route_way_weight(const struct route_way *way, const struct route_graph *graph,
                 enum route_preference preference)
{
	uint64_t sum = 0;

	for (size_t i = 0; i + 1 < way->count; i++) {
		uint32_t from = way->nodes[i], least = UINT32_MAX;

		for (uint32_t j = graph->first[from]; j < graph->first[from + 1]; j++) {
			const struct route_edge *edge = &graph->edges[j];
			uint32_t own = preference == ROUTE_FASTEST ? edge->delay_ms : edge->cost;

			if (edge->to == way->nodes[i + 1] && own < least)
				least = own;
		}
		sum += least;
	}
	return sum;
}

bool
route_way_is_lawful(const struct topology *topology, const struct route_way *way, size_t start)
{
	uint32_t from = way->nodes[start], region = from;

	if (start + 2 >= way->count)
		return true; /* alone it needs no region */
	while (region != topology->nodes[from].visible && region != REGION_TREE_WORLD) {
		bool all = true;

		region = region_tree_parent(&topology->names, region);
		for (size_t i = start + 1; all && i + 1 < way->count; i++)
			all = takes_part(topology, way->nodes[i], region);
		if (all)
			return true;
	}
	return false;
}

static bool
takes_part(const struct topology *topology, uint32_t node, uint32_t region)
{
	return node != region && region_tree_within(&topology->names, node, region) &&
	       region_tree_within(&topology->names, region, topology->nodes[node].visible);
}
