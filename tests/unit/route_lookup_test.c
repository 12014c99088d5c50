/*
 * route_lookup_test.c - the operator's lines beside the table: pins, defaults, a gateway, a hub
 */
#include "spool/route/route_lookup.h"

#include <stdio.h>
#include <string.h>

#include "spool/route/route_resolve.h"
#include "tests/unit/unit.h"

static struct topology      topology;
static struct route_tables  tables;
static struct route_options options;

static void
put_node(const char *name, const char *visible, const char *const *neighbors)
{
	struct record record;

	record_init(&record);
	record.node    = *name_of(name);
	record.visible = *name_of(visible);
	record.serial  = 1;
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
	put_node("basser.cs.su", "su", NEIGHBORS("cluster.cs.su", "extro.ucc.su"));
	put_node("extro.ucc.su", "", NEIGHBORS("basser.cs.su", "munnari.mu", "hub.maths.su"));
	put_node("hub.maths.su", "su", NEIGHBORS("extro.ucc.su"));
	options = (struct route_options){ .default_count = 0 };
}

static void
teardown(void)
{
	topology_release(&topology);
}

static struct route_match
look_up(const char *name)
{
	static struct route_match match;
	static char               hop[NAME_MAX_BYTES + 1];

	route_tables_compute(&topology, "basser.cs.su", &options, &tables);
	match = route_lookup(&tables, ROUTE_FASTEST, name, NULL);
	memcpy(hop, match.next_hop == NULL ? "none" : match.next_hop,
	       match.next_hop == NULL ? 5 : strlen(match.next_hop) + 1);
	match.next_hop = hop;
	match.matched  = NULL; /* dies with the tables */
	route_tables_release(&tables);
	return match;
}

static void
expect(const char *name, enum route_match_kind kind, const char *hop)
{
	struct route_match match = look_up(name);

	CU_ASSERT_EQUAL(match.kind, kind);
	CU_ASSERT_STRING_EQUAL(match.next_hop, hop);
}

static void
the_deepest_entry_decides(void)
{
	struct route_match match = look_up("hub.maths.su");

	expect("basser.cs.su", ROUTE_MATCH_HOME, "basser.cs.su");
	expect("cluster.cs.su", ROUTE_MATCH_ENTRY, "cluster.cs.su");
	expect("anything.maths.su", ROUTE_MATCH_ENTRY, "extro.ucc.su");
	expect("nobody.cs.su", ROUTE_MATCH_OWN, "none");
	expect("mit.edu", ROUTE_MATCH_ENTRY, "extro.ucc.su");
	CU_ASSERT_EQUAL(match.delay_ms, 10);
	CU_ASSERT_EQUAL(match.cost, 4);
}

static void
names_below_this_node_are_not_known(void)
{
	expect("user.basser.cs.su", ROUTE_MATCH_OWN, "none");
}

static void
a_default_comes_before_the_worlds_entry_only(void)
{
	struct route_default lines[] = {
		{ *name_of("edu"), *name_of("cluster.cs.su") },
		{ *name_of(""), *name_of("extro.ucc.su") },
		{ *name_of("cs.mit.edu"), *name_of("hub.maths.su") },
		{ *name_of("su"), *name_of("cluster.cs.su") },
	};

	options.defaults      = lines;
	options.default_count = 4;
	expect("ai.mit.edu", ROUTE_MATCH_DEFAULT, "cluster.cs.su");
	expect("x.cs.mit.edu", ROUTE_MATCH_DEFAULT, "extro.ucc.su");
	expect("a.fr", ROUTE_MATCH_DEFAULT, "extro.ucc.su");
	expect("hub.maths.su", ROUTE_MATCH_ENTRY, "extro.ucc.su");
	expect("nobody.cs.su", ROUTE_MATCH_OWN, "none");
}

static void
a_gateway_is_a_default_that_ends_here(void)
{
	struct route_default lines[] = { { *name_of("com"), *name_of("basser.cs.su") } };
	struct address       address;
	struct forwarding    forwarding;

	options.defaults      = lines;
	options.default_count = 1;
	expect("example.com", ROUTE_MATCH_GATEWAY, "basser.cs.su");
	address_init(&address);
	forwarding_init(&forwarding);
	address_add_text(&address, "joe@example.com", NULL);
	route_tables_compute(&topology, "basser.cs.su", &options, &tables);
	route_resolve(&tables, ROUTE_FASTEST, &address, &ROUTE_PAST_NONE, &forwarding, NULL);
	CU_ASSERT_EQUAL(forwarding.here.count, 1);
	CU_ASSERT_EQUAL(forwarding.next_count, 0);
	route_tables_release(&tables);
	forwarding_release(&forwarding);
	address_release(&address);
}

static void
a_pin_comes_first_while_its_link_lives(void)
{
	struct route_pin lines[] = {
		{ *name_of("su"), *name_of("cluster.cs.su"), { true, false } },
		{ *name_of("maths.su"), *name_of("nolink.su"), { true, true } },
	};

	options.pins      = lines;
	options.pin_count = 2;
	expect("extro.ucc.su", ROUTE_MATCH_PIN, "cluster.cs.su");
	expect("hub.maths.su", ROUTE_MATCH_PIN, "cluster.cs.su");
	expect("basser.cs.su", ROUTE_MATCH_HOME, "basser.cs.su");
	lines[0].applies[ROUTE_FASTEST] = false;
	expect("hub.maths.su", ROUTE_MATCH_ENTRY, "extro.ucc.su");
}

