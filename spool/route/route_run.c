/*
 * route_run.c - settle the nearest node, offer its edges, look at no node twice
 *
 * Nodes settle in the order of D8. Ties between first hops need no order: who offers an
 * equal label with a lesser hop has fewer hops itself, so it has settled before.
 *
 * A restriction class (D16) may use some restricted edges beside all others. Its run is an
 * addition to the level's and is then undone, so that many classes cost little more than
 * what they change.
 */
#include "spool/route/route_run.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static void        weigh(struct route_run *run);
static void        begin(struct route_run *run);
static void        drain(struct route_run *run);
static bool        approach(struct route_run *run);
static void        settle(struct route_run *run, uint32_t id);
static inline void cross(struct route_run *run, uint32_t from, const struct route_label *label,
                         const struct route_edge *edge);
static void        undo_later(struct route_run *run, uint32_t id, const struct route_label *label);

void
route_run_init(struct route_run *run, const struct route_graph *graph,
               enum route_preference preference, struct arena *arena)
{
	size_t    size = sizeof(struct route_vertex);
	uintptr_t room = (uintptr_t)arena_new(arena, graph->name_count + 2, size);

	*run =
	    (struct route_run){ .graph = graph, .preference = preference, .edges = graph->edges };
	if (graph->disputed_count > 0) {
		size_t count = graph->first[graph->name_count] + ROUTE_GRAPH_SPARE_EDGES;

		run->edges = arena_new(arena, count, sizeof(run->edges[0]));
		memcpy(run->edges, graph->edges, count * sizeof(run->edges[0]));
	}
	/* none lies across two cache lines */
	run->vertices = (struct route_vertex *)((room + size - 1) / size * size);
	route_heap_init(&run->heap);
}

void
route_run_release(struct route_run *run)
{
	route_heap_release(&run->heap);
	free(run->improvements);
	run->improvements = NULL;
}

void
route_run_level(struct route_run *run, unsigned level)
{
	const struct route_graph *graph = run->graph;

	run->class = 0;
	for (uint32_t id = 0; id < graph->name_count; id++)
		run->vertices[id].takes_part =
		    level >= graph->lowest[id] && level <= graph->highest[id];
	weigh(run);
	begin(run);
	drain(run);
}

void
route_run_class(struct route_run *run, uint32_t class)
{
	const struct route_graph *graph = run->graph;
	const struct region_tree *names = &graph->topology->names;

	run->class = class;
	route_heap_restart(&run->heap);
	for (uint32_t restriction = class; restriction != 0;
	     restriction =
	         graph->classes[region_tree_parent(names, graph->restrictions[restriction])])
		for (uint32_t i = graph->restricted_first[restriction];
		     i < graph->restricted_first[restriction + 1]; i++) {
			const struct route_restricted *restricted = &graph->restricted[i];
			const struct route_vertex      vertex     = run->vertices[restricted->from];

			if (route_label_reached(&vertex.label) && vertex.takes_part)
				cross(run, restricted->from, &vertex.label,
				      &run->edges[restricted->edge]);
		}
	drain(run);
}

void
route_run_undo(struct route_run *run)
{
	while (run->improvement_count > 0) {
		const struct route_improvement *last = &run->improvements[--run->improvement_count];

		run->vertices[last->id].label = last->before;
	}
}

void
route_run_freely(struct route_run *run, uint32_t class, struct arena *arena)
{
	const struct route_graph *graph = run->graph;

	run->class  = class;
	run->before = arena_new(arena, graph->name_count, sizeof(run->before[0]));
	for (uint32_t id = 0; id < graph->name_count; id++) {
		run->before[id]              = REGION_TREE_NONE;
		run->vertices[id].takes_part = true;
	}
	weigh(run);
	begin(run);
	drain(run);
}

/* D33: the far end's word for a delay, if it takes part; else the near end's. */
static void
weigh(struct route_run *run)
{
	const struct route_graph *graph = run->graph;

	for (uint32_t i = 0; i < graph->disputed_count; i++) {
		const struct route_disputed *disputed = &graph->disputed[i];

		run->edges[disputed->edge].delay_ms = run->vertices[disputed->to].takes_part
		                                          ? graph->edges[disputed->edge].delay_ms
		                                          : disputed->near_ms;
	}
}

