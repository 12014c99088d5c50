/*
 * name_test.c - spellings of nodes and regions that are taken, and why others are not
 */
#include "spool/name/name.h"

#include <stdio.h>
#include <string.h>

#include "spool/name/name_typed.h"
#include "tests/unit/unit.h"

#define LABEL63 "a23456789-123456789-123456789-123456789-123456789-123456789-123"
#define LENGTH254                                                                                  \
	LABEL63 "." LABEL63 "." LABEL63                                                            \
		".a23456789-123456789-123456789-123456789-123456789-123456789-12"
#define COMPONENTS16 "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p"

typedef enum status parse_function(struct name *, const char *, struct diagnostic *);

struct spelling_case {
	const char *text;
	const char *plain;  /* what it means, or NULL: refused, with ... */
	const char *error;  /* ... this text, at ...                     */
	unsigned    column; /* ... this column and ...                   */
	unsigned    length; /* ... so many characters                    */
};

static const struct spelling_case both_cases[] = {
	{ "basser.cs.su.oz.au", "basser.cs.su.oz.au", NULL, 0, 0 },
	{ "BASSER.Cs.su.OZ.au", "basser.cs.su.oz.au", NULL, 0, 0 },
	{ "a", "a", NULL, 0, 0 },
	{ "4k-a.9", "4k-a.9", NULL, 0, 0 },
	{ "a--b.c", "a--b.c", NULL, 0, 0 },
	{ LABEL63, LABEL63, NULL, 0, 0 },
	{ LENGTH254, LENGTH254, NULL, 0, 0 },
	{ COMPONENTS16, COMPONENTS16, NULL, 0, 0 },
	{ ".", NULL, "a component of the name is empty", 1, 0 },
	{ "a..b", NULL, "a component of the name is empty", 3, 0 },
	{ "a.b.", NULL, "a component of the name is empty", 5, 0 },
	{ "a.-b", NULL, "\"-b\" begins or ends with \"-\"", 3, 2 },
	{ "a.b-", NULL, "\"b-\" begins or ends with \"-\"", 3, 2 },
	{ "my_host.oz", NULL, "\"_\" cannot stand in a name: letters, digits and \"-\" only", 3,
	  1 },
	{ "a b", NULL, "\" \" cannot stand in a name: letters, digits and \"-\" only", 2, 1 },
	{ "z\xc3\xbcrich.ch", NULL,
	  "\"\\xc3\\xbc\" cannot stand in a name: letters, digits and \"-\" only", 2, 1 },
	{ "a\x1b[2J", NULL, "\"\\x1b\" cannot stand in a name: letters, digits and \"-\" only", 2,
	  1 },
	{ "a\xff", NULL, "\"\\xff\" cannot stand in a name: letters, digits and \"-\" only", 2, 1 },
	{ "*.au", NULL, "\"*\" cannot stand in a name: letters, digits and \"-\" only", 1, 1 },
	{ "x." LABEL63 "4", NULL, "a component of 64 bytes; at most 63 are allowed", 3, 64 },
	{ LENGTH254 "3", NULL, "a name of 255 bytes; at most 254 are allowed", 1, 255 },
	{ COMPONENTS16 ".q", NULL, "a name of 17 components; at most 16 are allowed", 1, 33 },
	{ "a.world", NULL, "no name ends in \"world\": that is the region of all nodes", 3, 5 },
	{ "world.au", "world.au", NULL, 0, 0 },

	{ "C=au", "au", NULL, 0, 0 },
	{ "OU=cs.O=su.PRMD=oz.C=au", "cs.su.oz.au", NULL, 0, 0 },
	{ "/c=AU/p=oz/o=su/", "su.oz.au", NULL, 0, 0 },
	{ "/C=au/ADMD= /PRMD=oz/O=su", "su.oz.au", NULL, 0, 0 },
	{ "O=su.ADMD=.P=oz.C=au", "su.oz.au", NULL, 0, 0 },
	{ "OU=a.OU=b.O=su.PRMD=oz.C=au", "a.b.su.oz.au", NULL, 0, 0 },
	{ "/C=au/PRMD=oz/O=su/OU=b/OU=a/", "a.b.su.oz.au", NULL, 0, 0 },
	{ "/OU=a/OU=b/C=au/O=su/PRMD=oz/", "a.b.su.oz.au", NULL, 0, 0 },
	{ "OU=a.O=su.OU=b.PRMD=oz.C=au", NULL, "OU on both sides of O: their order is unclear", 11,
	  4 },
	{ "O=cs.O=su.PRMD=oz.C=au", NULL, "a second O", 6, 4 },
	{ "OU=cs.PRMD=oz.C=au", NULL, "\"OU=cs\" stands where O belongs", 1, 5 },
	{ "O=su.C=au", NULL, "\"O=su\" stands where PRMD belongs", 1, 4 },
	{ "/O=su/PRMD=oz/", NULL, "\"PRMD=oz\" stands where C belongs", 7, 7 },
	{ "O=cs.su.oz.au", NULL, "\"su\" has no type", 6, 2 },
	{ "X=cs.C=au", NULL, "\"X\" is no type of a name's component", 1, 1 },
	{ "=cs.C=au", NULL, "\"\" is no type of a name's component", 1, 0 },
	{ "PRMD=.C=au", NULL, "a component of the name is empty", 6, 0 },
	{ "PRMD=-z.C=au", NULL, "\"-z\" begins or ends with \"-\"", 6, 2 },
	{ "/C=au//PRMD=oz/", NULL, "\"\" has no type", 7, 0 },
	{ "/", NULL, "\"\" has no type", 2, 0 },
	{ "ADMD=", NULL, "a name is missing", 1, 5 },
	{ "/C=au/ADMD=telememo/", NULL, "this network has no administration domains", 7, 13 },
	{ "C=world", NULL, "no name ends in \"world\": that is the region of all nodes", 3, 5 },
	{ "/C=au/S=bloggs/", NULL, "S names a user, and none can stand here", 7, 8 },
	{ "OU=" LABEL63 ".OU=" LABEL63 ".O=" LABEL63 ".P=" LABEL63 ".C=au", NULL,
	  "a name of 258 bytes; at most 254 are allowed", 1, 270 },
	{ "/C=a/P=b/O=c/OU=d/OU=e/OU=f/OU=g/OU=h/OU=i/OU=j/OU=k/OU=l/OU=m/OU=n/OU=o/OU=p/OU=q",
	  NULL, "a name of 17 components; at most 16 are allowed", 1, 82 },
	{ "/C=a/P=b/O=c/OU=d/OU=e/OU=f/OU=g/OU=h/OU=i/OU=j/OU=k/OU=l/OU=m/OU=n/OU=o/OU=p/OU=q/OU=r"
	  "/OU=s/OU=t",
	  NULL, "too many types; a name has at most 16 components", 94, 4 },
};

