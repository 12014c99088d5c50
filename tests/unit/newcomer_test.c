/*
 * newcomer_test.c - a network at rest: somebody joins, somebody falls silent
 */
#include "tests/sim/world.h"
#include "tests/unit/unit.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS };

static struct world world;

static void
setup(void)
{
	static const char *const names[] = { "new.x.au", "a.x.au", "b.x.au", "c.x.au", "d.x.au" };

	world_init(&world, 1, true);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		world_add_node(&world, names[i], "x.au");
}

static void
teardown(void)
{
	world_release(&world);
}

static void
link_both(unsigned a, unsigned b, const char *how)
{
	for (int i = 0; i < 2; i++) {
		struct world_node *from = world.nodes[i == 0 ? a : b],
				  *to   = world.nodes[i == 0 ? b : a];

		buffer_append_format(&from->also,
		                     "\tlink %s { %s; transport tcp \"n%u:1\" plain }\n",
		                     to->name.text, how, to->index);
	}
}

/*
 *   new - a ..... b - d      a and b have a dear line to each other, which is up only for what
 *          \     /           goes over it, and a cheap way by c
 *           - c -
 */
static void
it_is_heard_of_behind_a_neighbor_that_is_reached_by_another(void)
{
	link_both(0, 1, "delay 1s");
	link_both(1, 2, "delay 1h; call on-demand");
	link_both(1, 3, "delay 1s");
	link_both(3, 2, "delay 1s");
	link_both(2, 4, "delay 1s");
	world_describe_services(&world);
	for (unsigned i = 1; i < world.node_count; i++)
		world_schedule(&world, PENDING_BOOT, i, 0);
	world_run(&world, HOUR_MS);
	world_schedule(&world, PENDING_BOOT, 0, 0);
	world_run(&world, HOUR_MS + MINUTE_MS);
	world_check_databases(&world);
	CU_ASSERT_STRING_EQUAL(world.failure, "");
}

static void
close_line(unsigned a, unsigned b)
{
	world_line(world.nodes[a], b)->closed = true;
	world_line(world.nodes[b], a)->closed = true;
	world_calls_cut_between(&world, world.nodes[a], world.nodes[b]);
}

/* It waits for a neighbor that does not answer, until that counts as down. */
static void
what_waits_behind_a_silent_link_goes_round_about(void)
{
	struct submission *line;

	link_both(0, 1, "delay 1s");
	link_both(2, 4, "delay 1s");
	link_both(1, 2, "delay 1s");
	link_both(1, 3, "delay 60s");
	link_both(3, 2, "delay 60s");
	world_describe_services(&world);
	for (unsigned i = 0; i < world.node_count; i++)
		world_schedule(&world, PENDING_BOOT, i, 0);
	world_run(&world, MINUTE_MS);
	close_line(1, 2);
	line          = ledger_add(&world.ledger);
	line->from    = 1;
	line->service = "mail";
	submission_add_due(line, 2);
	buffer_append_text(&line->address, "joe@b.x.au");
	line->size_bytes                                         = 1000;
	line->token[0]                                           = 1;
	world_schedule(&world, PENDING_SUBMIT, 1, 0)->submission = 0;
	world_run(&world, 23 * HOUR_MS);
	CU_ASSERT_TRUE(world.ledger.items[0].accepted);
	world_check_at_rest(&world);
	CU_ASSERT_STRING_NOT_EQUAL(world.failure, ""); /* it is not there yet */
	world.failure[0] = '\0';
	world_run(&world, 25 * HOUR_MS);
	world_check_at_rest(&world);
	CU_ASSERT_STRING_EQUAL(world.failure, "");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(it_is_heard_of_behind_a_neighbor_that_is_reached_by_another),
	UNIT_TEST(what_waits_behind_a_silent_link_goes_round_about),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo newcomer_suite = UNIT_SUITE("sim/newcomer", setup, teardown, tests);