static void
a_leaf_asks_its_hub_until_it_has_heard_from_it(void)
{
	options.leaf = *name_of("cluster.cs.su");
	expect("nobody.cs.su", ROUTE_MATCH_LEAF, "cluster.cs.su");
	topology_pseudolink_put(&topology, "cluster.cs.su", "x.cs.su", PSEUDOLINK_GENUINE,
	                        (struct walltime){ 0 });
	expect("nobody.cs.su", ROUTE_MATCH_OWN, "none");
	options.leaf = *name_of("stranger.su"); /* no link to it */
	expect("nobody.cs.su", ROUTE_MATCH_OWN, "none");
}

/* "NEIGHBOR: DESTINATIONS" where it goes, "here: DESTINATIONS" where it stays, "nowhere". */
static const char *
way_after(const struct route_past *past, const char *written)
{
	static char       way[400];
	struct address    address;
	struct forwarding forwarding;
	struct buffer     text;

	address_init(&address);
	forwarding_init(&forwarding);
	buffer_init(&text);
	address_add_text(&address, written, NULL);
	route_tables_compute(&topology, "basser.cs.su", &options, &tables);
	route_resolve(&tables, ROUTE_FASTEST, &address, past, &forwarding, NULL);
	if (forwarding.next_count > 0) {
		buffer_append_format(&text, "%s: ", forwarding.next[0].neighbor.text);
		address_format(&forwarding.next[0].destinations, &text);
	} else if (forwarding.here.count > 0) {
		buffer_append_text(&text, "here: ");
		address_format(&forwarding.here, &text);
	} else {
		buffer_append_text(&text, "nowhere");
	}
	snprintf(way, sizeof(way), "%s", buffer_text(&text));
	route_tables_release(&tables);
	forwarding_release(&forwarding);
	address_release(&address);
	buffer_release(&text);
	return way;
}

static const char *
way_of(const char *written)
{
	return way_after(&ROUTE_PAST_NONE, written);
}

static void
an_explicit_line_sends_nothing_back_to_where_it_was(void)
{
	struct name           waypoints[] = { *name_of("cluster.cs.su"), *name_of("hub.maths.su") };
	struct route_explicit lines[]     = { { *name_of("uucp"), waypoints, 2, true } };
	struct name           before[]    = { *name_of("pc.cs.su"), *name_of("cluster.cs.su") };
	struct route_past     past        = { before, 2, NULL };

	options.explicits      = lines;
	options.explicit_count = 1;
	CU_ASSERT_STRING_EQUAL(way_of("joe@far.uucp"),
	                       "cluster.cs.su: cluster.cs.su!hub.maths.su!joe@far.uucp");
	CU_ASSERT_STRING_EQUAL(way_after(&past, "joe@far.uucp"),
	                       "extro.ucc.su: hub.maths.su!joe@far.uucp");
	before[1] = waypoints[1];
	CU_ASSERT_STRING_EQUAL(way_after(&past, "joe@far.uucp"), "extro.ucc.su: joe@far.uucp");
}

static void
an_explicit_line_gives_waypoints(void)
{
	struct name           waypoints[] = { *name_of("basser.cs.su"), *name_of("hub.maths.su") };
	struct route_explicit lines[]     = { { *name_of("uucp"), waypoints, 2, true } };

	options.explicits      = lines;
	options.explicit_count = 1;
	CU_ASSERT_STRING_EQUAL(way_of("joe@far.uucp"), "extro.ucc.su: hub.maths.su!joe@far.uucp");
	CU_ASSERT_STRING_EQUAL(way_of("cluster.cs.su!joe@far.uucp"),
	                       "cluster.cs.su: cluster.cs.su!joe@far.uucp");
	lines[0].onward = false; /* the last one takes the place of what was written */
	CU_ASSERT_STRING_EQUAL(way_of("joe@far.uucp"), "extro.ucc.su: joe@hub.maths.su");
}

static void
put_renamed(const char *former, const char *present)
{
	struct record record;

	record_init(&record);
	record.node    = *name_of(former);
	record.visible = *name_of("su");
	record.serial  = 2;
	record.renamed = *name_of(present);
	topology_put(&topology, &record);
	record_release(&record);
}

static void
a_former_name_leads_to_the_present_one(void)
{
	put_renamed("old.cs.su", "older.cs.su");
	put_renamed("older.cs.su", "hub.maths.su");
	CU_ASSERT_STRING_EQUAL(way_of("joe@old.cs.su"), "extro.ucc.su: hub.maths.su!joe@old.cs.su");
	CU_ASSERT_STRING_EQUAL(way_of("old.cs.su!joe@mit.edu"),
	                       "extro.ucc.su: hub.maths.su!old.cs.su!joe@mit.edu");
	put_renamed("hub.maths.su", "old.cs.su"); /* round in a circle: nobody's name */
	CU_ASSERT_STRING_EQUAL(way_of("joe@old.cs.su"), "nowhere");
}