static const struct spelling_case node_cases[] = {
	{ "world", "world", NULL, 0, 0 },
	{ "", NULL, "a name is missing", 1, 0 },
	{ "CN=cluster", "cluster", NULL, 0, 0 },
	{ "CN=cluster.C=au", "cluster.au", NULL, 0, 0 },
	{ "CN=cluster.OU=cs.O=su.PRMD=oz.C=au", "cluster.cs.su.oz.au", NULL, 0, 0 },
	{ "n=Cluster.ou=cs.o=su.p=oz.c=au", "cluster.cs.su.oz.au", NULL, 0, 0 },
	{ "/C=au/PRMD=oz/O=su/OU=cs/CN=cluster/", "cluster.cs.su.oz.au", NULL, 0, 0 },
	{ "/PRMD=oz/CN=cluster/OU=cs/C=au/A=/O=su/", "cluster.cs.su.oz.au", NULL, 0, 0 },
	{ "CN=cluster.OU=cs", NULL, "\"OU=cs\" stands where C belongs", 12, 5 },
	{ "CN=a.N=b.C=au", NULL, "a second CN", 6, 3 },
};

static const struct spelling_case region_cases[] = {
	{ "", "", NULL, 0, 0 },
	{ "world", "", NULL, 0, 0 },
	{ "World", "", NULL, 0, 0 },
	{ "CN=cluster.C=au", NULL, "CN names a node, and a region has none", 1, 10 },
};

static void
check(const struct spelling_case *cases, size_t count, parse_function *parse)
{
	for (size_t i = 0; i < count; i++) {
		const struct spelling_case *expected = &cases[i];
		struct name                 name     = { "untouched" };
		struct diagnostic           diagnostic;
		enum status                 status;
		unsigned                    before = CU_get_number_of_failures();

		diagnostic_init(&diagnostic);
		status = parse(&name, expected->text, &diagnostic);
		if (expected->plain != NULL) {
			CU_ASSERT_EQUAL(status, STATUS_OK);
			CU_ASSERT_STRING_EQUAL(name.text, expected->plain);
		} else {
			CU_ASSERT_EQUAL(status, STATUS_INVALID);
			CU_ASSERT_STRING_EQUAL(name.text, "untouched");
			CU_ASSERT_STRING_EQUAL(diagnostic.text, expected->error);
			CU_ASSERT_EQUAL(diagnostic.column, expected->column);
			CU_ASSERT_EQUAL(diagnostic.length, expected->length);
			CU_ASSERT_EQUAL(parse(&name, expected->text, NULL), STATUS_INVALID);
		}
		if (CU_get_number_of_failures() != before)
			printf("  \"%s\" gave \"%s\", \"%s\" at %u+%u\n", expected->text, name.text,
			       diagnostic.text, diagnostic.column, diagnostic.length);
	}
}

static void
nodes_are_read_in_every_spelling(void)
{
	check(both_cases, sizeof(both_cases) / sizeof(both_cases[0]), name_parse);
	check(node_cases, sizeof(node_cases) / sizeof(node_cases[0]), name_parse);
}

