/*
 * route_detour.c - a free search past the loop, and the fewest waypoints that keep to it
 *
 * Two graphs: one in which the loop's links are heavy, to find a way; and the one that is,
 * to see where tables along that way would lead a message that is for one of its nodes. The
 * farthest node that they lead to without the loop becomes a waypoint, and so on from there.
 */
#include "spool/route/route_detour.h"

#include <string.h>

#include "spool/route/route_link.h"
#include "spool/route/route_search.h"

#define HEAVY UINT32_MAX /* more than any link's delay or cost (record.h) */

struct search {
	struct route_ways        *ways;
	const struct route_graph *graph;
	enum route_preference     preference;
	const struct route_past  *past;
	uint32_t                  closed;     /* neighbor that no message goes to straight */
	uint64_t                  size_bytes; /* 0: nothing is asked of single links       */
	size_t                    loop;       /* where it begins in the past       */
	bool                     *distrusted; /* by id: the loop's other nodes     */
	uint32_t                  target;     /* the name, or the region that is known of it */
	bool                      is_node;    /* it is the name                    */
	struct arena              arena;
};

static bool             find_target(struct search *search, const char *name);
static void             find_loop(struct search *search, const char *hop);
static void             make_heavy(struct search *search, struct route_graph *graph);
static bool             is_closed(const struct search *search, uint32_t from, uint32_t to);
static bool             was_taken(const struct search *search, uint32_t neighbor);
static struct route_way find_way(struct search *search, const struct route_graph *graph);
static bool             serves(const struct search *search, uint32_t node);
static bool             choose_waypoints(struct search *search, const struct route_way *way,
                                         struct route_detour *detour);
static bool             leads(struct search *search, uint32_t from, uint32_t to);
static bool             in_loop(const struct search *search, uint32_t from, uint32_t to);
static const char      *text_of(const struct search *search, uint32_t id);

bool
route_detour(struct route_ways *ways, enum route_preference preference, const char *name,
             const char *hop, const struct route_past *past, const struct route_bounds *bounds,
             struct route_detour *detour)
{
	struct search search = {
		.ways = ways, .preference = preference, .past = past, .closed = REGION_TREE_NONE
	};
	struct route_graph heavy;
	struct route_way   way;
	bool               found = false;

	search.graph = route_ways_graph(ways);
	if (search.graph == NULL)
		return false;
	if (bounds != NULL && bounds->closed != NULL)
		search.closed = region_tree_find(&ways->topology->names, bounds->closed);
	if (bounds != NULL && route_link_limits_known(ways->topology))
		search.size_bytes = bounds->size_bytes;
	arena_init(&search.arena);
	if (find_target(&search, name)) {
		find_loop(&search, hop);
		make_heavy(&search, &heavy);
		way   = find_way(&search, &heavy);
		found = way.count > 1 && choose_waypoints(&search, &way, detour);
	}
	arena_release(&search.arena);
	return found;
}

/* The machine, or the deepest region of its name that some node knows the inside of. */
static bool
find_target(struct search *search, const char *name)
{
	const struct topology    *topology = search->graph->topology;
	const struct region_tree *names    = &topology->names;
	uint32_t                  home     = search->graph->home;

	search->target  = region_tree_find(names, name);
	search->is_node = search->target != REGION_TREE_NONE && search->target != home &&
	                  topology_is_machine(topology, search->target);
	if (search->is_node)
		return true;
	while (search->target == REGION_TREE_NONE && name_parent(name) != NULL) {
		name           = name_parent(name);
		search->target = region_tree_find(names, name);
	}
	for (; search->target != REGION_TREE_NONE;
	     search->target = region_tree_parent(names, search->target)) {
		if (region_tree_within(names, home, search->target) &&
		    region_tree_within(names, search->target, topology->nodes[home].visible))
			return false; /* D7: an own region holds no such name */
		for (uint32_t node = 0; node < search->graph->name_count; node++)
			if (serves(search, node))
				return true;
	}
	return false;
}

/* From the first visit here on; or, if home saw only that its neighbor did, to that one. */
static void
find_loop(struct search *search, const char *hop)
{
	const struct region_tree *names = &search->graph->topology->names;
	const struct route_past  *past  = search->past;
	const char               *start = text_of(search, search->graph->home);

	if (route_past_visits(past, start) == 0)
		start = hop;
	while (search->loop < past->count && strcmp(past->nodes[search->loop].text, start) != 0)
		search->loop++;
	search->distrusted =
	    arena_new(&search->arena, search->graph->name_count, sizeof(search->distrusted[0]));
	for (size_t i = search->loop; i < past->count; i++) {
		uint32_t node = region_tree_find(names, past->nodes[i].text);

		if (node != REGION_TREE_NONE && node != search->graph->home)
			search->distrusted[node] = true;
	}
}

/*
 * A copy of the graph in which the loop's links, and home's that led into one, are heavy, and those
 * that take no message of that size are not; from
 * the loop's nodes none leads to the very name that they sent round.
 */
static void
make_heavy(struct search *search, struct route_graph *graph)
{
	uint32_t edge_count = search->graph->first[search->graph->name_count];

	*graph       = *search->graph;
	graph->edges = arena_new(&search->arena, edge_count + ROUTE_GRAPH_SPARE_EDGES,
	                         sizeof(graph->edges[0]));
	for (uint32_t node = 0; node < graph->name_count; node++)
		for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
			struct route_edge *edge = &graph->edges[i];

			*edge = search->graph->edges[i];
			if (is_closed(search, node, edge->to))
				edge->restriction = graph->restriction_count; /* admits nothing */
			if (!search->distrusted[node] &&
			    (node != graph->home || !was_taken(search, edge->to)))
				continue;
			edge->delay_ms = HEAVY;
			edge->cost     = HEAVY;
			if (search->distrusted[node] && search->is_node &&
			    edge->to == search->target)
				edge->restriction = graph->restriction_count; /* admits nothing */
		}
}

