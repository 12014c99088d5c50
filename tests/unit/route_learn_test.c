/*
 * route_learn_test.c - whose table is believed, for what, and for how long
 */
#include "spool/route/route_learn.h"

#include <stdio.h>
#include <string.h>

#include "spool/route/route.h"
#include "spool/route/route_handover.h"
#include "spool/route/route_repair.h"
#include "tests/unit/unit.h"

static struct topology topology;

static const struct walltime now = { 5000 };

static void
put_node(const char *name, const char *visible, const char *const *neighbors)
{
	static uint64_t serial;
	struct record   record;

	record_init(&record);
	record.node    = *name_of(name);
	record.visible = *name_of(visible);
	record.serial  = ++serial;
	for (; *neighbors != NULL; neighbors++) {
		struct record_link link = { .to = *name_of(*neighbors), .delay_ms = 5, .cost = 2 };

		record_add_link(&record, &link);
		link.direction = RECORD_INBOUND;
		record_add_link(&record, &link);
	}
	topology_put(&topology, &record);
	record_release(&record);
}

#define NEIGHBORS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
setup(void)
{
	topology_init(&topology);
	put_node("cluster.cs.su", "cs.su", NEIGHBORS("basser.cs.su", "seal.cs.su", "gw.start.com"));
	put_node("basser.cs.su", "su", NEIGHBORS("cluster.cs.su"));
	put_node("seal.cs.su", "cs.su", NEIGHBORS("cluster.cs.su"));
	put_node("gw.start.com", "start.com", NEIGHBORS("cluster.cs.su"));
}

static void
teardown(void)
{
	topology_release(&topology);
}

static size_t
learn(const char *sender, const char *visible, const char *region, const char *hop,
      enum route_class class)
{
	struct route_told    row     = { region, hop, class, NULL };
	struct route_message message = { sender, visible, &row, 1 };

	return route_learn(&topology, "cluster.cs.su", &message, now);
}

/* The region "org", by two hops. */
static size_t
learn_both(const char *sender, const char *visible, const char *fastest, const char *cheapest)
{
	struct route_told    row     = { "org", fastest, ROUTE_GENUINE, cheapest };
	struct route_message message = { sender, visible, &row, 1 };

	return route_learn(&topology, "cluster.cs.su", &message, now);
}

static bool
has(const char *from, const char *to)
{
	return topology_pseudolink_find(&topology, from, to) != NULL;
}

static void
a_wider_node_is_believed_for_what_no_link_reaches(void)
{
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "maths.su", "hub.su", ROUTE_OTHER), 1);
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "maths.su", "hub.su", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(topology_pseudolink_find(&topology, "basser.cs.su", "maths.su")->class,
	                PSEUDOLINK_GENUINE);
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "seal.cs.su", "seal.cs.su", ROUTE_GENUINE), 0);
	CU_ASSERT_FALSE(has("basser.cs.su", "seal.cs.su"));
}

static void
what_leads_back_here_is_not_learned(void)
{
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "edu", "cluster.cs.su", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(topology.pseudolink_count, 0);

	/* nor what does so by one of its two tables only */
	CU_ASSERT_EQUAL(learn_both("basser.cs.su", "su", "x.edu", "cluster.cs.su"), 0);
	CU_ASSERT_EQUAL(learn_both("basser.cs.su", "su", "cluster.cs.su", "x.edu"), 0);
	CU_ASSERT_EQUAL(learn_both("basser.cs.su", "su", "x.edu", "y.edu"), 1);
}

static void
a_neighbor_is_believed_for_what_nothing_reaches(void)
{
	CU_ASSERT_EQUAL(learn("seal.cs.su", "cs.su", "pc.seal", "pc.seal", ROUTE_GENUINE), 1);
	CU_ASSERT_EQUAL(learn("seal.cs.su", "cs.su", "edu", "x.edu", ROUTE_WIDER), 1);
	CU_ASSERT_EQUAL(learn("seal.cs.su", "cs.su", "gov", "x.gov", ROUTE_OTHER), 0);
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "maths.su", "hub.su", ROUTE_GENUINE), 1);
	CU_ASSERT_EQUAL(learn("seal.cs.su", "cs.su", "maths.su", "x", ROUTE_GENUINE), 0);
}

