/*
 * route.c - graph, search, prune, seal; once for each preference
 */
#include "spool/route/route.h"

#include <stdlib.h>
#include <string.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_lookup.h"
#include "spool/route/route_order.h"
#include "spool/route/route_prune.h"
#include "spool/route/route_search.h"
#include "spool/route/route_teacher.h"

static void compute_tables(struct route_tables *tables, const struct topology *topology,
                           uint32_t home);
static void compute_alone(struct route_tables *tables);
static void take_options(struct route_tables *tables, const struct route_options *options);
static void name_hops(struct route_tables *tables, const struct route_graph *graph,
                      const char **hops);
static void name_teacher(struct route_tables *tables, const struct route_graph *graph,
                         const struct route_label *labels, enum route_preference preference);
static void fill_silent_broadcasts(struct route_tables *tables, enum route_preference preference);
static void take_renames(struct route_tables *tables, const struct topology *topology);
static bool heard_from(const struct topology *topology, const char *hub);
static int  longest_first(const struct name *a, const struct name *b);
static int  default_compare(const void *left, const void *right);
static int  pin_compare(const void *left, const void *right);
static int  explicit_compare(const void *left, const void *right);

void
route_tables_compute(const struct topology *topology, const char *home,
                     const struct route_options *options, struct route_tables *out)
{
	static const struct route_options none = { .default_count = 0 };
	uint32_t                          id   = region_tree_find(&topology->names, home);

	*out = (struct route_tables){ .default_count = 0 };
	arena_init(&out->memory);
	out->home    = arena_text(&out->memory, home);
	out->visible = arena_text(&out->memory, topology_visible(topology, home));
	take_options(out, options == NULL ? &none : options);
	take_renames(out, topology);
	out->leaf_heard = heard_from(topology, out->leaf);
	for (int preference = 0; preference < ROUTE_PREFERENCES; preference++)
		route_table_init(&out->tables[preference]);
	if (id != REGION_TREE_NONE)
		compute_tables(out, topology, id);
	else
		compute_alone(out);
}

void
route_tables_release(struct route_tables *tables)
{
	for (int preference = 0; preference < ROUTE_PREFERENCES; preference++) {
		route_table_release(&tables->tables[preference]);
		route_broadcast_release(&tables->broadcasts[preference]);
	}
	arena_release(&tables->memory);
	*tables = (struct route_tables){ .default_count = 0 };
}

bool
route_tables_is_home(const struct route_tables *tables, const char *name)
{
	const char *renamed;

	if (strcmp(name, tables->home) == 0)
		return true;
	renamed = route_tables_renamed(tables, name);
	return renamed != NULL && strcmp(renamed, tables->home) == 0;
}