/* Home is reached and nothing else is. */
static void
begin(struct route_run *run)
{
	static const struct route_label unreached = { .primary = ROUTE_UNREACHED };
	const struct route_graph       *graph     = run->graph;

	for (uint32_t id = 0; id <= graph->name_count; id++) {
		run->vertices[id].label = unreached;
		run->vertices[id].first = graph->first[id];
	}
	run->vertices[graph->home].label = (struct route_label){ .primary = 0 };
	route_heap_restart(&run->heap);
	route_heap_put(&run->heap, graph->home, 0, 0, 0);
}

static void
drain(struct route_run *run)
{
	struct route_heap_entry entry;

	do {
		while (route_heap_take(&run->heap, &entry)) {
			const struct route_label *label = &run->vertices[entry.node].label;

			if (entry.primary == label->primary &&
			    entry.secondary == label->secondary && entry.hops == label->hops)
				settle(run, entry.node);
		}
	} while (approach(run));
}

/*
 * The next nodes come near, and memory is asked at once for all that settling them will
 * touch: their labels, then their edges, then the labels that those lead to. (A function
 * that does this alone is dropped by gcc, since it has no effect.)
 */
static bool
approach(struct route_run *run)
{
	const struct route_heap_list  *near  = route_heap_approach(&run->heap);
	const struct route_edge       *edges = run->edges;
	const struct route_heap_entry *entries;

	if (near == NULL)
		return false;
	entries = near->entries;
	for (size_t i = 0; i < near->count; i++)
		__builtin_prefetch(&run->vertices[entries[i].node]);
	for (size_t i = 0; i < near->count; i++)
		__builtin_prefetch(&edges[run->vertices[entries[i].node].first]);
	for (size_t i = 0; i < near->count; i++) {
		const struct route_edge *edge = edges + run->vertices[entries[i].node].first;

		for (unsigned j = 0; j < ROUTE_GRAPH_SPARE_EDGES; j++) /* the node's own or not */
			__builtin_prefetch(&run->vertices[edge[j].to]);
	}
	return true;
}

/* The label is final in this run: it goes along every edge. */
static void
settle(struct route_run *run, uint32_t id)
{
	const struct route_graph *graph = run->graph;
	const struct route_label  label = run->vertices[id].label;
	const struct route_edge  *edge  = run->edges + run->vertices[id].first;
	const struct route_edge  *end   = run->edges + run->vertices[id + 1].first;

	for (; edge < end; edge++)
		if (edge->restriction == 0 ||
		    route_graph_admits(graph, edge->restriction, run->class))
			cross(run, id, &label, edge);
}

/* Most edges lead to nothing better. */
static inline void
cross(struct route_run *run, uint32_t from, const struct route_label *label,
      const struct route_edge *edge)
{
	const struct route_label next = route_label_along(label, edge, run->graph, run->preference);
	struct route_vertex     *end  = &run->vertices[edge->to];
	bool                     queued;

	if (!route_label_less(&next, &end->label))
		return;
	/* if only the hop is better, the entry in the queue still stands for it; but a class */
	/* finds nodes that were settled without it                                           */
	queued = run->class == 0 && next.primary == end->label.primary &&
	         next.secondary == end->label.secondary && next.hops == end->label.hops;
	if (run->before != NULL)
		run->before[edge->to] = from;
	else if (run->class != 0)
		undo_later(run, edge->to, &end->label);
	end->label = next;
	if (end->takes_part && !queued)
		route_heap_put(&run->heap, edge->to, next.primary, next.secondary, next.hops);
}

static void
undo_later(struct route_run *run, uint32_t id, const struct route_label *label)
{
	run->improvements = memory_grow(run->improvements, &run->improvement_capacity,
	                                run->improvement_count + 1, sizeof(run->improvements[0]));
	run->improvements[run->improvement_count++] = (struct route_improvement){ id, *label };
}
