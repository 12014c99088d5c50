/*
 * node_learn_test.c - what a teacher told is kept, asked for again, and forgotten in time
 *
 * A leaf alone, whose hub never answers: its spool remembers what the hub told an age ago, and
 * a step of it is made every hour.
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "spool/store/store.h"
#include "spool/store/store_topology.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

static const char description[] = "node leaf.cs.su.au {\n"
				  "\tlink hub.cs.su.au { transport tcp \"hub:1\" plain }\n"
				  "}\n";

static struct store  *store;
static struct node   *node;
static struct actions actions;
static struct now     now;

static void
setup(void)
{
	struct store_options in_memory = { .in_memory = true };

	actions_init(&actions);
	now = (struct now){ .instant = { 1000 }, .wall = { 100 * DAY_MS } };
	CU_ASSERT_EQUAL_FATAL(store_open(&store, "", &in_memory, NULL), STATUS_OK);
}

static void
teardown(void)
{
	node_close(node);
	store_close(store);
	actions_release(&actions);
}

/* The hub told, so long ago, that it reaches all regions above the leaf's. */
static void
start(int64_t age_ms)
{
	static const uint8_t     seed[32] = { 1 };
	struct walltime          heard    = { now.wall.ms - age_ms };
	struct stored_teacher    teacher  = { *name_of("hub.cs.su.au"), *name_of("su.au"), heard,
		                              heard };
	struct stored_pseudolink link     = { .teacher = teacher.node, .heard = heard };

	CU_ASSERT_EQUAL_FATAL(store_begin(store), STATUS_OK);
	store_teacher_put(store, &teacher);
	store_pseudolink_put(store, &link);
	link.region = *name_of("au");
	store_pseudolink_put(store, &link);
	link.region = *name_of("su.au");
	store_pseudolink_put(store, &link);
	teacher.node = *name_of("gone.su.au"); /* was of no use */
	store_teacher_put(store, &teacher);
	CU_ASSERT_EQUAL_FATAL(store_commit(store), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(
	    node_open(&node, store, span_of_text(description), seed, now, &actions, NULL),
	    STATUS_OK);
}

static void
pass_hours(int hours)
{
	for (int i = 0; i < hours; i++) {
		now.instant.ms += HOUR_MS;
		now.wall.ms += HOUR_MS;
		CU_ASSERT_EQUAL_FATAL(node_step(node, now, NULL, 0, &actions), STATUS_OK);
	}
}

/* How old what the hub told is by the clock; -1: it is forgotten. */
static int64_t
age_ms(void)
{
	struct stored_pseudolink link;

	return store_pseudolink_next(store, "", "", &link) ? now.wall.ms - link.heard.ms : -1;
}

/* -1: the teacher is forgotten. */
static int64_t
asked_ms(const char *name)
{
	struct stored_teacher teacher;

	return store_teacher_get(store, name, &teacher) ? teacher.asked.ms : -1;
}

static void
what_nobody_said_for_a_week_is_forgotten(void)
{
	start(6 * DAY_MS);
	pass_hours(23);
	CU_ASSERT_EQUAL(age_ms(), 6 * DAY_MS + 23 * HOUR_MS);
	pass_hours(3);
	CU_ASSERT_EQUAL(age_ms(), -1);
}

static void
a_teacher_of_no_use_is_forgotten_too(void)
{
	start(6 * DAY_MS);
	pass_hours(23);
	CU_ASSERT_NOT_EQUAL(asked_ms("gone.su.au"), -1);
	pass_hours(3);
	CU_ASSERT_EQUAL(asked_ms("gone.su.au"), -1);
	CU_ASSERT_NOT_EQUAL(asked_ms("hub.cs.su.au"), -1);
}

static void
a_fresh_teacher_is_left_alone_and_an_old_one_is_asked_once_a_day(void)
{
	int64_t asked;

	start(HOUR_MS);
	asked = asked_ms("hub.cs.su.au");
	pass_hours(24 * 2);
	CU_ASSERT_EQUAL(asked_ms("hub.cs.su.au"), asked);
	pass_hours(24 + 1);
	CU_ASSERT_TRUE(asked_ms("hub.cs.su.au") >= now.wall.ms - 3 * HOUR_MS);
	asked = asked_ms("hub.cs.su.au");
	pass_hours(20);
	CU_ASSERT_EQUAL(asked_ms("hub.cs.su.au"), asked);
	pass_hours(5);
	CU_ASSERT_TRUE(asked_ms("hub.cs.su.au") > asked);
}

static void
a_clock_that_is_set_makes_nothing_older(void)
{
	start(DAY_MS);
	now.wall.ms += 400 * DAY_MS;
	pass_hours(2);
	CU_ASSERT_EQUAL(age_ms(), DAY_MS + 2 * HOUR_MS);
	now.wall.ms -= 450 * DAY_MS;
	pass_hours(2);
	CU_ASSERT_EQUAL(age_ms(), DAY_MS + 4 * HOUR_MS);
}

static void
nothing_was_heard_in_the_future(void)
{
	start(-30 * DAY_MS);
	CU_ASSERT_EQUAL(age_ms(), 0);
	pass_hours(24 * 7 + 2);
	CU_ASSERT_EQUAL(age_ms(), -1);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_nobody_said_for_a_week_is_forgotten),
	UNIT_TEST(a_teacher_of_no_use_is_forgotten_too),
	UNIT_TEST(a_fresh_teacher_is_left_alone_and_an_old_one_is_asked_once_a_day),
	UNIT_TEST(a_clock_that_is_set_makes_nothing_older),
	UNIT_TEST(nothing_was_heard_in_the_future),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_learn_suite = UNIT_SUITE("node/node_learn", setup, teardown, tests);
