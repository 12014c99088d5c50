/*
 * node_news_test.c - what a link's limit leaves waiting, what goes first, and what is overtaken
 */
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)

enum { LIMIT = 2048 };

static const char described[] =
    "node a.oz.au { visible oz.au\n"
    "link b.oz.au { transport tcp listen; limit { topology 2K per day } }\n"
    "link x.oz.au { delay 7d; transport tcp listen } }\n";

static struct bed         bed;
static struct caller      caller;
static struct stored_copy copy;

static void
setup(void)
{
	bed_make(&bed, described);
	caller_make(&caller, &bed);
	stored_copy_init(&copy);
}

static void
teardown(void)
{
	stored_copy_release(&copy);
	caller_release(&caller);
	bed_release(&bed);
}

/* A link goes or comes, and b has time to take the news. */
static void
change(bool up)
{
	ASK(&bed, "link", up ? "up" : "down", "x.oz.au");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	caller_pass(&caller, &bed, 1000, 0);
}

/* Until no news goes any more. */
static void
use_up(void)
{
	for (int i = 0; i < 30; i++)
		change(i % 2 == 1);
}

/* Records of this node that wait for b; `copy` is the last. */
static unsigned
waiting(void)
{
	unsigned count = 0;

	for (int64_t after                                                               = 0;
	     store_copy_next_about(bed.store, "b.oz.au", "a.oz.au", after, &copy); after = copy.key)
		count++;
	return count;
}

static void
what_does_not_fit_waits_for_the_next_day(void)
{
	uint64_t day;

	use_up();
	day = caller.offered_bytes;
	CU_ASSERT_TRUE(day > LIMIT / 2 && day <= LIMIT);
	CU_ASSERT_EQUAL(waiting(), 1);
	CU_ASSERT_STRING_EQUAL(copy.reason, "limit");
	caller_pass(&caller, &bed, 23 * HOUR_MS, 0);
	CU_ASSERT_EQUAL(caller.offered_bytes, day);
	CU_ASSERT_EQUAL(waiting(), 1);
	caller_pass(&caller, &bed, HOUR_MS, 0);
	CU_ASSERT_EQUAL(waiting(), 0);
	CU_ASSERT_TRUE(caller.offered_bytes > day);
	use_up();
	CU_ASSERT_TRUE(caller.offered_bytes <= 2 * LIMIT);
}

static void
a_restart_neither_forgets_what_waits_nor_what_was_used(void)
{
	const struct event ended = { .kind = EVENT_CALL_ENDED, .id = 1, .text = "over" };

	use_up();
	bed_step(&bed, &ended, 1);
	caller_release(&caller);
	node_close(bed.node);
	bed_open_node(&bed, described);
	CU_ASSERT_EQUAL(waiting(), 1);
	caller_make(&caller, &bed);
	caller_pass(&caller, &bed, 20 * HOUR_MS, 0);
	CU_ASSERT_TRUE(caller.offered_bytes < 200);
	caller_pass(&caller, &bed, 4 * HOUR_MS, 0);
	CU_ASSERT_EQUAL(waiting(), 0);
}

static void
a_link_that_goes_is_urgent_and_a_delay_is_not(void)
{
	use_up();
	caller_pass(&caller, &bed, 24 * HOUR_MS, 120); /* measured, and told on the next day */
	use_up();
	CU_ASSERT_EQUAL(waiting(), 1);
	CU_ASSERT_EQUAL(copy.priority, PRIORITY_URGENT);
	caller_pass(&caller, &bed, HOUR_MS,
	            2000); /* has changed, but the link's news is in it too */
	CU_ASSERT_EQUAL(waiting(), 1);
	CU_ASSERT_EQUAL(copy.priority, PRIORITY_URGENT);
	caller_pass(&caller, &bed, 24 * HOUR_MS, 2000);
	CU_ASSERT_EQUAL(waiting(), 0);
}

