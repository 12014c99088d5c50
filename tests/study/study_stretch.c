/*
 * study_stretch.c - messages from node to node, beside the shortest ways there are
 *
 * A pair is drawn; the message goes as each node on its way would send it on, E1 and loop
 * repair included. The shortest way is that of a network in which everybody sees the world,
 * so that every node's data is used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_repair.h"
#include "spool/route/route_search.h"
#include "tests/study/study.h"

enum { PAIRS_OF_A_START = 20, HOPS_MAX = 64 };

/* What became of the pairs with one preference. */
struct outcome {
	unsigned pairs, delivered, repaired, loops, stranded;
	double  *ratios; /* of the delivered, to the shortest */
	double   sum, shortest_sum;
	uint64_t hops, shortest_hops;
};

struct walk {
	bool     delivered, looped, repaired;
	uint64_t weights[ROUTE_PREFERENCES]; /* delay in milliseconds, cost */
	unsigned hops;
};

static void ask(struct study *study, uint32_t from, struct topology *flat, struct outcome outcomes[]);
static void count(struct outcome *outcome, const struct walk *walk, uint64_t weight,
                  const struct route_label *shortest);
static struct walk walk(struct study *study, enum route_preference preference, uint32_t from,
                        uint32_t to);
static void        add_link(const struct study *study, struct walk *walk, uint32_t from, uint32_t to,
                            enum route_preference preference);
static void        say(const char *title, struct outcome *outcome);

void
study_stretch(struct study *study)
{
	struct outcome  outcomes[ROUTE_PREFERENCES] = { { .pairs = 0 } };
	struct topology flat;
	struct network  seen = *study->network;

	seen.visible = memory_new(seen.count, sizeof(seen.visible[0])); /* the world, all of them */
	topology_init(&flat);
	network_topology(&seen, &flat);
	for (int i = 0; i < ROUTE_PREFERENCES; i++)
		outcomes[i].ratios = memory_new(study->sample, sizeof(double));
	while (outcomes[0].pairs < study->sample)
		ask(study, (uint32_t)random_below(&study->random, seen.count), &flat, outcomes);
	say("fastest", &outcomes[ROUTE_FASTEST]);
	say("cheapest", &outcomes[ROUTE_CHEAPEST]);
	for (int i = 0; i < ROUTE_PREFERENCES; i++)
		free(outcomes[i].ratios);
	topology_release(&flat);
	free(seen.visible);
}

/* One search from a start serves many ends. */
static void
ask(struct study *study, uint32_t from, struct topology *flat, struct outcome outcomes[])
{
	const struct network *network = study->network;
	struct arena          arena;
	struct route_graph    graph;
	struct route_label   *labels[ROUTE_PREFERENCES];

	arena_init(&arena);
	route_graph_build(&graph, flat, region_tree_find(&flat->names, network->names[from].text),
	                  &arena);
	for (int i = 0; i < ROUTE_PREFERENCES; i++)
		labels[i] = route_search(&graph, (enum route_preference)i, &arena, NULL);
	for (unsigned i = 0; i < PAIRS_OF_A_START && outcomes[0].pairs < study->sample; i++) {
		uint32_t to = (uint32_t)random_below(&study->random, network->count), id;

		if (to == from)
			continue;
		id = region_tree_find(&flat->names, network->names[to].text);
		for (int j = 0; j < ROUTE_PREFERENCES; j++) {
			struct walk went = walk(study, (enum route_preference)j, from, to);

			count(&outcomes[j], &went, went.weights[j], &labels[j][id]);
		}
	}
	arena_release(&arena);
}

static void
count(struct outcome *outcome, const struct walk *walk, uint64_t weight,
      const struct route_label *shortest)
{
	uint64_t least = route_label_primary(shortest);

	outcome->pairs++;
	outcome->loops += walk->looped;
	outcome->stranded += !walk->delivered && !walk->looped;
	if (!walk->delivered)
		return;
	outcome->repaired += walk->repaired;
	outcome->hops += walk->hops;
	outcome->shortest_hops += shortest->hops;
	outcome->sum += (double)weight;
	outcome->shortest_sum += (double)least;
	outcome->ratios[outcome->delivered++] =
	    least > 0 ? (double)weight / (double)least : weight == 0 ? 1 : HOPS_MAX;
}
