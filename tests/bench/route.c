/*
 * route.c - how long a recalculation and a lookup take, on the UUCP network of 1992
 *
 * Flat, everybody visible in the world: the worst case for the calculation, since every
 * node's data is used. In processor time; beside each number stands what the machine
 * needs, in the same run, for the least work of that kind: one walk over the edges, one
 * hash of a name. A measurement, no test: it fails only if its data do not make sense.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"
#include "spool/route/route.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_lookup.h"
#include "spool/route/route_order.h"
#include "spool/route/route_search.h"
#include "tests/support/network.h"

enum { ROUNDS = 15, LOOKUPS = 200000 };

static uint64_t sink; /* keeps results alive */

static void    measure_recalculation(const struct topology *topology, const char *home);
static void    measure_parts(const struct topology *topology, const char *home);
static void    measure_lookup(const struct network *network, const struct topology *topology,
                              const char *home);
static int64_t now_ns(void);
static double  median_ms(int64_t times[], unsigned count);
static int     time_compare(const void *left, const void *right);

int
main(int argc, char **argv)
{
	const char     *path = argc > 1 ? argv[1] : "../shared/data/uucp-1992-12.tsv";
	struct topology topology;
	struct network  network;
	const char     *home;

	network_init(&network);
	if (!network_read(&network, path)) {
		printf("bench-route: skipped, %s is not there\n", path);
		return 0;
	}
	topology_init(&topology);
	network_topology(&network, &topology);
	home = network.names[network_busiest(&network)].text;
	printf("network: %zu hosts, %zu links; home %s\n", network.count, network.link_count, home);
	measure_recalculation(&topology, home);
	measure_parts(&topology, home);
	measure_lookup(&network, &topology, home);
	topology_release(&topology);
	network_release(&network);
	return sink == 0; /* nothing was computed: that would be a bug */
}

static void
measure_recalculation(const struct topology *topology, const char *home)
{
	int64_t times[ROUNDS];

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct route_tables tables;
		int64_t             start = now_ns();

		route_tables_compute(topology, home, NULL, &tables);
		times[i] = now_ns() - start;
		sink += tables.tables[ROUTE_FASTEST].count;
		route_tables_release(&tables);
	}
	printf("recalculation, both tables: %.2f ms (goal 10)\n", median_ms(times, ROUNDS));
}

static void
measure_parts(const struct topology *topology, const char *home)
{
	int64_t  build[ROUNDS], order[ROUNDS], search[ROUNDS], walk[ROUNDS];
	uint32_t id    = region_tree_find(&topology->names, home);
	uint64_t total = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct arena       arena;
		struct route_graph graph;
		int64_t            start = now_ns();

		arena_init(&arena);
		route_graph_build(&graph, topology, id, &arena);
		build[i] = now_ns() - start;
		start    = now_ns();
		sink += route_order(&topology->names, &arena)[0];
		order[i] = now_ns() - start;
		start    = now_ns();
		sink += route_search(&graph, ROUTE_FASTEST, &arena, NULL)[id].hops;
		search[i] = now_ns() - start;
		start     = now_ns();
		for (uint32_t node = 0; node < graph.name_count; node++)
			for (uint32_t j = graph.first[node]; j < graph.first[node + 1]; j++)
				total += graph.edges[j].delay_ms +
				         topology->nodes[graph.edges[j].to].visible;
		walk[i] = now_ns() - start;
		arena_release(&arena);
	}
	sink += total;
	printf(
	    "  graph %.2f ms, order %.2f ms, one search %.2f ms; one walk over all edges %.2f ms\n",
	    median_ms(build, ROUNDS), median_ms(order, ROUNDS), median_ms(search, ROUNDS),
	    median_ms(walk, ROUNDS));
}

static void
measure_lookup(const struct network *network, const struct topology *topology, const char *home)
{
	struct route_tables tables;
	struct random       random;
	const char        **names = memory_new(LOOKUPS, sizeof(names[0]));
	int64_t             lookup[ROUNDS], hash[ROUNDS];

	random_seed_number(&random, 1);
	for (unsigned i = 0; i < LOOKUPS; i++)
		names[i] = network->names[random_below(&random, network->count)].text;
	route_tables_compute(topology, home, NULL, &tables);
	for (unsigned round = 0; round < ROUNDS; round++) {
		int64_t  start = now_ns();
		uint32_t value = 0;

		for (unsigned i = 0; i < LOOKUPS; i++)
			sink += route_lookup(&tables, ROUTE_FASTEST, names[i], NULL).delay_ms;
		lookup[round] = now_ns() - start;
		start         = now_ns();
		for (unsigned i = 0; i < LOOKUPS; i++)
			for (const char *at = names[i]; *at != '\0'; at++)
				value = (value ^ (unsigned char)*at) * UINT32_C(16777619);
		hash[round] = now_ns() - start;
		sink += value;
	}
	printf("lookup: %.0f ns at %zu entries (goal 100); to hash a name alone: %.0f ns\n",
	       median_ms(lookup, ROUNDS) * 1e6 / LOOKUPS, tables.tables[ROUTE_FASTEST].count,
	       median_ms(hash, ROUNDS) * 1e6 / LOOKUPS);
	route_tables_release(&tables);
	free(names);
}

static int64_t
now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* The median: the best that one can say on a machine that others use as well. */
static double
median_ms(int64_t times[], unsigned count)
{
	qsort(times, count, sizeof(times[0]), time_compare);
	return (double)times[count / 2] / 1e6;
}

static int
time_compare(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}
