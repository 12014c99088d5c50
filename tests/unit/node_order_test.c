/*
 * node_order_test.c - incremental snapshots arrive in their order, over several ways that do not
 *
 * Real nodes under a virtual clock: what is short goes by a link of its own and overtakes what is
 * long, calls are cut, and the receiver's machine loses its power.
 */
#include <string.h>

#include "spool/store/store_message.h"
#include "tests/sim/world.h"
#include "tests/unit/unit.h"

enum { SECOND_MS = 1000, HOUR_MS = 3600 * SECOND_MS, SNAPSHOTS = 30 };

static struct world world;

static void
link_twice(const char *from, const char *to, const char *service)
{
	struct world_node *node = world_find(&world, from), *other = world_find(&world, to);

	buffer_append_format(&node->also,
	                     "\tlink %s { delay 1m; transport tcp \"n%u:1\" plain }\n"
	                     "\tlink %s as second { delay 1s; carry { smaller-than 6K }\n"
	                     "\t\ttransport tcp \"n%u:1\" plain }\n%s",
	                     to, other->index, to, other->index, service);
	world_line(node, other->index)->bits_per_s = 9600;
}

/* Sizes and times are drawn; they are told apart by where they stand in the ledger. */
static void
draw_snapshots(void)
{
	for (size_t i = 0; i < SNAPSHOTS; i++) {
		struct submission *line = ledger_add(&world.ledger);

		line->from       = 0;
		line->content    = random_next(&world.random);
		line->service    = "snapshots";
		line->size_bytes = random_below(&world.random, 2) == 0
		                       ? 1 + random_below(&world.random, 1000)
		                       : 10000 + random_below(&world.random, 40000);
		for (size_t t = 0; t < sizeof(line->token); t++)
			line->token[t] = (uint8_t)random_next(&world.random);
		buffer_append_text(&line->address, "joe@b.s");
		submission_add_due(line, 1);
		world_schedule(&world, PENDING_SUBMIT, 0, HOUR_MS + (int64_t)i * 10 * SECOND_MS)
		    ->submission = i;
	}
}

/* When it was delivered at b.s, by the clock over there; 0: it was not. */
static int64_t
delivered_ms(size_t i)
{
	struct submission    *line = &world.ledger.items[i];
	struct stored_outcome outcome;
	struct message_id     id;

	message_id_make(&id, &world.nodes[0]->name, line->token);
	return store_outcome_get(world.nodes[1]->store, &id, 0, &outcome) &&
	               strcmp(outcome.outcome, "delivered") == 0
	           ? outcome.at.ms
	           : 0;
}

static void
run(uint64_t seed)
{
	int64_t last_ms = 0;

	world_init(&world, seed, true);
	world_add_node(&world, "a.s", "s");
	world_add_node(&world, "b.s", "s");
	link_twice("a.s", "b.s", "");
	link_twice("b.s", "a.s", "\tservice snapshots { deliver drop \"/files/%u\"; ordered }\n");
	world_describe_services(&world);
	draw_snapshots();
	world_schedule(&world, PENDING_BOOT, 0, 0);
	world_schedule(&world, PENDING_BOOT, 1, 0);
	for (int i = 0; i < 12; i++) {
		world_run(&world, HOUR_MS + (i + 1) * 30 * SECOND_MS);
		world_calls_cut_between(&world, world.nodes[0], world.nodes[1]);
		if (i == 6)
			world_power_fails(&world, world.nodes[1]);
	}
	world_run(&world, 12 * HOUR_MS);
	for (size_t i = 0; i < SNAPSHOTS; i++) {
		int64_t at_ms = delivered_ms(i);

		CU_ASSERT_TRUE(world.ledger.items[i].accepted);
		CU_ASSERT_NOT_EQUAL(at_ms, 0);
		CU_ASSERT_TRUE(at_ms >= last_ms);
		last_ms = at_ms;
	}
	world_release(&world);
}

static void
snapshots_arrive_in_the_order_of_sending(void)
{
	for (uint64_t seed = 1; seed <= 4; seed++)
		run(seed);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(snapshots_arrive_in_the_order_of_sending),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_order_suite = UNIT_SUITE("node/order", NULL, NULL, tests);
