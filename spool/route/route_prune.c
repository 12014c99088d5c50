/*
 * route_prune.c - two passes over the ids stand in for the paper's recursion
 *
 * Ids ascend from parents to children. Downwards each name learns the hop that holds
 * above it (D12: a name without a label passes its parent's on); upwards each entry goes
 * if nothing below it stayed and it says the same as what holds above it (D13).
 */
#include "spool/route/route_prune.h"

#include <stdbool.h>

#define NO_HOP UINT32_MAX

static bool protected(const struct route_graph *graph, const struct route_label *label,
                      uint32_t id);

void
route_prune(const struct route_graph *graph, const struct route_label *labels,
            enum route_preference preference, const uint32_t *order, const char *const *hop_names,
            struct arena *arena, struct route_table *table)
{
	const struct region_tree *names = &graph->topology->names;
	uint32_t *hops  = arena_new(arena, graph->name_count, sizeof(hops[0])); /* at or above n */
	bool     *stays = arena_new(arena, graph->name_count, sizeof(stays[0]));
	bool *parent = arena_new(arena, graph->name_count, sizeof(parent[0])); /* of what stays */

	for (uint32_t id = 0; id < graph->name_count; id++) {
		if (route_label_reached(&labels[id]))
			hops[id] = route_label_hop(&labels[id]);
		else
			hops[id] =
			    id == REGION_TREE_WORLD ? NO_HOP : hops[region_tree_parent(names, id)];
	}
	for (uint32_t id = graph->name_count; id-- > 0;) {
		uint32_t above =
		    id == REGION_TREE_WORLD ? NO_HOP : hops[region_tree_parent(names, id)];

		stays[id] = route_label_reached(&labels[id]) &&
		            (parent[id] || hops[id] != above || protected(graph, &labels[id], id));
		if (id != REGION_TREE_WORLD && (stays[id] || parent[id]))
			parent[region_tree_parent(names, id)] = true;
	}
	for (uint32_t i = 0; i < graph->name_count; i++) {
		const struct route_label *label   = &labels[order[i]];
		bool                      fastest = preference == ROUTE_FASTEST;

		if (stays[order[i]])
			route_table_add(
			    table,
			    &(struct route){
				.region   = region_tree_text(names, order[i]),
				.next_hop = hop_names[route_label_hop(label)],
				.delay_ms = fastest ? route_label_primary(label) : label->secondary,
				.cost     = fastest ? label->secondary : route_label_primary(label),
				.class    = route_label_class(label),
			    });
	}
}

/* Living neighbors, home, and what is reached without a hop: home's own regions. */
static bool protected(const struct route_graph *graph, const struct route_label *label, uint32_t id)
{
	return graph->hops[id] != 0 || route_label_hop(label) == 0;
}