static void
regions_are_read_in_every_spelling(void)
{
	check(both_cases, sizeof(both_cases) / sizeof(both_cases[0]), name_parse_region);
	check(region_cases, sizeof(region_cases) / sizeof(region_cases[0]), name_parse_region);
}

static void
hints_say_what_to_write(void)
{
	struct diagnostic diagnostic;
	struct name       name;

	name_parse(&name, "my_host", &diagnostic);
	CU_ASSERT_STRING_EQUAL(diagnostic.hint, "write \"-\" instead of \"_\"");
	name_parse(&name, "a.", &diagnostic);
	CU_ASSERT_STRING_EQUAL(diagnostic.hint, "");
	name_parse(&name, "O=su.C=au", &diagnostic);
	CU_ASSERT_STRING_EQUAL(
	    diagnostic.hint,
	    "from the right: C, PRMD, O, OU as often as needed, then the CN of a node");
}

static void
a_long_wrong_component_is_quoted_in_part(void)
{
	struct diagnostic diagnostic;
	struct name       name;

	CU_ASSERT_EQUAL(name_parse(&name, "-" LABEL63 LABEL63, &diagnostic), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text,
	                       "\"-" LABEL63 "a23456789-1234...\" begins or ends with \"-\"");
}

static void
types_follow_from_positions(void)
{
	static const struct {
		const char *plain;
		bool        is_node;
		const char *dotted, *slashed;
	} cases[] = {
		{ "", false, "", "" },
		{ "au", false, "C=au", "/C=au/" },
		{ "cluster", true, "CN=cluster", "/CN=cluster/" },
		{ "cluster.au", true, "CN=cluster.C=au", "/C=au/CN=cluster/" },
		{ "cs.su.oz.au", false, "OU=cs.O=su.PRMD=oz.C=au", "/C=au/PRMD=oz/O=su/OU=cs/" },
		{ "c.b.a.su.oz.au", true, "CN=c.OU=b.OU=a.O=su.PRMD=oz.C=au",
		  "/C=au/PRMD=oz/O=su/OU=a/OU=b/CN=c/" },
		{ "a.b.su.oz.au", false, "OU=a.OU=b.O=su.PRMD=oz.C=au",
		  "/C=au/PRMD=oz/O=su/OU=b/OU=a/" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer dotted, slashed;
		struct name   name;

		buffer_init(&dotted);
		buffer_init(&slashed);
		name_typed_format(name_of(cases[i].plain), cases[i].is_node, NAME_TYPED_DOTTED,
		                  &dotted);
		name_typed_format(name_of(cases[i].plain), cases[i].is_node, NAME_TYPED_SLASHED,
		                  &slashed);
		CU_ASSERT_STRING_EQUAL(buffer_text(&dotted), cases[i].dotted);
		CU_ASSERT_STRING_EQUAL(buffer_text(&slashed), cases[i].slashed);
		if (cases[i].plain[0] != '\0') {
			CU_ASSERT_EQUAL(name_parse(&name, buffer_text(&dotted), NULL), STATUS_OK);
			CU_ASSERT_STRING_EQUAL(name.text, cases[i].plain);
			CU_ASSERT_EQUAL(name_parse(&name, buffer_text(&slashed), NULL), STATUS_OK);
			CU_ASSERT_STRING_EQUAL(name.text, cases[i].plain);
		}
		buffer_release(&slashed);
		buffer_release(&dotted);
	}
}

static void
parents_lead_to_the_world(void)
{
	const char *name = "cs.su.au";

	CU_ASSERT_STRING_EQUAL(name = name_parent(name), "su.au");
	CU_ASSERT_STRING_EQUAL(name = name_parent(name), "au");
	CU_ASSERT_STRING_EQUAL(name = name_parent(name), "");
	CU_ASSERT_PTR_NULL(name_parent(name));
	CU_ASSERT_EQUAL(name_depth(""), 0);
	CU_ASSERT_EQUAL(name_depth("au"), 1);
	CU_ASSERT_EQUAL(name_depth("cs.su.au"), 3);
}

static void
the_order_is_that_of_strcmp(void)
{
	CU_ASSERT_TRUE(name_compare(name_of("a"), name_of("a.b")) < 0);
	CU_ASSERT_TRUE(name_compare(name_of("a-b"), name_of("a.b")) < 0);
	CU_ASSERT_TRUE(name_compare(name_of("b"), name_of("a.b")) > 0);
	CU_ASSERT_EQUAL(name_compare(name_of("A.b"), name_of("a.B")), 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(nodes_are_read_in_every_spelling),
	UNIT_TEST(regions_are_read_in_every_spelling),
	UNIT_TEST(hints_say_what_to_write),
	UNIT_TEST(a_long_wrong_component_is_quoted_in_part),
	UNIT_TEST(types_follow_from_positions),
	UNIT_TEST(parents_lead_to_the_world),
	UNIT_TEST(the_order_is_that_of_strcmp),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo name_suite = UNIT_SUITE("name/name", NULL, NULL, tests);
