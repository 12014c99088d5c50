/*
 * route_search.c - Dijkstra's algorithm, once per level; restrictions as additions to it
 *
 * In a run only the nodes of its level hand messages on: those in the level's region and
 * visible in it, who all know each other's data (D5). Another machine that one of them
 * leads to in a last step gets a label and settles nothing. Nodes settle in the order of
 * D8, ties between hops included, because every edge adds a hop.
 *
 * A search of many nodes waits for memory, not for arithmetic: while a level runs, only
 * labels and edges are touched. What its labels mean for regions and pseudolinks is found
 * in one walk in the order of ids afterwards (publish_level).
 *
 * A destination's restriction class (D16) lets it use some restricted edges beside all
 * others. So its run starts from the one without restricted edges, adds those that admit
 * it, settles anew only what they improve, and is then undone: many restrictions cost
 * little more than what they change.
 */
#include "spool/route/route_search.h"

#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/route/route_heap.h"

/* A label of a level's run before a class improved it. */
struct undone {
	uint32_t           id;
	struct route_label label;
};

struct search {
	const struct route_graph *graph;
	enum route_preference     preference;
	struct route_label       *labels;  /* the best of all runs: the result */
	struct route_label       *reached; /* of this run's nodes */
	bool                     *wider;   /* as the caller's; may be NULL */
	uint32_t         *before; /* in a free search: by id, the node before it; else NULL */
	struct route_heap heap;
	uint32_t class; /* of this run: destinations, and so the edges, it is for */
	unsigned level;

	uint32_t *first_from; /* by restriction: its edges are [first_from[r], first_from[r + 1]) */
	uint32_t *from;       /* starts of restricted edges, by restriction ... */
	uint32_t *edges;      /* ... and their numbers */
	struct undone *undone;
	size_t         undone_count;
	size_t         undone_capacity;
};

static const struct route_label unreached = { .primary = ROUTE_UNREACHED };

static void sort_restricted(struct search *search, struct arena *arena);
static void search_home(struct search *search);
static void search_level(struct search *search);
static void search_class(struct search *search);
static void publish_level(struct search *search);
static void drain(struct search *search);
static void cross(struct search *search, uint32_t from, const struct route_label *label,
                  const struct route_edge *edge);
static void search_neighbors(struct search *search);
static bool takes_part(const struct search *search, uint32_t id);
static void settle(struct search *search, uint32_t id, const struct route_label *label);
static void publish(struct search *search, uint32_t id, const struct route_label *label);
static void reach(struct search *search, uint32_t from, uint32_t id,
                  const struct route_label *label);
static void offer(struct search *search, uint32_t id, const struct route_label *label);
static void offer_regions(struct search *search, uint32_t id, const struct route_label *label);
static void offer_pseudolinks(struct search *search, uint32_t id, const struct route_label *label,
                              bool neighbor);
static bool pseudolink_serves(const struct search *search, const struct topology_pseudolink *link);
static struct route_label label_along(const struct search *search, uint32_t from,
                                      const struct route_label *label,
                                      const struct route_edge  *edge);

bool
route_label_less(const struct route_label *a, const struct route_label *b)
{
	if (a->primary != b->primary)
		return a->primary < b->primary;
	if (a->secondary != b->secondary)
		return a->secondary < b->secondary;
	if (a->hops != b->hops)
		return a->hops < b->hops;
	return a->hop < b->hop;
}

bool
route_label_reached(const struct route_label *label)
{
	return label->primary != ROUTE_UNREACHED;
}

uint32_t
route_label_hop(const struct route_label *label)
{
	return label->hop / 4;
}

enum route_class
route_label_class(const struct route_label *label)
{
	return (enum route_class)(label->hop % 4);
}

uint64_t
route_label_primary(const struct route_label *label)
{
	return label->primary & ~ROUTE_PSEUDOLINK;
}

struct route_label *
route_search(const struct route_graph *graph, enum route_preference preference, struct arena *arena,
             bool **wider)
{
	struct search search = { .graph = graph, .preference = preference };

	search.labels  = arena_new(arena, graph->name_count, sizeof(search.labels[0]));
	search.reached = arena_new(arena, graph->name_count, sizeof(search.reached[0]));
	for (uint32_t id = 0; id < graph->name_count; id++)
		search.labels[id] = unreached;
	if (wider != NULL)
		*wider = search.wider =
		    arena_new(arena, graph->name_count, sizeof(search.wider[0]));
	sort_restricted(&search, arena);
	route_heap_init(&search.heap);
	search_home(&search);
	for (search.class = 0; search.class < graph->restriction_count; search.class ++)
		search_neighbors(&search);
	for (search.level = 1; search.level < graph->level_count; search.level++) {
		search.class = 0;
		search_level(&search);
		publish_level(&search);
		for (search.class = 1; search.class < graph->restriction_count; search.class ++)
			search_class(&search);
	}
	route_heap_release(&search.heap);
	free(search.undone);
	return search.labels;
}

