/*
 * description_check_test.c - what cannot work, and what may not be meant
 */
#include "spool/description/description_check.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description_parse.h"
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

static enum status
check(const char *text)
{
	struct description_sources roots;

	teardown();
	setup();
	description_sources_init(&roots);
	description_sources_add(&roots, "t", text, strlen(text));
	CU_ASSERT_EQUAL(description_parse(&description, &roots, NULL, &report), STATUS_OK);
	description_sources_release(&roots);
	return description_check(&description, &report);
}

struct expectation {
	const char               *input;
	enum description_severity severity;
	unsigned                  column; /* in line 1 */
	const char               *text;
	const char               *hint;
};

static void
expect_first_finding(const struct expectation *expectation)
{
	const struct description_finding *found;
	enum status                       status = check(expectation->input);

	CU_ASSERT_EQUAL(status,
	                expectation->severity == DESCRIPTION_ERROR ? STATUS_INVALID : STATUS_OK);
	CU_ASSERT_TRUE_FATAL(report.count > 0);
	found = &report.findings[0];
	CU_ASSERT_EQUAL(found->severity, expectation->severity);
	CU_ASSERT_STRING_EQUAL(found->diagnostic.text, expectation->text);
	CU_ASSERT_STRING_EQUAL(found->diagnostic.hint, expectation->hint);
	CU_ASSERT_EQUAL(found->diagnostic.column, expectation->column);
	if (found->diagnostic.column != expectation->column ||
	    strcmp(found->diagnostic.text, expectation->text) != 0)
		printf("\n%s\n-> %u %s [%s]\n", expectation->input, found->diagnostic.column,
		       found->diagnostic.text, found->diagnostic.hint);
}

