/*
 * route_graph.c - two statements become one edge
 *
 * For the edge A -> B, A states the cost and B delay and restriction; both may call it
 * dead and both may restrict it. While B has no record A's words stand for both, in
 * either direction; once B has one, an edge counts only if B lists it as inbound. All
 * inbound statements are first sorted into buckets by the node where their edge starts;
 * each bucket is then in order of the speaker, as A's own links are, so the join is one
 * merge over arrays without any search.
 *
 * Who hears the far end and who hears the near one only would value the edge differently, and
 * send messages to and fro. So where the far end takes no part in a run, the near end's word is
 * taken, which all who take part have heard (D33); both are kept.
 */
#include "spool/route/route_graph.h"

#include <stdlib.h>
#include <string.h>

/* An inbound link as its receiving end states it. */
struct statement {
	uint32_t                    speaker;
	const struct topology_link *link;
};

/* A neighbor of home's with its name, for sorting. */
struct neighbor {
	const char *name;
	uint32_t    id;
};

struct join {
	struct route_graph *graph;
	struct arena       *arena;
	uint32_t *first; /* statements about edges that start at n: [first[n], first[n + 1]) */
	struct statement *statements;
	uint32_t          edge_count;
};

/* Two restrictions that exclude each other. */
#define RESTRICTION_NOTHING (REGION_TREE_NONE - 1)

static void     sort_statements(struct join *join);
static void     join_links(struct join *join);
static void     join_node(struct join *join, uint32_t id);
static void     dispute(struct join *join, uint32_t to, uint32_t near_ms);
static void     add_edge(struct join *join, uint32_t to, const struct topology_link *out,
                         const struct topology_link *in);
static uint32_t restriction_both(const struct region_tree *names, uint32_t a, uint32_t b);
static bool     labels_equal(const char *a, const char *b);
static void     number_restrictions(struct join *join);
static void     sort_restricted(struct join *join);
static void     find_regions(struct route_graph *graph, struct arena *arena);
static void     find_levels(struct route_graph *graph, struct arena *arena);
static void     find_neighbors(struct route_graph *graph, struct arena *arena);
static int      neighbor_compare(const void *left, const void *right);
static void     sort_pseudolinks(struct route_graph *graph, struct arena *arena);

void
route_graph_build(struct route_graph *graph, const struct topology *topology, uint32_t home,
                  struct arena *arena)
{
	struct join join = { .graph = graph, .arena = arena };

	*graph = (struct route_graph){
		.topology   = topology,
		.name_count = region_tree_count(&topology->names),
		.home       = home,
	};
	sort_statements(&join);
	join_links(&join);
	number_restrictions(&join);
	sort_restricted(&join);
	find_regions(graph, arena);
	find_levels(graph, arena);
	find_neighbors(graph, arena);
	sort_pseudolinks(graph, arena);
}

bool
route_graph_admits(const struct route_graph *graph, uint32_t restriction, uint32_t class)
{
	if (restriction == 0)
		return true;
	if (class == 0 || graph->restrictions[restriction] == REGION_TREE_NONE)
		return false;
	return region_tree_within(&graph->topology->names, graph->restrictions[class],
	                          graph->restrictions[restriction]);
}

struct route_edge
route_graph_near(const struct route_graph *graph, uint32_t edge)
{
	struct route_edge near  = graph->edges[edge];
	uint32_t          first = 0, last = graph->disputed_count;

	while (first < last) {
		uint32_t middle = first + (last - first) / 2;

		if (graph->disputed[middle].edge < edge)
			first = middle + 1;
		else
			last = middle;
	}
	if (first < graph->disputed_count && graph->disputed[first].edge == edge)
		near.delay_ms = graph->disputed[first].near_ms;
	return near;
}

bool
route_graph_used(const struct route_graph *graph, uint32_t id)
{
	return graph->highest[id] != 0 && graph->lowest[id] < graph->level_count;
}

bool
route_graph_wider(const struct route_graph *graph, uint32_t id)
{
	const struct topology_node *nodes = graph->topology->nodes;

	return nodes[id].visible != nodes[graph->home].visible &&
	       region_tree_within(&graph->topology->names, nodes[graph->home].visible,
	                          nodes[id].visible);
}

static void
sort_statements(struct join *join)
{
	const struct topology *topology = join->graph->topology;
	uint32_t               count    = join->graph->name_count;
	uint32_t              *first    = arena_new(join->arena, count + 2, sizeof(first[0]));

	for (uint32_t id = 0; id < count; id++)
		for (uint32_t i = 0; i < topology->nodes[id].link_count; i++)
			if (topology->nodes[id].links[i].direction == RECORD_INBOUND)
				first[topology->nodes[id].links[i].far + 2]++;
	for (uint32_t id = 0; id < count; id++)
		first[id + 2] += first[id + 1];
	/* first[n + 1] is where n's next statement goes: at the end, where n's statements end */
	join->statements = arena_new(join->arena, first[count + 1], sizeof(join->statements[0]));
	for (uint32_t id = 0; id < count; id++)
		for (uint32_t i = 0; i < topology->nodes[id].link_count; i++) {
			const struct topology_link *link = &topology->nodes[id].links[i];

			if (link->direction == RECORD_INBOUND)
				join->statements[first[link->far + 1]++] =
				    (struct statement){ .speaker = id, .link = link };
		}
	join->first = first;
}

