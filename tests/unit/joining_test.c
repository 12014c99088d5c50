/*
 * joining_test.c - who joins a network in which the obvious ones cannot help
 */
#include "spool/route/route_lookup.h"
#include "spool/store/store_topology.h"
#include "tests/sim/world.h"
#include "tests/unit/unit.h"

enum { SECOND_MS = 1000, HOUR_MS = 3600 * SECOND_MS };

static struct world world;

static void
setup(void)
{
	world_init(&world, 1, true);
}

static void
teardown(void)
{
	world_release(&world);
}

static void
link_both(const char *a, const char *b, unsigned delay_s, unsigned cost)
{
	for (int i = 0; i < 2; i++) {
		struct world_node *from = world_find(&world, i == 0 ? a : b),
				  *to   = world_find(&world, i == 0 ? b : a);

		buffer_append_format(
		    &from->also,
		    "\tlink %s { delay %us; cost %u; transport tcp \"n%u:1\" plain }\n",
		    to->name.text, delay_s, cost, to->index);
	}
}

static void
boot(const char *name)
{
	world_schedule(&world, PENDING_BOOT, world_find(&world, name)->index, 0);
}

static bool
has_record(const char *node, const char *about)
{
	struct stored_record stored;
	bool                 has;

	stored_record_init(&stored);
	has = store_record_get(world_find(&world, node)->store, about, &stored);
	stored_record_release(&stored);
	return has;
}

/* By the fastest way; "" if nowhere. */
static const char *
hop(const char *node, const char *name)
{
	struct route_match match =
	    route_lookup(node_tables(world_find(&world, node)->node), ROUTE_FASTEST, name, NULL);

	return match.next_hop != NULL ? match.next_hop : "";
}

/*
 *   v - x - y - u - z.d     v, the nearest that sees further than x, goes by x to u itself,
 *                           so that of the world, which comes late, it has nothing to tell x
 */
static void
who_is_passed_by_its_teacher_asks_the_next_one(void)
{
	world_add_node(&world, "v.c.b.a", "b.a");
	world_add_node(&world, "x.c.b.a", "c.b.a");
	world_add_node(&world, "y.c.b.a", "c.b.a");
	world_add_node(&world, "u.c.b.a", "a");
	world_add_node(&world, "z.d", "");
	link_both("v.c.b.a", "x.c.b.a", 1, 1);
	link_both("x.c.b.a", "y.c.b.a", 5, 1);
	link_both("y.c.b.a", "u.c.b.a", 5, 1);
	link_both("u.c.b.a", "z.d", 5, 1);
	world_describe_services(&world);
	for (unsigned i = 0; i < 4; i++)
		world_schedule(&world, PENDING_BOOT, i, 0);
	world_run(&world, HOUR_MS);
	boot("z.d");
	world_run(&world, 6 * HOUR_MS);
	CU_ASSERT_STRING_EQUAL(hop("y.c.b.a", "far.e"), "u.c.b.a");
	CU_ASSERT_STRING_EQUAL(hop("x.c.b.a", "far.e"), "y.c.b.a");
}

static bool
has_heard(const char *node, const char *teacher)
{
	struct stored_teacher stored;

	return store_teacher_get(world_find(&world, node)->store, teacher, &stored) &&
	       stored.heard.ms > 0;
}

/*
 *   x - y - u     u is the nearest wider node by the fastest table, w by the cheapest; x reaches
 *        \  |     the world by links that it sees, and nothing is missing
 *          w
 */
static void
the_nearest_of_each_table_is_asked(void)
{
	world_add_node(&world, "u.c.b", "");
	world_add_node(&world, "w.c.b", "");
	world_add_node(&world, "x.c.b", "c.b");
	world_add_node(&world, "y.c.b", "c.b");
	link_both("x.c.b", "y.c.b", 1, 1);
	link_both("y.c.b", "u.c.b", 1, 9);
	link_both("y.c.b", "w.c.b", 9, 1);
	link_both("u.c.b", "w.c.b", 9, 9);
	world_describe_services(&world);
	for (unsigned i = 0; i < world.node_count; i++)
		world_schedule(&world, PENDING_BOOT, i, 0);
	world_run(&world, HOUR_MS);
	CU_ASSERT_TRUE(has_heard("x.c.b", "u.c.b"));
	CU_ASSERT_TRUE(has_heard("x.c.b", "w.c.b"));
}

/*
 *   new.s - a.s - b.s - o - c.s - d.s     the region s has two parts; o is in neither
 */
static void
a_newcomer_is_heard_of_in_the_other_part_of_its_region(void)
{
	world_add_node(&world, "a.s", "s");
	world_add_node(&world, "b.s", "");
	world_add_node(&world, "o", "");
	world_add_node(&world, "c.s", "");
	world_add_node(&world, "d.s", "s");
	world_add_node(&world, "new.s", "s");
	link_both("new.s", "a.s", 1, 1);
	link_both("a.s", "b.s", 1, 1);
	link_both("b.s", "o", 1, 1);
	link_both("o", "c.s", 1, 1);
	link_both("c.s", "d.s", 1, 1);
	world_describe_services(&world);
	for (unsigned i = 0; i < 5; i++)
		world_schedule(&world, PENDING_BOOT, i, 0);
	world_run(&world, HOUR_MS);
	CU_ASSERT_TRUE(has_record("d.s", "a.s"));
	CU_ASSERT_TRUE(has_record("a.s", "d.s"));
	boot("new.s");
	world_run(&world, 2 * HOUR_MS);
	CU_ASSERT_TRUE(has_record("new.s", "d.s"));
	CU_ASSERT_TRUE(has_record("d.s", "new.s"));
	world_check_databases(&world);
	CU_ASSERT_STRING_EQUAL(world.failure, "");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(who_is_passed_by_its_teacher_asks_the_next_one),
	UNIT_TEST(the_nearest_of_each_table_is_asked),
	UNIT_TEST(a_newcomer_is_heard_of_in_the_other_part_of_its_region),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo joining_suite = UNIT_SUITE("sim/joining", setup, teardown, tests);
