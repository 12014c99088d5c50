/*
 * route_oracle_test.c - random networks, and the definitions taken literally
 *
 * For each network the best of all lawful paths (route_oracle.h) must be the label that the
 * search found, and looking the name up must lead the same way.
 */
#include <stdio.h>
#include <string.h>

#include "spool/base/random.h"
#include "spool/route/route_lookup.h"
#include "spool/route/route_search.h"
#include "tests/support/route_oracle.h"
#include "tests/unit/unit.h"

enum { NETWORKS = 1000, MAX_NODES = 12, MAX_PSEUDOLINKS = 6, MANY_PSEUDOLINKS = 24 };

static const char *const   regions[] = { "", "a", "b", "p.a", "p.a", "q.a", "x.p.a" };
static struct route_oracle oracle;
static struct topology     topology;

static unsigned
below(struct random *random, unsigned limit)
{
	return (unsigned)random_below(random, limit);
}

static const char *
some_region(struct random *random)
{
	return regions[below(random, sizeof(regions) / sizeof(regions[0]))];
}

/* --- a random network --------------------------------------------------------------------- */

static void
make_node(struct random *random, struct oracle_node *node, unsigned number)
{
	const char *region = some_region(random);
	unsigned    up;

	snprintf(node->name.text, sizeof(node->name.text), "n%u%s%s", number,
	         region[0] == '\0' ? "" : ".", region);
	if (number > 0 && below(random, 12) == 0)
		snprintf(node->name.text, sizeof(node->name.text), "%s",
		         number % 2 == 0 ? "p.a" : "b");
	node->recorded = number == 0 || below(random, 8) != 0;
	node->visible  = node->name;
	if (!node->recorded || below(random, 10) == 0)
		return;
	up = name_depth(node->name.text) - below(random, name_depth(node->name.text));
	while (up-- > 0)
		memmove(node->visible.text, name_parent(node->visible.text),
		        strlen(name_parent(node->visible.text)) + 1);
}

static void
make_edge(struct random *random, const uint32_t weights[6], struct oracle_edge *edge)
{
	do {
		edge->from = below(random, oracle.node_count);
		edge->to   = below(random, oracle.node_count);
	} while (edge->from == edge->to);
	edge->delay      = weights[below(random, 6)];
	edge->near_delay = below(random, 2) == 0 ? edge->delay : weights[below(random, 6)];
	edge->cost       = weights[below(random, 6)];
	for (unsigned i = 0; i < 2; i++)
		edge->restrictions[i] = below(random, 10) == 0 ? some_region(random) : NULL;
	/* who has no record has said nothing */
	if (!oracle.node[edge->from].recorded) {
		edge->restrictions[0] = NULL;
		edge->near_delay      = edge->delay;
	}
	if (!oracle.node[edge->to].recorded) {
		edge->restrictions[1] = NULL;
		edge->delay           = edge->near_delay;
	}
	edge->dead       = below(random, 12) == 0;
	edge->unanswered = oracle.node[edge->to].recorded && below(random, 12) == 0;
	for (unsigned i = 0; i < oracle.edge_count; i++) /* of parallel ones all or none */
		if (oracle.edge[i].from == edge->from && oracle.edge[i].to == edge->to)
			edge->unanswered = oracle.edge[i].unanswered;
}

static bool
node_is_new(unsigned number)
{
	for (unsigned i = 0; i < number; i++)
		if (name_compare(&oracle.node[i].name, &oracle.node[number].name) == 0)
			return false;
	return true;
}

