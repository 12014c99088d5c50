/*
 * address_test.c - what may stand after "to", what may not, and why
 */
#include "spool/name/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#define TEN         "0123456789"
#define USER128     TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "12345678"
#define WAYPOINTS16 "a!b!c!d!e!f!g!h!i!j!k!l!m!n!o!p!"

static struct address address;

static void
setup(void)
{
	address_init(&address);
}

static void
teardown(void)
{
	address_release(&address);
}

/* The canonical text of `address`, until the next call. */
static const char *
canonical(void)
{
	static char   text[32768];
	struct buffer out;

	buffer_init(&out);
	address_format(&address, &out);
	CU_ASSERT_TRUE_FATAL(out.length < sizeof(text));
	memcpy(text, buffer_text(&out), out.length + 1);
	buffer_release(&out);
	return text;
}

static void
what_is_taken_has_one_canonical_text(void)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
		{ "joe@basser.cs.su.oz.au", "joe@basser.cs.su.oz.au" },
		{ "Joe.O'Brien+x=y@BASSER.oz", "Joe.O'Brien+x=y@basser.oz" },
		{ "cluster", "cluster" },
		{ " b@y ,\ta@x ", "a@x,b@y" },
		{ "a@x,A@x,a@X", "A@x,a@x" },
		{ "*", "*" },
		{ "*.su.oz.au", "*.su.oz.au" },
		{ "*.World", "*" },
		{ "joe@*.SU.oz.au", "joe@*.su.oz.au" },
		{ "joe@*", "joe@*" },
		{ "a!b!user@c", "a!b!user@c" },
		{ "a!b!c", "a!b!c" },
		{ "munnari.oz!*.oz", "munnari.oz!*.oz" },
		{ "a!joe@*", "a!joe@*" },
		{ WAYPOINTS16 "q", WAYPOINTS16 "q" },
		{ USER128 "@x", USER128 "@x" },
		{ "z\xc3\xbcrich@x", "z\xc3\xbcrich@x" },
		{ "\xe6\xbe\xb3@x", "\xe6\xbe\xb3@x" },
		{ "joe@CN=cluster.OU=cs.O=su.PRMD=oz.C=au", "joe@cluster.cs.su.oz.au" },
		{ "joe@/C=au/PRMD=oz/O=su/", "joe@su.oz.au" },
		{ "/C=au/PRMD=oz/O=su/CN=x/G=Joe/S=Bloggs/", "Joe.Bloggs@x.su.oz.au" },
		{ "S=bloggs.CN=x.C=au", "bloggs@x.au" },
		{ "/G=joe/C=au/CN=x/", "joe@x.au" },
		{ "joe@*.PRMD=oz.C=au", "joe@*.oz.au" },
		{ "*./C=au/S=joe/", "joe@*.au" },
		{ "CN=a.C=au!/CN=b/C=au/!joe@CN=c.C=au", "a.au!b.au!joe@c.au" },
		{ "joe@/CN=x/ADMD= /C=au/ , *.C=au", "*.au,joe@x.au" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;

		diagnostic_init(&diagnostic);
		CU_ASSERT_EQUAL(address_add_text(&address, cases[i].text, &diagnostic), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(canonical(), cases[i].canonical);
		if (strcmp(canonical(), cases[i].canonical) != 0)
			printf("  \"%s\" gave \"%s\", \"%s\"\n", cases[i].text, canonical(),
			       diagnostic.text);
		address_release(&address);
		CU_ASSERT_EQUAL(address_add_text(&address, cases[i].canonical, NULL), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(canonical(), cases[i].canonical);
		address_release(&address);
	}
}

static void
what_is_refused_has_a_reason_and_a_place(void)
{
	static const struct {
		const char *text, *error;
		unsigned    column, length;
	} cases[] = {
		{ "", "a destination is missing", 1, 0 },
		{ " \t", "a destination is missing", 3, 0 },
		{ "a@x,", "a destination is missing", 5, 0 },
		{ "a@x,,b@y", "a destination is missing", 5, 0 },
		{ "@x", "the user is missing", 1, 0 },
		{ "a@", "a name is missing", 3, 0 },
		{ "ok@x, a@b@c", "a second \"@\"", 10, 1 },
		{ "-f@x", "a user cannot begin with \"-\"", 1, 1 },
		{ "a!-f@x", "a user cannot begin with \"-\"", 3, 1 },
		{ "../etc@x", "a user cannot begin with \".\"", 1, 1 },
		{ "a/../b@x", "\"/\" cannot stand in a user", 2, 1 },
		{ "|sh@x", "\"|\" cannot stand in a user", 1, 1 },
		{ "a b@x", "\" \" cannot stand in a user", 2, 1 },
		{ "a\tb@x", "\"\\x09\" cannot stand in a user", 2, 1 },
		{ "a\nb@x", "\"\\x0a\" cannot stand in a user", 2, 1 },
		{ "a\x7f@x", "\"\\x7f\" cannot stand in a user", 2, 1 },
		{ "\"a b\"@x", "\"\\x22\" cannot stand in a user", 1, 1 },
		{ "<a@x>", "\"<\" cannot stand in a user", 1, 1 },
		{ "*@x", "\"*\" cannot stand in a user", 1, 1 },
		{ "z\xc3\xbcr\xff@x", "\"\\xff\" is not UTF-8", 4, 1 },
		{ "a\xc0\xaf@x", "\"\\xc0\" is not UTF-8", 2, 1 },
		{ "a\xed\xa0\x80@x", "\"\\xed\" is not UTF-8", 2, 1 },
		{ "a\xc3@x", "\"\\xc3\" is not UTF-8", 2, 1 },
		{ "a\xc2\x85@x", "\"\\xc2\\x85\" cannot stand in a user", 2, 1 },
		{ "a\xe2\x80\xae@x", "\"\\xe2\\x80\\xae\" cannot stand in a user", 2, 1 },
		{ USER128 "9@x", "a user of 129 bytes; at most 128 are allowed", 1, 129 },
		{ "a@x_y", "\"_\" cannot stand in a name: letters, digits and \"-\" only", 4, 1 },
		{ "ok, z\xc3\xbc@x..y", "a component of the name is empty", 10, 0 },
		{ "!c", "a name is missing", 1, 0 },
		{ "a!!c", "a name is missing", 3, 0 },
		{ "a!", "a name is missing", 3, 0 },
		{ "a!u@b!c", "a waypoint has no user", 3, 3 },
		{ "a!*.b!c",
		  "a waypoint is one node; only the last part of a destination can be a broadcast",
		  3, 3 },
		{ WAYPOINTS16 "q!r", "at most 16 waypoints are allowed", 33, 1 },
		{ "*x", "\"*\" stands for whole components, and a region follows it", 1, 2 },
		{ "a@*.", "\"*\" stands for whole components, and a region follows it", 3, 2 },
		{ "*.a.*", "\"*\" cannot stand in a name: letters, digits and \"-\" only", 5, 1 },
		{ "*.CN=x.C=au", "CN names a node, and a region has none", 3, 4 },
		{ "ok,joe@/C=au/S=bloggs/", "S names a user, and none can stand here", 14, 8 },
		{ "a!/C=au/S=-f/", "a user cannot begin with \"-\"", 11, 1 },
		{ "/C=au/S=a@b/", "\"/\" cannot stand in a user", 1, 1 },
		{ "/C=au/CN=x/G=/", "the user is missing", 14, 0 },
		{ "/C=au/CN=x/G=" USER128 "/S=y/",
		  "the given name and surname make a user of 130 bytes; at most 128 are allowed",
		  14, 128 },
		{ "/S=joe/C=au/!x", "S names a user, and none can stand here", 2, 5 },
	};

	CU_ASSERT_EQUAL_FATAL(address_add_text(&address, "before@x", NULL), STATUS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;
		unsigned          before = CU_get_number_of_failures();

		diagnostic_init(&diagnostic);
		CU_ASSERT_EQUAL(address_add_text(&address, cases[i].text, &diagnostic),
		                STATUS_INVALID);
		CU_ASSERT_EQUAL(address_add_text(&address, cases[i].text, NULL), STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(diagnostic.text, cases[i].error);
		CU_ASSERT_EQUAL(diagnostic.column, cases[i].column);
		CU_ASSERT_EQUAL(diagnostic.length, cases[i].length);
		CU_ASSERT_STRING_EQUAL(canonical(), "before@x");
		if (CU_get_number_of_failures() != before)
			printf("  \"%s\" gave \"%s\" at %u+%u\n", cases[i].text, diagnostic.text,
			       diagnostic.column, diagnostic.length);
	}
}

static void
a_refused_destination_leaves_the_old_one_alone(void)
{
	struct destination destination;
	struct buffer      out;

	buffer_init(&out);
	destination_init(&destination);
	CU_ASSERT_EQUAL(destination_parse(&destination, "a!joe@b", NULL), STATUS_OK);
	CU_ASSERT_EQUAL(destination_parse(&destination, "x!y!joe@", NULL), STATUS_INVALID);
	destination_format(&destination, &out);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out), "a!joe@b");
	CU_ASSERT_EQUAL(destination_parse(&destination, "*.c", NULL), STATUS_OK);
	CU_ASSERT_EQUAL(destination.waypoint_count, 0);
	CU_ASSERT_STRING_EQUAL(destination.user, "");
	CU_ASSERT_TRUE(destination.broadcast);
	destination_release(&destination);
	buffer_release(&out);
}

