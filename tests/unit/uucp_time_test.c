/*
 * uucp_time_test.c - when UUCP may call, as windows
 */
#include "spool/import/uucp_time.h"

#include <string.h>

#include "tests/unit/unit.h"

static void
times_become_windows(void)
{
	static const struct {
		const char         *time;
		enum uucp_time_kind kind;
		const char         *windows;
	} cases[] = {
		{ "Any", UUCP_TIME_ANY, "" },
		{ "any;5", UUCP_TIME_ANY, "" },
		{ "Never", UUCP_TIME_NEVER, "" },
		{ "Wk", UUCP_TIME_WINDOWS, "mo tu we th fr all\n" },
		{ "Sa,Su", UUCP_TIME_WINDOWS, "sa all\nsu all\n" },
		{ "SaSu", UUCP_TIME_WINDOWS, "sa su all\n" },
		{ "Mo0800-1200|Tu", UUCP_TIME_WINDOWS, "mo 08:00-12:00\ntu all\n" },
		{ "Wk1800-0800", UUCP_TIME_WINDOWS,
		  "mo tu we th fr 00:00-08:00\nmo tu we th fr 18:00-24:00\n" },
		{ "Mo2300-0000", UUCP_TIME_WINDOWS, "mo 23:00-24:00\n" },
		{ "Mo2400-0100", UUCP_TIME_WINDOWS, "mo 00:00-01:00\n" },
		{ "Any0000-2400", UUCP_TIME_WINDOWS, "mo tu we th fr sa su 00:00-24:00\n" },
		{ "Mo,Any", UUCP_TIME_ANY, "" }, /* the widest says it all */
		{ "Never,Su", UUCP_TIME_WINDOWS, "su all\n" },
		{ "nonpeak", UUCP_TIME_WINDOWS,
		  "mo tu we th fr 00:00-06:55\nmo tu we th fr 18:05-24:00\nsa all\nsu all\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_word  word = { cases[i].time, 3, 6 };
		struct diagnostic   diagnostic;
		enum uucp_time_kind kind;
		struct buffer       out;

		diagnostic_init(&diagnostic);
		buffer_init(&out);
		CU_ASSERT_EQUAL(uucp_time_convert("sys", &word, &out, &kind, &diagnostic),
		                STATUS_OK);
		CU_ASSERT_EQUAL(kind, cases[i].kind);
		CU_ASSERT_EQUAL(out.length, strlen(cases[i].windows));
		CU_ASSERT_NSTRING_EQUAL(buffer_text(&out), cases[i].windows, out.length);
		buffer_release(&out);
	}
}

static void
what_is_no_time_is_refused_at_its_place(void)
{
	static const struct {
		const char *time;
		unsigned    column;
		const char *text;
	} cases[] = {
		{ "", 6, "\"\" is no time, such as Wk1800-0800" },
		{ "Monday", 6, "\"Monday\" is no time, such as Wk1800-0800" },
		{ "Wk,Xx", 9, "\"Xx\" is no time, such as Wk1800-0800" },
		{ "Wk,", 9, "\"\" is no time, such as Wk1800-0800" },
		{ "0800-1200", 6, "\"0800-1200\" is no time, such as Wk1800-0800" },
		{ "Wk800-1200", 6, "\"Wk800-1200\" is no time, such as Wk1800-0800" },
		{ "Wk0860-1200", 6, "\"Wk0860-1200\" is no time, such as Wk1800-0800" },
		{ "Wk2500-0100", 6, "\"Wk2500-0100\" is no time, such as Wk1800-0800" },
		{ "Sa|Wk0800-", 9, "\"Wk0800-\" is no time, such as Wk1800-0800" },
		{ "Wk0800-12", 6, "\"Wk0800-12\" is no time, such as Wk1800-0800" },
		{ "Wk0800", 6, "\"Wk0800\" is no time, such as Wk1800-0800" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct import_word  word = { cases[i].time, 3, 6 };
		struct diagnostic   diagnostic;
		enum uucp_time_kind kind;
		struct buffer       out;

		diagnostic_init(&diagnostic);
		buffer_init(&out);
		CU_ASSERT_EQUAL(uucp_time_convert("sys", &word, &out, &kind, &diagnostic),
		                STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(diagnostic.path, "sys");
		CU_ASSERT_EQUAL(diagnostic.line, 3);
		CU_ASSERT_EQUAL(diagnostic.column, cases[i].column);
		CU_ASSERT_STRING_EQUAL(diagnostic.text, cases[i].text);
		buffer_release(&out);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(times_become_windows),
	UNIT_TEST(what_is_no_time_is_refused_at_its_place),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo uucp_time_suite = UNIT_SUITE("import/uucp_time", NULL, NULL, tests);