static void
join_links(struct join *join)
{
	struct route_graph    *graph    = join->graph;
	const struct topology *topology = graph->topology;
	size_t                 most     = join->first[graph->name_count];

	for (uint32_t id = 0; id < graph->name_count; id++)
		most += topology->nodes[id].link_count;
	graph->edges =
	    arena_new(join->arena, most + ROUTE_GRAPH_SPARE_EDGES, sizeof(graph->edges[0]));
	graph->first    = arena_new(join->arena, graph->name_count + 1, sizeof(graph->first[0]));
	graph->disputed = arena_new(join->arena, most, sizeof(graph->disputed[0]));
	for (uint32_t id = 0; id < graph->name_count; id++) {
		graph->first[id] = join->edge_count;
		join_node(join, id);
	}
	graph->first[graph->name_count] = join->edge_count;
}

static void
join_node(struct join *join, uint32_t id)
{
	const struct topology_node *nodes     = join->graph->topology->nodes;
	const struct topology_node *node      = &nodes[id];
	const struct statement     *statement = join->statements + join->first[id];
	const struct statement     *end       = join->statements + join->first[id + 1];

	if (!node->recorded) { /* provisional: the far ends' words alone */
		for (; statement < end; statement++)
			add_edge(join, statement->speaker, statement->link, statement->link);
		return;
	}
	for (uint32_t i = 0; i < node->link_count; i++) {
		const struct topology_link *out = &node->links[i], *in = NULL;

		if (out->direction != RECORD_OUTBOUND)
			continue;
		while (statement < end && statement->speaker < out->far)
			statement++;
		for (const struct statement *of_far = statement;
		     of_far < end && of_far->speaker == out->far; of_far++)
			if (in == NULL || labels_equal(of_far->link->label, out->label))
				in = of_far->link;
		if (in != NULL)
			add_edge(join, out->far, out, in);
		else if (!nodes[out->far].recorded)
			add_edge(join, out->far, out, out);
	}
}

static void
add_edge(struct join *join, uint32_t to, const struct topology_link *out,
         const struct topology_link *in)
{
	if (out->dead || in->dead)
		return;
	if (out->delay_ms != in->delay_ms)
		dispute(join, to, out->delay_ms);
	join->graph->edges[join->edge_count++] = (struct route_edge){
		.to          = to,
		.delay_ms    = in->delay_ms,
		.cost        = out->cost,
		.restriction = restriction_both(&join->graph->topology->names, out->restriction,
		                                in->restriction),
	};
}

static void
dispute(struct join *join, uint32_t to, uint32_t near_ms)
{
	join->graph->disputed[join->graph->disputed_count++] =
	    (struct route_disputed){ .edge = join->edge_count, .to = to, .near_ms = near_ms };
}

/* The region that both admit; REGION_TREE_NONE where neither restricts. */
static uint32_t
restriction_both(const struct region_tree *names, uint32_t a, uint32_t b)
{
	if (a == REGION_TREE_NONE || a == b)
		return b;
	if (b == REGION_TREE_NONE)
		return a;
	if (region_tree_within(names, a, b))
		return a;
	return region_tree_within(names, b, a) ? b : RESTRICTION_NOTHING;
}

static bool
labels_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Region ids in edges become numbers; then every name learns its class, parents first. */
static void
number_restrictions(struct join *join)
{
	struct route_graph *graph   = join->graph;
	uint32_t           *numbers = arena_new(join->arena, graph->name_count, sizeof(numbers[0]));
	uint32_t            count   = 0;

	for (uint32_t i = 0; i < join->edge_count; i++) {
		uint32_t region = graph->edges[i].restriction;

		if (region < RESTRICTION_NOTHING && region != REGION_TREE_WORLD &&
		    numbers[region] == 0)
			numbers[region] = ++count;
	}
	graph->restriction_count = count + 1;
	graph->restrictions = arena_new(join->arena, count + 2, sizeof(graph->restrictions[0]));
	graph->restrictions[count + 1] = REGION_TREE_NONE;
	for (uint32_t i = 0; i < join->edge_count; i++) {
		uint32_t *restriction = &graph->edges[i].restriction;

		if (*restriction == REGION_TREE_NONE)
			*restriction = 0;
		else
			*restriction =
			    *restriction == RESTRICTION_NOTHING ? count + 1 : numbers[*restriction];
	}
	graph->classes = arena_new(join->arena, graph->name_count, sizeof(graph->classes[0]));
	for (uint32_t id = 1; id < graph->name_count; id++) {
		graph->classes[id] = numbers[id];
		if (numbers[id] != 0)
			graph->restrictions[numbers[id]] = id;
		else
			graph->classes[id] =
			    graph->classes[region_tree_parent(&graph->topology->names, id)];
	}
}

