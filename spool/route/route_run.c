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

#include "spool/base/memory.h"

/* Of a node with more, the processor itself looks ahead; measured, and not critical. */
enum { PREPARED_EDGES = 4 };

static void        begin(struct route_run *run);
static void        drain(struct route_run *run);
static void        prepare(const struct route_run *run);
static void        settle(struct route_run *run, uint32_t id);
static inline void cross(struct route_run *run, uint32_t from, const struct route_label *label,
                         const struct route_edge *edge);
static void        improve(struct route_run *run, uint32_t from, uint32_t id,
                           const struct route_label *label);
static void        undo_later(struct route_run *run, uint32_t id, const struct route_label *label);

void
route_run_init(struct route_run *run, const struct route_graph *graph,
               enum route_preference preference, struct arena *arena)
{
	size_t    size = sizeof(struct route_vertex);
	uintptr_t room = (uintptr_t)arena_new(arena, graph->name_count + 2, size);

	*run = (struct route_run){ .graph = graph, .preference = preference };
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
				      &graph->edges[restricted->edge]);
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
	begin(run);
	drain(run);
}

/* Home is reached and nothing else is. */
static void
begin(struct route_run *run)
{
	static const struct route_label unreached = { .primary = ROUTE_UNREACHED };
	const struct route_graph       *graph     = run->graph;
	struct route_heap_entry         entry     = { .node = graph->home };

	for (uint32_t id = 0; id <= graph->name_count; id++) {
		run->vertices[id].label = unreached;
		run->vertices[id].first = graph->first[id];
	}
	run->vertices[graph->home].label = (struct route_label){ .primary = 0 };
	route_heap_restart(&run->heap);
	route_heap_put(&run->heap, &entry);
}

static void
drain(struct route_run *run)
{
	struct route_heap_entry entry;

	do {
		prepare(run);
		while (route_heap_take(&run->heap, &entry)) {
			const struct route_label *label = &run->vertices[entry.node].label;

			if (entry.primary == label->primary &&
			    entry.secondary == label->secondary && entry.hops == label->hops)
				settle(run, entry.node);
		}
	} while (route_heap_approach(&run->heap));
}

/*
 * Memory is asked for all that will settle next at once, not for one after the other: for
 * their labels, then their edges, then the labels that those lead to.
 */
static void
prepare(const struct route_run *run)
{
	const struct route_heap_list *near  = &run->heap.near;
	const struct route_edge      *edges = run->graph->edges;

	for (size_t i = 0; i < near->count; i++)
		__builtin_prefetch(&run->vertices[near->entries[i].node]);
	for (size_t i = 0; i < near->count; i++)
		__builtin_prefetch(&edges[run->vertices[near->entries[i].node].first]);
	for (size_t i = 0; i < near->count; i++) {
		const struct route_vertex *vertex = &run->vertices[near->entries[i].node];
		const struct route_edge   *edge   = edges + vertex[0].first;
		const struct route_edge   *end    = edges + vertex[1].first;

		if (end - edge > PREPARED_EDGES)
			end = edge + PREPARED_EDGES;
		for (; edge < end; edge++)
			__builtin_prefetch(&run->vertices[edge->to]);
	}
}

/* The label is final in this run: it goes along every edge. */
static void
settle(struct route_run *run, uint32_t id)
{
	const struct route_graph *graph = run->graph;
	const struct route_label  label = run->vertices[id].label;
	const struct route_edge  *edge  = graph->edges + run->vertices[id].first;
	const struct route_edge  *end   = graph->edges + run->vertices[id + 1].first;

	for (; edge < end; edge++)
		if (edge->restriction == 0 ||
		    route_graph_admits(graph, edge->restriction, run->class))
			cross(run, id, &label, edge);
}

/* Few edges lead to something better: what that asks for is kept out of the loop. */
static inline void
cross(struct route_run *run, uint32_t from, const struct route_label *label,
      const struct route_edge *edge)
{
	const struct route_label next = route_label_along(label, edge, run->graph, run->preference);

	if (route_label_less(&next, &run->vertices[edge->to].label))
		improve(run, from, edge->to, &next);
}

static void
improve(struct route_run *run, uint32_t from, uint32_t id, const struct route_label *label)
{
	struct route_vertex          *vertex = &run->vertices[id];
	const struct route_label      worse  = vertex->label;
	const struct route_heap_entry entry  = {
		 .primary   = label->primary,
		 .secondary = label->secondary,
		 .hops      = label->hops,
		 .node      = id,
	};

	vertex->label = *label;
	if (run->before != NULL)
		run->before[id] = from;
	else if (run->class != 0)
		undo_later(run, id, &worse);
	/* if only the hop is better, the entry in the queue still stands for it; but a class */
	/* finds nodes that were settled without it                                           */
	if (vertex->takes_part &&
	    (run->class != 0 || label->primary != worse.primary ||
	     label->secondary != worse.secondary || label->hops != worse.hops))
		route_heap_put(&run->heap, &entry);
}

static void
undo_later(struct route_run *run, uint32_t id, const struct route_label *label)
{
	run->improvements = memory_grow(run->improvements, &run->improvement_capacity,
	                                run->improvement_count + 1, sizeof(run->improvements[0]));
	run->improvements[run->improvement_count++] = (struct route_improvement){ id, *label };
}
