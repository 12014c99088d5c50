/*
 * route_search.c - a run per level and class, and what its labels mean for names
 *
 * Labels of nodes become labels of all names in one walk in the order of ids after a
 * level's run (D3, D6); what a class makes better is told at once.
 *
 * A level whose nodes all take part in the next one as well is left out: every path that
 * is lawful there is lawful in the wider region too. So a network in which all see each
 * other takes a single run.
 */
#include "spool/route/route_search.h"

#include <stdlib.h>

#include "spool/route/route_promise.h"
#include "spool/route/route_run.h"

struct search {
	const struct route_graph *graph;
	struct route_run          run;
	struct route_label       *labels; /* the best of all runs: the result */
	bool                     *wider;  /* as the caller's; may be NULL */
	struct route_promises     promises;
	uint32_t class; /* of the run: destinations that labels are for */
};

static void search_home(struct search *search);
static void search_neighbors(struct search *search, enum route_preference preference);
static void search_neighbor(struct search *search, uint32_t id, const struct route_label *label,
                            enum route_preference preference);
static void search_level(struct search *search, unsigned level);
static void search_class(struct search *search);
static void publish(struct search *search, uint32_t id);
static void offer(struct search *search, uint32_t id, const struct route_label *label);
static void offer_regions(struct search *search, uint32_t id, const struct route_label *label);
static void offer_pseudolinks(struct search *search, uint32_t id, const struct route_label *label,
                              bool neighbor);
static void promise(struct search *search, const struct topology_pseudolink *link,
                    const struct route_label *label);
static void keep_promises(struct search *search);
static bool pseudolink_serves(const struct search *search, const struct topology_pseudolink *link);

struct route_label *
route_search(const struct route_graph *graph, enum route_preference preference, struct arena *arena,
             bool **wider)
{
	static const struct route_label unreached = { .primary = ROUTE_UNREACHED };
	struct search                   search    = { .graph = graph };

	search.labels = arena_new(arena, graph->name_count, sizeof(search.labels[0]));
	for (uint32_t id = 0; id < graph->name_count; id++)
		search.labels[id] = unreached;
	if (wider != NULL)
		*wider = search.wider =
		    arena_new(arena, graph->name_count, sizeof(search.wider[0]));
	route_promises_init(&search.promises);
	route_run_init(&search.run, graph, preference, arena);
	search_home(&search);
	for (search.class = 0; search.class < graph->restriction_count; search.class ++)
		search_neighbors(&search, preference);
	for (unsigned level = 1; level < graph->level_count; level++)
		if (graph->level_ends[level])
			search_level(&search, level);
	keep_promises(&search);
	route_run_release(&search.run);
	return search.labels;
}

uint32_t *
route_search_freely(const struct route_graph *graph, enum route_preference preference,
                    uint32_t destination, struct arena *arena)
{
	struct route_run run;

	route_run_init(&run, graph, preference, arena);
	route_run_freely(&run, graph->classes[destination], arena);
	route_run_release(&run);
	return run.before;
}

static void
search_home(struct search *search)
{
	static const struct route_label home = { .primary = 0 };

	offer(search, search->graph->home, &home);
	offer_regions(search, search->graph->home, &home);
}

/*
 * Also lawful: home, a direct neighbor, and one step further. From a neighbor that takes
 * part in a run all that is found there as well, but for its pseudolinks.
 */
static void
search_neighbors(struct search *search, enum route_preference preference)
{
	const struct route_graph *graph = search->graph;
	const struct route_label  home  = { .primary = 0 };

	for (uint32_t i = graph->first[graph->home]; i < graph->first[graph->home + 1]; i++) {
		struct route_edge  edge = graph->edges[i];
		bool               used = route_graph_used(graph, edge.to);
		struct route_label label;

		if (!route_graph_admits(graph, edge.restriction, search->class))
			continue;
		if (!used)
			edge = route_graph_near(graph, i);
		label = route_label_along(&home, &edge, graph, preference);
		offer_pseudolinks(search, edge.to, &label, true);
		if (!used)
			search_neighbor(search, edge.to, &label, preference);
	}
}