/* b tells the record of a node that it has a link to, or its own with links to those. */
static void
tell(const char *node, const char *const *far, uint64_t serial, uint32_t delay_ms)
{
	static uint8_t     token;
	struct record      record;
	struct record_link link = { .delay_ms = delay_ms };

	record_init(&record);
	record.node    = *name_of(node);
	record.visible = *name_of("oz.au");
	record.serial  = serial;
	for (; *far != NULL; far++) {
		link.to        = *name_of(*far);
		link.direction = RECORD_OUTBOUND;
		CU_ASSERT_EQUAL_FATAL(record_add_link(&record, &link), STATUS_OK);
		link.direction = RECORD_INBOUND;
		CU_ASSERT_EQUAL_FATAL(record_add_link(&record, &link), STATUS_OK);
	}
	caller_tell(&caller, &bed, ++token, &record, 1);
	record_release(&record);
}

/* x is a neighbor that takes part, and is not on the line: what waits for it so far goes. */
static void
forget_waiting(void)
{
	static const char *const of_x[] = { "a.oz.au", NULL };

	tell("x.oz.au", of_x, 1, 1000);
	ASK(&bed, "queue", "cancel", "--neighbor", "x.oz.au");
	caller_pass(&caller, &bed, 1000, 0);
}

/* The changed delay is told before, and in less words. */
static void
a_new_node_goes_before_a_changed_delay(void)
{
	static const char *const of_b[] = { "a.oz.au", "c.oz.au", "d.oz.au", NULL };
	static const char *const of_c[] = { "b.oz.au", NULL };
	static const char *const of_d[] = { "b.oz.au", "e.oz.au", "f.oz.au", NULL };
	struct store_rank        first  = STORE_RANK_FIRST;

	tell("b.oz.au", of_b, 1, 1000);
	tell("c.oz.au", of_c, 1, 1000);
	forget_waiting();
	tell("c.oz.au", of_c, 2, 5000);
	tell("d.oz.au", of_d, 1, 1000);
	CU_ASSERT_TRUE_FATAL(store_copy_next_for(bed.store, "x.oz.au", INT64_MAX, &first, &copy));
	CU_ASSERT_STRING_EQUAL(copy.about, "d.oz.au");
	CU_ASSERT_TRUE_FATAL(store_copy_next_for(bed.store, "x.oz.au", INT64_MAX, &first, &copy));
	CU_ASSERT_STRING_EQUAL(copy.about, "c.oz.au");
	CU_ASSERT_EQUAL(copy.priority, PRIORITY_HIGH);
}

/* Only the newest of each node's records waits, as urgent as the one that it replaces. */
static void
a_later_state_takes_the_place_of_an_earlier_one(void)
{
	static const char *const of_b[] = { "a.oz.au", "c.oz.au", NULL };
	static const char *const of_c[] = { "b.oz.au", NULL };
	struct store_rank        first  = STORE_RANK_FIRST;

	tell("b.oz.au", of_b, 1, 1000);
	forget_waiting();
	tell("c.oz.au", of_c, 1, 1000);
	tell("c.oz.au", of_c, 2, 5000);
	tell("c.oz.au", of_c, 3, 9000);
	CU_ASSERT_TRUE_FATAL(store_copy_next_for(bed.store, "x.oz.au", INT64_MAX, &first, &copy));
	CU_ASSERT_STRING_EQUAL(copy.about, "c.oz.au");
	CU_ASSERT_EQUAL(copy.priority, PRIORITY_URGENT);
	CU_ASSERT_FALSE(store_copy_next_for(bed.store, "x.oz.au", INT64_MAX, &first, &copy));
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_does_not_fit_waits_for_the_next_day),
	UNIT_TEST(a_restart_neither_forgets_what_waits_nor_what_was_used),
	UNIT_TEST(a_link_that_goes_is_urgent_and_a_delay_is_not),
	UNIT_TEST(a_new_node_goes_before_a_changed_delay),
	UNIT_TEST(a_later_state_takes_the_place_of_an_earlier_one),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_news_suite = UNIT_SUITE("node/node_news", setup, teardown, tests);
