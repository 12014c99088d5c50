/*
 * route_shortest.c - our shortest paths beside those of the Boost Graph Library
 *
 * The same graph in the same run, turn by turn, in processor time: whatever else the machine
 * does slows both. Boost's do what its users do, with one weight, and are given where to put
 * distances. Ours do more (a second weight, hops, the first hop, what regions and
 * restrictions ask, all of their memory), and must find the same distances. A ratio above 1
 * means that ours are faster.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "spool/base/memory.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_search.h"
#include "tests/bench/route_boost.h"
#include "tests/support/network.h"

enum { ROUNDS_MAX = 21 };

static void                measure(const char *title, const struct network *network);
static struct route_boost *copy_to_boost(const struct route_graph *graph);
static int64_t             search_ours(const struct route_graph *graph, uint64_t *distances);
static void compare(const struct route_graph *graph, const uint64_t *ours, const uint64_t *theirs);
static int64_t now_ns(void);
static double  least_ms(const int64_t times[], unsigned count);

int
main(int argc, char **argv)
{
	const char    *big  = getenv("BENCH_BIG");
	uint32_t       most = big != NULL && big[0] == '0' ? 100000 : 1000000;
	struct network network;

	network_init(&network);
	if (argc > 1 && network_read(&network, argv[1]))
		measure("UUCP", &network);
	network_release(&network);
	for (uint32_t count = 10000; count <= most; count *= 10) {
		network_generate(&network, count);
		measure("hierarchy", &network);
		network_release(&network);
	}
	return 0;
}

static void
measure(const char *title, const struct network *network)
{
	unsigned            rounds = network->count > 200000 ? 5 : ROUNDS_MAX;
	int64_t             ours[ROUNDS_MAX], theirs[ROUNDS_MAX];
	struct topology     topology;
	struct arena        arena;
	struct route_graph  graph;
	struct route_boost *boost;
	uint64_t           *distances, *distances_boost;
	uint32_t           *before;
	const char         *home = network->names[network_busiest(network)].text;

	topology_init(&topology);
	arena_init(&arena);
	network_topology(network, &topology);
	route_graph_build(&graph, &topology, region_tree_find(&topology.names, home), &arena);
	boost           = copy_to_boost(&graph);
	distances       = memory_new(graph.name_count, sizeof(distances[0]));
	distances_boost = memory_new(graph.name_count, sizeof(distances_boost[0]));
	before          = memory_new(graph.name_count, sizeof(before[0]));
	for (unsigned i = 0; i < rounds; i++) {
		int64_t start = now_ns();

		route_boost_search(boost, graph.home, distances_boost, before);
		theirs[i] = now_ns() - start;
		ours[i]   = search_ours(&graph, distances);
	}
	compare(&graph, distances, distances_boost);
	printf("shortest paths, %s of %zu nodes, %" PRIu32 " edges: %.2f ms; Boost %.2f ms; "
	       "ratio %.2f\n",
	       title, network->count, graph.first[graph.name_count], least_ms(ours, rounds),
	       least_ms(theirs, rounds), least_ms(theirs, rounds) / least_ms(ours, rounds));
	free(distances);
	free(distances_boost);
	free(before);
	route_boost_free(boost);
	arena_release(&arena);
	topology_release(&topology);
}

static struct route_boost *
copy_to_boost(const struct route_graph *graph)
{
	uint32_t            count  = graph->first[graph->name_count];
	uint32_t           *to     = memory_new(count, sizeof(to[0]));
	uint32_t           *weight = memory_new(count, sizeof(weight[0]));
	struct route_boost *boost;

	for (uint32_t i = 0; i < count; i++) {
		to[i]     = graph->edges[i].to;
		weight[i] = graph->edges[i].delay_ms;
	}
	boost = route_boost_new(graph->name_count, graph->first, to, weight);
	free(to);
	free(weight);
	return boost;
}

static int64_t
search_ours(const struct route_graph *graph, uint64_t *distances)
{
	struct arena        arena;
	int64_t             start = now_ns(), took;
	struct route_label *labels;

	arena_init(&arena);
	labels = route_search(graph, ROUTE_FASTEST, &arena, NULL);
	took   = now_ns() - start;
	for (uint32_t id = 0; id < graph->name_count; id++)
		distances[id] = route_label_reached(&labels[id]) ? labels[id].primary : UINT64_MAX;
	arena_release(&arena);
	return took;
}

/* Regions have labels in ours, and no edges in theirs. */
static void
compare(const struct route_graph *graph, const uint64_t *ours, const uint64_t *theirs)
{
	for (uint32_t id = 0; id < graph->name_count; id++)
		if (graph->topology->nodes[id].recorded && ours[id] != theirs[id]) {
			printf("%s: %" PRIu64 " is not %" PRIu64 "\n",
			       region_tree_text(&graph->topology->names, id), ours[id], theirs[id]);
			exit(1);
		}
}

static int64_t
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* The best of all rounds: what others did on the machine only ever adds. */
static double
least_ms(const int64_t times[], unsigned count)
{
	int64_t least = INT64_MAX;

	for (unsigned i = 0; i < count; i++)
		if (times[i] < least)
			least = times[i];
	return (double)least / 1e6;
}
