/*
 * query_map_test.c - what the picture shows, and that it is the same for the same network
 */
#include "spool/query/query_map.h"

#include <string.h>

#include "spool/topology/record.h"
#include "tests/unit/unit.h"

static struct topology  topology;
static struct query_map map;

static void
setup(void)
{
	topology_init(&topology);
}

static void
teardown(void)
{
	query_map_release(&map);
	topology_release(&topology);
}

/* A record of `node` with a link to `far`, there and back. */
static void
put(const char *node, const char *far, uint32_t delay_ms, uint32_t cost, bool dead)
{
	struct record      record;
	struct record_link link = {
		.to = *name_of(far), .delay_ms = delay_ms, .cost = cost, .dead = dead
	};

	record_init(&record);
	record.node    = *name_of(node);
	record.visible = *name_of("oz.au");
	record.serial  = 1;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	link.direction = RECORD_INBOUND;
	CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	topology_put(&topology, &record);
	record_release(&record);
}

static const struct query_map_place *
place(const char *name)
{
	for (size_t i = 0; i < map.place_count; i++)
		if (map.places[i].kind != QUERY_MAP_BOX && strcmp(map.places[i].name, name) == 0)
			return &map.places[i];
	CU_FAIL_FATAL("no such place");
	return NULL;
}

static void
a_chain_of_regions_is_one_box(void)
{
	put("a.cs.su.oz.au", "b.cs.su.oz.au", 1000, 0, false);
	query_map_init(&map, &topology, "a.cs.su.oz.au");
	CU_ASSERT_EQUAL_FATAL(map.place_count, 4); /* the world, cs.su.oz.au, a, b */
	CU_ASSERT_STRING_EQUAL(map.places[place("a.cs.su.oz.au")->box].text, "cs.su.oz.au");
	CU_ASSERT_STRING_EQUAL(place("a.cs.su.oz.au")->text, "a");
	CU_ASSERT_EQUAL(place("a.cs.su.oz.au")->kind, QUERY_MAP_HOME);
	CU_ASSERT_EQUAL(place("b.cs.su.oz.au")->kind, QUERY_MAP_MENTIONED);
}

static void
a_node_that_is_a_region_stands_in_its_own_box(void)
{
	put("su.oz.au", "cs.su.oz.au", 1000, 0, false);
	query_map_init(&map, &topology, "su.oz.au");
	CU_ASSERT_STRING_EQUAL(map.places[place("su.oz.au")->box].text, "su.oz.au");
	CU_ASSERT_STRING_EQUAL(place("su.oz.au")->text, "su.oz.au");
	CU_ASSERT_STRING_EQUAL(place("cs.su.oz.au")->text, "cs");
}

static void
a_way_joins_what_both_ends_say(void)
{
	put("a.oz.au", "b.oz.au", 1000, 5, false);
	put("b.oz.au", "a.oz.au", 7000, 9, false);
	query_map_init(&map, &topology, "a.oz.au");
	CU_ASSERT_EQUAL_FATAL(map.link_count, 1);
	CU_ASSERT_EQUAL(map.links[0].there.delay_ms, 7000); /* the receiver's delay */
	CU_ASSERT_EQUAL(map.links[0].there.cost, 5);        /* the sender's cost    */
	CU_ASSERT_EQUAL(map.links[0].back.delay_ms, 1000);
	CU_ASSERT_EQUAL(map.links[0].back.cost, 9);
	CU_ASSERT_FALSE(map.links[0].there.dead);
	CU_ASSERT_FALSE(query_map_symmetric(&map.links[0]));
}

static void
a_link_that_one_end_calls_dead_is_dead(void)
{
	put("a.oz.au", "b.oz.au", 1000, 5, false);
	put("b.oz.au", "a.oz.au", 1000, 5, true);
	query_map_init(&map, &topology, "a.oz.au");
	CU_ASSERT_EQUAL_FATAL(map.link_count, 1);
	CU_ASSERT_TRUE(map.links[0].there.dead);
	CU_ASSERT_TRUE(map.links[0].back.dead);
}

