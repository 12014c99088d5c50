/*
 * pairs.c - does a message get from here to there? asked of a large network, pair by pair
 *
 * pairs [DATA [COUNT [SEED...]]]: the UUCP network of 1992 with visible regions, and for each seed
 * so many pairs of its hosts, drawn so that every pair of visibility levels is asked equally often,
 * by the fastest and by the cheapest way. No message may go in a circle, and all must arrive. And
 * nodes that are told more than concerns them (D29) have the same tables. Without the data the test
 * is skipped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"
#include "tests/support/network_walk.h"

enum { MAX_LEVELS = 8, PAIRS_A_TOLD = 10, MAX_TOLD = 20 };

struct totals {
	unsigned long pairs, hops, repaired, circled, lost;
};

/* The nodes of one level: visible in a region of so many components. */
struct level {
	uint32_t *nodes;
	size_t    count, capacity;
};

static void     sort_levels(const struct network *network, struct level levels[MAX_LEVELS]);
static void     ask_pairs(struct network_views *views, unsigned count, uint64_t seed,
                          struct totals *totals);
static unsigned compare_tables(const struct network *network, unsigned count, uint64_t seed);
static bool     same_tables(const struct route_tables *a, const struct route_tables *b);
static void     ask(struct network_views *views, enum route_preference preference, uint32_t from,
                    uint32_t to, struct totals *totals);

int
main(int argc, char **argv)
{
	const char          *path  = argc > 1 ? argv[1] : "../shared/data/uucp-1992-12-visible.tsv";
	unsigned             count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 100;
	uint64_t             seed  = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	struct totals        totals = { .pairs = 0 };
	struct network       network;
	struct network_views views;
	unsigned             failed, told, other;

	network_init(&network);
	if (!network_read_visible(&network, path)) {
		printf("%s is not there\npairs: 0 passed, 0 failed, 1 skipped\n", path);
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	network_views_init(&views, &network, NETWORK_MUTUAL);
	ask_pairs(&views, count, seed, &totals);
	for (int i = 4; i < argc; i++)
		ask_pairs(&views, count, strtoull(argv[i], NULL, 10), &totals);
	network_views_release(&views);
	told  = count / PAIRS_A_TOLD < MAX_TOLD ? count / PAIRS_A_TOLD : MAX_TOLD;
	other = compare_tables(&network, told, seed);
	network_release(&network);
	failed =
	    (totals.circled > 0 ? 1u : 0u) + (totals.lost > 0 ? 1u : 0u) + (other > 0 ? 1u : 0u);
	printf("%lu messages, %lu hops, %lu repaired; %lu went in a circle, %lu did not arrive\n",
	       totals.pairs, totals.hops, totals.repaired, totals.circled, totals.lost);
	printf("%u nodes that were told of all of their region, %u with other tables\n", told,
	       other);
	printf("pairs: %u passed, %u failed, 0 skipped\n", 3 - failed, failed);
	return failed > 0;
}

static void
ask_pairs(struct network_views *views, unsigned count, uint64_t seed, struct totals *totals)
{
	struct level  levels[MAX_LEVELS] = { { NULL, 0, 0 } };
	struct random random;

	sort_levels(views->network, levels);
	random_seed_number(&random, seed);
	for (unsigned i = 0; i < count;) {
		for (unsigned j = 0; j < MAX_LEVELS * MAX_LEVELS && i < count; j++) {
			const struct level *here  = &levels[j / MAX_LEVELS];
			const struct level *there = &levels[j % MAX_LEVELS];
			uint32_t            from, to;

			if (here->count == 0 || there->count == 0)
				continue;
			from = here->nodes[random_below(&random, here->count)];
			to   = there->nodes[random_below(&random, there->count)];
			ask(views, ROUTE_FASTEST, from, to, totals);
			ask(views, ROUTE_CHEAPEST, from, to, totals);
			i++;
		}
	}
	for (unsigned i = 0; i < MAX_LEVELS; i++)
		free(levels[i].nodes);
}

static void
sort_levels(const struct network *network, struct level levels[MAX_LEVELS])
{
	for (uint32_t i = 0; i < network->count; i++) {
		unsigned      depth = 0;
		struct level *level;

		for (const char *region = network->visible[i].text; region[0] != '\0';
		     region             = name_parent(region))
                        depth++;
		level        = &levels[depth < MAX_LEVELS ? depth : MAX_LEVELS - 1];
		level->nodes = memory_grow(level->nodes, &level->capacity, level->count + 1,
		                           sizeof(level->nodes[0]));
		level->nodes[level->count++] = i;
	}
}

static void
ask(struct network_views *views, enum route_preference preference, uint32_t from, uint32_t to,
    struct totals *totals)
{
	const struct name  *names = views->network->names;
	struct network_walk walk;

	network_walk_make(&walk, views, preference, from, to);
	totals->pairs++;
	totals->hops += walk.count - 1;
	totals->repaired += walk.repaired;
	totals->circled += walk.circled;
	totals->lost += !walk.arrived;
	if (walk.arrived && !walk.circled)
		return;
	printf("%s from %s to %s by the %s way:", walk.arrived ? "a circle" : "lost",
	       names[from].text, names[to].text,
	       preference == ROUTE_FASTEST ? "fastest" : "cheapest");
	for (size_t i = 0; i < walk.count; i++)
		printf(" %s", names[walk.nodes[i]].text);
	printf("\n");
}

/* How many of so many nodes route otherwise for having the records of a wider audience. */
static unsigned
compare_tables(const struct network *network, unsigned count, uint64_t seed)
{
	struct network_views mutual, region;
	struct random        random;
	unsigned             other = 0;

	network_views_init(&mutual, network, NETWORK_MUTUAL);
	network_views_init(&region, network, NETWORK_REGION);
	random_seed_number(&random, seed);
	for (unsigned i = 0; i < count; i++) {
		uint32_t node = (uint32_t)random_below(&random, network->count);

		if (same_tables(&network_views_get(&mutual, node)->tables,
		                &network_views_get(&region, node)->tables))
			continue;
		printf("other tables: %s\n", network->names[node].text);
		other++;
	}
	network_views_release(&mutual);
	network_views_release(&region);
	return other;
}

static bool
same_tables(const struct route_tables *a, const struct route_tables *b)
{
	for (int i = 0; i < ROUTE_PREFERENCES; i++) {
		const struct route_table *one = &a->tables[i], *two = &b->tables[i];

		if (one->count != two->count)
			return false;
		for (size_t j = 0; j < one->count; j++)
			if (strcmp(one->routes[j].region, two->routes[j].region) != 0 ||
			    strcmp(one->routes[j].next_hop, two->routes[j].next_hop) != 0 ||
			    one->routes[j].class != two->routes[j].class)
				return false;
	}
	return true;
}
