/*
 * study_stretch.c - messages from node to node, beside the shortest ways there are
 *
 * A pair is drawn; the message goes as each node on its way would send it on, E1 and loop
 * repair included. The shortest way is that of a network in which everybody sees the world,
 * so that every node's data is used. A third way is the best one in what the start knows, if
 * it knows one to the very end: it could be sent as an explicit address.
 */
#include <stdio.h>
#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_search.h"
#include "spool/route/route_way.h"
#include "tests/study/study.h"
#include "tests/support/network_walk.h"

enum { PAIRS_OF_A_START = 20 }; /* one search from a start serves so many */

/* What became of the messages of one preference. */
struct outcome {
	unsigned messages, delivered, repaired, circled;
	double  *ratios;                             /* of the delivered, to the shortest */
	double   weight, least_weight, known_weight; /* sums */
	uint64_t hops, least_hops;
	unsigned known; /* how often the start knew a way; else the message's own counts */
};

static void ask(struct study *study, uint32_t from, const struct topology *flat,
                struct outcome outcomes[]);
static void send(struct study *study, enum route_preference preference, uint32_t from, uint32_t to,
                 const struct route_label *shortest, struct route_ways *ways,
                 struct outcome *outcome);
static bool know(const struct network_views *views, enum route_preference preference,
                 struct route_ways *ways, uint32_t to, uint64_t *weight);
static uint64_t weigh(const struct network_views *views, const uint32_t *nodes, size_t count,
                      enum route_preference preference);
static void     say(const char *title, const struct outcome *outcome);

void
study_stretch(struct study *study)
{
	struct outcome  outcomes[ROUTE_PREFERENCES] = { { .messages = 0 } };
	struct network  all                         = *study->network;
	struct topology flat;

	all.visible = memory_new(all.count, sizeof(all.visible[0])); /* the world, each of them */
	topology_init(&flat);
	network_topology(&all, &flat);
	for (int i = 0; i < ROUTE_PREFERENCES; i++)
		outcomes[i].ratios = memory_new(study->sample, sizeof(double));
	while (outcomes[0].messages < study->sample)
		ask(study, (uint32_t)random_below(&study->random, all.count), &flat, outcomes);
	say("fastest", &outcomes[ROUTE_FASTEST]);
	say("cheapest", &outcomes[ROUTE_CHEAPEST]);
	for (int i = 0; i < ROUTE_PREFERENCES; i++)
		free(outcomes[i].ratios);
	topology_release(&flat);
	free(all.visible);
}

static void
ask(struct study *study, uint32_t from, const struct topology *flat, struct outcome outcomes[])
{
	const struct name  *names = study->network->names;
	struct arena        arena;
	struct route_graph  graph;
	struct route_label *labels[ROUTE_PREFERENCES];
	struct route_ways   ways;

	route_ways_init(&ways, &network_views_get(study->views, from)->topology, names[from].text);
	arena_init(&arena);
	route_graph_build(&graph, flat, region_tree_find(&flat->names, names[from].text), &arena);
	for (int i = 0; i < ROUTE_PREFERENCES; i++)
		labels[i] = route_search(&graph, (enum route_preference)i, &arena, NULL);
	for (unsigned i = 0; i < PAIRS_OF_A_START && outcomes[0].messages < study->sample; i++) {
		uint32_t to = (uint32_t)random_below(&study->random, study->network->count), id;

		if (to == from)
			continue;
		id = region_tree_find(&flat->names, names[to].text);
		for (int j = 0; j < ROUTE_PREFERENCES; j++)
			send(study, (enum route_preference)j, from, to, &labels[j][id], &ways,
			     &outcomes[j]);
	}
	arena_release(&arena);
	route_ways_release(&ways);
}

static void
send(struct study *study, enum route_preference preference, uint32_t from, uint32_t to,
     const struct route_label *shortest, struct route_ways *ways, struct outcome *outcome)
{
	double              least = (double)route_label_primary(shortest), weight;
	uint64_t            known;
	struct network_walk walk;

	network_walk_make(&walk, study->views, preference, from, to);
	outcome->messages++;
	outcome->circled += walk.circled;
	if (!walk.arrived)
		return;
	weight = (double)weigh(study->views, walk.nodes, walk.count, preference);
	if (know(study->views, preference, ways, to, &known))
		outcome->known++;
	else
		known = (uint64_t)weight;
	outcome->known_weight += (double)known;
	outcome->repaired += walk.repaired;
	outcome->hops += walk.count - 1;
	outcome->least_hops += shortest->hops;
	outcome->weight += weight;
	outcome->least_weight += least;
	/* A way without any cost is no measure for one with some: it counts in the sums alone. */
	outcome->ratios[outcome->delivered++] = least > 0 ? weight / least : 1;
}

static bool
know(const struct network_views *views, enum route_preference preference, struct route_ways *ways,
     uint32_t to, uint64_t *weight)
{
	const struct region_tree *names = &ways->topology->names;
	uint32_t                  id    = region_tree_find(names, views->network->names[to].text);
	struct route_way          way;
	uint32_t                 *nodes;

	if (id == REGION_TREE_NONE)
		return false;
	way = route_ways_to(ways, preference, id);
	if (way.count == 0)
		return false;
	nodes = memory_new(way.count, sizeof(nodes[0]));
	for (size_t i = 0; i < way.count; i++)
		nodes[i] = network_views_number(views, region_tree_text(names, way.nodes[i]));
	*weight = weigh(views, nodes, way.count, preference);
	free(nodes);
	return true;
}

/* The best of several links between two nodes is taken, as the daemon does (D30). */
static uint64_t
weigh(const struct network_views *views, const uint32_t *nodes, size_t count,
      enum route_preference preference)
{
	const struct network *network = views->network;
	uint64_t              total   = 0;

	for (size_t i = 0; i + 1 < count; i++) {
		uint32_t from = nodes[i], least = UINT32_MAX;

		for (uint32_t j = views->order.first_out[from];
		     j < views->order.first_out[from + 1]; j++) {
			const struct network_link *link = &network->links[views->order.out[j]];
			uint32_t weight = preference == ROUTE_FASTEST ? link->delay_ms : link->cost;

			if (link->to == nodes[i + 1] && weight < least)
				least = weight;
		}
		total += least;
	}
	return total;
}

static void
say(const char *title, const struct outcome *outcome)
{
	unsigned count = outcome->delivered;

	study_sort(outcome->ratios, count);
	printf(
	    "%-8s %u messages, %u delivered, %u repaired on the way, %u seen going in a circle\n",
	    title, outcome->messages, count, outcome->repaired, outcome->circled);
	if (count == 0)
		return;
	printf("%-8s all together %.3f times the shortest; median %.3f, 90%% %.3f, 99%% %.3f, most "
	       "%.1f; hops %.2f, of the shortest %.2f\n",
	       "", outcome->least_weight > 0 ? outcome->weight / outcome->least_weight : 1,
	       study_quantile(outcome->ratios, count, 500),
	       study_quantile(outcome->ratios, count, 900),
	       study_quantile(outcome->ratios, count, 990),
	       study_quantile(outcome->ratios, count, 1000), (double)outcome->hops / (double)count,
	       (double)outcome->least_hops / (double)count);
	printf("%-8s for %u the start knew a way to the very end; with these, %.3f times the "
	       "shortest\n",
	       "", outcome->known,
	       outcome->least_weight > 0 ? outcome->known_weight / outcome->least_weight : 1);
}