static void
what_cannot_work_is_an_error(void)
{
	static const struct expectation cases[] = {
		{ "node a.cs.su.au { visible cs.su.uk }", DESCRIPTION_ERROR, 27,
		  "\"cs.su.uk\" is not an ancestor of node a.cs.su.au",
		  "did you mean \"cs.su.au\"?" },
		{ "node a.b { visible a.b }", DESCRIPTION_ERROR, 20,
		  "\"a.b\" is not an ancestor of node a.b", "" },
		{ "node a.b { formerly a.b }", DESCRIPTION_ERROR, 21,
		  "this is what the node is called now", "" },
		{ "node a.b { listen tcp \"h:1\"; listen tcp \"h:1\" plain }", DESCRIPTION_ERROR,
		  41, "this address is stated already, in line 1", "" },
		{ "node a.b { link a.b { transport tcp listen } }", DESCRIPTION_ERROR, 17,
		  "a node is no neighbor of itself", "" },
		{ "node a.b { link c.b { transport tcp listen }; link c.b }", DESCRIPTION_ERROR, 52,
		  "this link is stated already, in line 1", "" },
		{ "node a.b { schedule night { daily all }; link c.b { schedule nigth } }",
		  DESCRIPTION_ERROR, 62, "node a.b has no schedule \"nigth\"",
		  "did you mean \"night\"?" },
		{ "node a.b { device radio; link c.b { device radoi } }", DESCRIPTION_ERROR, 44,
		  "node a.b has no device \"radoi\"", "did you mean \"radio\"?" },
		{ "node a.b { device r; device r }", DESCRIPTION_ERROR, 29,
		  "this device is stated already, in line 1", "" },
		{ "node a.b { schedule s { every 1h for 2h } }", DESCRIPTION_ERROR, 25,
		  "this window is longer than its period", "" },
		{ "node a.b { link c.b { transport serial t { dial { send \"\\P\" } } } }",
		  DESCRIPTION_ERROR, 51, "no phone number is stated for \\P", "" },
		{ "node a.b { link hub.b { transport tcp listen }; leaf via hbu.b }",
		  DESCRIPTION_ERROR, 58, "hbu.b is not a neighbor of a.b",
		  "did you mean \"hub.b\"?" },
		{ "node a.b { route x.b via c.b }", DESCRIPTION_ERROR, 26,
		  "c.b is not a neighbor of a.b", "" },
		{ "node a.b { database full-from a.b }", DESCRIPTION_ERROR, 31,
		  "a node cannot ask itself", "" },
		{ "node a.b { default *.edu *.gov via c.b; default *.gov via d.b }",
		  DESCRIPTION_ERROR, 49, "this pattern is stated already, in line 1", "" },
		{ "node a.b { forward root to pat; forward pat to joe@a \"x@c.d\"; forward joe to root }",
		  DESCRIPTION_ERROR, 71, "mail for joe would go in a circle",
		  "`forward joe to joe` keeps a copy for the user" },
		{ "node a.b { forward root to pat; forward root to joe }", DESCRIPTION_ERROR, 41,
		  "who stands for this user is stated already, in line 1", "" },
		{ "node a.b { default * via a.b }", DESCRIPTION_ERROR, 26,
		  "what this node does not know, it cannot send to itself", "" },
		{ "node a.b { explicit x = c; explicit *.x = d }", DESCRIPTION_ERROR, 37,
		  "this pattern is stated already, in line 1", "" },
		{ "node a.b { service mail { quota 1K } }", DESCRIPTION_ERROR, 20,
		  "this service does not say how to deliver",
		  "`deliver maildir`, `lmtp`, `command`, `drop`, `hold` or `publish`" },
		{ "node a.b { service files { deliver publish d } }", DESCRIPTION_ERROR, 20,
		  "this service does not say who may ask",
		  "`accept from` names regions, nodes or user@node" },
		{ "node a.b { service control { deliver drop d } }", DESCRIPTION_ERROR, 20,
		  "control messages are the node's own business", "" },
		{ "node a.b { }; node c.b { }; node a.b { }", DESCRIPTION_ERROR, 34,
		  "this node is stated already, in line 1", "" },
		{ "node a.b { link c.d { foreign; transport tcp listen } }", DESCRIPTION_ERROR, 42,
		  "a foreign neighbor is not called by this node",
		  "`transport command` names the program that takes what is for it" },
		{ "node a.b { link c.d { foreign; transport command x; transport command y } }",
		  DESCRIPTION_ERROR, 63, "a foreign link has one program", "" },
		{ "node a.b { submit by u; link c.d { transport tcp listen }\n"
		  "link c.d as u { foreign; transport command x } }",
		  DESCRIPTION_ERROR, 6,
		  "a foreign neighbor has one link; there is another in line 1", "" },
		{ "# nothing", DESCRIPTION_ERROR, 0, "no node is described", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_first_finding(&cases[i]);
}

static void
what_may_not_be_meant_is_a_warning(void)
{
	static const struct expectation cases[] = {
		{ "node a.b { gateway *.com *.b via smtp \"h:25\" }", DESCRIPTION_WARNING, 26,
		  "this pattern catches a.b, the node itself", "" },
		{ "node a.b { schedule s { mo 08:00-08:00 } }", DESCRIPTION_WARNING, 25,
		  "this window never opens", "`all` means the whole day" },
		{ "node a.b { schedule s { every 1h for 0 } }", DESCRIPTION_WARNING, 25,
		  "this window never opens", "" },
		{ "node a.b { schedule s { } }", DESCRIPTION_WARNING, 21,
		  "without a window this schedule never opens", "" },
		{ "node a.b { device r; schedule s { every 1h for 3m }; link c.b { schedule s; "
		  "device r slot +3m; transport tcp listen } }",
		  DESCRIPTION_WARNING, 84,
		  "the slot lies behind every window: this link never opens", "" },
		{ "node a.b { link c.b { limit { message 100 }; transport tcp listen } }",
		  DESCRIPTION_WARNING, 17, "hardly any mail is so small: 100 bytes", "" },
		{ "node a.b { link c.b { limit { message 2K; queue 1K }; transport tcp listen } }",
		  DESCRIPTION_WARNING, 17,
		  "a message of more than the queue takes never finds room there", "" },
		{ "node a.b { link c.d { foreign; transport command x; before y } }",
		  DESCRIPTION_WARNING, 17,
		  "a foreign link makes no call that something could be run before or after", "" },
		{ "node a.b { service s { deliver drop d; quiet } }", DESCRIPTION_WARNING, 20,
		  "nobody is told by mail of what this service delivers, with `quiet` or without",
		  "" },
		{ "node a.b { service s { deliver command c; quiet } }", DESCRIPTION_WARNING, 20,
		  "nobody is told by mail of what this service delivers, with `quiet` or without",
		  "" },
		{ "node a.b { link c.b }", DESCRIPTION_WARNING, 17,
		  "without a transport nothing passes this link", "" },
		{ "node a.b { link c.b { call never; poll 1h; transport tcp listen } }",
		  DESCRIPTION_WARNING, 17, "a link that never calls does not poll", "" },
		{ "node a.b { link c.b { transport tcp listen; auth key XYZ } }",
		  DESCRIPTION_WARNING, 54, "this is not the public key of a node",
		  "`mulga key` shows it, over there" },
		{ "node a.b { link c.d { restrict b; transport tcp listen } }", DESCRIPTION_WARNING,
		  17, "the restriction to b keeps out what is for c.d itself", "" },
		{ "node a.b { link c.d { inbound { restrict d }; transport tcp listen } }",
		  DESCRIPTION_WARNING, 17, "the restriction to d keeps out what is for a.b itself",
		  "" },
		{ "node a.b { link c.b { transport serial t { login { expect \"ssword:\" send "
		  "\"x\" } } } }",
		  DESCRIPTION_WARNING, 69, "whoever reads this file reads the password",
		  "`send secret \"NAME\"` takes it from the keys" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_first_finding(&cases[i]);
}

static void
a_network_states_each_link_at_both_ends(void)
{
	static const struct expectation cases[] = {
		{ "node a.b { link c.b }; node c.b { }", DESCRIPTION_WARNING, 17,
		  "c.b states no link to a.b: this one has one end only", "" },
		{ "node a.b { link c.b { one-way out } }; node c.b { link a.b }",
		  DESCRIPTION_WARNING, 17, "c.b states no `one-way in` link to a.b", "" },
		{ "node a.b { link c.b }; node c.b { link a.b { one-way out } }",
		  DESCRIPTION_WARNING, 17, "c.b states no two-way link to a.b", "" },
		{ "node a.b { link x.b }; node c.b { }", DESCRIPTION_WARNING, 17,
		  "x.b is not described in this network", "" },
		{ "node a.b { link x.b }; node c.b { link a.b; formerly x.b }", DESCRIPTION_WARNING,
		  17, "x.b is not described in this network", "it is called c.b now" },
		{ "node a.b { link c.b; formerly c.b }; node c.b { link a.b }", DESCRIPTION_WARNING,
		  31, "another node is called c.b now", "" },
		{ "node a.b { link c.b; formerly x.b }; node c.b { link a.b; formerly x.b }",
		  DESCRIPTION_WARNING, 68, "a.b has had this name, too", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_first_finding(&cases[i]);
	CU_ASSERT_EQUAL(
	    check("node a.b { link c.b; link d.b { one-way in }; link x.y { foreign } }\n"
	          "node c.b { link a.b }; node d.b { link a.b { one-way out } }"),
	    STATUS_OK);
	CU_ASSERT_EQUAL(report.count, 0);
}

/* The paper's "fundamental condition"; the sound network is its figure, made small. */
static void
a_region_meets_the_connectivity_condition_or_is_warned_of(void)
{
	static const struct expectation cases[] = {
		{ "node h.cs.su { link w.maths.su }; node w.maths.su { visible su; link h.cs.su }",
		  DESCRIPTION_WARNING, 6,
		  "no node of cs.su that h.cs.su can reach inside it is visible beyond it",
		  "`visible su`?" },
		{ "node a.x { visible world; link b.x }; node b.x { link a.x; link c.x }; "
		  "node c.x { visible world; link b.x }; node d.y { visible world; }",
		  DESCRIPTION_WARNING, 44,
		  "in the world, a.x reaches c.x only through this node, which is not visible "
		  "there",
		  "`visible world`?" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_first_finding(&cases[i]);
	CU_ASSERT_EQUAL(
	    check("node basser.cs.su { visible su; link cluster.cs.su; link winter.maths.su }\n"
	          "node cluster.cs.su { link basser.cs.su }\n"
	          "node winter.maths.su { visible su; link basser.cs.su; link summer.maths.su }\n"
	          "node summer.maths.su { link winter.maths.su }\n"),
	    STATUS_OK);
	CU_ASSERT_EQUAL(report.count, 0);
}

static void
what_the_daemon_does_not_act_on_is_noted_once(void)
{
	CU_ASSERT_EQUAL(
	    check(
		"template t { transport tcp listen; protect signed }\n"
		"node a.b { listen tcp \"h:1\" plain\n"
		" link c.b { use t; announce no; restrict b }\n"
		" link d.b { foreign; delay 1s; cost 2; one-way out; retry 5m; transport command x }\n"
		" explicit x.b = c.b; gateway *.com via smtp \"h:25\"\n"
		" gateway *.org via command \"/bin/true\" \"%a\"; service x { deliver drop \"/d/%u\" } }"),
	    STATUS_OK);
	CU_ASSERT_EQUAL(report.count, 0);
	description_unsupported(&description, &report);
	CU_ASSERT_EQUAL_FATAL(report.count, 1);
	CU_ASSERT_EQUAL(report.findings[0].severity, DESCRIPTION_NOTE);
	CU_ASSERT_STRING_EQUAL(report.findings[0].diagnostic.text,
	                       "this version does not act on `protect` yet");
	CU_ASSERT_EQUAL(report.findings[0].diagnostic.line, 1);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_cannot_work_is_an_error),
	UNIT_TEST(what_may_not_be_meant_is_a_warning),
	UNIT_TEST(a_network_states_each_link_at_both_ends),
	UNIT_TEST(a_region_meets_the_connectivity_condition_or_is_warned_of),
	UNIT_TEST(what_the_daemon_does_not_act_on_is_noted_once),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo description_check_suite = UNIT_SUITE("description/check", setup, teardown, tests);
