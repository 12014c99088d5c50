/*
 * world_test.c - the simulator's engine, and what can be seen of a node only in a world
 */
#include <CUnit/CUnit.h>

#include "tests/sim/world.h"
#include "tests/unit/unit.h"

enum { HOUR_MS = 3600000, DAY_MS = 24 * HOUR_MS };

/* Two nodes in a steady world, booted. */
static void
make(struct world *world, bool on_demand)
{
	struct world_node *a, *b;

	world_init(world, 1, true);
	world->on_demand = on_demand;
	a                = world_add_node(world, "a.x.au", "x.au");
	b                = world_add_node(world, "b.x.au", "x.au");
	world_link(world, a, b);
	world_link(world, b, a);
	world_describe_services(world);
	world_schedule(world, PENDING_BOOT, 0, 0);
	world_schedule(world, PENDING_BOOT, 1, 0);
}

static void
submit(struct world *world, uint8_t token)
{
	struct submission *line = ledger_add(&world->ledger);

	submission_add_due(line, 1);
	line->service = "mail";
	buffer_append_text(&line->address, "joe@b.x.au");
	line->size_bytes                                        = 1000;
	line->token[0]                                          = token;
	world_schedule(world, PENDING_SUBMIT, 0, 0)->submission = world->ledger.count - 1;
}

static void
a_link_on_demand_is_up_while_there_is_something_to_say(void)
{
	struct world world;

	make(&world, true);
	submit(&world, 1);
	world_run(&world, 5000);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 1);
	world_run(&world, HOUR_MS);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 0);
	submit(&world, 2);
	world_run(&world, HOUR_MS + 5000);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 1);
	world_run(&world, 2 * HOUR_MS);
	CU_ASSERT_EQUAL(world.nodes[1]->call_count, 0);
	world_check_at_rest(&world);
	CU_ASSERT_STRING_EQUAL(world.failure, "");
	world_release(&world);
}

/* Hourly upkeep of each node, and one call that says that both are alive. */
static void
an_idle_day_costs_next_to_nothing(void)
{
	struct world world;
	uint64_t     steps;

	make(&world, true);
	world_run(&world, DAY_MS);
	steps = world.steps;
	world_run(&world, 2 * DAY_MS);
	CU_ASSERT_TRUE(world.steps - steps < 2 * 24 * 3 + 100);
	world_release(&world);
}

static void
a_link_that_is_not_on_demand_stays_up(void)
{
	struct world world;

	make(&world, false);
	world_run(&world, HOUR_MS);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 1);
	world_release(&world);
}

static void
a_line_takes_as_long_as_its_bandwidth_and_latency_say(void)
{
	struct world world;

	make(&world, false);
	world_line(world.nodes[0], 1)->bits_per_s = 1200;
	world_line(world.nodes[0], 1)->latency_ms = 1000;
	world_run(&world, HOUR_MS);
	submit(&world, 1); /* 1000 bytes and their heading: 8 s and more */
	world_run(&world, HOUR_MS + 7000);
	CU_ASSERT_EQUAL(world.ledger.items[0].dues[0].seen, 0);
	world_run(&world, HOUR_MS + 20000);
	CU_ASSERT_EQUAL(world.ledger.items[0].dues[0].seen, 1);
	world_release(&world);
}

static void
a_restart_in_a_steady_world_keeps_the_spool(void)
{
	struct world world;

	make(&world, false);
	submit(&world, 1);
	world_run(&world, 1);
	world_power_fails(&world, world.nodes[0]);
	world_run(&world, HOUR_MS);
	world_check_at_rest(&world);
	CU_ASSERT_STRING_EQUAL(world.failure, "");
	CU_ASSERT_EQUAL(world.nodes[0]->boot, 2);
	world_release(&world);
}

static void
a_call_ends_with_its_window_and_mail_waits_for_the_next(void)
{
	struct world world;

	make(&world, false); /* at 10:40 */
	for (unsigned i = 0; i < 2; i++) {
		struct world_node *node = world.nodes[i];

		node->links[0].calls = "schedule hourly";
		buffer_append_text(&node->also, "schedule hourly { every 1h for 10m }\n");
		buffer_clear(&node->description);
	}
	world_describe_services(&world);
	submit(&world, 1);
	world_run(&world, HOUR_MS / 4);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 0);
	world_run(&world, HOUR_MS / 3 + 60000);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 1);
	CU_ASSERT_EQUAL(world.ledger.items[0].dues[0].seen, 1);
	world_run(&world, HOUR_MS / 2 + 1000);
	CU_ASSERT_EQUAL(world.nodes[0]->call_count, 0);
	world_release(&world);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_link_on_demand_is_up_while_there_is_something_to_say),
	UNIT_TEST(an_idle_day_costs_next_to_nothing),
	UNIT_TEST(a_link_that_is_not_on_demand_stays_up),
	UNIT_TEST(a_line_takes_as_long_as_its_bandwidth_and_latency_say),
	UNIT_TEST(a_restart_in_a_steady_world_keeps_the_spool),
	UNIT_TEST(a_call_ends_with_its_window_and_mail_waits_for_the_next),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo world_suite = UNIT_SUITE("sim/world", NULL, NULL, tests);
