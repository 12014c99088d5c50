/*
 * mail_path_test.c - heads of mails as UUCP hands them over
 */
#include "spool/mail/mail_path.h"

#include <string.h>

#include "tests/unit/unit.h"

static void
the_path_is_read_from_the_top(void)
{
	static const struct {
		const char *mail, *sender, *rest;
	} cases[] = {
		{ "From joe Thu Jan  1 00:00:00 1987 remote from phys\nTo: a\n\nb", "phys!joe",
		  "To: a\n\nb" },
		{ "From uucp Thu Jan  1 remote from phys\n>From ann Thu remote from cs\n>From x Thu\nTo: a\n",
		  "phys!cs!x", "To: a\n" },
		{ "From joe Thu Jan  1 00:00:00 1987\r\nTo: a\n", "joe", "To: a\n" },
		{ "From: joe\n\nx", "", "From: joe\n\nx" },
		{ "From  \nTo: a\n", "", "From  \nTo: a\n" },
		{ "", "", "" },
		{ "From joe remote from \nX: a\n", "joe", "X: a\n" },
		{ "From remote from b remote from c\nX: a\n", "c!remote", "X: a\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span   bytes = span_of_text(cases[i].mail);
		struct buffer sender;

		buffer_init(&sender);
		CU_ASSERT_TRUE(mail_path_take(&bytes, true, &sender));
		CU_ASSERT_STRING_EQUAL(buffer_text(&sender), cases[i].sender);
		CU_ASSERT_TRUE(span_equal(bytes, span_of_text(cases[i].rest)));
		buffer_release(&sender);
	}
}

static void
a_line_that_is_not_whole_is_waited_for(void)
{
	static const char mail[] =
	    "From joe Thu remote from phys\n>From ann remote from cs\nTo: a\n";
	struct buffer sender;

	buffer_init(&sender);
	for (size_t length = 0; length < strlen(mail); length++) {
		struct span bytes = { (const uint8_t *)mail, length };

		CU_ASSERT_FALSE(mail_path_take(&bytes, false, &sender));
		CU_ASSERT_EQUAL(bytes.length, length);
		CU_ASSERT_EQUAL(sender.length, 0);
	}
	buffer_release(&sender);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_path_is_read_from_the_top),
	UNIT_TEST(a_line_that_is_not_whole_is_waited_for),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo mail_path_suite = UNIT_SUITE("mail/mail_path", NULL, NULL, tests);
