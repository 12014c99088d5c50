/*
 * description_parse_test.c - what each mistake in a description is answered with
 */
#include "spool/description/description_parse.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description_statement.h"
#include "tests/unit/unit.h"

static struct description        description;
static struct description_report report;

static void
setup(void)
{
	description_init(&description);
	description_report_init(&report);
}

static void
teardown(void)
{
	description_release(&description);
	description_report_release(&report);
}

/* A folder that is not there: two small files, and one that includes itself. */
static enum status
include(const char *from, const char *pattern, struct description_sources *found,
        struct diagnostic *diagnostic)
{
	(void)from;
	if (strcmp(pattern, "links/*.topo") == 0) {
		description_sources_add(found, "links/a.topo", "link a.au { cost 1 }", 20);
		description_sources_add(found, "links/b.topo", "link b.au { cost x }\n", 21);
		return STATUS_OK;
	}
	if (strcmp(pattern, "self") == 0) {
		description_sources_add(found, "self", "include self", 12);
		return STATUS_OK;
	}
	diagnostic_set(diagnostic, "there is no file %s", pattern);
	return STATUS_NOT_FOUND;
}

static enum status
parse(const char *text)
{
	struct description_sources roots;
	enum status                status;

	teardown();
	setup();
	description_sources_init(&roots);
	description_sources_add(&roots, "t", text, strlen(text));
	status = description_parse(&description, &roots, include, &report);
	description_sources_release(&roots);
	return status;
}

