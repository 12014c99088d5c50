/*
 * pathalias_test.c - UUCP maps: hosts, links, costs, and what is no map
 */
#include "spool/import/pathalias.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* The description of a map, or what is wrong with it. */
static enum status
convert(const char *map, struct buffer *out, struct diagnostic *diagnostic)
{
	struct pathalias *maps = pathalias_new();
	enum status       status;

	diagnostic_init(diagnostic);
	buffer_init(out);
	status = pathalias_read(maps, "m", span_of_text(map), diagnostic);
	if (status == STATUS_OK)
		pathalias_print(maps, "uucp", out);
	pathalias_free(maps);
	return status;
}

static void
maps_become_networks(void)
{
	static const struct {
		const char *map;
		const char *network;
	} cases[] = {
		{ "", "" },
		{ "# nothing\n\n", "" },
		{ "a b\nb a(DAILY)\n", "node a.uucp { # m:1\n    link b.uucp { cost 4000 }\n}\n"
		                       "node b.uucp { # m:1\n    link a.uucp { cost 5000 }\n}\n" },
		{ "a b(LOCAL),\n c(10)\nb a(1)\nc a(1)\n",
		  "node a.uucp { # m:1\n    link b.uucp { cost 25 }\n    link c.uucp { cost 10 }\n}\n"
		  "node b.uucp { # m:1\n    link a.uucp { cost 1 }\n}\n"
		  "node c.uucp { # m:2\n    link a.uucp { cost 1 }\n}\n" },
		{ "a = a.example\n", "node a.example { # m:1\n}\n" },
		{ "a b(7)\na b(3)\na b(9)\n",
		  "node a.uucp { # m:1\n    link b.uucp { one-way out; cost 3 }\n}\n"
		  "node b.uucp { # m:1\n    link a.uucp { one-way in }\n}\n" },
		{ "dead {x}\n", "# m:1: not carried over: dead\n" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;
		struct buffer     out;

		CU_ASSERT_EQUAL(convert(cases[i].map, &out, &diagnostic), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(buffer_text(&out), cases[i].network);
		buffer_release(&out);
	}
}

static void
costs_are_computed(void)
{
	static const struct {
		const char *cost, *expected;
	} cases[] = {
		{ "0", "cost 0 " },
		{ "HOURLY*4", "cost 2000 " },
		{ "DAILY/2", "cost 2500 " },
		{ "2+3*4", "cost 14 " },
		{ "(2+3)*4", "cost 20 " },
		{ "10 - 4 - 3", "cost 3 " },
		{ "DEMAND+LOW", "cost 305 " },
		{ "EVENING+HIGH", "cost 1795 " },
		{ "LOCAL-DAILY", "cost 0 " }, /* none is below nothing */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char              map[64];
		struct diagnostic diagnostic;
		struct buffer     out;

		snprintf(map, sizeof(map), "a b(%s)\n", cases[i].cost);
		CU_ASSERT_EQUAL(convert(map, &out, &diagnostic), STATUS_OK);
		CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&out), cases[i].expected));
		buffer_release(&out);
	}
}

static void
what_is_no_map_is_refused_at_its_place(void)
{
	static const struct {
		const char *map;
		unsigned    line, column;
		const char *text;
	} cases[] = {
		{ "= a\n", 1, 1, "the name of a host is expected here" },
		{ "a b c\n", 1, 5, "a comma is expected here" },
		{ "a b,\n, c\n", 2, 1, "the name of a host is expected here" },
		{ "a b(DAYLY)\n", 1, 10, "no such name of a cost" },
		{ "a b(daily)\n", 1, 5, "this is no cost" },
		{ "a b()\n", 1, 5, "this is no cost" },
		{ "a b(5\n", 2, 1, "a cost has no end" },
		{ "a b((5)\n", 2, 1, "a cost has no end" },
		{ "a b(5+)\n", 1, 7, "this is no cost" },
		{ "a b(5/0)\n", 1, 8, "a cost is divided by nothing" },
		{ "a b(99999999999)\n", 1, 14, "a cost is too large" },
		{ "a b(100000*100000)\n", 1, 18, "a cost is too large" },
		{ "a b(1000000000+1)\n", 1, 17, "a cost is too large" },
		{ "a \"b\n", 1, 3, "a quoted name has no end" },
		{ "a) b\n", 1, 2, "this stands for nothing in a map" },
		{ "a b,\n\t\x01 c\n", 2, 2, "this stands for nothing in a map" },
		{ "a caf\xe9\n", 1, 6, "this stands for nothing in a map" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;
		struct buffer     out;

		CU_ASSERT_EQUAL(convert(cases[i].map, &out, &diagnostic), STATUS_INVALID);
		CU_ASSERT_STRING_EQUAL(diagnostic.path, "m");
		CU_ASSERT_EQUAL(diagnostic.line, cases[i].line);
		CU_ASSERT_EQUAL(diagnostic.column, cases[i].column);
		CU_ASSERT_STRING_EQUAL(diagnostic.text, cases[i].text);
		buffer_release(&out);
	}
}

/* As deep, as long, as nobody writes. */
static void
depth_and_length_have_an_end(void)
{
	struct diagnostic diagnostic;
	struct buffer     map, out;

	buffer_init(&map);
	buffer_append_text(&map, "a b(");
	for (int i = 0; i < 100; i++)
		buffer_append_text(&map, "(");
	CU_ASSERT_EQUAL(convert(buffer_text(&map), &out, &diagnostic), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "too many parentheses in a cost");
	buffer_release(&out);
	buffer_clear(&map);
	for (int i = 0; i < 300; i++)
		buffer_append_text(&map, "x");
	CU_ASSERT_EQUAL(convert(buffer_text(&map), &out, &diagnostic), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(diagnostic.text, "a name of more than 200 bytes");
	CU_ASSERT_EQUAL(diagnostic.column, 1);
	buffer_release(&out);
	buffer_release(&map);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(maps_become_networks),
	UNIT_TEST(costs_are_computed),
	UNIT_TEST(what_is_no_map_is_refused_at_its_place),
	UNIT_TEST(depth_and_length_have_an_end),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo pathalias_suite = UNIT_SUITE("import/pathalias", NULL, NULL, tests);
