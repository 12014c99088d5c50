/*
 * route_oracle_test.c - random networks, and the definitions taken literally
 *
 * For each network every simple path from home is walked, kept if routing.md calls it
 * lawful, and weighed; the best one to each name must be the label that the search found,
 * and looking the name up must lead the same way. Nothing is shared with the product but
 * names and dice, and nothing here is clever: no levels, no runs, no order of settling.
 */
#include <stdio.h>
#include <string.h>

#include "spool/base/random.h"
#include "spool/route/route_lookup.h"
#include "spool/route/route_search.h"
#include "tests/unit/unit.h"

enum { NETWORKS = 1000, MAX_NODES = 12, MAX_EDGES = 40, MAX_PSEUDOLINKS = 6, MAX_NAMES = 64 };

struct oracle_edge {
	unsigned    from, to;
	uint32_t    delay, cost;
	const char *restrictions[2];  /* of the start's and of the end's record; NULL: none */
	bool        dead, unanswered; /* the end's record does not list it */
};

struct oracle_node {
	struct name name, visible;
	bool        recorded;
};

struct oracle_label {
	bool        reached, pseudolink;
	uint64_t    weights[2]; /* primary, secondary */
	unsigned    hops;
	const char *hop;
};

struct oracle {
	struct oracle_node node[MAX_NODES]; /* the first is home */
	unsigned           node_count;
	struct oracle_edge edge[MAX_EDGES];
	unsigned           edge_count;
	struct {
		unsigned    from;
		const char *to;
	} pseudolink[MAX_PSEUDOLINKS];
	unsigned            pseudolink_count;
	const char         *name[MAX_NAMES]; /* all that are deducible */
	unsigned            name_count;
	struct oracle_label label[MAX_NAMES];
};

/* A path under way: it may go on only while some region of home's holds all its nodes. */
struct path {
	unsigned            at;
	unsigned            visited;
	unsigned            levels; /* bit n: home's n-th region upwards still holds and sees all */
	const char         *restrictions[2 * MAX_NODES];
	unsigned            restriction_count;
	struct oracle_label label;
};

static const char *const regions[] = { "", "a", "b", "p.a", "p.a", "q.a", "x.p.a" };
static struct oracle     oracle;
static struct topology   topology;
static int               preference;

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
make_edge(struct random *random, struct oracle_edge *edge)
{
	static const uint32_t weights[] = { 0, 0, 1, 2, 3, 10 };

	do {
		edge->from = below(random, oracle.node_count);
		edge->to   = below(random, oracle.node_count);
	} while (edge->from == edge->to);
	edge->delay = weights[below(random, 6)];
	edge->cost  = weights[below(random, 6)];
	for (unsigned i = 0; i < 2; i++)
		edge->restrictions[i] = below(random, 10) == 0 ? some_region(random) : NULL;
	/* who has no record has said nothing */
	if (!oracle.node[edge->from].recorded)
		edge->restrictions[0] = NULL;
	if (!oracle.node[edge->to].recorded)
		edge->restrictions[1] = NULL;
	edge->dead       = below(random, 12) == 0;
	edge->unanswered = oracle.node[edge->to].recorded && below(random, 12) == 0;
	for (unsigned i = 0; i < oracle.edge_count; i++) /* of parallel ones all or none */
		if (oracle.edge[i].from == edge->from && oracle.edge[i].to == edge->to)
			edge->unanswered = oracle.edge[i].unanswered;
}

