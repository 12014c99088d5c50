/*
 * route_promise.c - the nearest teacher, and what it leaves to others
 */
#include "spool/route/route_promise.h"

#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/route/route_teacher.h"

static uint32_t find_teacher(const struct route_promises *promises, const struct route_graph *graph,
                             const struct route_label *labels);
static bool    *find_covered(const struct route_promises *promises, uint32_t teacher,
                             const struct route_graph *graph, const struct route_label *labels);
static bool     is_direct(const struct route_promise *promise, const struct route_graph *graph,
                          const struct route_label *labels);

void
route_promises_init(struct route_promises *promises)
{
	*promises = (struct route_promises){ .count = 0 };
}

void
route_promises_release(struct route_promises *promises)
{
	free(promises->items);
	route_promises_init(promises);
}

void
route_promises_add(struct route_promises *promises, const struct topology_pseudolink *link,
                   const struct route_label *label)
{
	promises->items = memory_grow(promises->items, &promises->capacity, promises->count + 1,
	                              sizeof(promises->items[0]));
	promises->items[promises->count++] = (struct route_promise){ link, *label };
}

void
route_promises_judge(struct route_promises *promises, const struct route_graph *graph,
                     const struct route_label *labels)
{
	uint32_t teacher;
	bool    *covered;
	size_t   kept = 0;

	if (promises->count == 0)
		return;
	teacher = find_teacher(promises, graph, labels);
	covered = find_covered(promises, teacher, graph, labels);
	for (size_t i = 0; i < promises->count; i++) {
		const struct route_promise *promise = &promises->items[i];

		if (promise->link->from == teacher || !covered[promise->link->to] ||
		    is_direct(promise, graph, labels))
			promises->items[kept++] = *promise;
	}
	promises->count = kept;
	free(covered);
}

/* Of those that promise anything. */
static uint32_t
find_teacher(const struct route_promises *promises, const struct route_graph *graph,
             const struct route_label *labels)
{
	uint32_t teacher = promises->items[0].link->from;

	for (size_t i = 1; i < promises->count; i++)
		if (route_teacher_nearer(graph, labels, promises->items[i].link->from, teacher))
			teacher = promises->items[i].link->from;
	return teacher;
}

/* By id: does the teacher reach the name, or a region around it, or do real links reach that? */
static bool *
find_covered(const struct route_promises *promises, uint32_t teacher,
             const struct route_graph *graph, const struct route_label *labels)
{
	const struct region_tree *names   = &graph->topology->names;
	bool                     *covered = memory_new(graph->name_count, sizeof(covered[0]));

	for (size_t i = 0; i < promises->count; i++)
		if (promises->items[i].link->from == teacher)
			covered[promises->items[i].link->to] = true;
	for (uint32_t id = 1; id < graph->name_count; id++) { /* parents first */
		uint32_t                  parent = region_tree_parent(names, id);
		const struct route_label *label  = &labels[parent];

		if (route_label_reached(label) && route_label_hop(label) == 0)
			continue; /* a region of home: it reaches no name that is not known (D7) */
		covered[id] =
		    covered[id] || covered[parent] ||
		    (route_label_reached(label) && route_label_class(label) == ROUTE_GENUINE);
	}
	return covered;
}

/* Is there nobody between, and is that the way to that neighbor anyhow? */
static bool
is_direct(const struct route_promise *promise, const struct route_graph *graph,
          const struct route_label *labels)
{
	uint32_t from = promise->link->from, hop = graph->hops[from];

	return hop != 0 && route_label_hop(&promise->label) == hop &&
	       (!route_graph_used(graph, from) || route_label_hop(&labels[from]) == hop);
}