static void
make_network(uint64_t seed)
{
	static const uint32_t weights[][6] = {
		{ 0, 0, 1, 2, 3, 10 },
		{ 0, 0, 0, 0, 0, 1 }, /* hops decide, and first hops */
		{ 7, 7, 7, 7, 7, 14 },
	};
	struct random random;
	unsigned      wanted;

	random_seed_number(&random, seed);
	oracle = (struct route_oracle){ .node_count = 0 };
	wanted = 4 + below(&random, MAX_NODES - 3);
	while (oracle.node_count < wanted) {
		make_node(&random, &oracle.node[oracle.node_count], oracle.node_count);
		if (node_is_new(oracle.node_count))
			oracle.node_count++;
	}
	for (unsigned i = 0; i < wanted * 3; i++)
		make_edge(&random, weights[seed % 3], &oracle.edge[oracle.edge_count++]);
	oracle.pseudolink_count =
	    below(&random, (seed % 4 == 0 ? MANY_PSEUDOLINKS : MAX_PSEUDOLINKS) + 1);
	for (unsigned i = 0; i < oracle.pseudolink_count; i++) {
		oracle.pseudolink[i].from = below(&random, oracle.node_count);
		oracle.pseudolink[i].to   = some_region(&random);
		if (below(&random, 2) == 0)
			oracle.pseudolink[i].to =
			    oracle.node[below(&random, oracle.node_count)].name.text;
		CU_ASSERT_TRUE_FATAL(route_oracle_add_name(&oracle, oracle.pseudolink[i].to));
	}
	for (unsigned i = 0; i < oracle.node_count; i++)
		CU_ASSERT_TRUE_FATAL(route_oracle_add_name(&oracle, oracle.node[i].name.text));
}

static void
tell_topology(void)
{
	struct record record;

	topology_init(&topology);
	record_init(&record);
	for (unsigned i = 0; i < oracle.node_count; i++) {
		record_clear(&record);
		record.node    = oracle.node[i].name;
		record.visible = oracle.node[i].visible;
		record.serial  = 1;
		for (unsigned j = 0; j < oracle.edge_count; j++) {
			const struct oracle_edge *edge = &oracle.edge[j];
			bool                      out  = edge->from == i;
			struct record_link        link = {
				       .delay_ms = out ? edge->near_delay : edge->delay,
				       .cost     = edge->cost,
			};

			if (!out && (edge->to != i || edge->unanswered))
				continue;
			link.to        = oracle.node[out ? edge->to : edge->from].name;
			link.direction = out ? RECORD_OUTBOUND : RECORD_INBOUND;
			link.dead      = edge->dead;
			snprintf(link.label, sizeof(link.label), "%u", j);
			if (edge->restrictions[out ? 0 : 1] != NULL) {
				link.restricted  = true;
				link.restriction = *name_of(edge->restrictions[out ? 0 : 1]);
			}
			CU_ASSERT_EQUAL_FATAL(record_add_link(&record, &link), STATUS_OK);
		}
		if (oracle.node[i].recorded)
			topology_put(&topology, &record);
	}
	for (unsigned i = 0; i < oracle.pseudolink_count; i++)
		topology_pseudolink_put(&topology, oracle.node[oracle.pseudolink[i].from].name.text,
		                        oracle.pseudolink[i].to, PSEUDOLINK_GENUINE,
		                        (struct walltime){ 0 });
	record_release(&record);
}

/* --- the comparison ----------------------------------------------------------------------- */

static bool
label_is(const struct route_label *label, const struct oracle_label *expected, const char *hop)
{
	if (!expected->reached || !route_label_reached(label))
		return expected->reached == route_label_reached(label);
	return ((label->primary & ROUTE_PSEUDOLINK) != 0) == expected->pseudolink &&
	       route_label_primary(label) == expected->weights[0] &&
	       label->secondary == expected->weights[1] && label->hops == expected->hops &&
	       strcmp(hop, expected->hop) == 0;
}

static void
compare_labels(const struct route_graph *graph, const struct route_label *labels, uint64_t seed)
{
	for (unsigned i = 0; i < oracle.name_count; i++) {
		uint32_t    id  = region_tree_find(&topology.names, oracle.name[i]);
		const char *hop = oracle.node[0].name.text;

		if (id == REGION_TREE_NONE) {
			CU_ASSERT_FALSE(oracle.label[i].reached);
			continue;
		}
		if (route_label_reached(&labels[id]) && route_label_hop(&labels[id]) > 0)
			hop = region_tree_text(&topology.names,
			                       graph->neighbors[route_label_hop(&labels[id]) - 1]);
		if (!label_is(&labels[id], &oracle.label[i], hop)) {
			CU_FAIL("a label is not the best lawful path's");
			printf("  seed %llu, preference %d, name \"%s\"\n",
			       (unsigned long long)seed, (int)oracle.preference, oracle.name[i]);
		}
	}
}