/* Is it not to be used at all? */
static bool
is_closed(const struct search *search, uint32_t from, uint32_t to)
{
	if (from == search->graph->home && to == search->closed)
		return true;
	return search->size_bytes > 0 &&
	       route_link_most(search->graph->topology, from, to) < search->size_bytes;
}

/* Has the message gone to that neighbor of home's, or been there too often? */
static bool
was_taken(const struct search *search, uint32_t neighbor)
{
	const char *home = text_of(search, search->graph->home);
	const char *to   = text_of(search, neighbor);

	return route_past_travelled(search->past, home, to) ||
	       route_past_visits(search->past, to) >= ROUTE_MAX_VISITS;
}

/* To the machine, or to the nearest of the nodes that know the region; ties by name. */
static struct route_way
find_way(struct search *search, const struct route_graph *graph)
{
	const uint32_t *before =
	    route_search_freely(graph, search->preference, search->target, &search->arena);
	struct route_way best  = { .count = 0 };
	uint64_t         least = 0;

	if (search->is_node)
		return route_way_from(before, graph->home, search->target, &search->arena);
	for (uint32_t node = 0; node < graph->name_count; node++) {
		struct route_way way;
		uint64_t         length;

		if (!serves(search, node) || before[node] == REGION_TREE_NONE)
			continue;
		way    = route_way_from(before, graph->home, node, &search->arena);
		length = route_way_weight(&way, graph, search->preference);
		if (best.count == 0 || length < least ||
		    (length == least && strcmp(text_of(search, node),
		                               text_of(search, best.nodes[best.count - 1])) < 0)) {
			best  = way;
			least = length;
		}
	}
	return best;
}

/* Does the node, another than home and those of the loop, know the inside of the region (D3, D6)? */
static bool
serves(const struct search *search, uint32_t node)
{
	const struct route_graph *graph    = search->graph;
	const struct topology    *topology = graph->topology;

	if (node == graph->home || (search->distrusted != NULL && search->distrusted[node]))
		return false;
	for (uint32_t i = graph->pseudolink_first[node]; i < graph->pseudolink_first[node + 1]; i++)
		if (graph->pseudolinks[i].to == search->target)
			return true;
	return topology->nodes[node].recorded && node != search->target &&
	       region_tree_within(&topology->names, node, search->target) &&
	       region_tree_within(&topology->names, search->target, topology->nodes[node].visible);
}

static bool
choose_waypoints(struct search *search, const struct route_way *way, struct route_detour *detour)
{
	const char *home = text_of(search, search->graph->home);
	size_t      last = way->count - 1, at = 1;

	*detour = (struct route_detour){ .next_hop = text_of(search, way->nodes[1]) };
	while (at < last) {
		size_t next = last;

		while (next > at && !leads(search, way->nodes[at], way->nodes[next]))
			next--;
		if (next == at)
			return false;
		if (next < last || !search->is_node) {
			const char *name = text_of(search, way->nodes[next]);

			if (detour->waypoint_count == ADDRESS_MAX_WAYPOINTS)
				return false;
			memcpy(detour->waypoints[detour->waypoint_count++].text, name,
			       strlen(name) + 1);
		}
		at = next;
	}
	/* a different path at last? */
	return detour->waypoint_count > 0 ||
	       !route_past_travelled(search->past, home, detour->next_hop);
}

/*
 * Would tables take a message for the way's node `to` there from `from`, without the loop? The
 * loop's nodes are believed for other names, but not for the one that they sent round.
 */
static bool
leads(struct search *search, uint32_t from, uint32_t to)
{
	struct route_graph  graph = *search->graph;
	const uint32_t     *before;
	struct route_way    way;
	bool                same = search->is_node && to == search->target;
	struct route_narrow narrow;

	if (same && search->distrusted[from])
		return false;
	graph.home = from;
	before     = route_search_freely(&graph, search->preference, to, &search->arena);
	way        = route_way_from(before, from, to, &search->arena);
	if (way.count == 0 || !route_way_is_lawful(graph.topology, &way, 0))
		return false;
	if (search->size_bytes > 0 &&
	    route_way_is_narrow(graph.topology, &way, search->size_bytes, &narrow))
		return false;
	for (size_t i = 0; i + 1 < way.count; i++) {
		if (in_loop(search, way.nodes[i], way.nodes[i + 1]))
			return false;
		if (i > 0 && (way.nodes[i] == search->graph->home ||
		              (same && search->distrusted[way.nodes[i]])))
			return false;
	}
	return true;
}

static bool
in_loop(const struct search *search, uint32_t from, uint32_t to)
{
	struct route_past loop = {
		.nodes = search->past->nodes + search->loop,
		.count = search->past->count - search->loop,
	};

	if (route_past_travelled(&loop, text_of(search, from), text_of(search, to)))
		return true;
	return loop.count > 0 && to == search->graph->home &&
	       strcmp(loop.nodes[loop.count - 1].text, text_of(search, from)) == 0;
}

static const char *
text_of(const struct search *search, uint32_t id)
{
	return region_tree_text(&search->graph->topology->names, id);
}