static void
a_former_name_of_this_node_is_this_node(void)
{
	put_renamed("bass.cs.su", "basser.cs.su");
	CU_ASSERT_STRING_EQUAL(way_of("joe@bass.cs.su"), "here: joe@bass.cs.su");
	CU_ASSERT_STRING_EQUAL(way_of("basser.cs.su!bass.cs.su!joe@hub.maths.su"),
	                       "extro.ucc.su: joe@hub.maths.su");
}

static void
a_node_that_nobody_knows_has_tables_of_its_own_name(void)
{
	struct route_match match;

	route_tables_compute(&topology, "alone.nz", NULL, &tables);
	match = route_lookup(&tables, ROUTE_CHEAPEST, "alone.nz", NULL);
	CU_ASSERT_EQUAL(match.kind, ROUTE_MATCH_HOME);
	match = route_lookup(&tables, ROUTE_CHEAPEST, "basser.cs.su", NULL);
	CU_ASSERT_EQUAL(match.kind, ROUTE_MATCH_NONE);
	CU_ASSERT_STRING_EQUAL(route_match_reason(&match), "no-route");
	CU_ASSERT_PTR_NULL(route_broadcast_find(&tables.broadcasts[ROUTE_FASTEST], "su"));
	route_tables_release(&tables);
}

static bool
broadcasts_to(const char *region)
{
	bool found;

	route_tables_compute(&topology, "basser.cs.su", NULL, &tables);
	found = route_broadcast_find(&tables.broadcasts[ROUTE_FASTEST], region) != NULL;
	route_tables_release(&tables);
	return found;
}

static void
a_region_that_nobody_speaks_of_any_more_has_no_broadcasts(void)
{
	CU_ASSERT_FALSE(broadcasts_to("nz"));
	put_node("passing.su", "su", NEIGHBORS("basser.cs.su", "kiwi.ac.nz"));
	CU_ASSERT_TRUE(broadcasts_to("nz"));
	CU_ASSERT_TRUE(broadcasts_to("ac.nz"));
	put_node("passing.su", "su", NEIGHBORS("basser.cs.su"));
	CU_ASSERT_FALSE(broadcasts_to("nz"));
	CU_ASSERT_FALSE(broadcasts_to("ac.nz"));
	CU_ASSERT_TRUE(broadcasts_to("su"));
}

/* D16: the restricted link makes nothing shorter, only the first hop of what lies behind. */
static void
of_equal_ways_the_least_hop_counts_where_a_restriction_admits_it(void)
{
	struct record      record;
	struct record_link link = { .to = *name_of("b.u"), .delay_ms = 5, .cost = 2 };

	put_node("a.u", "", NEIGHBORS("home.u", "middle.u"));
	put_node("b.u", "", NEIGHBORS("home.u", "middle.u"));
	put_node("middle.u", "", NEIGHBORS("a.u", "b.u", "end.t"));
	put_node("end.t", "", NEIGHBORS("middle.u"));
	record_init(&record);
	record.node   = *name_of("home.u");
	record.serial = 1;
	record_add_link(&record, &link);
	link.to          = *name_of("a.u");
	link.restricted  = true;
	link.restriction = *name_of("t");
	record_add_link(&record, &link);
	topology_put(&topology, &record);
	record_release(&record);

	route_tables_compute(&topology, "home.u", NULL, &tables);
	for (int i = 0; i < ROUTE_PREFERENCES; i++) {
		enum route_preference preference = (enum route_preference)i;

		CU_ASSERT_STRING_EQUAL(route_lookup(&tables, preference, "middle.u", NULL).next_hop,
		                       "b.u");
		CU_ASSERT_STRING_EQUAL(route_lookup(&tables, preference, "end.t", NULL).next_hop,
		                       "a.u");
	}
	route_tables_release(&tables);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_deepest_entry_decides),
	UNIT_TEST(names_below_this_node_are_not_known),
	UNIT_TEST(a_default_comes_before_the_worlds_entry_only),
	UNIT_TEST(a_gateway_is_a_default_that_ends_here),
	UNIT_TEST(a_pin_comes_first_while_its_link_lives),
	UNIT_TEST(a_leaf_asks_its_hub_until_it_has_heard_from_it),
	UNIT_TEST(an_explicit_line_gives_waypoints),
	UNIT_TEST(an_explicit_line_sends_nothing_back_to_where_it_was),
	UNIT_TEST(a_former_name_leads_to_the_present_one),
	UNIT_TEST(a_former_name_of_this_node_is_this_node),
	UNIT_TEST(a_region_that_nobody_speaks_of_any_more_has_no_broadcasts),
	UNIT_TEST(a_node_that_nobody_knows_has_tables_of_its_own_name),
	UNIT_TEST(of_equal_ways_the_least_hop_counts_where_a_restriction_admits_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_lookup_suite = UNIT_SUITE("route/lookup", setup, teardown, tests);
