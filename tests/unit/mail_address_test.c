/*
 * mail_address_test.c - what people and programs write into To:
 */
#include "spool/mail/mail_address.h"

#include "tests/unit/unit.h"

static void
join(const struct mail_addresses *addresses, struct buffer *out)
{
	for (size_t i = 0; i < addresses->count; i++)
		buffer_append_format(out, "%s%s", i > 0 ? "|" : "", addresses->items[i].text);
}

static void
addresses_come_out_of_every_lawful_field(void)
{
	static const struct {
		const char *value;
		const char *expected; /* joined by "|"; NULL: refused */
	} cases[] = {
		{ "", "" },
		{ "joe", "joe" },
		{ " joe@x.y ", "joe@x.y" },
		{ "joe@x.y, ann@z", "joe@x.y|ann@z" },
		{ "joe@x.y,,\n ann@z,", "joe@x.y|ann@z" },
		{ "Joe Doe <joe@x.y>", "joe@x.y" },
		{ "\"Doe, Joe\" <joe@x.y>, ann", "joe@x.y|ann" },
		{ "\"a \\\" b\" <joe@x.y>", "joe@x.y" },
		{ "joe@x.y (Joe (the) Doe)", "joe@x.y" },
		{ "(a, b) joe@x.y", "joe@x.y" },
		{ "joe (comment) @ x . y", "joe@x.y" },
		{ "\"joe\"@x.y", "joe@x.y" },
		{ "\"joe doe\"@x.y", "\"joe doe\"@x.y" },
		{ "friends: joe@x.y, Ann <ann@z>;", "joe@x.y|ann@z" },
		{ "undisclosed-recipients:;", "" },
		{ "a: b@c;, d@e", "b@c|d@e" },
		{ "<@relay,@other:joe@x.y>", "joe@x.y" },
		{ "<>", "" },
		{ "a!b!joe", "a!b!joe" },
		{ "Joe\n\t<joe@x.y>\n\t, ann@z\n", "joe@x.y|ann@z" },
		{ "J\xc3\xb6 <joe@x.y>", "joe@x.y" },
		{ "joe ann", NULL },
		{ "Joe <joe@x.y", NULL },
		{ "joe@x.y>", NULL },
		{ "<<joe@x.y>>", NULL },
		{ "(joe@x.y", NULL },
		{ "\"joe", NULL },
		{ "\"joe\\", NULL },
		{ "a: b: c@d;", NULL },
		{ "<joe@x.y> <ann@z>", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mail_addresses addresses;
		struct diagnostic     diagnostic;
		struct buffer         out;
		enum status           status;

		buffer_init(&out);
		diagnostic_init(&diagnostic);
		mail_addresses_init(&addresses);
		status = mail_addresses_parse(&addresses, cases[i].value, &diagnostic);
		if (cases[i].expected == NULL) {
			CU_ASSERT_EQUAL(status, STATUS_INVALID);
			CU_ASSERT_NOT_EQUAL(diagnostic.text[0], '\0');
		} else {
			join(&addresses, &out);
			CU_ASSERT_EQUAL(status, STATUS_OK);
			CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
		}
		mail_addresses_release(&addresses);
		buffer_release(&out);
	}
}

static void
bare_names_get_this_node_and_bang_paths_their_last(void)
{
	static const struct {
		const char *address;
		const char *expected;
	} cases[] = {
		{ "joe", "joe@home.z" },      { "joe@x", "joe@x" },         { "b!joe", "joe@b" },
		{ "a!b!c!joe", "a!b!joe@c" }, { "a!b!joe@c", "a!b!joe@c" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out;

		buffer_init(&out);
		mail_address_qualify(cases[i].address, "home.z", &out);
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].expected);
		buffer_release(&out);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(addresses_come_out_of_every_lawful_field),
	UNIT_TEST(bare_names_get_this_node_and_bang_paths_their_last),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo mail_address_suite = UNIT_SUITE("mail/mail_address", NULL, NULL, tests);