static void
every_mistake_is_told_with_its_place_and_a_hint(void)
{
	static const struct {
		const char *input;
		unsigned    line, column, length;
		const char *text;
		const char *hint;
	} cases[] = {
		{ "nod x.y {}", 1, 1, 3, "\"nod\" is no statement of the file",
		  "did you mean \"node\"?" },
		{ "node a.b { forward root@c to d }", 1, 20, 6,
		  "\"root@c\" is no user of this node", "" },
		{ "node a.b { forward root to a@ }", 1, 28, 2,
		  "\"a@\" is no address of a user: a name is missing",
		  "write a user of this node, or user@node" },
		{ "node a.b { forward root }", 1, 25, 1, "expected `to`, not `}`", "" },
		{ "node x.y\n{\n}", 1, 9, 1, "expected `{`, not the end of the statement",
		  "a block begins on the line of its statement" },
		{ "node x_y {}", 1, 7, 1,
		  "\"_\" cannot stand in a name: letters, digits and \"-\" only",
		  "write \"-\" instead of \"_\"" },
		{ "node x.world {}", 1, 8, 5,
		  "no name ends in \"world\": that is the region of all nodes", "" },
		{ "node x.y {\n visable y\n}", 2, 2, 7, "\"visable\" is no statement of a node",
		  "did you mean \"visible\"?" },
		{ "node x.y { delay 1s }", 1, 12, 5, "\"delay\" is no statement of a node",
		  "`delay` is a statement of a link" },
		{ "node x.y { visible y; visible y }", 1, 23, 7,
		  "`visible` is stated already, in line 1", "" },
		{ "node x.y {\n link y {\n delay 10 } }", 3, 8, 2,
		  "expected a duration such as 10s or 8h, not \"10\"",
		  "a number with ms, s, m, h, d or w; ten years at most" },
		{ "node x.y { link y { delay 99999w } }", 1, 27, 6, "this is too large",
		  "a number with ms, s, m, h, d or w; ten years at most" },
		{ "node x.y { link y { cost -1 } }", 1, 26, 2,
		  "expected a whole number, not \"-1\"", "" },
		{ "node x.y { link y { limit { message 7Q } } }", 1, 37, 2,
		  "expected a size such as 64K, not \"7Q\"",
		  "a number of bytes, or with K, M or G" },
		{ "node x.y { link y { one-way up } }", 1, 29, 2,
		  "expected `out` or `in`, not \"up\"", "" },
		{ "node x.y { link y { carry { preference fastet } } }", 1, 40, 6,
		  "expected `fastest`, `cheapest` or `both`, not \"fastet\"",
		  "did you mean \"fastest\"?" },
		{ "node x.y { link y { use lan } }", 1, 25, 3, "there is no template \"lan\" above",
		  "" },
		{ "template wan { }\nnode x.y { link y { use wann } }", 2, 25, 4,
		  "there is no template \"wann\" above", "did you mean \"wan\"?" },
		{ "template t { cost 1 }\nnode x.y { link y { cost 2; use t } }", 1, 14, 4,
		  "`cost` is stated already, in line 2", "" },
		{ "template t { }\nnode x.y { link y { use t; use t } }", 2, 32, 1,
		  "this link uses the template already", "" },
		{ "node x.y { link y { call when any { } } }", 1, 35, 1,
		  "no threshold is stated: the link would never call", "" },
		{ "node x.y { link y { retry 2h doubling to 5m } }", 1, 42, 2,
		  "doubling ends below where it begins", "" },
		{ "node x.y { link y { transport tcp \"y\" } }", 1, 35, 3,
		  "expected an address \"HOST:PORT\" or \"[HOST]:PORT\" with a port from 1 to 65535",
		  "" },
		{ "node x.y { link y { transport tcp listen { speed 1 } } }", 1, 44, 5,
		  "`speed` makes no sense for `transport tcp`", "" },
		{ "node x.y { link y { transport serial \"/t\" { path 7bit 8bit } } }", 1, 55, 4,
		  "`8bit` or `7bit` is said already", "" },
		{ "node x.y { link y { before \"/bin/x\" \"%x\" } }", 1, 37, 4,
		  "nothing stands for %x",
		  "%n neighbor, %l link label, %p phone, %u user, %f origin" },
		{ "node x.y { notify \"a\\qb\" }", 1, 21, 2, "`\\q` is no escape here",
		  "write `\\\\` for a backslash" },
		{ "node x.y { notify \"a\\Kb\" }", 1, 21, 2, "`\\K` is no escape here",
		  "write `\\\\` for a backslash" },
		{ "node x.y { notify \"root\n}", 1, 19, 5, "this text has no closing quote", "" },
		{ "node x.y { notify \"\" }", 1, 19, 2, "a user cannot be empty", "" },
		{ "node x.y { alias a, b }", 1, 19, 1, "\",\" means nothing here",
		  "lists are separated by spaces" },
		{ "node x.y { link y { }", 1, 10, 1, "this block is never closed", "" },
		{ "node x.y { } }", 1, 14, 1, "no block is open here", "" },
		{ "node x.y { notify a b }", 1, 21, 1,
		  "expected the end of the statement, not \"b\"", "" },
		{ "node x.y { schedule s { mo-fr 18:00-25:00 } }", 1, 31, 11,
		  "expected `all` or hours such as 18:00-08:00, not \"18:00-25:00\"", "" },
		{ "node x.y { schedule s { monday all } }", 1, 25, 6,
		  "expected `every` or days such as mo-fr, not \"monday\"",
		  "days are mo tu we th fr sa su, or daily" },
		{ "node x.y { formerly z.y until 2027-02-29 }", 1, 31, 10,
		  "expected a date such as 2027-06-01, not \"2027-02-29\"", "" },
		{ "node x.y { formerly z.y until next-month }", 1, 31, 10,
		  "expected a date such as 2027-06-01, not \"next-month\"", "" },
		{ "node x.y { contact { location 91 0 } }", 1, 31, 2,
		  "expected degrees from -90 to 90", "" },
		{ "node x.y { explicit z = * }", 1, 25, 1,
		  "\"*\" cannot stand in a name: letters, digits and \"-\" only", "" },
		{ "node x.y { default *.edu }", 1, 26, 1, "expected `via`, not `}`", "" },
		{ "node x.y { include none.topo }", 1, 20, 9, "there is no file none.topo", "" },
		{ "include self", 1, 9, 4, "self would include itself", "" },
		{ "node x.y {\n include \"links/*.topo\"\n}", 1, 18, 1,
		  "expected a whole number, not \"x\"", "" },
		{ "node \303\244.y {}", 1, 6, 1, "\"\\xc3\\xa4\" means nothing here",
		  "put texts between double quotes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct diagnostic *found;

		CU_ASSERT_EQUAL(parse(cases[i].input), STATUS_INVALID);
		CU_ASSERT_TRUE_FATAL(report.count > 0);
		found = &report.findings[0].diagnostic;
		CU_ASSERT_STRING_EQUAL(found->text, cases[i].text);
		CU_ASSERT_STRING_EQUAL(found->hint, cases[i].hint);
		CU_ASSERT_EQUAL(found->line, cases[i].line);
		CU_ASSERT_EQUAL(found->column, cases[i].column);
		CU_ASSERT_EQUAL(found->length, cases[i].length);
		if (strcmp(found->text, cases[i].text) != 0 || found->line != cases[i].line ||
		    found->column != cases[i].column || found->length != cases[i].length ||
		    strcmp(found->hint, cases[i].hint) != 0)
			printf("\n%s\n-> %u:%u+%u %s [%s]\n", cases[i].input, found->line,
			       found->column, found->length, found->text, found->hint);
	}
}

static void
a_finding_looks_as_compilers_show_it(void)
{
	struct buffer out;

	buffer_init(&out);
	parse("node x.y {\n\tvisable  y\n}");
	description_report_format(&report, &out);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out),
	                       "t:2:2: error: \"visable\" is no statement of a node\n"
	                       "    2 | \tvisable  y\n"
	                       "      | \t^~~~~~~ did you mean \"visible\"?\n");
	buffer_release(&out);
}

