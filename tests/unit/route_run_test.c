/*
 * route_run_test.c - on networks too large for the oracle: no edge leads to a better label
 *
 * A label that no edge improves, and that some edge gives exactly, is the best there is:
 * every edge adds a hop, so the edges that give labels run in no circle. The networks are
 * of the kinds that a queue finds hard: no weight at all, few different ones, any.
 */
#include "spool/route/route_run.h"

#include <string.h>

#include "spool/base/random.h"
#include "tests/unit/unit.h"

enum { NODES = 2000, EDGES = 9000, SHAPES = 5 };

static uint32_t
weight(struct random *random, unsigned shape)
{
	switch (shape) {
	case 0:
		return 0;
	case 1:
		return (uint32_t)random_below(random, 2);
	case 2: /* as people write them */
		return 1000 * (uint32_t)random_below(random, 5);
	case 3: /* most are equal, some are far beyond */
		return random_below(random, 20) == 0 ? RECORD_MAX_DELAY_MS : 300;
	default:
		return (uint32_t)random_below(random, RECORD_MAX_DELAY_MS);
	}
}

/* Some nodes have many edges, most have few; the first is home. */
static void
make_graph(struct route_graph *graph, unsigned shape, struct arena *arena)
{
	struct random random;

	random_seed_number(&random, shape);
	*graph         = (struct route_graph){ .name_count = NODES };
	graph->first   = arena_new(arena, NODES + 1, sizeof(graph->first[0]));
	graph->edges   = arena_new(arena, EDGES + ROUTE_GRAPH_SPARE_EDGES, sizeof(graph->edges[0]));
	graph->lowest  = arena_new(arena, NODES, sizeof(graph->lowest[0]));
	graph->highest = arena_new(arena, NODES, sizeof(graph->highest[0]));
	graph->hops    = arena_new(arena, NODES, sizeof(graph->hops[0]));
	for (uint32_t i = 0; i < EDGES; i++) {
		uint64_t from = random_below(&random, random_below(&random, NODES) + 1);

		graph->first[from + 1]++;
		graph->edges[i] = (struct route_edge){
			.to       = (uint32_t)random_below(&random, NODES),
			.delay_ms = weight(&random, shape),
			.cost     = weight(&random, (shape + i % 2) % SHAPES),
		};
	}
	for (uint32_t id = 0; id < NODES; id++) {
		graph->first[id + 1] += graph->first[id];
		graph->lowest[id]  = 1;
		graph->highest[id] = id == 0 || random_below(&random, 8) != 0;
	}
	for (uint32_t i = 0; i < graph->first[1]; i++)
		graph->hops[graph->edges[i].to] = 1 + graph->edges[i].to % 40;
}

static bool
same(const struct route_label *a, const struct route_label *b)
{
	return !route_label_less(a, b) && !route_label_less(b, a);
}

/* Returns how many labels are reached; *ties counts edges that give the same label as another. */
static unsigned
check(const struct route_run *run, unsigned *ties)
{
	const struct route_graph *graph         = run->graph;
	unsigned                  givers[NODES] = { 1 }; /* home's is given */
	unsigned                  better = 0, reached = 0, ungiven = 0;

	for (uint32_t id = 0; id < NODES; id++)
		for (uint32_t i = graph->first[id];
		     i < graph->first[id + 1] && run->vertices[id].takes_part &&
		     route_label_reached(&run->vertices[id].label);
		     i++) {
			const struct route_edge  *edge  = &graph->edges[i];
			const struct route_label *end   = &run->vertices[edge->to].label;
			const struct route_label  label = route_label_along(
			     &run->vertices[id].label, edge, graph, run->preference);

			better += route_label_less(&label, end);
			givers[edge->to] += same(&label, end);
		}
	for (uint32_t id = 0; id < NODES; id++) {
		reached += route_label_reached(&run->vertices[id].label);
		ungiven += route_label_reached(&run->vertices[id].label) != (givers[id] > 0);
		*ties += givers[id] > 1;
	}
	CU_ASSERT_EQUAL(better, 0);
	CU_ASSERT_EQUAL(ungiven, 0);
	return reached;
}

static void
no_edge_leads_to_a_better_label(void)
{
	unsigned ties = 0;

	for (unsigned shape = 0; shape < SHAPES; shape++)
		for (int preference = 0; preference < ROUTE_PREFERENCES; preference++) {
			struct arena       arena;
			struct route_graph graph;
			struct route_run   run;

			arena_init(&arena);
			make_graph(&graph, shape, &arena);
			route_run_init(&run, &graph, (enum route_preference)preference, &arena);
			route_run_level(&run, 1);
			CU_ASSERT_TRUE(check(&run, &ties) > NODES / 2);
			route_run_release(&run);
			arena_release(&arena);
		}
	CU_ASSERT_TRUE(ties > 100);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(no_edge_leads_to_a_better_label),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_run_suite = UNIT_SUITE("route/run", NULL, NULL, tests);
