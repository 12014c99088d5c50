/*
 * link_world_test.c - two nodes under virtual time, and what both say of the link between them
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
	world_init(&world, 1, false);
	world_add_node(&world, "a.sim.au", "sim.au");
	world_add_node(&world, "b.sim.au", "sim.au");
}

/* Each has a link to the other, of which it says no more than that. */
static void
start(const char *delay)
{
	static const char *const names[] = { "a", "b" };

	for (unsigned i = 0; i < 2; i++) {
		buffer_append_format(&world.nodes[i]->also,
		                     "\tlink %s.sim.au { %s transport tcp \"n%u:1\" plain }\n",
		                     names[1 - i], delay, 1 - i);
		world_schedule(&world, PENDING_BOOT, i, 0);
	}
	world_describe_services(&world);
}

static void
teardown(void)
{
	world_release(&world);
}

/* What `node` knows of the way in of `speaker`: "alive", "down" or "dead", and the delay. */
static const char *
told(unsigned node, const char *speaker, uint32_t *delay_ms)
{
	struct stored_record stored;
	struct record        record;
	const char          *told = "nothing";

	stored_record_init(&stored);
	record_init(&record);
	CU_ASSERT_TRUE_FATAL(store_record_get(world.nodes[node]->store, speaker, &stored));
	CU_ASSERT_EQUAL_FATAL(record_decode(&record, buffer_span(&stored.bytes), NULL), STATUS_OK);
	CU_ASSERT_TRUE(stored.serial <= 4);
	for (size_t i = 0; i < record.link_count; i++) {
		const struct record_link *link = &record.links[i];

		if (link->direction != RECORD_INBOUND)
			continue;
		told      = link->down ? "down" : link->dead ? "dead" : "alive";
		*delay_ms = link->delay_ms;
	}
	record_release(&record);
	stored_record_release(&stored);
	return told;
}

static const char *
told_life(unsigned node, const char *speaker)
{
	uint32_t delay_ms;

	return told(node, speaker, &delay_ms);
}

static uint32_t
told_ms(unsigned node, const char *speaker)
{
	uint32_t delay_ms = 0;

	told(node, speaker, &delay_ms);
	return delay_ms;
}

static void
run(int64_t ms)
{
	world_run(&world, world.now_ms + ms);
	CU_ASSERT_STRING_EQUAL_FATAL(world.failure, "");
}

/* Whatever one of them sends cuts the call, for more than a day. */
static void
both_ends_say_that_it_is_down_and_that_it_is_not(void)
{
	start("delay 1s;");
	run(MINUTE_MS);
	CU_ASSERT_STRING_EQUAL(told_life(0, "b.sim.au"), "alive");
	CU_ASSERT_STRING_EQUAL(told_life(1, "a.sim.au"), "alive");
	world.faults.cut = 1000;
	run(23 * HOUR_MS);
	CU_ASSERT_STRING_EQUAL(told_life(0, "a.sim.au"), "alive");
	run(2 * HOUR_MS);
	CU_ASSERT_STRING_EQUAL(told_life(0, "a.sim.au"), "down");
	CU_ASSERT_STRING_EQUAL(told_life(1, "b.sim.au"), "down");
	world.faults.cut = 0;
	run(MINUTE_MS);
	for (unsigned node = 0; node < 2; node++) {
		CU_ASSERT_STRING_EQUAL(told_life(node, "a.sim.au"), "alive");
		CU_ASSERT_STRING_EQUAL(told_life(node, "b.sim.au"), "alive");
	}
}

/* The line takes 5 ms each way; 10 is the least that is told. */
static void
what_is_not_stated_is_measured(void)
{
	start("");
	run(MINUTE_MS / 2);
	CU_ASSERT_EQUAL(told_ms(0, "a.sim.au"), 1000);
	run(HOUR_MS);
	for (unsigned node = 0; node < 2; node++) {
		CU_ASSERT_EQUAL(told_ms(node, "a.sim.au"), 10);
		CU_ASSERT_EQUAL(told_ms(node, "b.sim.au"), 10);
	}
	world_power_fails(&world, world.nodes[0]);
	run(MINUTE_MS / 2);
	CU_ASSERT_EQUAL(told_ms(0, "a.sim.au"), 10);
	run(5 * HOUR_MS);
	CU_ASSERT_EQUAL(told_ms(1, "a.sim.au"), 10);
}

static void
what_is_stated_is_told_unless_it_takes_longer(void)
{
	start("delay 20ms;");
	run(HOUR_MS);
	CU_ASSERT_EQUAL(told_ms(1, "a.sim.au"), 20);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(both_ends_say_that_it_is_down_and_that_it_is_not),
	UNIT_TEST(what_is_not_stated_is_measured),
	UNIT_TEST(what_is_stated_is_told_unless_it_takes_longer),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo link_world_suite = UNIT_SUITE("sim/link_world", setup, teardown, tests);
