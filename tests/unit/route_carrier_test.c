/*
 * route_carrier_test.c - what a link takes, which of several is the best, how wide a way is
 */
#include "spool/route/route_carrier.h"

#include <stdio.h>
#include <string.h>

#include "spool/description/description_parse.h"
#include "spool/topology/local_record.h"
#include "tests/unit/unit.h"

static const char network[] =
    "node a.x { visible world\n"
    "link b.x { delay 10s; cost 1; limit { message 64K } }\n"
    "link b.x as dear { delay 1s; cost 50; restrict b.x\n"
    "    carry { service mail; at-least high; smaller-than 8K } }\n"
    "link d.x { delay 90s; cost 90 } }\n"
    "node b.x { visible world\n"
    "link a.x { delay 10s; cost 1; inbound { limit { message 16K } } }\n"
    "link a.x as dear { delay 2s; cost 50 }\n"
    "link c.x { delay 1s; cost 1 } }\n"
    "node c.x { visible world; link b.x { delay 1s; cost 1; inbound { limit { message 7K } } }\n"
    "link d.x { delay 1s; cost 1 } }\n"
    "node d.x { visible world; link a.x { delay 90s; cost 90 }; link c.x { delay 1s; cost 1 } }\n";

static struct description description;
static struct topology    topology;

static void
setup(void)
{
	struct description_sources sources;
	struct description_report  report;

	description_init(&description);
	description_sources_init(&sources);
	description_report_init(&report);
	topology_init(&topology);
	description_sources_add(&sources, "t", network, strlen(network));
	CU_ASSERT_EQUAL_FATAL(description_parse(&description, &sources, NULL, &report), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(local_record_network(&description, &topology, NULL), STATUS_OK);
	description_report_release(&report);
	description_sources_release(&sources);
}

static void
teardown(void)
{
	topology_release(&topology);
	description_release(&description);
}

/* The link of a.x of that number. */
static struct route_carrier
carrier(unsigned number)
{
	struct route_carrier found;

	route_carrier_find(&found, &topology, "a.x", &description.nodes[0].links[number]);
	return found;
}

static const char *
why_not(unsigned number, const struct route_cargo *cargo)
{
	static char          text[256];
	struct route_carrier one = carrier(number);
	struct buffer        why;

	buffer_init(&why);
	if (route_carrier_excludes(&one, cargo, &why) == NULL)
		buffer_append_text(&why, "it goes");
	snprintf(text, sizeof(text), "%s", buffer_text(&why));
	buffer_release(&why);
	return text;
}

static void
a_link_takes_what_its_operator_lets_it_and_both_ends_limits_do(void)
{
	struct route_cargo cargo = { .service    = "mail",
		                     .preference = DESCRIPTION_FASTEST,
		                     .priority   = DESCRIPTION_HIGH,
		                     .size_bytes = 8191 };

	CU_ASSERT_STRING_EQUAL(why_not(0, &cargo), "it goes");
	CU_ASSERT_STRING_EQUAL(why_not(1, &cargo), "it goes");
	cargo.size_bytes = 8192;
	CU_ASSERT_STRING_EQUAL(why_not(1, &cargo), "the link to b.x as dear carries only what is "
	                                           "smaller than 8 KiB; this one has 8192 bytes");
	cargo.priority = DESCRIPTION_NORMAL;
	CU_ASSERT_STRING_EQUAL(
	    why_not(1, &cargo),
	    "the link to b.x as dear carries only what has priority high or more");
	cargo.service = "file";
	CU_ASSERT_STRING_EQUAL(why_not(1, &cargo), "the link to b.x as dear carries only mail");
	cargo.size_bytes = 16384;
	CU_ASSERT_STRING_EQUAL(why_not(0, &cargo), "it goes");
	cargo.size_bytes = 16385;
	CU_ASSERT_STRING_EQUAL(
	    why_not(0, &cargo),
	    "the link to b.x takes at most 16 KiB a message; this one has 17 KiB");
	cargo.always = true;
	CU_ASSERT_STRING_EQUAL(why_not(0, &cargo), "it goes");
}

static void
the_best_is_the_one_that_the_preference_weighs_least(void)
{
	struct route_carrier plain = carrier(0), dear = carrier(1);
	struct address       address;
	struct route_cargo   cargo = { .service    = "mail",
		                       .preference = DESCRIPTION_FASTEST,
		                       .priority   = DESCRIPTION_URGENT };

	CU_ASSERT_EQUAL(plain.link.delay_ms, 10000);
	CU_ASSERT_EQUAL(dear.link.delay_ms, 2000); /* who receives states it */
	CU_ASSERT_TRUE(route_carrier_compare(&dear, &plain, &cargo) < 0);
	CU_ASSERT_TRUE(route_carrier_is_better(&dear, &plain, &cargo));
	cargo.preference = DESCRIPTION_CHEAPEST;
	CU_ASSERT_TRUE(route_carrier_compare(&dear, &plain, &cargo) > 0);
	CU_ASSERT_FALSE(route_carrier_is_better(&dear, &plain, &cargo));
	/* What a restriction keeps out of one goes by the other, whatever they weigh. */
	address_init(&address);
	address_add_text(&address, "joe@c.x", NULL);
	cargo.destinations = &address;
	cargo.preference   = DESCRIPTION_FASTEST;
	CU_ASSERT_TRUE(route_carrier_compare(&dear, &plain, &cargo) > 0);
	address_release(&address);
}

static void
a_way_is_as_wide_as_its_narrowest_link(void)
{
	uint32_t            a = region_tree_find(&topology.names, "a.x");
	uint32_t            b = region_tree_find(&topology.names, "b.x");
	uint32_t            d = region_tree_find(&topology.names, "d.x");
	struct route_ways   ways;
	struct route_narrow narrow;

	CU_ASSERT_TRUE(route_link_limits_known(&topology));
	CU_ASSERT_EQUAL(route_link_most(&topology, a, b), UINT64_MAX); /* by the dear one */
	CU_ASSERT_EQUAL(route_link_most(&topology, b, region_tree_find(&topology.names, "c.x")),
	                7 * 1024);
	CU_ASSERT_EQUAL(route_link_most(&topology, a, d), UINT64_MAX);
	route_ways_init(&ways, &topology, "a.x");
	CU_ASSERT_FALSE(
	    route_ways_are_narrow(&ways, ROUTE_FASTEST, "c.x", "b.x", 7 * 1024, &narrow));
	CU_ASSERT_TRUE_FATAL(
	    route_ways_are_narrow(&ways, ROUTE_FASTEST, "c.x", "b.x", 7 * 1024 + 1, &narrow));
	CU_ASSERT_STRING_EQUAL(narrow.from, "b.x");
	CU_ASSERT_STRING_EQUAL(narrow.to, "c.x");
	CU_ASSERT_EQUAL(narrow.most_bytes, 7 * 1024);
	route_ways_release(&ways);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_link_takes_what_its_operator_lets_it_and_both_ends_limits_do),
	UNIT_TEST(the_best_is_the_one_that_the_preference_weighs_least),
	UNIT_TEST(a_way_is_as_wide_as_its_narrowest_link),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_carrier_suite = UNIT_SUITE("route/route_carrier", setup, teardown, tests);
