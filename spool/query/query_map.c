/*
 * query_map.c - `map`: which places and lines the picture has
 *
 * Which links carry anything is route_graph.c's answer, so that the picture and the routes
 * cannot differ; what is stated and makes no edge there is drawn as dead.
 */
#include "spool/query/query_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/arena.h"
#include "spool/base/memory.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"
#include "spool/route/route_graph.h"

/* One direction of one link, as it was found. */
struct finding {
	uint32_t a, b; /* places, a < b */
	bool     back; /* it leads from b to a */
	bool     dead;
	uint32_t delay_ms, cost;
};

struct build {
	struct query_map      *map;
	const struct topology *topology;
	uint32_t               home;
	bool                  *drawn;  /* by id: a machine, or the end of a pseudolink */
	uint32_t              *inside; /* by id: children of the region that hold something drawn */
	uint32_t              *boxes;  /* by id: the place of the region's box */
	uint32_t              *tiles;  /* by id: the place of the node's tile  */
	struct finding        *findings;
	size_t                 finding_count, finding_capacity;
};

static void find_drawn(struct build *build);
static bool is_former_name(const struct topology *topology, uint32_t id);
static void add_places(struct build *build);
static void add_place(struct build *build, uint32_t id, enum query_map_kind kind);
static int  place_compare(const void *left, const void *right);
static void enclose_places(struct build *build);
static void write_place(const struct query_map *map, struct query_map_place *place);
static void gather_members(struct query_map *map);
static void find_links(struct build *build);
static void find_link(struct build *build, uint32_t from, uint32_t to, bool dead, uint32_t delay_ms,
                      uint32_t cost);
static int  finding_compare(const void *left, const void *right);
static void add_links(struct build *build);

int
query_map(struct query_call *call)
{
	const struct query       *query     = call->query;
	bool                      dot       = false;
	const struct query_option options[] = { { "--dot", NULL, &dot } };
	struct query_map          map;
	int                       code = QUERY_DONE;

	if (!query_options(call, options, 1, 0))
		return QUERY_USAGE;
	if (query->json) {
		query_complain(call, "a picture is no JSON; see topology --json");
		return QUERY_USAGE;
	}
	query_map_init(&map, query->topology, query->home->name.text);
	if (dot) {
		query_map_dot(&map, call->out);
	} else if (map.place_count > QUERY_MAP_MAX_PLACES) {
		query_complain(call,
		               "%zu nodes are too many for a picture; --dot is for programs "
		               "that can zoom",
		               map.node_count);
		code = QUERY_DATA;
	} else {
		query_map_arrange(&map);
		query_map_svg(&map, call->out);
	}
	query_map_release(&map);
	return code;
}

void
query_map_init(struct query_map *map, const struct topology *topology, const char *home)
{
	struct build build = { .map      = map,
		               .topology = topology,
		               .home     = region_tree_find(&topology->names, home) };
	size_t       count = region_tree_count(&topology->names);

	*map         = (struct query_map){ .places = NULL };
	build.drawn  = memory_new(count, sizeof(build.drawn[0]));
	build.inside = memory_new(count, sizeof(build.inside[0]));
	build.boxes  = memory_new(count, sizeof(build.boxes[0]));
	build.tiles  = memory_new(count, sizeof(build.tiles[0]));
	find_drawn(&build);
	add_places(&build);
	enclose_places(&build);
	gather_members(map);
	find_links(&build);
	add_links(&build);
	free(build.drawn);
	free(build.inside);
	free(build.boxes);
	free(build.tiles);
	free(build.findings);
}

void
query_map_release(struct query_map *map)
{
	free(map->places);
	free(map->members);
	free(map->links);
	*map = (struct query_map){ .places = NULL };
}

void
query_map_way_text(const struct query_map_way *way, struct buffer *out)
{
	query_text_duration(out, way->delay_ms);
	buffer_append_format(out, ", %u", way->cost);
	if (way->links > 1)
		buffer_append_format(out, " (+%u)", way->links - 1);
}