const char *
route_tables_renamed(const struct route_tables *tables, const char *name)
{
	size_t low = 0, high = tables->rename_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int    order  = strcmp(name, tables->renames[middle].former);

		if (order == 0)
			return tables->renames[middle].present;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

bool
route_tables_is_neighbor(const struct route_tables *tables, const char *name)
{
	size_t low = 0, high = tables->neighbor_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int    order  = strcmp(name, tables->neighbors[middle]);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

bool
route_tables_takes_part(const struct route_tables *tables, const char *region)
{
	const char *parent = name_parent(tables->home);

	return parent != NULL && name_within(parent, region) &&
	       name_within(region, tables->visible);
}

bool
route_tables_spreads(const struct route_tables *tables, enum route_preference preference,
                     const char *region)
{
	const struct route_broadcast_row *row =
	    route_broadcast_find(&tables->broadcasts[preference], region);

	return route_tables_takes_part(tables, region) ||
	       (row != NULL && row->hop_count > 0 && !row->by_name);
}

static void
compute_tables(struct route_tables *tables, const struct topology *topology, uint32_t home)
{
	struct arena       scratch;
	struct route_graph graph;
	const uint32_t    *order;
	const char       **hops;

	arena_init(&scratch);
	route_graph_build(&graph, topology, home, &scratch);
	order = route_order(&topology->names, &scratch);
	hops  = arena_new(&tables->memory, graph.neighbor_count + 1, sizeof(hops[0]));
	name_hops(tables, &graph, hops);
	for (int i = 0; i < ROUTE_PREFERENCES; i++) {
		enum route_preference     preference = (enum route_preference)i;
		const struct route_label *labels = route_search(&graph, preference, &scratch, NULL);

		name_teacher(tables, &graph, labels, preference);
		route_prune(&graph, labels, preference, order, hops, &scratch, &tables->tables[i]);
		route_table_seal(&tables->tables[i]);
		route_broadcast_build(&tables->broadcasts[i], &graph, labels, order, hops,
		                      &scratch);
		fill_silent_broadcasts(tables, preference);
	}
	arena_release(&scratch);
}

static void
compute_alone(struct route_tables *tables)
{
	for (int i = 0; i < ROUTE_PREFERENCES; i++) {
		const struct route home = { .region = tables->home, .next_hop = tables->home };

		route_table_add(&tables->tables[i], &home);
		route_table_seal(&tables->tables[i]);
		route_broadcast_init(&tables->broadcasts[i]);
	}
}

static void
take_options(struct route_tables *tables, const struct route_options *options)
{
	struct arena *memory = &tables->memory;

	tables->leaf           = arena_text(memory, options->leaf.text);
	tables->default_count  = options->default_count;
	tables->pin_count      = options->pin_count;
	tables->explicit_count = options->explicit_count;
	tables->defaults = arena_new(memory, options->default_count, sizeof(tables->defaults[0]));
	tables->pins     = arena_new(memory, options->pin_count, sizeof(tables->pins[0]));
	tables->explicits =
	    arena_new(memory, options->explicit_count, sizeof(tables->explicits[0]));
	for (size_t i = 0; i < options->default_count; i++)
		tables->defaults[i] = options->defaults[i];
	for (size_t i = 0; i < options->pin_count; i++)
		tables->pins[i] = options->pins[i];
	for (size_t i = 0; i < options->explicit_count; i++) {
		struct route_explicit *line = &tables->explicits[i];

		*line = options->explicits[i];
		line->waypoints =
		    arena_new(memory, line->waypoint_count, sizeof(line->waypoints[0]));
		for (size_t j = 0; j < line->waypoint_count; j++)
			line->waypoints[j] = options->explicits[i].waypoints[j];
	}
	qsort(tables->defaults, tables->default_count, sizeof(tables->defaults[0]),
	      default_compare);
	qsort(tables->pins, tables->pin_count, sizeof(tables->pins[0]), pin_compare);
	qsort(tables->explicits, tables->explicit_count, sizeof(tables->explicits[0]),
	      explicit_compare);
}

/* hops[0] is home, the others are its neighbors: the numbers in labels. */
static void
name_hops(struct route_tables *tables, const struct route_graph *graph, const char **hops)
{
	hops[0] = tables->home;
	for (uint32_t i = 0; i < graph->neighbor_count; i++)
		hops[i + 1] = arena_text(&tables->memory, region_tree_text(&graph->topology->names,
		                                                           graph->neighbors[i]));
	tables->neighbors      = hops + 1;
	tables->neighbor_count = graph->neighbor_count;
}

static void
name_teacher(struct route_tables *tables, const struct route_graph *graph,
             const struct route_label *labels, enum route_preference preference)
{
	uint32_t id = route_teacher_find(graph, labels, REGION_TREE_NONE);

	if (id != REGION_TREE_NONE)
		tables->teachers[preference] =
		    arena_text(&tables->memory, region_tree_text(&graph->topology->names, id));
}

/* D18: where no machine that takes part is known, nor is home one, `*.R` goes as R does. */
static void
fill_silent_broadcasts(struct route_tables *tables, enum route_preference preference)
{
	struct route_broadcast *broadcast = &tables->broadcasts[preference];

	for (size_t i = 0; i < broadcast->count; i++) {
		struct route_match match;

		if (broadcast->rows[i].hop_count > 0 ||
		    route_tables_takes_part(tables, broadcast->rows[i].region))
			continue;
		match = route_lookup(tables, preference, broadcast->rows[i].region, NULL);
		if (match.next_hop != NULL && strcmp(match.next_hop, tables->home) != 0)
			route_broadcast_set(broadcast, i, match.next_hop);
	}
}

/* Recorded nodes are in byte order, so the former names are, too. */
static void
take_renames(struct route_tables *tables, const struct topology *topology)
{
	size_t count = 0;

	for (size_t i = 0; i < topology->recorded_count; i++)
		count += topology->nodes[topology->recorded[i]].renamed != REGION_TREE_WORLD;
	tables->renames = arena_new(&tables->memory, count, sizeof(tables->renames[0]));
	for (size_t i = 0; i < topology->recorded_count; i++) {
		uint32_t    id = topology->recorded[i];
		const char *former, *present;

		if (topology->nodes[id].renamed == REGION_TREE_WORLD)
			continue;
		former  = region_tree_text(&topology->names, id);
		present = topology_renamed(topology, former);
		if (present == NULL)
			continue;
		tables->renames[tables->rename_count++] = (struct route_rename){
			.former  = arena_text(&tables->memory, former),
			.present = arena_text(&tables->memory, present),
		};
	}
}

static bool
heard_from(const struct topology *topology, const char *hub)
{
	uint32_t id = region_tree_find(&topology->names, hub);

	if (id == REGION_TREE_NONE || topology->nodes[id].recorded)
		return id != REGION_TREE_NONE;
	for (size_t i = 0; i < topology->pseudolink_count; i++)
		if (topology->pseudolinks[i].from == id)
			return true;
	return false;
}

static int
longest_first(const struct name *a, const struct name *b)
{
	size_t a_length = strlen(a->text), b_length = strlen(b->text);

	if (a_length != b_length)
		return a_length > b_length ? -1 : 1;
	return name_compare(a, b);
}

static int
default_compare(const void *left, const void *right)
{
	const struct route_default *a = left, *b = right;
	int                         order = longest_first(&a->pattern, &b->pattern);

	return order != 0 ? order : name_compare(&a->node, &b->node);
}

static int
pin_compare(const void *left, const void *right)
{
	const struct route_pin *a = left, *b = right;
	int                     order = longest_first(&a->region, &b->region);

	return order != 0 ? order : name_compare(&a->neighbor, &b->neighbor);
}

static int
explicit_compare(const void *left, const void *right)
{
	const struct route_explicit *a = left, *b = right;

	return longest_first(&a->region, &b->region);
}
