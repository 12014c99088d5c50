/*
 * topology_test.c - what is taken, who is told, what is forgotten
 */
#include "spool/topology/topology.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct topology topology;
static struct record   record;

/* A record with two-way links to a list of names that ends with NULL. */
static const struct record *
node(const char *name, const char *visible, uint64_t serial, const char *const *neighbors)
{
	record_clear(&record);
	record.node    = *name_of(name);
	record.visible = *name_of(visible);
	record.serial  = serial;
	for (; *neighbors != NULL; neighbors++) {
		struct record_link link = { .to = *name_of(*neighbors), .delay_ms = 1, .cost = 1 };

		CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
		link.direction = RECORD_INBOUND;
		CU_ASSERT_EQUAL(record_add_link(&record, &link), STATUS_OK);
	}
	return &record;
}

#define NEIGHBORS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
setup(void)
{
	topology_init(&topology);
	record_init(&record);
	topology_put(&topology, node("basser.cs.su.oz.au", "su.oz.au", 1,
	                             NEIGHBORS("cluster.cs.su.oz.au", "extro.ucc.su.oz.au")));
	topology_put(&topology, node("cluster.cs.su.oz.au", "cs.su.oz.au", 1,
	                             NEIGHBORS("basser.cs.su.oz.au", "gw.start.com.au")));
	topology_put(&topology, node("summer.maths.su.oz.au", "maths.su.oz.au", 1,
	                             NEIGHBORS("extro.ucc.su.oz.au")));
}

static void
teardown(void)
{
	topology_release(&topology);
	record_release(&record);
}

static const char *
text_of(const struct address *address)
{
	static char   text[512];
	struct buffer buffer;

	buffer_init(&buffer);
	address_format(address, &buffer);
	CU_ASSERT_FATAL(buffer.length < sizeof(text));
	memcpy(text, buffer_text(&buffer), buffer.length + 1);
	buffer_release(&buffer);
	return text;
}

static void
a_newer_record_of_a_mentioned_node_is_taken(void)
{
	const char *const *far = NEIGHBORS("munnari.cs.mu.oz.au");

	CU_ASSERT_EQUAL(topology_take(&topology, node("extro.ucc.su.oz.au", "oz.au", 5, far)),
	                STATUS_OK);
	CU_ASSERT_EQUAL(topology_take(&topology, node("extro.ucc.su.oz.au", "oz.au", 5, far)),
	                STATUS_STALE);
	CU_ASSERT_EQUAL(topology_take(&topology, node("extro.ucc.su.oz.au", "su.oz.au", 4, far)),
	                STATUS_STALE);
	CU_ASSERT_STRING_EQUAL(topology_visible(&topology, "extro.ucc.su.oz.au"), "oz.au");
	CU_ASSERT_EQUAL(topology_take(&topology, node("extro.ucc.su.oz.au", "su.oz.au", 6, far)),
	                STATUS_OK);
	CU_ASSERT_STRING_EQUAL(topology_visible(&topology, "extro.ucc.su.oz.au"), "su.oz.au");
}

static void
what_nobody_mentions_is_not_taken(void)
{
	const struct record *stranger = node("nobody.edu", "", 1, NEIGHBORS("basser.cs.su.oz.au"));

	CU_ASSERT_EQUAL(topology_take(&topology, stranger), STATUS_NOT_FOUND);
	CU_ASSERT_PTR_NULL(topology_find(&topology, "nobody.edu"));
	CU_ASSERT_FALSE(topology_mentions(&topology, "nobody.edu"));
	topology_pseudolink_put(&topology, "basser.cs.su.oz.au", "nobody.edu", PSEUDOLINK_GENUINE,
	                        (struct walltime){ 0 });
	CU_ASSERT_EQUAL(topology_take(&topology, stranger), STATUS_OK);
}

static void
mentions_follow_the_records(void)
{
	CU_ASSERT_TRUE(topology_mentions(&topology, "gw.start.com.au"));
	CU_ASSERT_FALSE(topology_mentions(&topology, "start.com.au"));
	topology_put(&topology, node("cluster.cs.su.oz.au", "cs.su.oz.au", 2,
	                             NEIGHBORS("basser.cs.su.oz.au")));
	CU_ASSERT_FALSE(topology_mentions(&topology, "gw.start.com.au"));
	CU_ASSERT_TRUE(topology_mentions(&topology, "cluster.cs.su.oz.au"));
	CU_ASSERT_EQUAL(topology_remove(&topology, "cluster.cs.su.oz.au"), STATUS_OK);
	CU_ASSERT_TRUE(topology_mentions(&topology, "cluster.cs.su.oz.au"));
	CU_ASSERT_STRING_EQUAL(topology_visible(&topology, "cluster.cs.su.oz.au"),
	                       "cluster.cs.su.oz.au");
	CU_ASSERT_EQUAL(topology_remove(&topology, "basser.cs.su.oz.au"), STATUS_OK);
	CU_ASSERT_FALSE(topology_mentions(&topology, "cluster.cs.su.oz.au"));
	CU_ASSERT_EQUAL(topology_remove(&topology, "basser.cs.su.oz.au"), STATUS_NOT_FOUND);
}