bool
query_map_symmetric(const struct query_map_link *link)
{
	return link->there.links == link->back.links && link->there.dead == link->back.dead &&
	       link->there.delay_ms == link->back.delay_ms && link->there.cost == link->back.cost;
}

/* --- places ---------------------------------------------------------------------------- */

static void
find_drawn(struct build *build)
{
	const struct topology    *topology = build->topology;
	const struct region_tree *names    = &topology->names;

	for (uint32_t id = 0; id < region_tree_count(names); id++)
		build->drawn[id] = id == build->home || (topology_is_machine(topology, id) &&
		                                         !is_former_name(topology, id));
	for (size_t i = 0; i < topology->pseudolink_count; i++) {
		build->drawn[topology->pseudolinks[i].from] = true;
		build->drawn[topology->pseudolinks[i].to]   = true;
	}
	for (uint32_t id = region_tree_count(names); --id > 0;) /* a parent's id is smaller */
		if (build->drawn[id] || build->inside[id] > 0)
			build->inside[region_tree_parent(names, id)]++;
}

/* A name without a node: nobody links to it any more. */
static bool
is_former_name(const struct topology *topology, uint32_t id)
{
	return topology->nodes[id].renamed != REGION_TREE_WORLD &&
	       topology->nodes[id].mentions == 0;
}

static void
add_places(struct build *build)
{
	struct query_map      *map      = build->map;
	const struct topology *topology = build->topology;
	uint32_t               count    = region_tree_count(&topology->names);

	map->places = memory_new(2 * (size_t)count, sizeof(map->places[0]));
	for (uint32_t id = 0; id < count; id++) {
		bool drawn = build->drawn[id];

		if (id == REGION_TREE_WORLD || build->inside[id] + drawn > 1)
			add_place(build, id, QUERY_MAP_BOX);
		if (!drawn)
			continue;
		map->node_count += topology_is_machine(topology, id) || id == build->home;
		if (id == build->home)
			add_place(build, id, QUERY_MAP_HOME);
		else if (topology->nodes[id].recorded)
			add_place(build, id, QUERY_MAP_NODE);
		else if (topology_is_machine(topology, id))
			add_place(build, id, QUERY_MAP_MENTIONED);
		else
			add_place(build, id, QUERY_MAP_BEYOND);
	}
	qsort(map->places, map->place_count, sizeof(map->places[0]), place_compare);
}

static void
add_place(struct build *build, uint32_t id, enum query_map_kind kind)
{
	build->map->places[build->map->place_count++] = (struct query_map_place){
		.kind = kind,
		.id   = id,
		.name = region_tree_text(&build->topology->names, id),
	};
}

static int
place_compare(const void *left, const void *right)
{
	const struct query_map_place *a = left, *b = right;
	int                           order = strcmp(a->name, b->name);

	return order != 0 ? order : (int)a->kind - (int)b->kind;
}

/* The box of a node that is a region as well holds its own tile (D4). */
static void
enclose_places(struct build *build)
{
	struct query_map         *map   = build->map;
	const struct region_tree *names = &build->topology->names;

	for (uint32_t i = 0; i < map->place_count; i++)
		*(map->places[i].kind == QUERY_MAP_BOX ? &build->boxes[map->places[i].id]
		                                       : &build->tiles[map->places[i].id]) = i;
	for (uint32_t i = 1; i < map->place_count; i++) {
		struct query_map_place *place = &map->places[i];
		uint32_t                id    = place->id;

		if (place->kind == QUERY_MAP_BOX)
			id = region_tree_parent(names, id);
		while (build->boxes[id] == 0 && id != REGION_TREE_WORLD)
			id = region_tree_parent(names, id);
		place->box = build->boxes[id];
		write_place(map, place);
	}
}

/* A node is named without what the box around it says already. */
static void
write_place(const struct query_map *map, struct query_map_place *place)
{
	const char *region = map->places[place->box].name;
	size_t      length = strlen(place->name);
	const char *before = place->kind == QUERY_MAP_BEYOND ? "*." : "";

	if (place->kind != QUERY_MAP_BOX && region[0] != '\0' && length > strlen(region))
		length -= strlen(region) + 1;
	if (length == 0)
		snprintf(place->text, sizeof(place->text), "the world");
	else
		snprintf(place->text, sizeof(place->text), "%s%.*s", before, (int)length,
		         place->name);
}