static void
add_name(const char *name)
{
	for (; name != NULL; name = name_parent(name)) {
		unsigned i = 0;

		while (i < oracle.name_count && strcmp(oracle.name[i], name) != 0)
			i++;
		if (i < oracle.name_count)
			return;
		CU_ASSERT_FATAL(oracle.name_count < MAX_NAMES);
		oracle.name[oracle.name_count++] = name;
	}
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
	struct random random;
	unsigned      wanted;

	random_seed_number(&random, seed);
	oracle = (struct oracle){ .node_count = 0 };
	wanted = 4 + below(&random, MAX_NODES - 3);
	while (oracle.node_count < wanted) {
		make_node(&random, &oracle.node[oracle.node_count], oracle.node_count);
		if (node_is_new(oracle.node_count))
			oracle.node_count++;
	}
	for (unsigned i = 0; i < wanted * 3; i++)
		make_edge(&random, &oracle.edge[oracle.edge_count++]);
	oracle.pseudolink_count = below(&random, MAX_PSEUDOLINKS + 1);
	for (unsigned i = 0; i < oracle.pseudolink_count; i++) {
		oracle.pseudolink[i].from = below(&random, oracle.node_count);
		oracle.pseudolink[i].to   = some_region(&random);
		if (below(&random, 2) == 0)
			oracle.pseudolink[i].to =
			    oracle.node[below(&random, oracle.node_count)].name.text;
		add_name(oracle.pseudolink[i].to);
	}
	for (unsigned i = 0; i < oracle.node_count; i++)
		add_name(oracle.node[i].name.text);
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
			struct record_link link = { .delay_ms = edge->delay, .cost = edge->cost };

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

/* --- the definitions ---------------------------------------------------------------------- */

/* D10, D26: alive, and said by those who have to say it. */
static bool
edge_counts(const struct oracle_edge *edge)
{
	if (edge->dead || edge->unanswered)
		return false;
	return oracle.node[edge->from].recorded || oracle.node[edge->to].recorded;
}

/* D4; names that only an edge between two nodes without records has are not known at all. */
static bool
is_machine(const char *name)
{
	for (unsigned i = 0; i < oracle.node_count; i++)
		if (strcmp(oracle.node[i].name.text, name) == 0 && oracle.node[i].recorded)
			return true;
	for (unsigned i = 0; i < oracle.edge_count; i++) {
		const struct oracle_edge *edge = &oracle.edge[i];

		if (oracle.node[edge->from].recorded &&
		    strcmp(oracle.node[edge->to].name.text, name) == 0)
			return true;
		if (oracle.node[edge->to].recorded && !edge->unanswered &&
		    strcmp(oracle.node[edge->from].name.text, name) == 0)
			return true;
	}
	return false;
}

static bool
strictly_inside(const char *name, const char *region)
{
	return strcmp(name, region) != 0 && name_within(name, region);
}

/* Bit n: home's n-th region upwards holds the node, which is visible in it; within vis(home). */
static unsigned
levels_of(const struct oracle_node *node)
{
	unsigned bit = 1, levels = 0;

	for (const char *region = name_parent(oracle.node[0].name.text);
	     region != NULL && name_within(region, oracle.node[0].visible.text);
	     region = name_parent(region), bit <<= 1)
		if (node->recorded && strictly_inside(node->name.text, region) &&
		    name_within(region, node->visible.text))
			levels |= bit;
	return levels;
}

static bool
is_better(const struct oracle_label *a, const struct oracle_label *b)
{
	if (!b->reached || a->pseudolink != b->pseudolink)
		return !b->reached || b->pseudolink;
	for (unsigned i = 0; i < 2; i++)
		if (a->weights[i] != b->weights[i])
			return a->weights[i] < b->weights[i];
	if (a->hops != b->hops)
		return a->hops < b->hops;
	return strcmp(a->hop, b->hop) < 0;
}

static void
arrive(const struct path *path, const char *name)
{
	for (unsigned i = 0; i < path->restriction_count; i++)
		if (!name_within(name, path->restrictions[i]))
			return;
	for (unsigned i = 0; i < oracle.name_count; i++)
		if (strcmp(oracle.name[i], name) == 0 && is_better(&path->label, &oracle.label[i]))
			oracle.label[i] = path->label;
}

static struct path
along(const struct path *path, const struct oracle_edge *edge)
{
	struct path next       = *path;
	uint32_t    weights[2] = { edge->delay, edge->cost };

	for (unsigned i = 0; i < 2; i++) {
		next.label.weights[i] += weights[preference == ROUTE_FASTEST ? i : 1 - i];
		if (edge->restrictions[i] != NULL)
			next.restrictions[next.restriction_count++] = edge->restrictions[i];
	}
	next.label.hops++;
	if (path->at == 0)
		next.label.hop = oracle.node[edge->to].name.text;
	next.at = edge->to;
	next.visited |= 1U << edge->to;
	next.levels &= levels_of(&oracle.node[edge->to]);
	return next;
}

/* The last steps that need no edge: to the node's own regions (D3), along pseudolinks (D6). */
static void
step_to_names(const struct path *path)
{
	const struct oracle_node *node = &oracle.node[path->at], *home = &oracle.node[0];
	bool                      wider = strictly_inside(home->visible.text, node->visible.text);

	for (const char *region = name_parent(node->name.text);
	     region != NULL && name_within(region, node->visible.text);
	     region = name_parent(region))
		if (node->recorded && !is_machine(region))
			arrive(path, region);
	for (unsigned i = 0; i < oracle.pseudolink_count && path->at != 0; i++) {
		const char *to = oracle.pseudolink[i].to;
		bool        serves =
		    path->label.hops == 1 && (name_within(to, node->visible.text) ||
		                              name_within(home->visible.text, node->visible.text));
		struct path end = *path;

		if (oracle.pseudolink[i].from != path->at || (!wider && !serves))
			continue;
		end.label.pseudolink = true;
		end.label.hops++;
		arrive(&end, to);
	}
}

/* D5: onwards while one region holds all nodes whose data is used; or home, neighbor, end. */
static void
walk(const struct path *path)
{
	step_to_names(path);
	for (unsigned i = 0; i < oracle.edge_count; i++) {
		const struct oracle_edge *edge = &oracle.edge[i];
		struct path               next;

		if (edge->from != path->at || !edge_counts(edge) ||
		    (path->visited & 1U << edge->to) != 0)
			continue;
		next = along(path, edge);
		arrive(&next, oracle.node[edge->to].name.text);
		if (next.levels != 0 || path->at == 0)
			walk(&next);
	}
}

static void
weigh_all_paths(void)
{
	struct path path = { .visited = 1, .levels = ~0U, .label = { .reached = true } };

	memset(oracle.label, 0, sizeof(oracle.label));
	path.label.hop = oracle.node[0].name.text;
	arrive(&path, oracle.node[0].name.text);
	walk(&path);
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
			       (unsigned long long)seed, preference, oracle.name[i]);
		}
	}
}