static void
search_neighbor(struct search *search, uint32_t id, const struct route_label *label,
                enum route_preference preference)
{
	const struct route_graph *graph = search->graph;

	offer(search, id, label);
	offer_regions(search, id, label);
	for (uint32_t i = graph->first[id]; i < graph->first[id + 1]; i++) {
		const struct route_edge *edge = &graph->edges[i];
		struct route_label       end;

		if (!route_graph_admits(graph, edge->restriction, search->class))
			continue;
		end = route_label_along(label, edge, graph, preference);
		offer(search, edge->to, &end);
	}
}

static void
search_level(struct search *search, unsigned level)
{
	search->class = 0;
	route_run_level(&search->run, level);
	for (uint32_t id = 0; id < search->graph->name_count; id++)
		if (route_label_reached(&search->run.vertices[id].label))
			publish(search, id);
	for (search->class = 1; search->class < search->graph->restriction_count; search->class ++)
		search_class(search);
}

static void
search_class(struct search *search)
{
	route_run_class(&search->run, search->class);
	for (size_t i = 0; i < search->run.improvement_count; i++)
		publish(search, search->run.improvements[i].id);
	route_run_undo(&search->run);
}

/* What a node's final label gives: to itself, its regions, the ends of its pseudolinks. */
static void
publish(struct search *search, uint32_t id)
{
	const struct route_vertex *vertex = &search->run.vertices[id];

	offer(search, id, &vertex->label);
	if (id != search->graph->home && vertex->takes_part) {
		offer_regions(search, id, &vertex->label);
		offer_pseudolinks(search, id, &vertex->label, false);
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

/* D3: a node stands for its regions up to its visible one, whose id is the least of them. */
static void
offer_regions(struct search *search, uint32_t id, const struct route_label *label)
{
	const uint32_t *regions = search->graph->regions;
	uint32_t        visible = search->graph->topology->nodes[id].visible;

	for (id = regions[id]; id != REGION_TREE_NONE && id >= visible; id = regions[id])
		offer(search, id, label);
}

static void
offer_pseudolinks(struct search *search, uint32_t id, const struct route_label *label,
                  bool neighbor)
{
	const struct route_graph *graph = search->graph;
	uint32_t                  first = graph->pseudolink_first[id];
	uint32_t                  last  = graph->pseudolink_first[id + 1];
	bool                      wider = first < last && route_graph_wider(graph, id);

	if (!wider && !neighbor)
		return;
	for (uint32_t i = first; i < last; i++) {
		const struct topology_pseudolink *link = &graph->pseudolinks[i];
		struct route_label                end  = *label;

		if (!wider && !pseudolink_serves(search, link))
			continue;
		end.primary |= ROUTE_PSEUDOLINK;
		end.hops++;
		end.hop |= wider ? ROUTE_WIDER : ROUTE_OTHER;
		if (!wider)
			offer(search, link->to, &end);
		else if (search->class == 0 || graph->classes[link->to] == search->class)
			promise(search, link, &end);
	}
}

static void
promise(struct search *search, const struct topology_pseudolink *link,
        const struct route_label *label)
{
	route_promises_add(&search->promises, link, label);
	if (search->wider != NULL)
		search->wider[link->to] = true;
}

/* D32: what wider nodes promise is weighed when it is known how all else is reached. */
static void
keep_promises(struct search *search)
{
	route_promises_judge(&search->promises, search->graph, search->labels);
	search->class = 0; /* each was made for its own */
	for (size_t i = 0; i < search->promises.count; i++)
		offer(search, search->promises.items[i].link->to, &search->promises.items[i].label);
	route_promises_release(&search->promises);
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
