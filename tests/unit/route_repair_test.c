/*
 * route_repair_test.c - a message that comes back goes another way, or none, never the same
 */
#include "spool/route/route_repair.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* A two-way link; delay and cost are the same both ways. */
struct edge {
	const char *a, *b;
	uint32_t    delay_ms, cost;
	const char *restriction; /* both ways; NULL: none */
};

#define VISITS(...)  ((const char *const[]){ __VA_ARGS__, NULL })
#define NETWORK(...) make((const struct edge[]){ __VA_ARGS__, { NULL, NULL, 0, 0, NULL } })

static struct topology      topology;
static struct route_options options;

static void
setup(void)
{
	topology_init(&topology);
	options = (struct route_options){ .pin_count = 0 };
}

static void
teardown(void)
{
	topology_release(&topology);
}

static void
add_link(struct record *record, const char *to, const struct edge *edge)
{
	struct record_link link = { .to       = *name_of(to),
		                    .delay_ms = edge->delay_ms,
		                    .cost     = edge->cost };

	link.restricted = edge->restriction != NULL;
	if (link.restricted)
		link.restriction = *name_of(edge->restriction);
	record_add_link(record, &link);
	link.direction = RECORD_INBOUND;
	record_add_link(record, &link);
}

/* One node's record, visible in its parent region. */
static void
put_node(const char *name, const struct edge *edges)
{
	struct record record;

	record_init(&record);
	record.node    = *name_of(name);
	record.visible = *name_of(name_parent(name));
	record.serial  = 1;
	for (; edges->a != NULL; edges++) {
		if (strcmp(edges->a, name) == 0)
			add_link(&record, edges->b, edges);
		if (strcmp(edges->b, name) == 0)
			add_link(&record, edges->a, edges);
	}
	topology_put(&topology, &record);
	record_release(&record);
}

static void
make(const struct edge *edges)
{
	for (const struct edge *edge = edges; edge->a != NULL; edge++) {
		put_node(edge->a, edges);
		put_node(edge->b, edges);
	}
}

/*
 * What becomes at a.su of a message for `to` that has been at these nodes, and was for
 * `earlier` when it was here before: "NEXT HOP: DESTINATION" or "REASON".
 */
static const char *
forwarded(const char *to, const char *const *visits, const char *earlier)
{
	static char         text[300];
	struct route_tables tables;
	struct route_ways   ways;
	struct forwarding   forwarding;
	struct address      address, before;
	struct name         nodes[8];
	struct route_past   past = { .nodes = nodes, .before = &before };
	struct buffer       out;

	address_init(&address);
	address_init(&before);
	buffer_init(&out);
	for (; *visits != NULL; visits++)
		nodes[past.count++] = *name_of(*visits);
	CU_ASSERT_EQUAL(address_add_text(&address, to, NULL), STATUS_OK);
	if (earlier != NULL)
		CU_ASSERT_EQUAL(address_add_text(&before, earlier, NULL), STATUS_OK);
	route_tables_compute(&topology, "a.su", &options, &tables);
	route_ways_init(&ways, &topology, "a.su");
	forwarding_init(&forwarding);
	route_resolve(&tables, ROUTE_FASTEST, &address, &past, &forwarding, NULL);
	route_repair(&ways, &tables, ROUTE_FASTEST, &past, &forwarding, NULL);
	CU_ASSERT_EQUAL(forwarding.unroutable_count + forwarding.next_count, 1);
	if (forwarding.next_count > 0) {
		buffer_append_format(&out, "%s: ", forwarding.next[0].neighbor.text);
		address_format(&forwarding.next[0].destinations, &out);
	} else if (forwarding.unroutable_count > 0) {
		buffer_append_text(&out, forwarding.unroutable[0].reason);
	}
	snprintf(text, sizeof(text), "%s", buffer_text(&out));
	forwarding_release(&forwarding);
	route_ways_release(&ways);
	route_tables_release(&tables);
	buffer_release(&out);
	address_release(&before);
	address_release(&address);
	return text;
}

#define EXPECT(outcome, ...) CU_ASSERT_STRING_EQUAL(forwarded(__VA_ARGS__), outcome)

static void
what_comes_back_goes_by_the_other_table(void)
{
	NETWORK({ "a.su", "b.su", 1, 9, NULL }, { "b.su", "d.su", 1, 9, NULL },
	        { "a.su", "c.su", 5, 1, NULL }, { "c.su", "d.su", 5, 1, NULL });
	EXPECT("b.su: joe@d.su", "joe@d.su", VISITS("o.su"), NULL);
	EXPECT("c.su: joe@d.su", "joe@d.su", VISITS("a.su", "b.su"), "joe@d.su");
	/* c.su is of the loop as well: each of them is to see it, once */
	EXPECT("b.su: joe@d.su", "joe@d.su", VISITS("a.su", "b.su", "c.su"), "joe@d.su");
	EXPECT("loop", "joe@d.su", VISITS("a.su", "b.su", "c.su", "a.su", "b.su", "c.su"),
	       "joe@d.su");
}