static void
hearsay_ends_beyond_what_is_known(void)
{
	put("a.oz.au", "b.oz.au", 1000, 5, false);
	topology_pseudolink_put(&topology, "b.oz.au", "edu", PSEUDOLINK_GENUINE,
	                        (struct walltime){ 1 });
	query_map_init(&map, &topology, "a.oz.au");
	CU_ASSERT_EQUAL(place("edu")->kind, QUERY_MAP_BEYOND);
	CU_ASSERT_STRING_EQUAL(place("edu")->text, "*.edu");
	CU_ASSERT_EQUAL_FATAL(map.link_count, 2);
	CU_ASSERT_TRUE(map.links[1].pseudolink);
	CU_ASSERT_EQUAL(map.node_count, 2);
}

static const char *const network[][2] = {
	{ "a.cs.su.oz.au", "b.cs.su.oz.au" },
	{ "b.cs.su.oz.au", "c.cs.su.oz.au" },
	{ "c.cs.su.oz.au", "d.mu.oz.au" },
	{ "d.mu.oz.au", "e.mu.oz.au" },
	{ "e.mu.oz.au", "a.cs.su.oz.au" },
	{ "f.oz.au", "d.mu.oz.au" },
	{ "g.oz.au", "f.oz.au" },
	{ "h.oz.au", "c.cs.su.oz.au" },
};
enum { NETWORK = sizeof(network) / sizeof(network[0]) };

static void
tiles_do_not_overlap_and_are_inside_their_boxes(void)
{
	for (size_t i = 0; i < NETWORK; i++)
		put(network[i][0], network[i][1], 1000, 1, false);
	query_map_init(&map, &topology, "a.cs.su.oz.au");
	query_map_arrange(&map);
	for (size_t i = 1; i < map.place_count; i++) {
		const struct query_map_place *a   = &map.places[i];
		const struct query_map_place *box = &map.places[a->box];

		CU_ASSERT(a->x > box->x && a->x + a->width < box->x + box->width);
		CU_ASSERT(a->y > box->y && a->y + a->height < box->y + box->height);
		for (size_t j = 1; j < i; j++) {
			const struct query_map_place *b = &map.places[j];

			if (a->box == b->box)
				CU_ASSERT(a->x > b->x + b->width || b->x > a->x + a->width ||
				          a->y > b->y + b->height || b->y > a->y + a->height);
		}
	}
}

/* Ids are in the order of interning, which must not show. */
static void
the_order_of_arrival_does_not_change_the_picture(void)
{
	struct buffer pictures[2];

	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < NETWORK; i++) {
			size_t at = round == 0 ? i : NETWORK - 1 - i;

			put(network[at][0], network[at][1], 1000, 1, false);
		}
		query_map_init(&map, &topology, "a.cs.su.oz.au");
		query_map_arrange(&map);
		buffer_init(&pictures[round]);
		query_map_svg(&map, &pictures[round]);
		query_map_dot(&map, &pictures[round]);
		query_map_release(&map);
		topology_release(&topology);
		topology_init(&topology);
	}
	CU_ASSERT(pictures[0].length > 1000);
	CU_ASSERT_STRING_EQUAL(buffer_text(&pictures[0]), buffer_text(&pictures[1]));
	buffer_release(&pictures[0]);
	buffer_release(&pictures[1]);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_chain_of_regions_is_one_box),
	UNIT_TEST(a_node_that_is_a_region_stands_in_its_own_box),
	UNIT_TEST(a_way_joins_what_both_ends_say),
	UNIT_TEST(a_link_that_one_end_calls_dead_is_dead),
	UNIT_TEST(hearsay_ends_beyond_what_is_known),
	UNIT_TEST(tiles_do_not_overlap_and_are_inside_their_boxes),
	UNIT_TEST(the_order_of_arrival_does_not_change_the_picture),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo query_map_suite = UNIT_SUITE("query/query_map", setup, teardown, tests);
