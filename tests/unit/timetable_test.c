/*
 * timetable_test.c - windows, midnights, summers, slots
 */
#include "spool/schedule/timetable.h"

#include "spool/description/description_parse.h"
#include "tests/unit/unit.h"

#define SYDNEY "AEST-10AEDT,M10.1.0,M4.1.0/3"

static struct zone        zone;
static struct description description;
static struct timetable   timetable;

static void
setup(void)
{
	zone_init(&zone);
	description_init(&description);
	timetable = (struct timetable){ .windows = NULL };
}

static void
teardown(void)
{
	timetable_release(&timetable);
	description_release(&description);
	zone_release(&zone);
}

/* The timetable of the first link of a node with these statements. */
static void
given(const char *rule, const char *statements)
{
	struct description_sources sources;
	struct description_report  report;
	struct buffer              text;

	teardown();
	setup();
	CU_ASSERT_EQUAL_FATAL(zone_parse(&zone, span_of_text(rule), NULL), STATUS_OK);
	buffer_init(&text);
	buffer_append_format(&text, "node a.oz.au {\n%s\n}\n", statements);
	description_sources_init(&sources);
	description_report_init(&report);
	description_sources_add(&sources, "test", buffer_text(&text), text.length);
	CU_ASSERT_EQUAL_FATAL(description_parse(&description, &sources, NULL, &report), STATUS_OK);
	description_report_release(&report);
	description_sources_release(&sources);
	buffer_release(&text);
	timetable_init(&timetable, &description.nodes[0], &description.nodes[0].links[0], &zone);
}

static struct walltime
wall(const char *text)
{
	struct walltime wall = { 0 };

	CU_ASSERT_TRUE_FATAL(walltime_parse(text, &wall));
	return wall;
}

static const char *
shown(struct walltime at)
{
	static char text[WALLTIME_TEXT_SIZE];

	return at.ms == INT64_MAX ? "never" : walltime_format(at, text);
}

static const char *
opens(const char *text)
{
	return shown(timetable_opens(&timetable, wall(text), DESCRIPTION_URGENT));
}

static const char *
closes(const char *text)
{
	return shown(timetable_closes(&timetable, wall(text), DESCRIPTION_URGENT));
}

static void
without_a_schedule_it_is_open(void)
{
	enum description_priority least;
	struct walltime           until;

	given("", "link b.oz.au");
	CU_ASSERT_TRUE(timetable_is_open(&timetable, wall("2026-11-29"), &least, &until));
	CU_ASSERT_EQUAL(least, DESCRIPTION_LOW);
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29"), "2026-11-29T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-29"), "never");
}

static void
a_window_belongs_to_the_day_it_starts_on(void)
{
	given("", "schedule night { mo-fr 18:00-08:00 }; link b.oz.au { schedule night }");
	/* 2026-11-28 is a Saturday */
	CU_ASSERT_STRING_EQUAL(closes("2026-11-28T07:59:59Z"), "2026-11-28T08:00:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-28T08:00:00Z"), "2026-11-28T08:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-28T08:00:00Z"), "2026-11-30T18:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-30T03:00:00Z"), "2026-11-30T18:00:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-30T18:00:00Z"), "2026-12-01T08:00:00Z");
}

static void
windows_that_touch_are_one(void)
{
	given("", "schedule most { sa all; su 00:00-12:00 11:00-13:00; mo 00:00-01:00 }\n"
	          "link b.oz.au { schedule most }");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-28"), "2026-11-29T13:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T13:00:00Z"), "2026-11-30T00:00:00Z");
	given("", "schedule any { daily all }; link b.oz.au { schedule any }");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-28"), "never");
	given("", "schedule any { every 1m for 1m }; link b.oz.au { schedule any }");
	CU_ASSERT_PTR_NOT_NULL(closes("2026-11-28"));
}

static void
a_period_is_counted_from_local_midnight(void)
{
	given("<+0545>-5:45", "schedule hourly { every 1h for 10m offset 20m }\n"
	                      "link b.oz.au { schedule hourly }");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T00:00:00Z"), "2026-11-29T00:35:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-29T00:44:59Z"), "2026-11-29T00:45:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T00:45:00Z"), "2026-11-29T01:35:00Z");
	/* one that does not divide a day begins anew with it */
	given("", "schedule odd { every 7h for 10m }; link b.oz.au { schedule odd }");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T20:00:00Z"), "2026-11-29T21:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T21:10:00Z"), "2026-11-30T00:00:00Z");
	/* the last of a day may end on the next */
	given("", "schedule late { every 7h for 6h }; link b.oz.au { schedule late }");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-29T22:00:00Z"), "2026-11-30T06:00:00Z");
	/* a long one counts from a Monday */
	given("",
	      "schedule weekly { every 7d for 1h offset 1d }; link b.oz.au { schedule weekly }");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T00:00:00Z"), "2026-12-01T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-12-01T01:00:00Z"), "2026-12-08T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("1969-12-25T00:00:00Z"), "1969-12-30T00:00:00Z");
}

