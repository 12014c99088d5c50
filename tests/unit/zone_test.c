/*
 * zone_test.c - rules, files, and bytes that are neither
 */
#include "spool/schedule/zone.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct zone zone;

static void
setup(void)
{
	zone_init(&zone);
}

static void
teardown(void)
{
	zone_release(&zone);
}

static struct walltime
wall(const char *text)
{
	struct walltime wall = { 0 };

	CU_ASSERT_TRUE_FATAL(walltime_parse(text, &wall));
	return wall;
}

static bool
parses(const char *text)
{
	struct diagnostic diagnostic;
	bool              good;

	zone_release(&zone);
	diagnostic_init(&diagnostic);
	good = zone_parse(&zone, span_of_text(text), &diagnostic) == STATUS_OK;
	CU_ASSERT_EQUAL(good, diagnostic.text[0] == '\0');
	return good;
}

/* Minutes east of UTC. */
static int64_t
offset(const char *text)
{
	struct walltime until;

	return zone_offset_ms(&zone, wall(text), &until) / 60000;
}

static const char *
until(const char *text)
{
	static char     shown[WALLTIME_TEXT_SIZE];
	struct walltime change;

	zone_offset_ms(&zone, wall(text), &change);
	return change.ms == INT64_MAX ? "never" : walltime_format(change, shown);
}

static void
no_bytes_are_utc(void)
{
	CU_ASSERT_TRUE(parses(""));
	CU_ASSERT_EQUAL(offset("2026-11-29"), 0);
	CU_ASSERT_STRING_EQUAL(until("2026-11-29"), "never");
}

static void
a_rule_has_summers(void)
{
	static const struct {
		const char *rule, *at;
		int64_t     offset_minutes;
		const char *until;
	} cases[] = {
		{ "UTC0", "2026-01-01", 0, "never" },
		{ "<+0545>-5:45", "2026-01-01", 345, "never" },
		/* south: the summer of a year begins in it, and ends in the next */
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T15:59:59Z", 660,
		  "2026-04-04T16:00:00Z" },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T16:00:00Z", 600,
		  "2026-10-03T16:00:00Z" },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-10-03T16:00:00Z", 660,
		  "2027-04-03T16:00:00Z" },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-31T23:59:59Z", 660,
		  "2027-04-03T16:00:00Z" },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", "2027-01-01T00:00:00Z", 660,
		  "2027-04-03T16:00:00Z" },
		/* north, and the last Sunday of a month */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59Z", 60,
		  "2026-03-29T01:00:00Z" },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 120,
		  "2026-10-25T01:00:00Z" },
		{ "EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -240, "2026-11-01T06:00:00Z" },
		/* half an hour of summer; times outside of the day; winter as the special case */
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-11-29", 660,
		  "2027-04-03T15:00:00Z" },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -120,
		  "2026-03-29T01:00:00Z" },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01", 0, "2027-03-28T01:00:00Z" },
		/* days by number: the 60th is the 1st of March, or in a leap year the 29th of February */
		{ "AAA0BBB,J60/0,J300/0", "2028-02-29T12:00:00Z", 0, "2028-03-01T00:00:00Z" },
		{ "AAA0BBB,59/0,300/0", "2028-02-28T12:00:00Z", 0, "2028-02-29T00:00:00Z" },
		/* summer all year: what ends and begins at the same moment goes on */
		{ "WWW3EDT4,0/0,J365/23", "2026-06-01", -240, "2027-01-01T03:00:00Z" },
		{ "WWW3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z", -240, "2028-01-01T03:00:00Z" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_TRUE(parses(cases[i].rule));
		CU_ASSERT_EQUAL(offset(cases[i].at), cases[i].offset_minutes);
		CU_ASSERT_STRING_EQUAL(until(cases[i].at), cases[i].until);
	}
}

