/*
 * node_window_test.c - when a node calls, for how long, and what it says
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define CALLED    "transport tcp \"10.0.0.1:1\" plain"

/* It is 2026-11-20, 10:40 UTC, a Friday. */
static struct bed bed;
static char       description[2048];

static void
open_in(const char *zone, const char *statements)
{
	struct event event = { .kind = EVENT_ZONE, .bytes = span_of_text(zone) };

	snprintf(description, sizeof(description), "node a.oz.au { visible oz.au\n%s }\n",
	         statements);
	bed_make(&bed, description);
	if (strstr(statements, "schedule") == NULL)
		return;
	CU_ASSERT_PTR_NULL(bed_find_action(&bed, ACTION_CALL_OPEN));
	bed_step(&bed, &event, 1);
}

static void
open(const char *statements)
{
	open_in("", statements);
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* Minutes until the node calls somebody, and whom; -1: not within so many. */
static int64_t
minutes_to_call(int64_t most, const char *neighbor)
{
	int64_t begin_ms = bed.now.instant.ms, end_ms = begin_ms + most * MINUTE_MS;

	for (;;) {
		const struct action *action = bed_find_action(&bed, ACTION_CALL_OPEN);
		int64_t              next_ms;

		if (action != NULL) {
			CU_ASSERT_STRING_EQUAL(action->text, neighbor);
			return (bed.now.instant.ms - begin_ms + MINUTE_MS / 2) / MINUTE_MS;
		}
		next_ms = node_deadline(bed.node).ms;
		if (next_ms > end_ms) {
			bed_pass(&bed, end_ms - bed.now.instant.ms);
			return -1;
		}
		bed_pass(&bed, next_ms > bed.now.instant.ms ? next_ms - bed.now.instant.ms : 0);
	}
}

/* The call that was opened last fails. */
static void
fail(void)
{
	const struct action *action = bed_find_action(&bed, ACTION_CALL_OPEN);
	struct event         event  = { .kind = EVENT_CALL_ENDED, .text = "busy" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	event.id = action->id;
	bed_step(&bed, &event, 1);
}

/* Without what nodes have to say to each other at the start. */
static void
open_quietly(const char *statements)
{
	open(statements);
	ASK(&bed, "queue", "cancel", "--service", "control");
	while (bed_find_action(&bed, ACTION_CALL_OPEN) != NULL)
		fail();
}

/* The far end of the call that was opened last; it says nothing by itself. */
static void
connect_call(struct caller *far)
{
	static const struct name there = { "b.oz.au" }, nobody = { "" };
	const struct action     *action = bed_find_action(&bed, ACTION_CALL_OPEN);
	struct event             event  = { .kind = EVENT_CALL_CONNECTED };

	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	*far     = (struct caller){ .id      = action->id,
		                    .session = session_new(&there, &nobody, "", bed.now.instant) };
	event.id = far->id;
	bed_step(&bed, &event, 1);
	caller_pass(far, &bed, 1000, 0);
	CU_ASSERT_EQUAL(session_state(far->session), SESSION_UP);
}

static bool
answered(const char *words)
{
	const struct action *answer = bed_find_action(&bed, ACTION_CLIENT_SEND);

	return answer != NULL &&
	       memmem(answer->bytes.data, answer->bytes.length, words, strlen(words)) != NULL;
}

static void
mail(uint8_t token)
{
	bed_submit(&bed, "mail", "joe@b.oz.au", token);
}

static void
a_link_is_called_when_its_window_opens(void)
{
	open_in("<+0545>-5:45", "schedule hourly { every 1h for 10m offset 40m }\n"
	                        "link b.oz.au { schedule hourly; " CALLED " }");
	CU_ASSERT_EQUAL(minutes_to_call(200, "b.oz.au"), 15); /* at 16:40, there */
}

static void
before_the_zone_is_known_nobody_is_called(void)
{
	snprintf(description, sizeof(description),
	         "node a.oz.au { visible oz.au; schedule any { daily all }\n"
	         "link b.oz.au { schedule any; " CALLED " } }\n");
	bed_make(&bed, description);
	CU_ASSERT_EQUAL(minutes_to_call(200, "b.oz.au"), -1);
}

static void
a_call_ends_with_its_window(void)
{
	struct caller far;

	open("schedule s { every 1h for 10m offset 40m }; link b.oz.au { schedule s; " CALLED " }");
	CU_ASSERT_EQUAL(minutes_to_call(1, "b.oz.au"), 0);
	connect_call(&far);
	caller_pass(&far, &bed, 10 * MINUTE_MS - 12000, 0);
	CU_ASSERT_EQUAL(session_state(far.session), SESSION_UP);
	caller_pass(&far, &bed, 1500, 0);
	CU_ASSERT_EQUAL(session_state(far.session), SESSION_CLOSED); /* goodbye was said */
	caller_release(&far);
	CU_ASSERT_EQUAL(minutes_to_call(100, "b.oz.au"), 50);
}

static void
who_does_not_answer_before_the_end_is_not_waited_for(void)
{
	open("schedule s { every 1h for 10m offset 40m }; link b.oz.au { schedule s; " CALLED " }");
	CU_ASSERT_EQUAL(minutes_to_call(1, "b.oz.au"), 0);
	bed_pass(&bed, 29000);
	CU_ASSERT_PTR_NULL(bed_find_action(&bed, ACTION_CALL_CLOSE));
	bed_pass(&bed, 10 * MINUTE_MS - 39000);
	CU_ASSERT_PTR_NOT_NULL(bed_find_action(&bed, ACTION_CALL_CLOSE));
}

static void
a_line_that_says_nothing_is_let_go_when_the_window_closes(void)
{
	struct instant begin;

	open("schedule s { every 1h for 30s offset 50m }\n"
	     "link b.oz.au { schedule s; transport command \"call-b\" plain }");
	CU_ASSERT_EQUAL(minutes_to_call(20, "b.oz.au"), 10);
	begin = bed.now.instant;
	while (bed_find_action(&bed, ACTION_CALL_CLOSE) == NULL &&
	       bed.now.instant.ms < begin.ms + HOUR_MS)
		bed_pass(&bed, node_deadline(bed.node).ms - bed.now.instant.ms);
	CU_ASSERT_TRUE(bed.now.instant.ms <= begin.ms + 30000);
}

static void
a_call_ends_with_its_call_time(void)
{
	open("link b.oz.au { call-time 40m; retry 5m; " CALLED " }");
	CU_ASSERT_EQUAL(minutes_to_call(1, "b.oz.au"), 0);
	bed_pass(&bed, 40 * MINUTE_MS);
	CU_ASSERT_PTR_NOT_NULL(bed_find_action(&bed, ACTION_CALL_CLOSE));
	CU_ASSERT_TRUE(minutes_to_call(10, "b.oz.au") >= 5);
}

static void
what_waits_must_be_allowed_in_the_window(void)
{
	open_quietly(
	    "schedule night { daily 18:00-08:00 }\n"
	    "schedule hourly { every 1h for 10m offset 20m }\n"
	    "link b.oz.au { schedule night; schedule hourly at-least high; call on-demand; " CALLED
	    " }");
	bed_submit(&bed, "file", "joe@b.oz.au", 1);
	CU_ASSERT_EQUAL(minutes_to_call(60, "b.oz.au"), -1); /* it is 11:40 */
	mail(2);
	CU_ASSERT_EQUAL(minutes_to_call(60, "b.oz.au"), 40);
	fail();
	bed_pass(&bed, 10 * MINUTE_MS);
	ASK(&bed, "queue", "cancel", "--service", "mail");
	CU_ASSERT_EQUAL(minutes_to_call(600, "b.oz.au"), 330); /* from 12:30 on */
}

static void
any_threshold_is_enough(void)
{
	open_quietly(
	    "link b.oz.au { call when any { count 2 of mail; bytes 64K; oldest 4h }; " CALLED " }");
	CU_ASSERT_EQUAL(minutes_to_call(10, "b.oz.au"), -1);
	bed_submit(&bed, "file", "joe@b.oz.au", 1);
	bed_submit(&bed, "file", "joe@b.oz.au", 2);
	CU_ASSERT_EQUAL(minutes_to_call(10, "b.oz.au"), -1);
	mail(3);
	CU_ASSERT_EQUAL(minutes_to_call(1, "b.oz.au"), -1);
	mail(4);
	CU_ASSERT_EQUAL(minutes_to_call(1, "b.oz.au"), 0);
}

static void
the_oldest_message_calls_by_itself(void)
{
	open_quietly("link b.oz.au { call when any { count 2; bytes 64K; oldest 4h }; " CALLED
	             " }");
	bed_pass(&bed, 10 * MINUTE_MS);
	mail(1);
	CU_ASSERT_EQUAL(minutes_to_call(300, "b.oz.au"), 240);
}

static void
all_thresholds_must_be_reached(void)
{
	open_quietly("link b.oz.au { call when all { count 2; oldest 4h }; poll 7h; " CALLED " }");
	mail(1);
	CU_ASSERT_EQUAL(minutes_to_call(300, "b.oz.au"), -1);
	CU_ASSERT_EQUAL(minutes_to_call(300, "b.oz.au"), 120); /* it is polled */
}

static void
a_link_that_is_never_called_is_called_by_the_operator(void)
{
	struct caller far;

	open_quietly(
	    "schedule s { every 1h for 10m }; link b.oz.au { call never; schedule s; " CALLED " }");
	mail(1);
	CU_ASSERT_EQUAL(minutes_to_call(3000, "b.oz.au"), -1);
	ASK(&bed, "call", "b.oz.au");
	CU_ASSERT_TRUE(answered("outside of its windows"));
	CU_ASSERT_EQUAL(minutes_to_call(1, "b.oz.au"), 0);
	connect_call(&far);
	caller_pass(&far, &bed, 5000, 0);
	CU_ASSERT_EQUAL(session_state(far.session), SESSION_UP);
	caller_pass(&far, &bed, MINUTE_MS, 0); /* all is said */
	CU_ASSERT_EQUAL(session_state(far.session), SESSION_CLOSED);
	caller_release(&far);
}

static void
a_pause_that_does_not_double_is_as_stated(void)
{
	open("link b.oz.au { retry 5m; " CALLED " }");
	for (int i = 0; i < 4; i++) {
		int64_t minutes = minutes_to_call(60, "b.oz.au");

		CU_ASSERT_TRUE(i == 0 ? minutes == 0 : minutes >= 5 && minutes <= 6);
		fail();
	}
}

static void
a_pause_doubles_to_its_end(void)
{
	static const int64_t least[] = { 0, 5, 10, 20, 25, 25 };

	open("link b.oz.au { retry 5m doubling to 25m; " CALLED " }");
	for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
		int64_t minutes = minutes_to_call(60, "b.oz.au");

		CU_ASSERT_TRUE(minutes >= least[i] && minutes <= least[i] + least[i] / 4 + 1);
		fail();
	}
}

#define SHARED(order)                                                                              \
	"device radio { order " order " }\n"                                                       \
	"link b.oz.au { device radio; call on-demand; " CALLED " }\n"                              \
	"link c.oz.au { device radio; call on-demand; " CALLED " }\n"                              \
	"link d.oz.au { device radio; call on-demand; " CALLED " }\n"

/* Who is called in six turns, while each has something to hear and none answers. */
static void
turns(const char *statements, const char *expected)
{
	char called[8] = "";

	open(statements);
	for (int i = 0; i < 6; i++) {
		const struct action *action = bed_find_action(&bed, ACTION_CALL_OPEN);

		for (int steps = 0; action == NULL && steps < 50; steps++) {
			int64_t wait_ms = node_deadline(bed.node).ms - bed.now.instant.ms;

			bed_pass(&bed, wait_ms > 0 ? wait_ms : 0);
			action = bed_find_action(&bed, ACTION_CALL_OPEN);
		}
		CU_ASSERT_PTR_NOT_NULL_FATAL(action);
		called[i]     = action->text[0];
		called[i + 1] = '\0';
		if (i == 2) { /* the next run goes on where this one stopped */
			node_close(bed.node);
			actions_clear(&bed.actions);
			bed_open_node(&bed, description);
			if (bed_find_action(&bed, ACTION_CALL_OPEN) == NULL)
				bed_pass(&bed, 0);
			continue;
		}
		bed_pass(&bed, MINUTE_MS / 6); /* the others are due as well, by now */
		CU_ASSERT_PTR_NULL(bed_find_action(&bed, ACTION_CALL_OPEN));
		{
			struct event event = { .kind = EVENT_CALL_ENDED,
				               .id   = action->id,
				               .text = "no carrier" };

			bed_step(&bed, &event, 1);
		}
	}
	CU_ASSERT_STRING_EQUAL(called, expected);
}

static void
links_that_share_a_device_take_turns(void)
{
	turns(SHARED("round-robin"), "bcdbcd");
}

static void
as_stated_the_first_is_first(void)
{
	turns(SHARED("as-stated"), "bcbbcb");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_link_is_called_when_its_window_opens),
	UNIT_TEST(before_the_zone_is_known_nobody_is_called),
	UNIT_TEST(a_call_ends_with_its_window),
	UNIT_TEST(who_does_not_answer_before_the_end_is_not_waited_for),
	UNIT_TEST(a_line_that_says_nothing_is_let_go_when_the_window_closes),
	UNIT_TEST(a_call_ends_with_its_call_time),
	UNIT_TEST(what_waits_must_be_allowed_in_the_window),
	UNIT_TEST(any_threshold_is_enough),
	UNIT_TEST(the_oldest_message_calls_by_itself),
	UNIT_TEST(all_thresholds_must_be_reached),
	UNIT_TEST(a_link_that_is_never_called_is_called_by_the_operator),
	UNIT_TEST(a_pause_that_does_not_double_is_as_stated),
	UNIT_TEST(a_pause_doubles_to_its_end),
	UNIT_TEST(links_that_share_a_device_take_turns),
	UNIT_TEST(as_stated_the_first_is_first),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_window_suite = UNIT_SUITE("node/node_window", NULL, teardown, tests);