static void
compare_lookups(const struct route_tables *tables, uint64_t seed)
{
	for (unsigned i = 0; i < 2 * oracle.name_count; i++) {
		char               name[NAME_MAX_BYTES + 1];
		const char        *region = oracle.name[i / 2], *expected;
		struct route_match match;

		snprintf(name, sizeof(name), "%s%s%s", i % 2 == 0 ? "" : "zz",
		         i % 2 == 0 || region[0] == '\0' ? "" : ".", region);
		if (name[0] == '\0' || strcmp(name, tables->home) == 0)
			continue;
		match    = route_lookup(tables, oracle.preference, name, NULL);
		expected = route_oracle_hop(&oracle, name);
		if (match.next_hop == NULL ? strcmp(expected, tables->home) != 0
		                           : strcmp(expected, match.next_hop) != 0) {
			CU_FAIL("a lookup leads elsewhere");
			printf("  seed %llu, preference %d, name \"%s\"\n",
			       (unsigned long long)seed, (int)oracle.preference, name);
		}
	}
}

static void
every_label_and_lookup_is_that_of_the_best_lawful_path(void)
{
	for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
		struct arena        arena;
		struct route_graph  graph;
		struct route_tables tables;

		make_network(seed);
		tell_topology();
		arena_init(&arena);
		route_graph_build(&graph, &topology,
		                  region_tree_find(&topology.names, oracle.node[0].name.text),
		                  &arena);
		route_tables_compute(&topology, oracle.node[0].name.text, NULL, &tables);
		for (int preference = 0; preference < ROUTE_PREFERENCES; preference++) {
			route_oracle_weigh(&oracle, (enum route_preference)preference);
			compare_labels(&graph,
			               route_search(&graph, oracle.preference, &arena, NULL), seed);
			compare_lookups(&tables, seed);
		}
		route_tables_release(&tables);
		arena_release(&arena);
		topology_release(&topology);
	}
}

/* As the simulator does, which has nothing else than what a node believes. */
static void
an_oracle_that_reads_the_topology_says_the_same(void)
{
	static struct route_oracle read;
	unsigned                   reached = 0;

	for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
		make_network(seed);
		tell_topology();
		CU_ASSERT_TRUE_FATAL(route_oracle_read(&read, &topology, oracle.node[0].name.text));
		route_oracle_weigh(&oracle, ROUTE_FASTEST);
		route_oracle_weigh(&read, ROUTE_FASTEST);
		for (unsigned i = 0; i < oracle.name_count; i++)
			if (oracle.label[i].reached) {
				CU_ASSERT_STRING_EQUAL(route_oracle_hop(&read, oracle.name[i]),
				                       oracle.label[i].hop);
				reached++;
			}
		topology_release(&topology);
	}
	CU_ASSERT_TRUE(reached > 1000);
}

/* A test that compares nothing proves nothing. */
static void
the_networks_have_what_the_decisions_are_about(void)
{
	unsigned reached = 0, unreached = 0, pseudolinks = 0, long_paths = 0, not_taken = 0;

	for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
		make_network(seed);
		route_oracle_weigh(&oracle, ROUTE_FASTEST);
		for (unsigned i = 0; i < oracle.pseudolink_count; i++)
			not_taken += oracle.offered[i] && !oracle.taken[i];
		for (unsigned i = 0; i < oracle.name_count; i++) {
			reached += oracle.label[i].reached;
			unreached += !oracle.label[i].reached;
			pseudolinks += oracle.label[i].pseudolink;
			long_paths += oracle.label[i].hops > 2;
		}
	}
	CU_ASSERT_TRUE(reached > 1000);
	CU_ASSERT_TRUE(unreached > 200);
	CU_ASSERT_TRUE(pseudolinks > 50);
	CU_ASSERT_TRUE(not_taken > 20);
	CU_ASSERT_TRUE(long_paths > 100);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(every_label_and_lookup_is_that_of_the_best_lawful_path),
	UNIT_TEST(an_oracle_that_reads_the_topology_says_the_same),
	UNIT_TEST(the_networks_have_what_the_decisions_are_about),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_oracle_suite = UNIT_SUITE("route/oracle", NULL, NULL, tests);