static void
what_is_not_a_rule_is_refused(void)
{
	static const char *const cases[] = {
		"Australia/Sydney",
		"UT0",
		"UTC",
		"UTC25",
		"<UTC>",
		"<+>0",
		"UTC0DST",
		"UTC0DST,M10.1.0",
		"UTC0DST,M13.1.0,M4.1.0",
		"UTC0DST,M1.6.0,M4.1.0",
		"UTC0DST,M1.1.7,M4.1.0",
		"UTC0DST,J0,J10",
		"UTC0DST,J366,J10",
		"UTC0DST,366,10",
		"UTC0DST,1,2,3",
		"UTC0DST,1/168,2",
		"UTC0DST,1/1:60,2",
		"UTC99999999999",
		"UTC0 ",
		"TZi",
		"TZif",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_FALSE(parses(cases[i]));
}

/* A file of version 2 as zic makes it: first nothing for old readers, then one change and a rule. */
static const uint8_t file[] = {
	'T',  'Z', 'i',  'f',  '2',  0,    0,    0,    0,    0,    0,   0,   0,   0,   0,   0,
	0,    0,   0,    0,    0,    0,    0,    0,    0,    0,    0,   0,   0,   0,   0,   0,
	0,    0,   0,    0,    0,    0,    0,    1,    0,    0,    0,   4,   0,   0,   0,   0,
	0,    0,   'L',  'M',  'T',  0,    'T',  'Z',  'i',  'f',  '2', 0,   0,   0,   0,   0,
	0,    0,   0,    0,    0,    0,    0,    0,    0,    0,    0,   0,   0,   0,   0,   0,
	0,    0,   0,    0,    0,    0,    0,    0,    0,    1,    0,   0,   0,   2,   0,   0,
	0,    8,   0xff, 0xff, 0xff, 0xff, 0x73, 0x16, 0x7f, 0x3c, /* 1895-02-01 */
	1,                                                         /* the second type */
	0,    0,   0x8d, 0xc4, 0,    0,                            /* 10:04:52 */
	0,    0,   0x8c, 0xa0, 0,    4,                            /* 10:00:00 */
	'L',  'M', 'T',  0,    'A',  'E',  'S',  'T',  '\n', 'A',  'E', 'S', 'T', '-', '1', '0',
	'\n',
};

static enum status
read_file(const uint8_t *bytes, size_t length)
{
	zone_release(&zone);
	return zone_parse(&zone, (struct span){ bytes, length }, NULL);
}

static void
a_zone_file_has_changes_and_a_rule(void)
{
	struct walltime until_wall;

	CU_ASSERT_EQUAL(read_file(file, sizeof(file)), STATUS_OK);
	CU_ASSERT_EQUAL(zone.count, 1);
	CU_ASSERT_EQUAL(
	    zone_offset_ms(&zone, (struct walltime){ INT64_C(-2364113093000) }, &until_wall),
	    36292000);
	CU_ASSERT_EQUAL(until_wall.ms, INT64_C(-2364113092000));
	CU_ASSERT_EQUAL(offset("2026-11-29"), 600);
	CU_ASSERT_STRING_EQUAL(until("2026-11-29"), "never");
}

static void
a_part_of_a_file_is_refused(void)
{
	for (size_t length = 1; length < sizeof(file); length++) {
		CU_ASSERT_EQUAL(read_file(file, length), STATUS_INVALID);
		CU_ASSERT_EQUAL(offset("2026-11-29"), 0); /* it stays UTC */
	}
}

static void
counts_that_promise_more_than_there_is_are_refused(void)
{
	uint8_t bytes[sizeof(file)];

	for (size_t at = 44 + 10 + 20; at < 44 + 10 + 44; at++) {
		memcpy(bytes, file, sizeof(file));
		bytes[at] = 0xff;
		CU_ASSERT_EQUAL(read_file(bytes, sizeof(bytes)), STATUS_INVALID);
	}
	memcpy(bytes, file, sizeof(file));
	bytes[44 + 10 + 44 + 8] = 2; /* of two types */
	CU_ASSERT_EQUAL(read_file(bytes, sizeof(bytes)), STATUS_INVALID);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(no_bytes_are_utc),
	UNIT_TEST(a_rule_has_summers),
	UNIT_TEST(what_is_not_a_rule_is_refused),
	UNIT_TEST(a_zone_file_has_changes_and_a_rule),
	UNIT_TEST(a_part_of_a_file_is_refused),
	UNIT_TEST(counts_that_promise_more_than_there_is_are_refused),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo zone_suite = UNIT_SUITE("schedule/zone", setup, teardown, tests);