static void
seconds_are_windows_too(void)
{
	given("", "schedule short { every 6s for 2s offset 1s }; link b.oz.au { schedule short }");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T10:00:00Z"), "2026-11-29T10:00:01Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-29T10:00:02Z"), "2026-11-29T10:00:03Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T10:00:03Z"), "2026-11-29T10:00:07Z");
}

/* 2026-10-04, 02:00 in Sydney, is 2026-10-03T16:00Z: the clock goes on to 03:00. */
static void
what_the_clock_skips_is_skipped(void)
{
	given(SYDNEY, "schedule s { daily 02:15-02:45 }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(opens("2026-10-02T16:45:00Z"), "2026-10-04T15:15:00Z");
	given(SYDNEY, "schedule s { daily 01:30-03:30 }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(opens("2026-10-03T12:00:00Z"), "2026-10-03T15:30:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-10-03T15:30:00Z"), "2026-10-03T16:30:00Z");
	given(SYDNEY, "schedule s { daily 18:00-08:00 }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(closes("2026-10-03T08:00:00Z"), "2026-10-03T21:00:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-10-03T22:00:00Z"), "2026-10-04T07:00:00Z");
	given(SYDNEY, "schedule s { every 1h for 10m offset 20m }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(opens("2026-10-03T15:30:00Z"), "2026-10-03T16:20:00Z");
}

/* 2026-04-05, 03:00 in Sydney, is 2026-04-04T16:00Z: it is 02:00 again. */
static void
what_the_clock_shows_twice_is_open_twice(void)
{
	given(SYDNEY, "schedule s { daily 02:15-02:45 }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(opens("2026-04-04T15:00:00Z"), "2026-04-04T15:15:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-04-04T15:15:00Z"), "2026-04-04T15:45:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-04-04T15:45:00Z"), "2026-04-04T16:15:00Z");
	CU_ASSERT_STRING_EQUAL(opens("2026-04-04T16:45:00Z"), "2026-04-05T16:15:00Z");
	given(SYDNEY, "schedule s { daily 18:00-08:00 }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(closes("2026-04-04T07:00:00Z"), "2026-04-04T22:00:00Z");
	given(SYDNEY, "schedule s { every 1h for 10m offset 20m }; link b.oz.au { schedule s }");
	CU_ASSERT_STRING_EQUAL(opens("2026-04-04T15:30:00Z"), "2026-04-04T16:20:00Z");
}

static void
a_window_may_be_for_the_urgent_only(void)
{
	enum description_priority least;
	struct walltime           until;

	given("", "schedule night { daily 18:00-08:00 }\n"
	          "schedule hourly { every 1h for 10m offset 20m }\n"
	          "link b.oz.au { schedule night; schedule hourly at-least high }");
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T09:00:00Z"), "2026-11-29T09:20:00Z");
	CU_ASSERT_STRING_EQUAL(
	    shown(timetable_opens(&timetable, wall("2026-11-29T09:00:00Z"), DESCRIPTION_NORMAL)),
	    "2026-11-29T18:00:00Z");
	CU_ASSERT_TRUE(timetable_is_open(&timetable, wall("2026-11-29T09:20:00Z"), &least, &until));
	CU_ASSERT_EQUAL(least, DESCRIPTION_HIGH);
	CU_ASSERT_STRING_EQUAL(shown(until), "2026-11-29T09:30:00Z");
	CU_ASSERT_TRUE(timetable_is_open(&timetable, wall("2026-11-29T18:20:00Z"), &least, &until));
	CU_ASSERT_EQUAL(least, DESCRIPTION_LOW);
	CU_ASSERT_FALSE(
	    timetable_is_open(&timetable, wall("2026-11-29T09:30:00Z"), &least, &until));
	CU_ASSERT_STRING_EQUAL(shown(until), "2026-11-29T10:20:00Z");
	CU_ASSERT_STRING_EQUAL(
	    shown(timetable_closes(&timetable, wall("2026-11-29T17:25:00Z"), DESCRIPTION_HIGH)),
	    "2026-11-29T17:30:00Z");
}

#define RADIO                                                                                      \
	"device radio; schedule hourly { every 1h for 10m offset 20m }\n"                          \
	"link %s { schedule hourly; device radio slot +3m }\n"

static void
a_slot_ends_where_the_next_one_begins(void)
{
	static const char rest[] = "link c.oz.au { schedule hourly; device radio }\n"
				   "link d.oz.au { schedule hourly; device radio slot +6m }\n"
				   "link e.oz.au { schedule hourly; device radio slot +15m }\n"
				   "link f.oz.au { schedule hourly; device other slot +4m }";
	struct buffer     text;

	buffer_init(&text);
	buffer_append_format(&text, RADIO "%s", "b.oz.au", rest);
	given("", buffer_text(&text));
	buffer_release(&text);
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29T09:00:00Z"), "2026-11-29T09:23:00Z");
	CU_ASSERT_STRING_EQUAL(closes("2026-11-29T09:23:00Z"), "2026-11-29T09:26:00Z");
	for (size_t i = 1; i < 5; i++) {
		static const char *const from[]  = { "09:20", "09:26", "never", "09:24" };
		static const char *const until[] = { "09:23", "09:30", "never", "09:30" };
		struct walltime          open, closed;

		timetable_release(&timetable);
		timetable_init(&timetable, &description.nodes[0], &description.nodes[0].links[i],
		               &zone);
		open   = timetable_opens(&timetable, wall("2026-11-29T09:00:00Z"), DESCRIPTION_LOW);
		closed = timetable_closes(&timetable, open, DESCRIPTION_LOW);
		CU_ASSERT_TRUE(strstr(shown(open), from[i - 1]) != NULL);
		CU_ASSERT_TRUE(i == 3 || strstr(shown(closed), until[i - 1]) != NULL);
	}
}

static void
open_time_adds_up_over_windows(void)
{
	given("",
	      "schedule hourly { every 1h for 10m offset 20m }; link b.oz.au { schedule hourly }");
	CU_ASSERT_STRING_EQUAL(shown(timetable_passed(&timetable, wall("2026-11-29T09:25:00Z"),
	                                              DESCRIPTION_LOW, 60000)),
	                       "2026-11-29T09:26:00Z");
	CU_ASSERT_STRING_EQUAL(shown(timetable_passed(&timetable, wall("2026-11-29T09:25:00Z"),
	                                              DESCRIPTION_LOW, 20 * 60000)),
	                       "2026-11-29T11:25:00Z");
	given("", "link b.oz.au");
	CU_ASSERT_STRING_EQUAL(shown(timetable_passed(&timetable, wall("2026-11-29T09:25:00Z"),
	                                              DESCRIPTION_LOW, 60000)),
	                       "2026-11-29T09:26:00Z");
}

/* A clock may be set to anything, and a schedule may be empty: there is an answer. */
static void
no_clock_and_no_schedule_is_too_odd(void)
{
	static const int64_t walls[] = { INT64_MIN, -1, 0, 1, INT64_MAX };

	given(SYDNEY, "schedule s { daily 02:15-02:45; every 7h for 7h offset 3h }\n"
	              "schedule none { mo 12:00-12:00 }\n"
	              "link b.oz.au { schedule s }; link c.oz.au { schedule none }");
	for (size_t i = 0; i < sizeof(walls) / sizeof(walls[0]); i++) {
		struct walltime at =
		    timetable_opens(&timetable, (struct walltime){ walls[i] }, DESCRIPTION_LOW);

		CU_ASSERT_TRUE(at.ms < INT64_MAX);
		CU_ASSERT_TRUE(timetable_closes(&timetable, at, DESCRIPTION_LOW).ms > at.ms);
	}
	timetable_release(&timetable);
	timetable_init(&timetable, &description.nodes[0], &description.nodes[0].links[1], &zone);
	CU_ASSERT_STRING_EQUAL(opens("2026-11-29"), "never");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(without_a_schedule_it_is_open),
	UNIT_TEST(a_window_belongs_to_the_day_it_starts_on),
	UNIT_TEST(windows_that_touch_are_one),
	UNIT_TEST(a_period_is_counted_from_local_midnight),
	UNIT_TEST(seconds_are_windows_too),
	UNIT_TEST(what_the_clock_skips_is_skipped),
	UNIT_TEST(what_the_clock_shows_twice_is_open_twice),
	UNIT_TEST(a_window_may_be_for_the_urgent_only),
	UNIT_TEST(a_slot_ends_where_the_next_one_begins),
	UNIT_TEST(open_time_adds_up_over_windows),
	UNIT_TEST(no_clock_and_no_schedule_is_too_odd),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo timetable_suite = UNIT_SUITE("schedule/timetable", setup, teardown, tests);