static void
gather_members(struct query_map *map)
{
	uint32_t next = 0;

	map->members = memory_new(map->place_count, sizeof(map->members[0]));
	for (uint32_t i = 1; i < map->place_count; i++)
		map->places[map->places[i].box].count++;
	for (uint32_t i = 0; i < map->place_count; i++) {
		map->places[i].first = next;
		next += map->places[i].count;
		map->places[i].count = 0;
	}
	for (uint32_t i = 1; i < map->place_count; i++) {
		struct query_map_place *box = &map->places[map->places[i].box];

		map->members[box->first + box->count++] = i;
	}
}

/* --- links ----------------------------------------------------------------------------- */

static void
find_links(struct build *build)
{
	const struct topology *topology = build->topology;
	struct arena           arena;
	struct route_graph     graph;

	arena_init(&arena);
	route_graph_build(&graph, topology, build->home, &arena);
	for (uint32_t from = 0; from < graph.name_count; from++)
		for (uint32_t i = graph.first[from]; i < graph.first[from + 1]; i++)
			find_link(build, from, graph.edges[i].to, false, graph.edges[i].delay_ms,
			          graph.edges[i].cost);
	for (uint32_t id = 0; id < graph.name_count; id++)
		for (uint32_t i = 0; i < topology->nodes[id].link_count; i++) {
			const struct topology_link *link = &topology->nodes[id].links[i];
			bool                        out  = link->direction == RECORD_OUTBOUND;

			find_link(build, out ? id : link->far, out ? link->far : id, true,
			          link->delay_ms, link->cost);
		}
	arena_release(&arena);
	qsort(build->findings, build->finding_count, sizeof(build->findings[0]), finding_compare);
}

static void
find_link(struct build *build, uint32_t from, uint32_t to, bool dead, uint32_t delay_ms,
          uint32_t cost)
{
	uint32_t       a       = build->tiles[from];
	uint32_t       b       = build->tiles[to];
	struct finding finding = { a < b ? a : b, a < b ? b : a, a > b, dead, delay_ms, cost };

	build->findings = memory_grow(build->findings, &build->finding_capacity,
	                              build->finding_count + 1, sizeof(build->findings[0]));
	build->findings[build->finding_count++] = finding;
}

/* The living before the dead, the fast before the slow. */
static int
finding_compare(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	if (a->b != b->b)
		return a->b < b->b ? -1 : 1;
	if (a->back != b->back)
		return a->back ? 1 : -1;
	if (a->dead != b->dead)
		return a->dead ? 1 : -1;
	if (a->delay_ms != b->delay_ms)
		return a->delay_ms < b->delay_ms ? -1 : 1;
	return a->cost < b->cost ? -1 : a->cost > b->cost;
}

/* The first finding of a direction is its best; only the living are counted. */
static void
add_links(struct build *build)
{
	struct query_map      *map      = build->map;
	const struct topology *topology = build->topology;

	map->links =
	    memory_new(build->finding_count + topology->pseudolink_count, sizeof(map->links[0]));
	for (size_t i = 0; i < build->finding_count; i++) {
		const struct finding  *finding = &build->findings[i];
		struct query_map_link *link    = &map->links[map->link_count];
		struct query_map_way  *way     = finding->back ? &link->back : &link->there;

		link->a = finding->a;
		link->b = finding->b;
		if (way->links == 0)
			*way = (struct query_map_way){ finding->delay_ms, finding->cost, 1,
				                       finding->dead };
		else
			way->links += !finding->dead;
		if (i + 1 == build->finding_count || build->findings[i + 1].a != finding->a ||
		    build->findings[i + 1].b != finding->b)
			map->link_count++;
	}
	for (size_t i = 0; i < topology->pseudolink_count; i++)
		map->links[map->link_count++] = (struct query_map_link){
			.a          = build->tiles[topology->pseudolinks[i].from],
			.b          = build->tiles[topology->pseudolinks[i].to],
			.pseudolink = true,
		};
}
