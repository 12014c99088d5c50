/*
 * description_print_test.c - parse(print(x)) == x, for every statement
 */
#include "spool/description/description_print.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description_parse.h"
#include "tests/unit/unit.h"

static bool parse(struct description *description, const char *text);

/* Every statement at least once, in every form; those on a line belong to one node. */
static const char *const statements[] = {
	"",
	"visible world",
	"formerly c.b; formerly d.b until 2027-06-01",
	"alias q w.e; alias r",
	"timezone \"Australia/Sydney\"",
	"contact { person p; organisation \"o \\\"q\\\" \\\\ \\t\\x01\\xff \303\244\"; email e; phone f }",
	"contact { postal a \"b c\" d; location -33.889 151.191 }",
	"contact { location 0.000001 -180 }",
	"contact { }",
	"listen tcp \"[::]:4242\"; listen tcp \"localhost:0\" plain",
	"answer serial \"/dev/ttyS1\" { speed 19200; path 7bit unreliable; flow xonxoff }",
	"answer serial t { login { send \"x\" }; hangup { pause 2s } }",
	"submit lmtp \"unix:/run/x\"; submit lmtp \"localhost:24\"",
	"submit by uucp news; submit by \"post fix\"",
	"notify root; language pt; retain delivered 30d",
	"device radio { calls 3; order round-robin }; device tnc",
	"schedule s { mo-fr 18:00-08:00; sa-su all; fr-mo we 00:00-12:30 13:00-24:00; daily all }",
	"schedule s { every 1h for 10m offset 20m; every 90s for 1s }; schedule t { }",
	"link c.b; link c.b as sat { delay 0; cost 4294967295 }",
	"link c.b { one-way out; foreign; announce no; restrict world }",
	"link c.b { one-way in; announce yes; restrict d.b }",
	"link c.b { inbound { restrict d.b; delay 20m; limit { message 7K; queue 1 } } }",
	"link c.b { limit { per-call 1M; per-day 2G; topology 2K per day } }",
	"link c.b { transport tcp \"c:1\" plain { round-trip 1s; timeout 2s; rate 1200 }; auth key K }",
	"link c.b { transport tcp listen; transport tcp listen plain; transport tcp \"[::1]:9\" }",
	"link c.b { transport serial /dev/t { flow rtscts; phone 1 2 \"3 4\"; path half-duplex } }",
	"link c.b { transport serial /dev/t { dial { abort \"A\" \"B\"; timeout 45s; send \"\" } } }",
	"link c.b { transport serial t { dial { send \"\\c\\d\\p\\K\\P\\r\\0\\xe4?'\" expect \"\" } } }",
	"link c.b { transport serial t { login { expect \"a\" \"b\" retry \"\\r\" x3 send secret m } } }",
	"link c.b { transport tcp \"h:1\" { path 7bit unreliable; rate 1200 } }",
	"link c.b { transport command /bin/x \"\" %n %l %p %u %f \"100%\" { path 7bit } }",
	"link c.b { transport command /bin/x %n { plain; rate 9600 }; transport serial /dev/t { plain } }",
	"answer program plain",
	"link c.b { transport directory /m { capacity 64G; overdue 20d } }",
	"link c.b { transport directory /m { repair 25 } }",
	"link c.b { call always; poll 1d }",
	"link c.b { call never; retry 5m }",
	"link c.b { call on-demand; retry 5m doubling to 2h; call-time 40m }",
	"link c.b { call when any { count 1 of mail } }",
	"link c.b { call when all { count 7; bytes 64K; oldest 4h } }",
	"schedule s { daily all }; link c.b { schedule s; schedule t at-least high }",
	"link c.b { schedule s at-least urgent; device radio slot +3m }; link d.b { device r }",
	"link c.b { carry { preference fastest; service mail news; at-least normal } }",
	"link c.b { carry { preference cheapest; smaller-than 64K } }; link d.b { carry { } }",
	"link c.b { carry { preference both } }",
	"link c.b { before a b \"c d\"; after e; protect signed; seal never }",
	"template t { delay 3s; transport tcp listen }; link c.b { use t }",
	"leaf via c.b; database full-from d.b",
	"route d.b via c.b; route e.b via c.b fastest; route world via c.b cheapest",
	"explicit d.b = c.b ! e.b ! *; explicit *.e = f!g; explicit * = h",
	"default *.edu gov * via c.b; default world via d.b",
	"gateway *.com via smtp \"[127.0.0.1]:25\"; gateway *.org via lmtp \"unix:/l\"",
	"gateway *.com *.org *.via via command /bin/x \"%u\"",
	"service mail { deliver maildir /m/%u }; service file { deliver drop /d; quota 1G }",
	"service a { deliver lmtp \"unix:/l\" }; service b { ordered; quiet; accept from world d.b }",
	"service e { deliver hold; quota 2M }; service f { deliver publish /p; accept from a.b joe@c.d \"x.y@c.d\" }",
	"service c { deliver command a \"b\" }; service d { }",
	"allow broadcast; refuse multicast 20; allow explicit for root \"a b\"; refuse region mil d.b",
	"allow broadcast b d.b for pat; refuse broadcast world; allow multicast for pat",
	"refuse service backup news for mail-servers; allow service backup",
	"forward root to pat eve@c.d \"c!eve@d.d\" staff@*.b; forward \"a-b\" to a-b x",
};