/* D12: a name without a label goes as the nearest one above it that has one. */
static const char *
expected_hop(const char *name)
{
	for (; name != NULL; name = name_parent(name))
		for (unsigned i = 0; i < oracle.name_count; i++)
			if (strcmp(oracle.name[i], name) == 0 && oracle.label[i].reached)
				return oracle.label[i].hop;
	return oracle.node[0].name.text; /* as a region of home's own: no route */
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
		match    = route_lookup(tables, (enum route_preference)preference, name, NULL);
		expected = expected_hop(name);
		if (match.next_hop == NULL ? strcmp(expected, tables->home) != 0
		                           : strcmp(expected, match.next_hop) != 0) {
			CU_FAIL("a lookup leads elsewhere");
			printf("  seed %llu, preference %d, name \"%s\"\n",
			       (unsigned long long)seed, preference, name);
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
		for (preference = 0; preference < ROUTE_PREFERENCES; preference++) {
			weigh_all_paths();
			compare_labels(
			    &graph,
			    route_search(&graph, (enum route_preference)preference, &arena, NULL),
			    seed);
			compare_lookups(&tables, seed);
		}
		route_tables_release(&tables);
		arena_release(&arena);
		topology_release(&topology);
	}
}

/* A test that compares nothing proves nothing. */
static void
the_networks_have_what_the_decisions_are_about(void)
{
	unsigned reached = 0, unreached = 0, pseudolinks = 0, long_paths = 0;

	for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
		make_network(seed);
		preference = ROUTE_FASTEST;
		weigh_all_paths();
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
	CU_ASSERT_TRUE(long_paths > 100);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(every_label_and_lookup_is_that_of_the_best_lawful_path),
	UNIT_TEST(the_networks_have_what_the_decisions_are_about),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_oracle_suite = UNIT_SUITE("route/oracle", NULL, NULL, tests);
