/*
 * route_search.c - Dijkstra's algorithm, once per level and restriction class
 *
 * In a run only the nodes of its level hand messages on: those in the level's region and
 * visible in it, who all know each other's data (D5). Whatever one of them leads to in a
 * last step (another machine, a region, the far end of a pseudolink) is offered a label
 * when that node is settled. Nodes settle in the order of D8, ties between hops included,
 * because every edge adds a hop.
 */
#include "spool/route/route_search.h"

#include "spool/route/route_heap.h"

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
};

static const struct route_label unreached = { .primary = ROUTE_UNREACHED };

static void search_class(struct search *search);
static void search_level(struct search *search);
static void search_neighbors(struct search *search);
static bool takes_part(const struct search *search, uint32_t id);
static void settle(struct search *search, uint32_t id, const struct route_label *label);
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
	route_heap_init(&search.heap);
	for (search.class = 0; search.class < graph->restriction_count; search.class ++)
		search_class(&search);
	route_heap_release(&search.heap);
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

static void
search_class(struct search *search)
{
	static const struct route_label home = { .primary = 0 };

	offer(search, search->graph->home, &home);
	offer_regions(search, search->graph->home, &home);
	search_neighbors(search);
	for (search->level = 1; search->level < search->graph->level_count; search->level++)
		search_level(search);
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

/* `label` is final in this run: it goes along every edge, to the regions, along pseudolinks. */
static void
settle(struct search *search, uint32_t id, const struct route_label *label)
{
	const struct route_graph *graph = search->graph;

	offer(search, id, label);
	if (id != graph->home) {
		offer_regions(search, id, label);
		offer_pseudolinks(search, id, label, false);
	}
	for (uint32_t i = graph->first[id]; i < graph->first[id + 1]; i++) {
		const struct route_edge *edge = &graph->edges[i];
		struct route_label       next;

		if (!route_graph_admits(graph, edge->restriction, search->class))
			continue;
		next = label_along(search, id, label, edge);
		if (takes_part(search, edge->to))
			reach(search, id, edge->to, &next);
		else
			offer(search, edge->to, &next);
	}
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
	/* only the hop is better: the entry in the heap still stands for it */
	again = label->primary != best->primary || label->secondary != best->secondary ||
	        label->hops != best->hops;
	*best = *label;
	if (search->before != NULL)
		search->before[id] = from;
	if (again)
		route_heap_put(&search->heap, &entry);
}

/* Labels count only for the destinations of this run's class (D16). */
static void
offer(struct search *search, uint32_t id, const struct route_label *label)
{
	if (search->graph->classes[id] == search->class &&
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
		if (wider && search->wider != NULL && graph->classes[link->to] == search->class)
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
