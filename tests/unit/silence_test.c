/*
 * silence_test.c - both ends of a link that is cut say so, and both take it back
 *
 * Two nodes under virtual time. For more than a day whatever one of them sends cuts the call.
 */
#include <string.h>

#include "spool/store/store_topology.h"
#include "tests/sim/world.h"
#include "tests/unit/unit.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

static struct world world;

static void
setup(void)
{
	struct world_node *a, *b;

	world_init(&world, 1, false);
	a = world_add_node(&world, "a.sim.au", "sim.au");
	b = world_add_node(&world, "b.sim.au", "sim.au");
	world_link(&world, a, b);
	world_link(&world, b, a);
	world_describe_services(&world);
	world_schedule(&world, PENDING_BOOT, a->index, 0);
	world_schedule(&world, PENDING_BOOT, b->index, 0);
}

static void
teardown(void)
{
	world_release(&world);
}

/* What `node` knows of the links of `speaker`: they are all "alive", "down" or "dead". */
static const char *
told(unsigned node, const char *speaker)
{
	struct stored_record stored;
	struct record        record;
	const char          *told = "nothing";

	stored_record_init(&stored);
	record_init(&record);
	CU_ASSERT_TRUE_FATAL(store_record_get(world.nodes[node]->store, speaker, &stored));
	CU_ASSERT_EQUAL_FATAL(record_decode(&record, buffer_span(&stored.bytes), NULL), STATUS_OK);
	for (size_t i = 0; i < record.link_count; i++)
		told = record.links[i].down ? "down" : record.links[i].dead ? "dead" : "alive";
	record_release(&record);
	stored_record_release(&stored);
	return told;
}

static void
run(int64_t ms)
{
	world_run(&world, world.now_ms + ms);
	CU_ASSERT_STRING_EQUAL_FATAL(world.failure, "");
}

static void
both_ends_say_that_it_is_down_and_that_it_is_not(void)
{
	run(MINUTE_MS);
	CU_ASSERT_STRING_EQUAL(told(0, "b.sim.au"), "alive");
	CU_ASSERT_STRING_EQUAL(told(1, "a.sim.au"), "alive");
	world.faults.cut = 1000;
	run(23 * HOUR_MS);
	CU_ASSERT_STRING_EQUAL(told(0, "a.sim.au"), "alive");
	run(2 * HOUR_MS);
	CU_ASSERT_STRING_EQUAL(told(0, "a.sim.au"), "down");
	CU_ASSERT_STRING_EQUAL(told(1, "b.sim.au"), "down");
	world.faults.cut = 0;
	run(MINUTE_MS);
	for (unsigned node = 0; node < 2; node++) {
		CU_ASSERT_STRING_EQUAL(told(node, "a.sim.au"), "alive");
		CU_ASSERT_STRING_EQUAL(told(node, "b.sim.au"), "alive");
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(both_ends_say_that_it_is_down_and_that_it_is_not),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo silence_suite = UNIT_SUITE("sim/silence", setup, teardown, tests);