static void
records_come_in_name_order(void)
{
	static const char *const expected[] = { "alpha.cs.su.oz.au", "basser.cs.su.oz.au",
		                                "cluster.cs.su.oz.au", "summer.maths.su.oz.au" };

	topology_put(&topology,
	             node("alpha.cs.su.oz.au", "cs.su.oz.au", 1, NEIGHBORS("basser.cs.su.oz.au")));
	CU_ASSERT_EQUAL_FATAL(topology.recorded_count, 4);
	for (size_t i = 0; i < 4; i++)
		CU_ASSERT_STRING_EQUAL(region_tree_text(&topology.names, topology.recorded[i]),
		                       expected[i]);
}

static void
local_data_go_to_the_regions_within_visibility_and_to_neighbors(void)
{
	struct address address;

	address_init(&address);
	topology_audience(&topology, "basser.cs.su.oz.au", &address);
	CU_ASSERT_STRING_EQUAL(text_of(&address),
	                       "*.cs.su.oz.au,*.su.oz.au,cluster.cs.su.oz.au,extro.ucc.su.oz.au");
	address_release(&address);
	address_init(&address);
	record_clear(&record);
	topology_put(&topology, node("pc.x", "pc.x", 1, NEIGHBORS("hub.x")));
	topology_audience(&topology, "pc.x", &address);
	CU_ASSERT_STRING_EQUAL(text_of(&address), "hub.x");
	address_release(&address);
}

static void
the_mutually_visible_and_neighbors_are_entitled(void)
{
	/* the paper's example: summer does not receive updates from basser, though inside su */
	CU_ASSERT_FALSE(
	    topology_entitled(&topology, "basser.cs.su.oz.au", "summer.maths.su.oz.au"));
	CU_ASSERT_FALSE(
	    topology_entitled(&topology, "summer.maths.su.oz.au", "basser.cs.su.oz.au"));
	CU_ASSERT_TRUE(topology_entitled(&topology, "basser.cs.su.oz.au", "cluster.cs.su.oz.au"));
	CU_ASSERT_TRUE(topology_mutual(&topology, "basser.cs.su.oz.au", "cluster.cs.su.oz.au"));
	CU_ASSERT_TRUE(topology_entitled(&topology, "cluster.cs.su.oz.au", "gw.start.com.au"));
	CU_ASSERT_TRUE(topology_entitled(&topology, "gw.start.com.au", "cluster.cs.su.oz.au"));
	CU_ASSERT_FALSE(topology_mutual(&topology, "cluster.cs.su.oz.au", "gw.start.com.au"));
	CU_ASSERT_FALSE(topology_entitled(&topology, "basser.cs.su.oz.au", "gw.start.com.au"));
}

static void
tables_go_to_the_child_of_the_visible_region(void)
{
	CU_ASSERT_STRING_EQUAL(topology_table_region(&topology, "basser.cs.su.oz.au"),
	                       "cs.su.oz.au");
	CU_ASSERT_PTR_NULL(topology_table_region(&topology, "cluster.cs.su.oz.au"));
	CU_ASSERT_PTR_NULL(topology_table_region(&topology, "gw.start.com.au"));
	topology_put(&topology,
	             node("munnari.cs.mu.oz.au", "", 1, NEIGHBORS("basser.cs.su.oz.au")));
	CU_ASSERT_STRING_EQUAL(topology_table_region(&topology, "munnari.cs.mu.oz.au"), "au");
}

static void
pseudolinks_are_refreshed_and_expire(void)
{
	struct walltime early = { 1000 }, late = { 2000 };

	topology_pseudolink_put(&topology, "basser.cs.su.oz.au", "oz.au", PSEUDOLINK_WIDER, early);
	topology_pseudolink_put(&topology, "basser.cs.su.oz.au", "au", PSEUDOLINK_GENUINE, early);
	topology_pseudolink_put(&topology, "basser.cs.su.oz.au", "oz.au", PSEUDOLINK_GENUINE, late);
	CU_ASSERT_EQUAL_FATAL(topology.pseudolink_count, 2);
	CU_ASSERT_STRING_EQUAL(region_tree_text(&topology.names, topology.pseudolinks[0].to), "au");
	CU_ASSERT_EQUAL(topology.pseudolinks[1].class, PSEUDOLINK_GENUINE);
	CU_ASSERT_EQUAL(topology_pseudolinks_expire(&topology, late), 1);
	CU_ASSERT_EQUAL(topology.pseudolink_count, 1);
	CU_ASSERT_EQUAL(topology_pseudolink_remove(&topology, "basser.cs.su.oz.au", "au"),
	                STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(topology_pseudolink_remove(&topology, "basser.cs.su.oz.au", "oz.au"),
	                STATUS_OK);
	topology_pseudolink_put(&topology, "basser.cs.su.oz.au", "oz.au", PSEUDOLINK_WIDER, early);
	topology_remove(&topology, "basser.cs.su.oz.au");
	CU_ASSERT_EQUAL(topology.pseudolink_count, 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_newer_record_of_a_mentioned_node_is_taken),
	UNIT_TEST(what_nobody_mentions_is_not_taken),
	UNIT_TEST(mentions_follow_the_records),
	UNIT_TEST(records_come_in_name_order),
	UNIT_TEST(local_data_go_to_the_regions_within_visibility_and_to_neighbors),
	UNIT_TEST(the_mutually_visible_and_neighbors_are_entitled),
	UNIT_TEST(tables_go_to_the_child_of_the_visible_region),
	UNIT_TEST(pseudolinks_are_refreshed_and_expire),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo topology_suite = UNIT_SUITE("topology/topology", setup, teardown, tests);