static void
what_is_printed_reads_back_equal(void)
{
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		struct description first, second;
		struct buffer      input, printed, again;

		buffer_init(&input);
		buffer_init(&printed);
		buffer_init(&again);
		buffer_append_format(&input, "node a.b { %s }", statements[i]);
		if (!parse(&first, buffer_text(&input)))
			CU_FAIL("an input does not parse");
		description_print(&first, &printed);
		CU_ASSERT_TRUE(parse(&second, buffer_text(&printed)));
		CU_ASSERT_TRUE(description_equal(&first, &second));
		description_print(&second, &again);
		CU_ASSERT_STRING_EQUAL(buffer_text(&printed), buffer_text(&again));
		description_release(&first);
		description_release(&second);
		buffer_release(&input);
		buffer_release(&printed);
		buffer_release(&again);
	}
}

/* Each statement must change the values: else the test above would prove nothing. */
static void
no_two_statements_say_the_same(void)
{
	enum { COUNT = sizeof(statements) / sizeof(statements[0]) };
	static struct description all[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		struct buffer input;

		buffer_init(&input);
		buffer_append_format(&input, "node a.b { %s }", statements[i]);
		CU_ASSERT_TRUE(parse(&all[i], buffer_text(&input)));
		buffer_release(&input);
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_FALSE(description_equal(&all[i], &all[j]));
	}
	for (size_t i = 0; i < COUNT; i++)
		description_release(&all[i]);
}

static void
the_canonical_form_is_one_statement_a_line(void)
{
	struct description description;
	struct buffer      out;

	buffer_init(&out);
	CU_ASSERT_TRUE(parse(&description,
	                     "template lan { delay 1500ms; transport tcp listen plain }\n"
	                     "node A.B { link c.b as x { use lan; cost 3 }; alias a }"));
	description_print(&description, &out);
	CU_ASSERT_STRING_EQUAL(buffer_text(&out), "node a.b {\n"
	                                          "    visible b\n"
	                                          "    alias a\n"
	                                          "    link c.b as x {\n"
	                                          "        delay 1500ms\n"
	                                          "        cost 3\n"
	                                          "        transport tcp listen plain\n"
	                                          "    }\n"
	                                          "}\n");
	description_release(&description);
	buffer_release(&out);
}

static void
marked_text_leads_to_the_lines_of_the_file(void)
{
	struct description             first, second;
	struct buffer                  marked;
	const struct description_node *node;

	buffer_init(&marked);
	CU_ASSERT_TRUE(parse(&first,
	                     "\nnode a.b {\nlink c.b { delay 2s\n\ninbound {\nrestrict b\n} }\n"
	                     "service s { deliver drop /d\nquota 1\n\naccept from b }\n\n"
	                     "refuse explicit # here\nallow broadcast\n}"));
	description_print_marked(&first, &marked);
	CU_ASSERT_TRUE_FATAL(parse(&second, buffer_text(&marked)));
	CU_ASSERT_TRUE(description_equal(&first, &second));
	node = &second.nodes[0];
	CU_ASSERT_EQUAL(node->place.line, 2);
	CU_ASSERT_EQUAL(node->links[0].inbound_restrict_place.line, 6);
	CU_ASSERT_EQUAL(node->services[0].accept_place.line, 11);
	CU_ASSERT_EQUAL(node->permits[0].place.line, 13);
	CU_ASSERT_EQUAL(node->permits[1].place.line, 14);
	CU_ASSERT_STRING_EQUAL(second.sources.items[node->permits[1].place.source].path,
	                       first.sources.items[0].path);
	description_release(&first);
	description_release(&second);
	buffer_release(&marked);
}

static void
a_mark_names_another_file_and_what_is_none_is_a_comment(void)
{
	struct description             description;
	const struct description_node *node;

	CU_ASSERT_TRUE_FATAL(parse(&description,
	                           "node a.b {\n"
	                           "#line 700 \"/etc/other.topo\"\nallow explicit\n"
	                           "#line 0 \"x\"\n#line 5\n#line 5 \"\n #line 9 \"x\"\n"
	                           "refuse explicit\n}"));
	node = &description.nodes[0];
	CU_ASSERT_EQUAL(node->permits[0].place.line, 700);
	CU_ASSERT_STRING_EQUAL(description.sources.items[node->permits[0].place.source].path,
	                       "/etc/other.topo");
	CU_ASSERT_EQUAL(node->permits[1].place.line, 705);
	description_release(&description);
}

static bool
parse(struct description *description, const char *text)
{
	struct description_sources roots;
	struct description_report  report;
	struct buffer              out;
	enum status                status;

	description_init(description);
	description_report_init(&report);
	description_sources_init(&roots);
	buffer_init(&out);
	description_sources_add(&roots, "t", text, strlen(text));
	status = description_parse(description, &roots, NULL, &report);
	description_report_format(&report, &out);
	fputs(buffer_text(&out), stdout);
	buffer_release(&out);
	description_sources_release(&roots);
	description_report_release(&report);
	return status == STATUS_OK;
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_printed_reads_back_equal),
	UNIT_TEST(no_two_statements_say_the_same),
	UNIT_TEST(the_canonical_form_is_one_statement_a_line),
	UNIT_TEST(marked_text_leads_to_the_lines_of_the_file),
	UNIT_TEST(a_mark_names_another_file_and_what_is_none_is_a_comment),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo description_print_suite = UNIT_SUITE("description/print", NULL, NULL, tests);