uint32_t *
route_search_freely(const struct route_graph *graph, enum route_preference preference,
                    uint32_t destination, struct arena *arena)
{
	struct search search = { .graph = graph, .preference = preference };

	search.class   = graph->classes[destination];
	search.labels  = arena_new(arena, graph->name_count, sizeof(search.labels[0]));
	search.reached = arena_new(arena, graph->name_count, sizeof(search.reached[0]));
	search.before  = arena_new(arena, graph->name_count, sizeof(search.before[0]));
	for (uint32_t id = 0; id < graph->name_count; id++)
		search.before[id] = REGION_TREE_NONE;
	route_heap_init(&search.heap);
	search_level(&search);
	route_heap_release(&search.heap);
	return search.before;
}

/* Restricted edges, by their restriction. */
static void
sort_restricted(struct search *search, struct arena *arena)
{
	const struct route_graph *graph = search->graph;
	uint32_t                  count = graph->restriction_count + 1;
	uint32_t                 *first = arena_new(arena, count + 2, sizeof(first[0]));
	uint32_t                  all   = graph->first[graph->name_count];

	for (uint32_t i = 0; i < all; i++)
		first[graph->edges[i].restriction + 2]++;
	first[2] = 0; /* unrestricted ones are left out */
	for (uint32_t i = 0; i < count; i++)
		first[i + 2] += first[i + 1];
	search->from  = arena_new(arena, first[count + 1], sizeof(search->from[0]));
	search->edges = arena_new(arena, first[count + 1], sizeof(search->edges[0]));
	for (uint32_t id = 0; id < graph->name_count; id++)
		for (uint32_t i = graph->first[id]; i < graph->first[id + 1]; i++) {
			uint32_t restriction = graph->edges[i].restriction;

			if (restriction == 0)
				continue;
			search->from[first[restriction + 1]]    = id;
			search->edges[first[restriction + 1]++] = i;
		}
	search->first_from = first;
}

static void
search_home(struct search *search)
{
	static const struct route_label home = { .primary = 0 };

	offer(search, search->graph->home, &home);
	offer_regions(search, search->graph->home, &home);
}

static void
search_level(struct search *search)
{
	const struct route_graph *graph = search->graph;
	struct route_heap_entry   entry = { .node = graph->home };

	for (uint32_t id = 0; id < graph->name_count; id++)
		search->reached[id] = unreached;
	search->reached[graph->home] = (struct route_label){ .primary = 0 };
	route_heap_restart(&search->heap);
	route_heap_put(&search->heap, &entry);
	drain(search);
}

static void
publish_level(struct search *search)
{
	for (uint32_t id = 0; id < search->graph->name_count; id++)
		if (route_label_reached(&search->reached[id]))
			publish(search, id, &search->reached[id]);
}

/* What the edges add that admit this class: its own restriction's and those around it. */
static void
search_class(struct search *search)
{
	const struct route_graph *graph = search->graph;
	const struct region_tree *names = &graph->topology->names;

	route_heap_restart(&search->heap);
	for (uint32_t restriction = search->class; restriction != 0;
	     restriction =
	         graph->classes[region_tree_parent(names, graph->restrictions[restriction])])
		for (uint32_t i = search->first_from[restriction];
		     i < search->first_from[restriction + 1]; i++) {
			const struct route_label label = search->reached[search->from[i]];

			if (route_label_reached(&label) && takes_part(search, search->from[i]))
				cross(search, search->from[i], &label,
				      &graph->edges[search->edges[i]]);
		}
	drain(search);
	while (search->undone_count > 0) {
		const struct undone *undone = &search->undone[--search->undone_count];

		search->reached[undone->id] = undone->label;
	}
}

static void
drain(struct search *search)
{
	struct route_heap_entry entry;

	while (route_heap_take(&search->heap, &entry)) {
		const struct route_label *label = &search->reached[entry.node];

		if (entry.primary == label->primary && entry.secondary == label->secondary &&
		    entry.hops == label->hops)
			settle(search, entry.node, label);
	}
}

/* Also lawful: home, a direct neighbor, and one step further. */
static void
search_neighbors(struct search *search)
{
	const struct route_graph *graph = search->graph;
	const struct route_label  home  = { .primary = 0 };

	for (uint32_t i = graph->first[graph->home]; i < graph->first[graph->home + 1]; i++) {
		const struct route_edge *edge = &graph->edges[i];
		struct route_label       label;

		if (!route_graph_admits(graph, edge->restriction, search->class))
			continue;
		label = label_along(search, graph->home, &home, edge);
		offer(search, edge->to, &label);
		offer_regions(search, edge->to, &label);
		offer_pseudolinks(search, edge->to, &label, true);
		for (uint32_t j = graph->first[edge->to]; j < graph->first[edge->to + 1]; j++) {
			const struct route_edge *last = &graph->edges[j];
			struct route_label       end;

			if (!route_graph_admits(graph, last->restriction, search->class))
				continue;
			end = label_along(search, edge->to, &label, last);
			offer(search, last->to, &end);
		}
	}
}

