/*
 * local_record_test.c - what nodes say of themselves, and who of a network hears it
 */
#include "spool/topology/local_record.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description_parse.h"
#include "tests/unit/unit.h"

static struct description network;
static struct record      record;

static void
setup(void)
{
	description_init(&network);
	record_init(&record);
}

static void
teardown(void)
{
	record_release(&record);
	description_release(&network);
}

static void
read_network(const char *text)
{
	struct description_sources roots;
	struct description_report  report;

	description_sources_init(&roots);
	description_report_init(&report);
	description_sources_add(&roots, "test.topo", text, strlen(text));
	CU_ASSERT_EQUAL_FATAL(description_parse(&network, &roots, NULL, &report), STATUS_OK);
	description_report_release(&report);
	description_sources_release(&roots);
}

/* "to x 10s/1 restriction;from x ..." */
static const char *
links(void)
{
	static char text[1024];
	size_t      length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < record.link_count; i++) {
		const struct record_link *link = &record.links[i];

		length += (size_t)snprintf(
		    text + length, sizeof(text) - length, "%s %s%s%s %u/%u%s%s;",
		    link->direction == RECORD_OUTBOUND ? "to" : "from", link->to.text,
		    link->label[0] == '\0' ? "" : " as ", link->label, link->delay_ms, link->cost,
		    link->restricted ? " " : "", link->restriction.text);
	}
	return text;
}

static void
each_end_states_its_half_and_guesses_the_other(void)
{
	read_network("node a.x { visible x\n"
	             "  contact { person \"Pat\"; location -33.5 151.000001 }\n"
	             "  link b.x { delay 10s; cost 1; inbound { delay 20s; restrict x } }\n"
	             "  link b.x as radio { delay 2m; cost 20 }\n"
	             "  link c.x { one-way out; delay 5s }\n"
	             "  link d.x { one-way in; delay 6s; cost 2 }\n"
	             "  link e.x { announce no } }\n");
	CU_ASSERT_EQUAL(local_record_from_description(&network.nodes[0], 7, &record, NULL),
	                STATUS_OK);
	CU_ASSERT_STRING_EQUAL(record.node.text, "a.x");
	CU_ASSERT_STRING_EQUAL(record.visible.text, "x");
	CU_ASSERT_EQUAL(record.serial, 7);
	CU_ASSERT_STRING_EQUAL(links(), "to b.x 10000/1;to b.x as radio 120000/20;"
	                                "from b.x 20000/1 x;from b.x as radio 120000/20;"
	                                "to c.x 5000/0;from d.x 6000/2;");
	CU_ASSERT_STRING_EQUAL(buffer_text(&record.contact),
	                       "person: Pat\nlocation: -33.500000 151.000001\n");
	CU_ASSERT_EQUAL(local_record_for_home(&network.nodes[0], 7, &record, NULL), STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(links(), "to e.x 1000/0;from e.x 1000/0;"));
}

static void
home_holds_what_it_would_be_told(void)
{
	/* a and b see each other in x; n is a's neighbor; far is neither; w is visible wider */
	static const char text[] = "node a.x { link b.x {}\n link n.y {} }\n"
				   "node b.x { link a.x {}\n link w.x {} }\n"
				   "node n.y { link a.x {}\n link far.y {} }\n"
				   "node far.y { link n.y {} }\n"
				   "node w.x { visible world; link b.x {} }\n";
	struct topology   everything, topology;
	struct diagnostic diagnostic;

	read_network(text);
	diagnostic_init(&diagnostic);
	topology_init(&everything);
	topology_init(&topology);
	CU_ASSERT_EQUAL(local_record_network(&network, &everything, &diagnostic), STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(topology_find(&everything, "far.y"));
	CU_ASSERT_EQUAL(local_record_topology(&network, &everything, "a.x", &topology, &diagnostic),
	                STATUS_OK);
	CU_ASSERT_PTR_NOT_NULL(topology_find(&topology, "a.x"));
	CU_ASSERT_PTR_NOT_NULL(topology_find(&topology, "b.x"));
	CU_ASSERT_PTR_NOT_NULL(topology_find(&topology, "n.y"));
	CU_ASSERT_PTR_NOT_NULL(topology_find(&topology, "w.x"));
	CU_ASSERT_PTR_NULL(topology_find(&topology, "far.y"));
	topology_release(&topology);
	topology_release(&everything);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(each_end_states_its_half_and_guesses_the_other),
	UNIT_TEST(home_holds_what_it_would_be_told),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo local_record_suite = UNIT_SUITE("topology/local_record", setup, teardown, tests);
