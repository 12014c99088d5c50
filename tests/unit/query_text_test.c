/*
 * query_text_test.c - words and tables for people, from values and from strangers
 */
#include "spool/query/query_text.h"

#include <string.h>

#include "spool/query/query_table.h"
#include "tests/unit/unit.h"

static struct buffer out;

static void
setup(void)
{
	buffer_init(&out);
}

static void
teardown(void)
{
	buffer_release(&out);
}

static void
text_from_outside_cannot_drive_a_terminal(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} cases[] = {
		{ "plain caf\xc3\xa9", "plain caf\xc3\xa9" },
		{ "a\nb\x1b[0m", "a\\nb\\u001b[0m" },
		{ "\xc2\x9b", "\\u009b" },
		{ "evil\xe2\x80\xae"
		  "cod.exe",
		  "evil\\u202ecod.exe" }, /* right to left */
		{ "\xff", "\\xff" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_clear(&out);
		query_text_append(&out, cases[i].text);
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
	}
}

static void
durations_show_their_two_largest_units(void)
{
	static const struct {
		int64_t     ms;
		const char *expected;
	} cases[] = {
		{ 0, "0 s" },
		{ 1, "1 ms" },
		{ 1500, "1 s 500 ms" },
		{ 60000, "1 min" },
		{ 8 * 3600000, "8 h" },
		{ 90061001, "1 d 1 h" },
		{ 86400000 + 60000, "1 d" },
		{ INT64_MAX, "106751991167 d 7 h" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_clear(&out);
		query_text_duration(&out, cases[i].ms);
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
	}
}

static void
durations_are_read_as_people_write_them(void)
{
	static const struct {
		const char *text;
		int64_t     ms; /* -1: refused */
	} cases[] = {
		{ "90", 90000 },       { "90s", 90000 },     { "10m", 600000 }, { "4h", 14400000 },
		{ "7d", 604800000 },   { "2w", 1209600000 }, { "5ms", 5 },      { "", -1 },
		{ "h", -1 },           { "1y", -1 },         { "-1s", -1 },     { "1 h", -1 },
		{ "9999999999s", -1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = -1;

		CU_ASSERT_EQUAL(query_text_parse_duration(cases[i].text, &ms), cases[i].ms >= 0);
		CU_ASSERT_EQUAL(ms, cases[i].ms);
	}
}

static void
times_say_how_long_ago_and_how_soon(void)
{
	struct walltime now = { 1000000 };

	query_text_time(&out, (struct walltime){ 1000000 - 180000 }, now);
	buffer_append_text(&out, "|");
	query_text_relative(&out, (struct walltime){ 1000000 + 7200000 }, now);
	buffer_append_text(&out, "|");
	query_text_relative(&out, (struct walltime){ 1000999 }, now);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out), "1970-01-01T00:13:40Z (3 min ago)|in 2 h|now");
}

static void
tables_line_up_and_fit(void)
{
	static const struct query_column columns[] = { { "NAME", false },
		                                       { "SIZE", true },
		                                       { "", false } };
	char                             wide[301];
	struct query_table               table;
	const char                      *line;

	query_table_init(&table, columns, 3);
	query_table_add(&table, "caf\xc3\xa9");
	query_table_add_number(&table, 7);
	query_table_add(&table, "x");
	query_table_add(&table, "b");
	query_table_add_size(&table, 123456);
	query_table_add(&table, "");
	query_table_print(&table, &out);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out),
	                       "NAME   SIZE\ncaf\xc3\xa9      7  x\nb     121 K\n");
	buffer_clear(&out);
	memset(wide, 'w', 300);
	wide[300] = '\0';
	query_table_add(&table, wide);
	query_table_add_number(&table, 8);
	query_table_add(&table, wide);
	query_table_print(&table, &out);
	line = strstr(buffer_text(&out), "ww");
	CU_ASSERT_EQUAL(strcspn(line, "\n"), QUERY_TABLE_WIDTH);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, "w..  "));
	query_table_release(&table);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(text_from_outside_cannot_drive_a_terminal),
	UNIT_TEST(durations_show_their_two_largest_units),
	UNIT_TEST(durations_are_read_as_people_write_them),
	UNIT_TEST(times_say_how_long_ago_and_how_soon),
	UNIT_TEST(tables_line_up_and_fit),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo query_text_suite = UNIT_SUITE("query/query_text", setup, teardown, tests);
