/*
 * route_broadcast.c - machines by hop, then regions by machine
 *
 * Taking the machines in the order of their hops makes each region's hops come sorted,
 * equal ones side by side: one pass counts, the next one fills.
 */
#include "spool/route/route_broadcast.h"

#include <assert.h>
#include <stdbool.h>

struct build {
	const struct route_graph *graph;
	uint32_t                 *machines; /* reached and recorded, by hop; not home */
	uint32_t                  machine_count;
	uint32_t                 *hops;   /* of those machines */
	uint32_t                 *counts; /* by region id: distinct hops */
	uint32_t                 *last;   /* by region id: the hop seen last; 0: none */
	const char             ***lists;  /* by region id; NULL while counting */
	const char *const        *hop_names;
};

static void  sort_machines(struct build *build, const struct route_label *labels,
                           struct arena *scratch);
static void  visit_regions(struct build *build);
static bool *find_regions(const struct route_graph *graph, struct arena *scratch);

void
route_broadcast_build(struct route_broadcast *out, const struct route_graph *graph,
                      const struct route_label *labels, const uint32_t *order,
                      const char *const *hop_names, struct arena *scratch)
{
	uint32_t     count = graph->name_count;
	struct build build = { .graph = graph, .hop_names = hop_names };
	const char **hops;
	bool        *is_region;
	size_t       total = 0, row_count = 0;

	*out = (struct route_broadcast){ .count = 0 };
	arena_init(&out->memory);
	is_region = find_regions(graph, scratch);
	sort_machines(&build, labels, scratch);
	build.counts = arena_new(scratch, count, sizeof(build.counts[0]));
	build.last   = arena_new(scratch, count, sizeof(build.last[0]));
	visit_regions(&build);
	build.last  = arena_new(scratch, count, sizeof(build.last[0]));
	build.lists = arena_new(scratch, count, sizeof(build.lists[0]));
	for (uint32_t id = 0; id < count; id++) {
		total += build.counts[id];
		row_count += is_region[id];
	}
	hops = arena_new(&out->memory, total, sizeof(hops[0]));
	for (uint32_t id = 0; id < count; id++) {
		build.lists[id] = hops;
		hops += build.counts[id];
	}
	visit_regions(&build);

	out->rows = arena_new(&out->memory, row_count, sizeof(out->rows[0]));
	route_index_init(&out->index, row_count);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t    id     = order[i];
		const char *region = region_tree_text(&graph->topology->names, id);

		if (!is_region[id])
			continue;
		region = arena_text(&out->memory, region);
		route_index_put(&out->index, region, (uint32_t)out->count);
		out->rows[out->count++] = (struct route_broadcast_row){
			.region    = region,
			.hops      = build.lists[id] - build.counts[id],
			.hop_count = build.counts[id],
		};
	}
}

void
route_broadcast_init(struct route_broadcast *broadcast)
{
	*broadcast = (struct route_broadcast){ .count = 0 };
	arena_init(&broadcast->memory);
	route_index_init(&broadcast->index, 0);
}

void
route_broadcast_release(struct route_broadcast *broadcast)
{
	arena_release(&broadcast->memory);
	route_index_release(&broadcast->index);
	*broadcast = (struct route_broadcast){ .count = 0 };
}

void
route_broadcast_set(struct route_broadcast *broadcast, size_t row, const char *hop)
{
	assert(row < broadcast->count && broadcast->rows[row].hop_count == 0);

	broadcast->rows[row].hops      = arena_new(&broadcast->memory, 1, sizeof(hop));
	broadcast->rows[row].hops[0]   = hop;
	broadcast->rows[row].hop_count = 1;
	broadcast->rows[row].by_name   = true;
}

const struct route_broadcast_row *
route_broadcast_find(const struct route_broadcast *broadcast, const char *region)
{
	uint32_t row = route_index_get(&broadcast->index, region);

	return row == ROUTE_INDEX_NONE ? NULL : &broadcast->rows[row];
}

static void
sort_machines(struct build *build, const struct route_label *labels, struct arena *scratch)
{
	const struct topology *topology  = build->graph->topology;
	uint32_t               hop_count = build->graph->neighbor_count + 1;
	uint32_t              *ends      = arena_new(scratch, hop_count + 1, sizeof(ends[0]));

	build->machines = arena_new(scratch, topology->recorded_count, sizeof(build->machines[0]));
	build->hops     = arena_new(scratch, topology->recorded_count, sizeof(build->hops[0]));
	for (size_t i = 0; i < topology->recorded_count; i++) {
		const struct route_label *label = &labels[topology->recorded[i]];

		if (route_label_reached(label) && route_label_hop(label) != 0)
			ends[route_label_hop(label) + 1]++;
	}
	for (uint32_t hop = 0; hop < hop_count; hop++)
		ends[hop + 1] += ends[hop];
	build->machine_count = ends[hop_count];
	for (size_t i = 0; i < topology->recorded_count; i++) {
		const struct route_label *label = &labels[topology->recorded[i]];
		uint32_t                  place;

		if (!route_label_reached(label) || route_label_hop(label) == 0)
			continue;
		place                  = ends[route_label_hop(label)]++;
		build->machines[place] = topology->recorded[i];
		build->hops[place]     = route_label_hop(label);
	}
}

/* Counts each region's distinct hops, or writes them down where there are lists. */
static void
visit_regions(struct build *build)
{
	const struct topology *topology = build->graph->topology;
	const uint32_t        *regions  = build->graph->regions;

	for (uint32_t i = 0; i < build->machine_count; i++) {
		uint32_t id      = regions[build->machines[i]];
		uint32_t visible = topology->nodes[build->machines[i]].visible;

		for (; id != REGION_TREE_NONE && id >= visible; id = regions[id]) {
			if (build->last[id] == build->hops[i])
				continue;
			build->last[id] = build->hops[i];
			if (build->lists == NULL)
				build->counts[id]++;
			else
				*build->lists[id]++ = build->hop_names[build->hops[i]];
		}
	}
}

/*
 * By id: names that are no machines and have something in them, or are told of. What else has an
 * id was heard of once, in records that have changed since.
 */
static bool *
find_regions(const struct route_graph *graph, struct arena *scratch)
{
	const struct topology *topology = graph->topology;
	bool                  *known    = arena_new(scratch, graph->name_count, sizeof(known[0]));

	known[graph->home] = true;
	for (size_t i = 0; i < topology->pseudolink_count; i++)
		known[topology->pseudolinks[i].from] = known[topology->pseudolinks[i].to] = true;
	for (uint32_t id = graph->name_count; id-- > 1;) { /* children before parents */
		known[id] =
		    known[id] || topology->nodes[id].told || topology_is_machine(topology, id);
		if (known[id])
			known[region_tree_parent(&topology->names, id)] = true;
	}
	for (uint32_t id = 0; id < graph->name_count; id++)
		known[id] = known[id] && !topology_is_machine(topology, id);
	return known;
}
