/*
 * route_teacher.c - nodes in the order of their nearness
 */
#include "spool/route/route_teacher.h"

#include <string.h>

static bool can_teach(const struct route_graph *graph, const struct route_label *labels,
                      uint32_t id);

bool
route_teacher_nearer(const struct route_graph *graph, const struct route_label *labels, uint32_t a,
                     uint32_t b)
{
	const struct region_tree *names = &graph->topology->names;

	if (route_label_less(&labels[a], &labels[b]))
		return true;
	return !route_label_less(&labels[b], &labels[a]) &&
	       strcmp(region_tree_text(names, a), region_tree_text(names, b)) < 0;
}

uint32_t
route_teacher_find(const struct route_graph *graph, const struct route_label *labels,
                   uint32_t after)
{
	uint32_t nearest = REGION_TREE_NONE;

	for (uint32_t id = 0; id < graph->name_count; id++) {
		if (!can_teach(graph, labels, id) ||
		    (after != REGION_TREE_NONE && !route_teacher_nearer(graph, labels, after, id)))
			continue;
		if (nearest == REGION_TREE_NONE || route_teacher_nearer(graph, labels, id, nearest))
			nearest = id;
	}
	return nearest;
}

static bool
can_teach(const struct route_graph *graph, const struct route_label *labels, uint32_t id)
{
	const struct topology_node *node = &graph->topology->nodes[id];

	if (id == graph->home || !(node->recorded || node->told) ||
	    !route_label_reached(&labels[id]) || !route_graph_wider(graph, id))
		return false;
	/* foreign: its pseudolinks are in no run (D6, D29) */
	return graph->hops[id] != 0 || route_graph_used(graph, id);
}
