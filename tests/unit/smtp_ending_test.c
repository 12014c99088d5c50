/*
 * smtp_ending_test.c - each end has a reply and an enhanced status of one class
 */
#include "spool/smtp/smtp_ending.h"

#include <string.h>

#include "tests/unit/unit.h"

static void
ends_are_said_in_the_words_of_smtp(void)
{
	static const struct {
		int         exit_code, reply;
		const char *status;
	} cases[] = {
		{ 0, 250, "2.0.0" },  { 65, 554, "5.6.0" }, { 69, 552, "5.3.4" },
		{ 73, 451, "4.3.0" }, { 74, 451, "4.3.0" }, { 75, 451, "4.3.0" },
		{ 76, 554, "5.4.6" }, { 77, 550, "5.7.1" }, { 1, 554, "5.6.0" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_ending ending = smtp_ending_of(cases[i].exit_code);

		CU_ASSERT_EQUAL(ending.reply, cases[i].reply);
		CU_ASSERT_STRING_EQUAL(ending.status, cases[i].status);
		CU_ASSERT_EQUAL(ending.reply / 100, ending.status[0] - '0');
		CU_ASSERT_EQUAL(ending.later, ending.reply / 100 == 4);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(ends_are_said_in_the_words_of_smtp),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo smtp_ending_suite = UNIT_SUITE("smtp/ending", NULL, NULL, tests);