/* Those that restrict, by their restriction. */
static void
sort_restricted(struct join *join)
{
	struct route_graph *graph = join->graph;
	uint32_t            count = graph->restriction_count + 1;
	uint32_t           *first = arena_new(join->arena, count + 2, sizeof(first[0]));

	for (uint32_t i = 0; i < join->edge_count; i++)
		first[graph->edges[i].restriction + 2]++;
	first[2] = 0; /* the others are left out */
	for (uint32_t i = 0; i < count; i++)
		first[i + 2] += first[i + 1];
	graph->restricted = arena_new(join->arena, first[count + 1], sizeof(graph->restricted[0]));
	for (uint32_t id = 0; id < graph->name_count; id++)
		for (uint32_t i = graph->first[id]; i < graph->first[id + 1]; i++)
			if (graph->edges[i].restriction != 0)
				graph->restricted[first[graph->edges[i].restriction + 1]++] =
				    (struct route_restricted){ .from = id, .edge = i };
	graph->restricted_first = first;
}

static void
find_regions(struct route_graph *graph, struct arena *arena)
{
	const struct topology *topology = graph->topology;

	graph->regions = arena_new(arena, graph->name_count, sizeof(graph->regions[0]));
	graph->regions[REGION_TREE_WORLD] = REGION_TREE_NONE;
	for (uint32_t id = 1; id < graph->name_count; id++) { /* parents first */
		uint32_t parent = region_tree_parent(&topology->names, id);

		graph->regions[id] =
		    topology_is_machine(topology, parent) ? graph->regions[parent] : parent;
	}
}

static void
find_levels(struct route_graph *graph, struct arena *arena)
{
	const struct topology    *topology = graph->topology;
	const struct region_tree *names    = &topology->names;
	uint8_t *on_chain = arena_new(arena, graph->name_count, sizeof(on_chain[0]));
	unsigned level    = 0;

	for (uint32_t id = graph->home; id != REGION_TREE_NONE;
	     id          = region_tree_parent(names, id)) {
		graph->levels[level] = id;
		on_chain[id]         = (uint8_t)++level;
	}
	graph->level_count = on_chain[topology->nodes[graph->home].visible];
	graph->lowest      = arena_new(arena, graph->name_count, sizeof(graph->lowest[0]));
	graph->highest     = arena_new(arena, graph->name_count, sizeof(graph->highest[0]));
	for (uint32_t id = 1; id < graph->name_count;
	     id++) { /* parents first; the world is no node */
		const struct topology_node *node   = &topology->nodes[id];
		uint32_t                    parent = region_tree_parent(names, id);

		/* a machine's regions are its proper suffixes (D1), even if it bears a region's name */
		graph->lowest[id] =
		    on_chain[parent] != 0 ? (uint8_t)(on_chain[parent] - 1) : graph->lowest[parent];
		if (on_chain[node->visible] > graph->lowest[id])
			graph->highest[id] = (uint8_t)(on_chain[node->visible] - 1);
		graph->level_ends[graph->highest[id]] = true;
	}
}

static void
find_neighbors(struct route_graph *graph, struct arena *arena)
{
	uint32_t         first = graph->first[graph->home], last = graph->first[graph->home + 1];
	struct neighbor *neighbors = arena_new(arena, last - first, sizeof(neighbors[0]));

	graph->hops = arena_new(arena, graph->name_count, sizeof(graph->hops[0]));
	for (uint32_t i = first; i < last; i++) {
		uint32_t id = graph->edges[i].to;

		if (graph->hops[id] != 0)
			continue;
		graph->hops[id]                    = 1;
		neighbors[graph->neighbor_count++] = (struct neighbor){
			.name = region_tree_text(&graph->topology->names, id),
			.id   = id,
		};
	}
	if (graph->neighbor_count > 0)
		qsort(neighbors, graph->neighbor_count, sizeof(neighbors[0]), neighbor_compare);
	graph->neighbors = arena_new(arena, graph->neighbor_count, sizeof(graph->neighbors[0]));
	for (uint32_t i = 0; i < graph->neighbor_count; i++) {
		graph->neighbors[i]          = neighbors[i].id;
		graph->hops[neighbors[i].id] = i + 1;
	}
}

static int
neighbor_compare(const void *left, const void *right)
{
	const struct neighbor *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void
sort_pseudolinks(struct route_graph *graph, struct arena *arena)
{
	const struct topology *topology = graph->topology;
	uint32_t              *first    = arena_new(arena, graph->name_count + 2, sizeof(first[0]));
	struct topology_pseudolink *sorted =
	    arena_new(arena, topology->pseudolink_count, sizeof(sorted[0]));

	for (size_t i = 0; i < topology->pseudolink_count; i++)
		first[topology->pseudolinks[i].from + 2]++;
	for (uint32_t id = 0; id < graph->name_count; id++)
		first[id + 2] += first[id + 1];
	for (size_t i = 0; i < topology->pseudolink_count; i++)
		sorted[first[topology->pseudolinks[i].from + 1]++] = topology->pseudolinks[i];
	graph->pseudolink_first = first;
	graph->pseudolinks      = sorted;
}