/* Both tables lead into the loop, and c.su would by its own table send d.su's back here. */
static void
a_detour_names_the_nodes_that_keep_to_it(void)
{
	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "b.su", "d.su", 1, 1, NULL },
	        { "a.su", "c.su", 5, 5, NULL }, { "c.su", "d.su", 5, 5, NULL });
	EXPECT("c.su: joe@d.su", "joe@d.su", VISITS("a.su", "b.su"), "joe@d.su");
	topology_release(&topology);
	topology_init(&topology);
	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "b.su", "d.su", 1, 1, NULL },
	        { "a.su", "c.su", 5, 5, NULL }, { "c.su", "e.su", 3, 3, NULL },
	        { "e.su", "d.su", 5, 5, NULL });
	EXPECT("c.su: e.su!joe@d.su", "joe@d.su", VISITS("a.su", "b.su"), "joe@d.su");
	EXPECT("c.su: e.su!d.su!joe@x.edu", "d.su!joe@x.edu", VISITS("a.su", "b.su"),
	       "d.su!joe@x.edu");
}

/* b.su sends d.su's round, and is the only neighbor; for e.su it may know better. */
static void
a_node_of_the_loop_is_believed_for_other_names(void)
{
	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "b.su", "d.su", 1, 1, NULL },
	        { "b.su", "e.su", 5, 5, NULL }, { "e.su", "d.su", 5, 5, NULL });
	EXPECT("b.su: e.su!joe@d.su", "joe@d.su", VISITS("a.su", "b.su"), "joe@d.su");
	/* that was tried, and came back */
	EXPECT("loop", "joe@d.su", VISITS("a.su", "b.su", "a.su", "b.su"), "joe@d.su");
}

static void
a_detour_obeys_restrictions(void)
{
	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "b.su", "d.su", 1, 1, NULL },
	        { "a.su", "c.su", 5, 5, "x.su" }, { "c.su", "d.su", 5, 5, NULL });
	EXPECT("b.su: joe@d.su", "joe@d.su", VISITS("a.su", "b.su"), "joe@d.su");
	EXPECT("loop", "joe@d.su", VISITS("a.su", "b.su", "a.su", "b.su"), "joe@d.su");
}

/* Only the region of the destination is known: g.mu knows its inside, and so does h.mu. */
static void
a_detour_to_a_region_ends_at_a_node_of_it(void)
{
	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "b.su", "g.mu", 1, 1, NULL },
	        { "a.su", "c.su", 5, 5, NULL }, { "c.su", "h.mu", 5, 5, NULL });
	for (uint32_t i = 0; i < topology.recorded_count; i++)
		topology.nodes[topology.recorded[i]].visible = REGION_TREE_WORLD;
	EXPECT("b.su: joe@d.mu", "joe@d.mu", VISITS("o.su"), NULL);
	EXPECT("c.su: h.mu!joe@d.mu", "joe@d.mu", VISITS("a.su", "b.su"), "joe@d.mu");
	EXPECT("c.su: h.mu!joe@*.d.mu", "joe@*.d.mu", VISITS("a.su", "b.su"), "joe@*.d.mu");
}

/* The address has led on in the meantime: the same link again is no loop. */
static void
a_second_lawful_visit_passes_and_a_third_does_not(void)
{
	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "b.su", "d.su", 1, 1, NULL });
	EXPECT("b.su: joe@d.su", "a.su!joe@d.su", VISITS("a.su", "b.su"), "b.su!a.su!joe@d.su");
	EXPECT("loop", "joe@d.su", VISITS("a.su", "b.su", "a.su", "b.su"), "b.su!joe@d.su");
	EXPECT("loop", "joe@d.su", VISITS("o.su", "b.su", "o.su", "b.su"), NULL);
	EXPECT("b.su: joe@b.su", "joe@b.su", VISITS("o.su", "b.su", "o.su", "b.su"), NULL);
}

/* An operator's explicit route that leads back here is not taken twice. */
static void
an_explicit_route_is_applied_once(void)
{
	struct name           waypoint = *name_of("b.su");
	struct route_explicit line     = { *name_of("mu"), &waypoint, 1, true };

	NETWORK({ "a.su", "b.su", 1, 1, NULL }, { "a.su", "d.mu", 1, 1, NULL });
	options.explicits      = &line;
	options.explicit_count = 1;
	EXPECT("b.su: b.su!joe@d.mu", "joe@d.mu", VISITS("o.su"), NULL);
	EXPECT("d.mu: joe@d.mu", "joe@d.mu", VISITS("a.su", "b.su"), "joe@d.mu");
}

/* A pin for one preference serves the other where there is no way at all. */
static void
a_dead_end_tries_the_other_table(void)
{
	struct route_pin pin = { *name_of("mu"), *name_of("b.su"),
		                 .applies[ROUTE_CHEAPEST] = true };

	NETWORK({ "a.su", "b.su", 1, 1, NULL });
	EXPECT("no-route", "joe@d.mu", VISITS("o.su"), NULL);
	options.pins      = &pin;
	options.pin_count = 1;
	EXPECT("b.su: joe@d.mu", "joe@d.mu", VISITS("o.su"), NULL);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_comes_back_goes_by_the_other_table),
	UNIT_TEST(a_detour_names_the_nodes_that_keep_to_it),
	UNIT_TEST(a_node_of_the_loop_is_believed_for_other_names),
	UNIT_TEST(a_detour_obeys_restrictions),
	UNIT_TEST(a_detour_to_a_region_ends_at_a_node_of_it),
	UNIT_TEST(a_second_lawful_visit_passes_and_a_third_does_not),
	UNIT_TEST(an_explicit_route_is_applied_once),
	UNIT_TEST(a_dead_end_tries_the_other_table),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_repair_suite = UNIT_SUITE("route/repair", setup, teardown, tests);