static void
one_mistake_makes_one_error(void)
{
	CU_ASSERT_EQUAL(parse("node x.y {\n nolink z.y { delay 1s; cost { x } }\n notify root\n}\n"
	                      "node z.y { notify }\n"),
	                STATUS_INVALID);
	CU_ASSERT_EQUAL(report.error_count, 2);
	CU_ASSERT_EQUAL(report.findings[1].diagnostic.line, 5);
	CU_ASSERT_STRING_EQUAL(description.nodes[0].notify, "root");
}

static void
after_ten_errors_reading_ends(void)
{
	parse("node x.y {\na\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n}");
	CU_ASSERT_EQUAL(report.error_count, DESCRIPTION_MAX_ERRORS);
	CU_ASSERT_EQUAL(report.findings[9].diagnostic.line, 11);
}

static void
an_included_file_keeps_its_own_lines(void)
{
	parse("node x.y {\n include \"links/*.topo\"\n notify root\n}");
	CU_ASSERT_EQUAL(report.error_count, 1);
	CU_ASSERT_STRING_EQUAL(report.findings[0].diagnostic.path, "links/b.topo");
	CU_ASSERT_EQUAL_FATAL(description.nodes[0].link_count, 2);
	CU_ASSERT_EQUAL(description.nodes[0].links[0].cost, 1);
	CU_ASSERT_STRING_EQUAL(description.nodes[0].notify, "root");
}

static void
a_template_gives_its_settings_to_each_link_that_uses_it(void)
{
	const struct description_link *link;

	CU_ASSERT_EQUAL(parse("template lan { delay 5ms; transport tcp listen plain }\n"
	                      "template slow { use lan; cost 7 }\n"
	                      "node x.y { link a.y { use slow }; link b.y { cost 9; use lan } }"),
	                STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(description.nodes[0].link_count, 2);
	link = description_find_link(&description.nodes[0], "a.y", "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(link);
	CU_ASSERT_EQUAL(link->delay_ms, 5);
	CU_ASSERT_EQUAL(link->cost, 7);
	CU_ASSERT_EQUAL(link->transport_count, 1);
	link = description_find_link(&description.nodes[0], "b.y", "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(link);
	CU_ASSERT_EQUAL(link->cost, 9);
	CU_ASSERT_EQUAL(link->delay_ms, 5);
}

static void
what_is_not_stated_has_its_default(void)
{
	const struct description_node *node;

	CU_ASSERT_EQUAL(parse("node a.b.c { link d.c }\nnode top { visible world }"), STATUS_OK);
	node = description_find_node(&description, "a.b.c");
	CU_ASSERT_PTR_NOT_NULL_FATAL(node);
	CU_ASSERT_STRING_EQUAL(node->visible.text, "b.c");
	CU_ASSERT_EQUAL(node->links[0].delay_ms, 1000);
	CU_ASSERT_EQUAL(node->links[0].cost, 0);
	CU_ASSERT_TRUE(node->links[0].announced);
	CU_ASSERT_EQUAL(node->links[0].inbound_delay_ms, DESCRIPTION_UNSET);
	CU_ASSERT_STRING_EQUAL(description.nodes[1].visible.text, "");
}

static void
lines_continue_and_units_add_up(void)
{
	CU_ASSERT_EQUAL(
	    parse("node a.b { # comment ; { \"\n link c.b { delay \\\n 1h30m500ms # x\n }\n"
	          " retain delivered 2w; service file { deliver drop /d; quota 1G512 } }"),
	    STATUS_OK);
	CU_ASSERT_EQUAL(description.nodes[0].links[0].delay_ms, 5400500);
	CU_ASSERT_EQUAL(description.nodes[0].retain_delivered_ms, 14 * 86400000LL);
	CU_ASSERT_EQUAL(description.nodes[0].services[0].quota_bytes, (1LL << 30) + 512);
}

static void
every_statement_has_its_word_and_its_block(void)
{
	for (int kind = 0; kind < STATEMENT_COUNT; kind++) {
		const struct description_rule *rule =
		    description_rule_of((enum description_statement_kind)kind);

		CU_ASSERT_PTR_NOT_NULL_FATAL(rule->word);
		if (rule->block != BLOCK_VARIANT)
			CU_ASSERT_PTR_NOT_NULL(description_block_text(rule->block));
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(every_mistake_is_told_with_its_place_and_a_hint),
	UNIT_TEST(a_finding_looks_as_compilers_show_it),
	UNIT_TEST(one_mistake_makes_one_error),
	UNIT_TEST(after_ten_errors_reading_ends),
	UNIT_TEST(an_included_file_keeps_its_own_lines),
	UNIT_TEST(a_template_gives_its_settings_to_each_link_that_uses_it),
	UNIT_TEST(what_is_not_stated_has_its_default),
	UNIT_TEST(lines_continue_and_units_add_up),
	UNIT_TEST(every_statement_has_its_word_and_its_block),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo description_parse_suite = UNIT_SUITE("description/parse", setup, teardown, tests);
