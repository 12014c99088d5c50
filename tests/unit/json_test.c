/*
 * json_test.c - commas, escapes, and texts that want to be something else
 */
#include "spool/query/json.h"

#include "tests/unit/unit.h"

static struct buffer out;
static struct json   json;

static void
setup(void)
{
	buffer_init(&out);
	json_init(&json, &out);
}

static void
teardown(void)
{
	buffer_release(&out);
}

static void
objects_and_arrays_get_their_commas(void)
{
	json_object_begin(&json, NULL);
	json_text(&json, "a", "b");
	json_array_begin(&json, "list");
	json_number(&json, NULL, -1);
	json_number(&json, NULL, INT64_MAX);
	json_object_begin(&json, NULL);
	json_object_end(&json);
	json_array_end(&json);
	json_boolean(&json, "yes", true);
	json_null(&json, "no");
	json_object_end(&json);
	json_line(&json);
	json_array_begin(&json, NULL);
	json_array_end(&json);
	json_line(&json);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out),
	                       "{\"a\":\"b\",\"list\":[-1,9223372036854775807,{}],\"yes\":true,"
	                       "\"no\":null}\n[]\n");
}

static void
times_are_rfc_3339_and_an_unknown_one_is_null(void)
{
	json_array_begin(&json, NULL);
	json_time(&json, NULL, (struct walltime){ 951782400000 });
	json_time(&json, NULL, (struct walltime){ 0 });
	json_array_end(&json);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out), "[\"2000-02-29T00:00:00Z\",null]");
}

static void
whatever_comes_from_outside_stays_inside_the_quotes(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} cases[] = {
		{ "", "\"\"" },
		{ "\"}\\", "\"\\\"}\\\\\"" },
		{ "two\nlines\r\t", "\"two\\nlines\\u000d\\u0009\"" },
		{ "\x1b[2J\x7f", "\"\\u001b[2J\\u007f\"" },
		{ "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa8",
		  "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa8\"" },
		{ "\xc2\x9b"
		  "31m",
		  "\"\\u009b31m\"" },              /* a control in UTF-8     */
		{ "caf\xe9!", "\"caf\\ufffd!\"" }, /* Latin-1                */
		{ "\xc0\xaf\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ "cut\xe2\x82", "\"cut\\ufffd\\ufffd\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_clear(&out);
		json_init(&json, &out);
		json_text(&json, NULL, cases[i].text);
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(objects_and_arrays_get_their_commas),
	UNIT_TEST(times_are_rfc_3339_and_an_unknown_one_is_null),
	UNIT_TEST(whatever_comes_from_outside_stays_inside_the_quotes),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo json_suite = UNIT_SUITE("query/json", setup, teardown, tests);