static void
a_copy_owns_its_waypoints(void)
{
	struct destination destination;

	destination_init(&destination);
	CU_ASSERT_EQUAL_FATAL(destination_parse(&destination, "a!b!joe@c", NULL), STATUS_OK);
	address_add(&address, &destination);
	destination_release(&destination);
	CU_ASSERT_STRING_EQUAL(canonical(), "a!b!joe@c");
}

static void
the_thousandth_destination_is_the_last(void)
{
	struct diagnostic diagnostic;
	char              text[32];

	for (int i = 0; i < ADDRESS_MAX_DESTINATIONS; i++) {
		snprintf(text, sizeof(text), "u%d@x", i * 7 % ADDRESS_MAX_DESTINATIONS);
		CU_ASSERT_EQUAL(address_add_text(&address, text, NULL), STATUS_OK);
	}
	CU_ASSERT_EQUAL(address.count, ADDRESS_MAX_DESTINATIONS);
	CU_ASSERT_EQUAL(address_add_text(&address, "u5@x, u6@x", NULL), STATUS_OK);
	CU_ASSERT_EQUAL(address_add_text(&address, "u5@x, new@x", &diagnostic), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "more than 1000 destinations");
	CU_ASSERT_EQUAL(address.count, ADDRESS_MAX_DESTINATIONS);
}

