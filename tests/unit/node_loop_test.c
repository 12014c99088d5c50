/*
 * node_loop_test.c - one node of a loop: what comes back is held, told once, and tried again
 */
#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define DAY_MS INT64_C(86400000)

/* b.oz.au calls; all that is for d.oz.au goes there, and comes back. */
static const char pinned[] = "node a.oz.au { visible oz.au\n"
			     "link b.oz.au { transport tcp listen }\n"
			     "link c.oz.au { transport tcp listen }\n"
			     "route d.oz.au via b.oz.au both\n"
			     "service mail { deliver maildir \"/mail/%u\" } }\n";

static struct bed         bed;
static struct caller      caller;
static struct stored_copy copy;

static void
setup(void)
{
	bed_make(&bed, pinned);
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

/* b.oz.au brings mail of ben@b.oz.au that was at these nodes, the first `forgiven` of no account. */
static void
bring(const char *to, const char *const *nodes, size_t forgiven)
{
	struct envelope envelope;
	struct transit  transit;

	envelope_init(&envelope);
	transit_init(&transit);
	snprintf(envelope.service, sizeof(envelope.service), "mail");
	snprintf(envelope.sender, sizeof(envelope.sender), "ben@b.oz.au");
	envelope.priority    = PRIORITY_NORMAL;
	envelope.lifetime_ms = 30 * DAY_MS;
	address_add_text(&transit.destinations, to, NULL);
	for (; *nodes != NULL; nodes++) {
		struct hop hop = { .node = *name_of(*nodes) };

		transit_add_hop(&transit, &hop);
	}
	transit.forgiven = forgiven;
	caller_send(&caller, &bed, 7, &envelope, &transit, span_of_text("hello\n"));
	transit_release(&transit);
	envelope_release(&envelope);
}

#define BRING(to, forgiven, ...) bring((to), (const char *const[]){ __VA_ARGS__, NULL }, (forgiven))

/* Of the mail, not of the report about it: "REASON" of a held copy, "gone" once b.oz.au has it. */
static const char *
state(void)
{
	for (int64_t after = 0; store_copy_next(bed.store, NULL, after, &copy); after = copy.key)
		if (strstr(buffer_text(&copy.destinations), "d.oz.au") != NULL)
			return copy.state == COPY_HELD ? copy.reason : copy.neighbor;
	return "gone";
}

/* Destinations of the last mail that b.oz.au took, and how many of its hops are forgiven. */
static void
expect_taken(const char *to, size_t forgiven)
{
	struct transit transit;
	struct buffer  text;

	transit_init(&transit);
	buffer_init(&text);
	CU_ASSERT_EQUAL(transit_decode(&transit, buffer_span(&caller.transit), NULL), STATUS_OK);
	address_format(&transit.destinations, &text);
	CU_ASSERT_STRING_EQUAL(buffer_text(&text), to);
	CU_ASSERT_EQUAL(transit.forgiven, forgiven);
	buffer_clear(&caller.transit);
	buffer_release(&text);
	transit_release(&transit);
}

/* The mail has come for the second time, and is held. */
static void
hold(void)
{
	BRING("joe@d.oz.au", 0, "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "gone");
	expect_taken("joe@d.oz.au", 0);
	BRING("joe@d.oz.au", 0, "b.oz.au", "a.oz.au", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "loop");
}

static void
what_comes_back_is_held_and_told_once(void)
{
	hold();
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(buffer_text(&copy.text), "a circle: a.oz.au, b.oz.au, a.oz.au"));
	expect_taken("ben@b.oz.au", 0);
	node_close(bed.node);
	bed_open_node(&bed, pinned); /* all that it knows is in the spool */
	CU_ASSERT_STRING_EQUAL(state(), "loop");
	ASK(&bed, "link", "down", "c.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "loop");
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
}

static void
the_operator_sends_it_on_and_its_past_is_forgiven(void)
{
	hold();
	expect_taken("ben@b.oz.au", 0);
	ASK(&bed, "queue", "reroute", "--service", "mail");
	caller_pass(&caller, &bed, 1, 0);
	CU_ASSERT_STRING_EQUAL(state(), "gone");
	expect_taken("joe@d.oz.au", 3);
	/* and round once more, for b.oz.au to see it; bounded by two visits since, and not told again */
	BRING("joe@d.oz.au", 3, "b.oz.au", "a.oz.au", "b.oz.au", "a.oz.au", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "gone");
	expect_taken("joe@d.oz.au", 3);
	BRING("joe@d.oz.au", 3, "b.oz.au", "a.oz.au", "b.oz.au", "a.oz.au", "b.oz.au", "a.oz.au",
	      "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "loop");
	CU_ASSERT_EQUAL(caller.transit.length, 0);
}

static void
it_goes_on_when_the_topology_changes_after_a_pause(void)
{
	hold();
	ASK(&bed, "link", "down", "c.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "loop");
	caller_pass(&caller, &bed, 3 * 60000, 0);
	CU_ASSERT_STRING_EQUAL(state(), "loop"); /* no news */
	ASK(&bed, "link", "up", "c.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "b.oz.au");
}

static void
it_goes_by_another_way_as_soon_as_there_is_one(void)
{
	hold();
	node_close(bed.node);
	bed_open_node(&bed, "node a.oz.au { visible oz.au\n"
	                    "link b.oz.au { transport tcp listen }\n"
	                    "link c.oz.au { transport tcp listen }\n"
	                    "route d.oz.au via c.oz.au both\n"
	                    "service mail { deliver maildir \"/mail/%u\" } }\n");
	CU_ASSERT_STRING_EQUAL(state(), "c.oz.au");
	CU_ASSERT_FALSE(copy.forgiven);
}

static void
a_day_without_news_is_a_reason_to_try(void)
{
	teardown();
	bed_make(&bed, "node a.oz.au { visible oz.au\n"
	               "link b.oz.au { transport tcp listen }\n"
	               "route d.oz.au via b.oz.au both\n"
	               "service mail { deliver maildir \"/mail/%u\" } }\n");
	caller_make(&caller, &bed);
	hold();
	caller_pass(&caller, &bed, DAY_MS / 2, 2000);
	CU_ASSERT_STRING_EQUAL(state(), "loop");
	caller_pass(&caller, &bed, DAY_MS / 2 + 2 * 3600000, 2000);
	CU_ASSERT_STRING_EQUAL(state(), "gone");
	expect_taken("joe@d.oz.au", 3);
}

static void
a_third_visit_is_held_whatever_it_says(void)
{
	BRING("joe@d.oz.au", 0, "o.oz.au", "a.oz.au", "c.oz.au", "a.oz.au", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "loop");
	expect_taken("ben@b.oz.au", 0); /* the report */
}

static void
a_full_history_ends_the_journey_but_not_here(void)
{
	const char *nodes[TRANSIT_MAX_HOPS + 1] = { NULL };

	for (size_t i = 0; i < TRANSIT_MAX_HOPS; i++)
		nodes[i] = i % 2 == 0 ? "o.oz.au" : "b.oz.au";
	bring("joe@a.oz.au,joe@d.oz.au", nodes, 0);
	CU_ASSERT_STRING_EQUAL(state(), "gone");
	expect_taken("ben@b.oz.au", 0); /* the report */
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_STRING_EQUAL(buffer_text(&copy.destinations), "joe@a.oz.au");
}

/* Until it is where it spreads: then it has been to others, and ends well (D18). */
static void
a_broadcast_on_its_way_is_a_message_like_any_other(void)
{
	BRING("joe@*.d.oz.au", 0, "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "gone");
	expect_taken("joe@*.d.oz.au", 0);
	BRING("joe@*.d.oz.au", 0, "b.oz.au", "a.oz.au", "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "loop");
}

static void
a_broadcast_that_no_way_is_known_for_waits(void)
{
	BRING("joe@*.nod.oz.au", 0, "b.oz.au");
	CU_ASSERT_STRING_EQUAL(state(), "no-route");
}

static void
an_expedited_copy_stays_so_when_it_is_routed_anew(void)
{
	ASK(&bed, "link", "down", "b.oz.au");
	bed_submit(&bed, "mail", "joe@c.oz.au", 1);
	ASK(&bed, "queue", "expedite", "--all");
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_EQUAL(copy.priority, PRIORITY_URGENT);
	ASK(&bed, "link", "down", "c.oz.au");
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_EQUAL(copy.state, COPY_HELD);
	CU_ASSERT_EQUAL(copy.priority, PRIORITY_URGENT);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_comes_back_is_held_and_told_once),
	UNIT_TEST(the_operator_sends_it_on_and_its_past_is_forgiven),
	UNIT_TEST(it_goes_on_when_the_topology_changes_after_a_pause),
	UNIT_TEST(it_goes_by_another_way_as_soon_as_there_is_one),
	UNIT_TEST(a_day_without_news_is_a_reason_to_try),
	UNIT_TEST(a_third_visit_is_held_whatever_it_says),
	UNIT_TEST(a_full_history_ends_the_journey_but_not_here),
	UNIT_TEST(a_broadcast_on_its_way_is_a_message_like_any_other),
	UNIT_TEST(a_broadcast_that_no_way_is_known_for_waits),
	UNIT_TEST(an_expedited_copy_stays_so_when_it_is_routed_anew),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_loop_suite = UNIT_SUITE("node/loop", setup, teardown, tests);