static void
a_restricted_service_does_not_leak(void)
{
	CU_ASSERT_EQUAL(learn("gw.start.com", "start.com", "edu", "x.edu", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(
	    learn("gw.start.com", "start.com", "pc.start.com", "pc.start.com", ROUTE_GENUINE), 1);
	CU_ASSERT_EQUAL(
	    learn("gw.start.com", "start.com", "new.start.com", "pc.start.com", ROUTE_WIDER), 0);
}

static void
strangers_and_what_is_no_name_are_passed_over(void)
{
	CU_ASSERT_EQUAL(learn("nobody.edu", "", "edu", "x.edu", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(learn("basser.cs.su", "mu", "edu", "x.edu", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "not a name", "x.edu", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(learn("basser.cs.su", "su", "MIT.edu", "x.edu", ROUTE_GENUINE), 0);
	CU_ASSERT_EQUAL(topology.pseudolink_count, 0);
}

static void
a_pseudolink_goes_when_something_better_comes(void)
{
	learn("seal.cs.su", "cs.su", "edu", "x.edu", ROUTE_GENUINE);
	learn("basser.cs.su", "su", "hub.maths.su", "hub.su", ROUTE_GENUINE);
	CU_ASSERT_EQUAL(route_forget(&topology, "cluster.cs.su"), 0);
	learn("basser.cs.su", "su", "edu", "x.edu", ROUTE_GENUINE);
	CU_ASSERT_EQUAL(route_forget(&topology, "cluster.cs.su"), 1); /* a wider one serves */
	CU_ASSERT_FALSE(has("seal.cs.su", "edu"));
	CU_ASSERT_TRUE(has("basser.cs.su", "edu"));
	put_node("basser.cs.su", "su", NEIGHBORS("cluster.cs.su", "extro.su"));
	put_node("extro.su", "su", NEIGHBORS("basser.cs.su", "hub.maths.su"));
	put_node("hub.maths.su", "su", NEIGHBORS("extro.su"));
	/* basser itself takes part in su, home does not: a real link must be in home's sight */
	CU_ASSERT_EQUAL(route_forget(&topology, "cluster.cs.su"), 0);
	put_node("seal.cs.su", "cs.su", NEIGHBORS("cluster.cs.su", "hub.maths.su"));
	put_node("hub.maths.su", "su", NEIGHBORS("extro.su", "seal.cs.su"));
	CU_ASSERT_EQUAL(route_forget(&topology, "cluster.cs.su"), 1);
	CU_ASSERT_FALSE(has("basser.cs.su", "hub.maths.su"));
}

static void
a_region_is_nobody_to_ask(void)
{
	topology_release(&topology);
	topology_init(&topology);
	put_node("cluster.cs.su", "cs.su", NEIGHBORS("zoo.cs.su"));
	put_node("zoo.cs.su", "su", NEIGHBORS("cluster.cs.su"));
	/* the region su is as near as the node in it by which it is reached */
	CU_ASSERT_STRING_EQUAL(route_learn_from(&topology, "cluster.cs.su", ROUTE_FASTEST, NULL),
	                       "zoo.cs.su");
}

static void
a_foreign_node_however_wide_is_nobody_to_ask(void)
{
	topology_release(&topology);
	topology_init(&topology);
	put_node("cluster.cs.su", "cs.su", NEIGHBORS("seal.cs.su", "gw.start.com"));
	put_node("seal.cs.su", "cs.su", NEIGHBORS("cluster.cs.su", "hub.cs.su"));
	put_node("hub.cs.su", "su", NEIGHBORS("seal.cs.su"));
	put_node("gw.start.com", "start.com", NEIGHBORS("cluster.cs.su", "far.edu"));
	put_node("far.edu", "", NEIGHBORS("gw.start.com")); /* by a hub's full database, D29 */
	CU_ASSERT_STRING_EQUAL(route_learn_from(&topology, "cluster.cs.su", ROUTE_FASTEST, NULL),
	                       "hub.cs.su");
}

static const char *
teacher(const char *home, enum route_preference preference, const char *after)
{
	const char *found = route_learn_from(&topology, home, preference, after);

	return found != NULL ? found : "";
}

static bool
misses(const char *home)
{
	struct route_tables tables;
	bool                found;

	route_tables_compute(&topology, home, NULL, &tables);
	found = route_learn_misses(&topology, &tables);
	route_tables_release(&tables);
	return found;
}

static void
the_nearest_wider_node_is_asked_and_while_a_region_is_missing_the_next(void)
{
	CU_ASSERT_STRING_EQUAL(teacher("cluster.cs.su", ROUTE_FASTEST, NULL), "basser.cs.su");
	CU_ASSERT_STRING_EQUAL(teacher("basser.cs.su", ROUTE_FASTEST, NULL),
	                       ""); /* who sees more? */
	CU_ASSERT_TRUE(misses("cluster.cs.su"));
	learn("basser.cs.su", "su", "", "x.edu", ROUTE_GENUINE);
	CU_ASSERT_FALSE(misses("cluster.cs.su"));
	/* the region is as near as the node that sees it, and no machine to ask */
	topology_remove(&topology, "basser.cs.su");
	put_node("vax.cs.su", "su", NEIGHBORS("cluster.cs.su", "zoo.cs.su"));
	put_node("cluster.cs.su", "cs.su", NEIGHBORS("vax.cs.su", "seal.cs.su"));
	put_node("zoo.cs.su", "", NEIGHBORS("vax.cs.su"));
	CU_ASSERT_STRING_EQUAL(teacher("cluster.cs.su", ROUTE_FASTEST, NULL), "vax.cs.su");
	CU_ASSERT_STRING_EQUAL(teacher("cluster.cs.su", ROUTE_FASTEST, "vax.cs.su"), "zoo.cs.su");
	CU_ASSERT_STRING_EQUAL(teacher("cluster.cs.su", ROUTE_FASTEST, "zoo.cs.su"), "");
}

static const char *
handover(const char *destination)
{
	struct route_ways ways;
	const char       *node;

	route_ways_init(&ways, &topology, "andy.x.mi");
	node = route_handover(&ways, ROUTE_FASTEST, destination);
	route_ways_release(&ways);
	return node == NULL ? "nobody" : node;
}

/* The golden case split-unaligned, seen from the hub of the wrong part. */
static void
a_hub_without_a_lawful_path_hands_over(void)
{
	topology_release(&topology);
	topology_init(&topology);
	put_node("andy.x.mi", "mi", NEIGHBORS("uu.y.mi"));
	put_node("uu.y.mi", "", NEIGHBORS("andy.x.mi", "k.z.mi"));
	put_node("k.z.mi", "", NEIGHBORS("uu.y.mi", "h2.x.mi"));
	put_node("h2.x.mi", "mi", NEIGHBORS("k.z.mi", "n.x.mi"));
	put_node("n.x.mi", "x.mi", NEIGHBORS("h2.x.mi", "curlie.x.mi"));
	put_node("curlie.x.mi", "x.mi", NEIGHBORS("n.x.mi"));
	CU_ASSERT_STRING_EQUAL(handover("curlie.x.mi"), "h2.x.mi");
	CU_ASSERT_STRING_EQUAL(handover("nobody.x.mi"), "nobody");
	CU_ASSERT_STRING_EQUAL(handover("uu.y.mi"), "nobody");
}

/* What route_repair makes of an address: "NEXT HOP: WHAT GOES THERE", or "" if it stays. */
static const char *
repaired(const char *written)
{
	static char         text[256];
	struct route_tables tables;
	struct route_ways   ways;
	struct forwarding   forwarding;
	struct address      address;
	struct buffer       out;

	address_init(&address);
	buffer_init(&out);
	CU_ASSERT_EQUAL(address_add_text(&address, written, NULL), STATUS_OK);
	route_tables_compute(&topology, "andy.x.mi", NULL, &tables);
	forwarding_init(&forwarding);
	route_resolve(&tables, ROUTE_FASTEST, &address, &ROUTE_PAST_NONE, &forwarding, NULL);
	CU_ASSERT_EQUAL(forwarding.unroutable_count, address.count);
	route_ways_init(&ways, &topology, "andy.x.mi");
	route_repair(&ways, &tables, ROUTE_FASTEST, &ROUTE_PAST_NONE, &forwarding, NULL);
	route_ways_release(&ways);
	CU_ASSERT_EQUAL(forwarding.unroutable_count + forwarding.next_count, address.count);
	for (size_t i = 0; i < forwarding.next_count; i++) {
		buffer_append_format(&out, "%s: ", forwarding.next[i].neighbor.text);
		address_format(&forwarding.next[i].destinations, &out);
	}
	snprintf(text, sizeof(text), "%s", buffer_text(&out));
	forwarding_release(&forwarding);
	route_tables_release(&tables);
	buffer_release(&out);
	address_release(&address);
	return text;
}

static void
what_is_handed_over_leaves_as_an_explicit_address(void)
{
	a_hub_without_a_lawful_path_hands_over();
	CU_ASSERT_STRING_EQUAL(repaired("joe@curlie.x.mi"), "uu.y.mi: h2.x.mi!joe@curlie.x.mi");
	CU_ASSERT_STRING_EQUAL(repaired("curlie.x.mi!joe@a.edu"),
	                       "uu.y.mi: h2.x.mi!curlie.x.mi!joe@a.edu");
	CU_ASSERT_STRING_EQUAL(repaired("joe@nobody.x.mi"), "");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_wider_node_is_believed_for_what_no_link_reaches),
	UNIT_TEST(what_leads_back_here_is_not_learned),
	UNIT_TEST(a_neighbor_is_believed_for_what_nothing_reaches),
	UNIT_TEST(a_restricted_service_does_not_leak),
	UNIT_TEST(strangers_and_what_is_no_name_are_passed_over),
	UNIT_TEST(a_pseudolink_goes_when_something_better_comes),
	UNIT_TEST(a_region_is_nobody_to_ask),
	UNIT_TEST(a_foreign_node_however_wide_is_nobody_to_ask),
	UNIT_TEST(the_nearest_wider_node_is_asked_and_while_a_region_is_missing_the_next),
	UNIT_TEST(a_hub_without_a_lawful_path_hands_over),
	UNIT_TEST(what_is_handed_over_leaves_as_an_explicit_address),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_learn_suite = UNIT_SUITE("route/learn", setup, teardown, tests);