/* `context` is a list of names between blanks. */
static bool
is_listed(const void *context, const char *name)
{
	char wanted[NAME_MAX_BYTES + 3];

	snprintf(wanted, sizeof(wanted), " %s ", name);
	return strstr(context, wanted) != NULL;
}

static void
short_names_are_completed_by_the_nearest_region(void)
{
	static const char known[] = " cluster.cs.su.oz.au cluster.oz.au winter.maths.su.oz.au "
				    "physics yarra.oz.au physics.su.oz.au ";
	static const struct {
		const char *written, *completed; /* NULL: left as written */
	} cases[] = {
		{ "cluster", "cluster.cs.su.oz.au" },
		{ "winter.maths", "winter.maths.su.oz.au" },
		{ "winter.maths.su.oz", "winter.maths.su.oz.au" },
		{ "yarra", "yarra.oz.au" },
		{ "physics", NULL },
		{ "cluster.oz.au", NULL },
		{ "nobody", NULL },
		{ "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct name completed = { "untouched" };

		CU_ASSERT_EQUAL(address_complete(name_of(cases[i].written),
		                                 name_of("basser.cs.su.oz.au"), is_listed, known,
		                                 &completed),
		                cases[i].completed != NULL);
		CU_ASSERT_STRING_EQUAL(
		    completed.text, cases[i].completed == NULL ? "untouched" : cases[i].completed);
	}
}

static void
what_is_left_of_a_destination_is_known_again(void)
{
	static const struct {
		const char *rest, *whole;
		bool        is;
	} cases[] = {
		{ "joe@c", "joe@c", true },
		{ "joe@c", "a!b!joe@c", true },
		{ "b!joe@c", "a!b!joe@c", true },
		{ "joe@c", "a!bjoe@c", false },
		{ "a!joe@c", "joe@c", false },
		{ "joe@c.d", "a!joe@c", false },
		{ "", "a!b", false },
		{ "b", "a!b", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(destination_is_rest(cases[i].rest, cases[i].whole), cases[i].is);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_left_of_a_destination_is_known_again),
	UNIT_TEST(what_is_taken_has_one_canonical_text),
	UNIT_TEST(what_is_refused_has_a_reason_and_a_place),
	UNIT_TEST(a_refused_destination_leaves_the_old_one_alone),
	UNIT_TEST(a_copy_owns_its_waypoints),
	UNIT_TEST(the_thousandth_destination_is_the_last),
	UNIT_TEST(short_names_are_completed_by_the_nearest_region),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo address_suite = UNIT_SUITE("name/address", setup, teardown, tests);
