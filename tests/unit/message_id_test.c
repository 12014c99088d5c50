/*
 * message_id_test.c - one id, one spelling
 */
#include "spool/message/message_id.h"

#include <string.h>

#include "tests/unit/unit.h"

static void
a_token_becomes_base32(void)
{
	static const struct {
		uint8_t     token[MESSAGE_TOKEN_BYTES];
		const char *text;
	} cases[] = {
		{ { 0 }, "basser.cs.su.oz.au-aaaaaaaaaaaaaaaa" },
		{ { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 },
		  "basser.cs.su.oz.au-7777777777777777" },
		{ { 'f', 'o', 'o', 'b', 'a', 'r', 'f', 'o', 'o',
		    'b' }, /* RFC 4648: MZXW6YTB OI... */
		  "basser.cs.su.oz.au-mzxw6ytbojtg633c" },
	};
	struct message_id id = { .text = "" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		message_id_make(&id, name_of("basser.cs.su.oz.au"), cases[i].token);
		CU_ASSERT_STRING_EQUAL(id.text, cases[i].text);
	}
}

static void
only_the_canonical_spelling_is_an_id(void)
{
	static const struct {
		const char *text;
		enum status status;
	} cases[] = {
		{ "a-aaaaaaaaaaaaaaaa", STATUS_OK },
		{ "a-b.oz.au-abcdefghij234567", STATUS_OK },
		{ "", STATUS_INVALID },
		{ "-aaaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "a-aaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "a-aaaaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "a.aaaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "a-aaaaaaaaaaaaaaa1", STATUS_INVALID },
		{ "a-AAAAAAAAAAAAAAAA", STATUS_INVALID },
		{ "A-aaaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "a..b-aaaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "../x-aaaaaaaaaaaaaaaa", STATUS_INVALID },
		{ "C=au-aaaaaaaaaaaaaaaa", STATUS_INVALID },
	};
	struct message_id id;
	struct diagnostic diagnostic;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(message_id_parse(&id, cases[i].text, &diagnostic), cases[i].status);
}

static void
the_origin_may_have_hyphens_and_be_as_long_as_a_name(void)
{
	struct message_id id, again;
	struct random     random;
	struct name       origin, longest = { "" };

	for (size_t i = 0; i < NAME_MAX_BYTES; i++)
		longest.text[i] = i % 64 == 63 ? '.' : i % 64 == 30 ? '-' : 'x';
	random_seed_number(&random, 7);
	message_id_draw(&id, &longest, &random);
	CU_ASSERT_EQUAL(strlen(id.text), MESSAGE_ID_MAX_BYTES);
	CU_ASSERT_EQUAL(message_id_parse(&again, id.text, NULL), STATUS_OK);
	message_id_origin(&again, &origin);
	CU_ASSERT_STRING_EQUAL(origin.text, longest.text);
	message_id_draw(&again, &longest, &random);
	CU_ASSERT_STRING_NOT_EQUAL(again.text, id.text);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_token_becomes_base32),
	UNIT_TEST(only_the_canonical_spelling_is_an_id),
	UNIT_TEST(the_origin_may_have_hyphens_and_be_as_long_as_a_name),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo message_id_suite = UNIT_SUITE("message/message_id", NULL, NULL, tests);