static bool
takes_part(const struct search *search, uint32_t id)
{
	return search->before != NULL || (search->level >= search->graph->lowest[id] &&
	                                  search->level <= search->graph->highest[id]);
}

/* `label` is final in this run: it goes along every edge. */
static void
settle(struct search *search, uint32_t id, const struct route_label *label)
{
	const struct route_graph *graph = search->graph;

	if (search->class != 0)
		publish(search, id, label);
	for (uint32_t i = graph->first[id]; i < graph->first[id + 1]; i++) {
		const struct route_edge *edge = &graph->edges[i];

		if (route_graph_admits(graph, edge->restriction, search->class))
			cross(search, id, label, edge);
	}
}

/* What a node's final label gives: to itself, its regions, the ends of its pseudolinks. */
static void
publish(struct search *search, uint32_t id, const struct route_label *label)
{
	offer(search, id, label);
	if (id != search->graph->home && takes_part(search, id)) {
		offer_regions(search, id, label);
		offer_pseudolinks(search, id, label, false);
	}
}

static void
cross(struct search *search, uint32_t from, const struct route_label *label,
      const struct route_edge *edge)
{
	struct route_label next = label_along(search, from, label, edge);

	reach(search, from, edge->to, &next);
}

static void
reach(struct search *search, uint32_t from, uint32_t id, const struct route_label *label)
{
	struct route_heap_entry entry = {
		.primary   = label->primary,
		.secondary = label->secondary,
		.hops      = label->hops,
		.node      = id,
	};
	struct route_label *best = &search->reached[id];
	bool                again;

	if (!route_label_less(label, best))
		return;
	if (search->class != 0 && search->before == NULL) {
		search->undone = memory_grow(search->undone, &search->undone_capacity,
		                             search->undone_count + 1, sizeof(search->undone[0]));
		search->undone[search->undone_count++] = (struct undone){ id, *best };
	}
	/* if only the hop is better, the entry in the heap still stands for it; but a class */
	/* finds nodes that were settled without it                                          */
	again = search->class != 0 || label->primary != best->primary ||
	        label->secondary != best->secondary || label->hops != best->hops;
	*best = *label;
	if (search->before != NULL)
		search->before[id] = from;
	if (takes_part(search, id)) {
		if (again)
			route_heap_put(&search->heap, &entry);
	} else if (search->class != 0) {
		offer(search, id, label);
	}
}

/* D16: class 0 uses only what every destination may use; the others are for their own. */
static void
offer(struct search *search, uint32_t id, const struct route_label *label)
{
	if ((search->class == 0 || search->graph->classes[id] == search->class) &&
	    route_label_less(label, &search->labels[id]))
		search->labels[id] = *label;
}

/* D3: a node stands for its regions up to its visible one; D4: a machine is no region. */
static void
offer_regions(struct search *search, uint32_t id, const struct route_label *label)
{
	const struct topology *topology = search->graph->topology;
	uint32_t               visible  = topology->nodes[id].visible;

	while (id != visible) {
		id = region_tree_parent(&topology->names, id);
		if (!topology_is_machine(topology, id))
			offer(search, id, label);
	}
}

static void
offer_pseudolinks(struct search *search, uint32_t id, const struct route_label *label,
                  bool neighbor)
{
	const struct route_graph *graph = search->graph;
	bool                      wider = route_graph_wider(graph, id);

	if (!wider && !neighbor)
		return;
	for (uint32_t i = graph->pseudolink_first[id]; i < graph->pseudolink_first[id + 1]; i++) {
		const struct topology_pseudolink *link = &graph->pseudolinks[i];
		struct route_label                end  = *label;

		if (!wider && !pseudolink_serves(search, link))
			continue;
		end.primary |= ROUTE_PSEUDOLINK;
		end.hops++;
		end.hop |= wider ? ROUTE_WIDER : ROUTE_OTHER;
		offer(search, link->to, &end);
		if (wider && search->wider != NULL &&
		    (search->class == 0 || graph->classes[link->to] == search->class))
			search->wider[link->to] = true;
	}
}

/* D6: from a neighbor that is not wider, only names inside its visible region, or anything */
/* if it sees as far as home; else a restricted service would leak.                          */
static bool
pseudolink_serves(const struct search *search, const struct topology_pseudolink *link)
{
	const struct topology *topology = search->graph->topology;
	uint32_t               visible  = topology->nodes[link->from].visible;

	return region_tree_within(&topology->names, link->to, visible) ||
	       region_tree_within(&topology->names, topology->nodes[search->graph->home].visible,
	                          visible);
}

static struct route_label
label_along(const struct search *search, uint32_t from, const struct route_label *label,
            const struct route_edge *edge)
{
	bool fastest = search->preference == ROUTE_FASTEST;

	return (struct route_label){
		.primary   = label->primary + (fastest ? edge->delay_ms : edge->cost),
		.secondary = label->secondary + (fastest ? edge->cost : edge->delay_ms),
		.hops      = label->hops + 1,
		.hop = from == search->graph->home ? 4 * search->graph->hops[edge->to] : label->hop,
	};
}
