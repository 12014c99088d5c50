/*
 * notify_test.c - what is wanted for whom, in as few lines as it can be said
 */
#include "spool/message/notify.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct notify notify;
static struct buffer origin;

static void
setup(void)
{
	notify_init(&notify);
	buffer_init(&origin);
}

static void
teardown(void)
{
	notify_release(&notify);
	buffer_release(&origin);
}

static unsigned
find(const char *destination)
{
	buffer_clear(&origin);
	return notify_find(&notify, destination, &origin);
}

static void
what_all_want_is_said_once(void)
{
	char origin_text[64], address[32];

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(address, sizeof(address), "user%u@b.oz.au", i);
		snprintf(origin_text, sizeof(origin_text), "rfc822;%s", address);
		CU_ASSERT_TRUE(notify_add(&notify, i == 0, NOTIFY_SUCCESS, origin_text, address));
	}
	CU_ASSERT_EQUAL(notify.recipients.length, 0);
	CU_ASSERT_EQUAL(find("user7@b.oz.au"), NOTIFY_SUCCESS);
	CU_ASSERT_STRING_EQUAL(buffer_text(&origin), "rfc822;user7@b.oz.au");
}

static void
who_differs_has_a_line(void)
{
	notify_add(&notify, true, 0, "", "joe@b.oz.au");
	notify_add(&notify, false, NOTIFY_NEVER, "", "ann@b.oz.au");
	notify_add(&notify, false, 0, "rfc822;Pat+2B1@old.oz.au", "pat@b.oz.au");
	CU_ASSERT_EQUAL(find("joe@b.oz.au"), 0);
	CU_ASSERT_EQUAL(origin.length, 0);
	CU_ASSERT_EQUAL(find("ann@b.oz.au"), NOTIFY_NEVER);
	CU_ASSERT_EQUAL(find("pat@b.oz.au"), 0);
	CU_ASSERT_STRING_EQUAL(buffer_text(&origin), "rfc822;Pat+2B1@old.oz.au");
	buffer_clear(&origin);
	notify_append_xtext("rfc822;Pat+2B1@old.oz.au", &origin);
	CU_ASSERT_STRING_EQUAL(buffer_text(&origin), "rfc822;Pat+1@old.oz.au");
}

static void
a_destination_is_known_behind_a_waypoint(void)
{
	notify_add(&notify, true, 0, "", "x@y.oz.au");
	notify_add(&notify, false, NOTIFY_SUCCESS, "", "a.oz.au!b.oz.au!joe@c.oz.au");
	CU_ASSERT_EQUAL(find("b.oz.au!joe@c.oz.au"), NOTIFY_SUCCESS);
	CU_ASSERT_EQUAL(find("joe@c.oz.au"), NOTIFY_SUCCESS);
	CU_ASSERT_EQUAL(find("joe@d.oz.au"), 0);
}

static void
there_is_room_for_so_many_that_differ(void)
{
	char     address[64];
	unsigned count = 1;

	notify_add(&notify, true, 0, "", "first@b.oz.au");
	for (; count < 1000; count++) {
		snprintf(address, sizeof(address), "user%u@some.where.oz.au", count);
		if (!notify_add(&notify, false, NOTIFY_NEVER, "", address))
			break;
	}
	CU_ASSERT_TRUE(count > 100 && count < 200);
	CU_ASSERT_TRUE(notify.recipients.length <= NOTIFY_RECIPIENTS_MAX);
	CU_ASSERT_EQUAL(find("user1@some.where.oz.au"), NOTIFY_NEVER);
	CU_ASSERT_EQUAL(find(address), 0);
}

static void
complete(const void *context, const char *destination, struct buffer *out)
{
	if (strcmp(destination, "joe@b") == 0)
		buffer_append_format(out, "joe@b.%s", (const char *)context);
}

static void
a_short_name_is_completed_and_a_bad_one_goes(void)
{
	notify_add(&notify, true, 0, "", "x@y");
	notify_add(&notify, false, NOTIFY_NEVER, "", "joe@b");
	notify_add(&notify, false, NOTIFY_NEVER, "", "@@");
	notify_rename(&notify, complete, "oz.au");
	CU_ASSERT_STRING_EQUAL(buffer_text(&notify.recipients), "8 - joe@b.oz.au\n");
}

static void
words_become_bits(void)
{
	unsigned bits;

	CU_ASSERT_TRUE(notify_parse_bits(&bits, "failure,Delay") &&
	               bits == (NOTIFY_FAILURE | NOTIFY_DELAY));
	CU_ASSERT_TRUE(notify_parse_bits(&bits, "NEVER") && bits == NOTIFY_NEVER);
	CU_ASSERT_FALSE(notify_parse_bits(&bits, "never,success"));
	CU_ASSERT_FALSE(notify_parse_bits(&bits, "success,"));
	CU_ASSERT_FALSE(notify_parse_bits(&bits, ""));
	CU_ASSERT_FALSE(notify_parse_bits(&bits, "succes"));
}

static void
a_language_is_a_tag(void)
{
	static const struct {
		const char *text, *language;
	} cases[] = {
		{ "pt", "pt" },
		{ "pt_BR.UTF-8", "pt-BR" },
		{ " es-419, en;q=0.5", "es-419" },
		{ "C", "" },
		{ "C.UTF-8", "" },
		{ "POSIX", "" },
		{ "", "" },
		{ "*", "" },
		{ "pt-", "" },
		{ "../../etc", "" },
	};
	char language[NOTIFY_LANGUAGE_MAX + 1];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		notify_language(language, cases[i].text);
		CU_ASSERT_STRING_EQUAL(language, cases[i].language);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_all_want_is_said_once),
	UNIT_TEST(who_differs_has_a_line),
	UNIT_TEST(a_destination_is_known_behind_a_waypoint),
	UNIT_TEST(there_is_room_for_so_many_that_differ),
	UNIT_TEST(a_short_name_is_completed_and_a_bad_one_goes),
	UNIT_TEST(words_become_bits),
	UNIT_TEST(a_language_is_a_tag),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo notify_suite = UNIT_SUITE("message/notify", setup, teardown, tests);
