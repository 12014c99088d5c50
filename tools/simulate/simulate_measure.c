/*
 * simulate_measure.c - what became of each message, and what each node has in the end
 *
 * The way of a message is the history that it carried to its destination. How long it could
 * have been is asked of the product's own calculation, for a network that is the same but that
 * every node is visible in the world: then all data is used everywhere, and the way is the
 * exact shortest one.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_search.h"
#include "spool/store/store_message.h"
#include "spool/store/store_topology.h"
#include "tools/simulate/simulate.h"

enum { LATE_DAYS = 8 };

/* The flat network, and the labels of one node in it. */
struct exact {
	const struct topology *topology;
	struct arena           arena;
	struct route_label    *labels;
};

static void exact_init(struct exact *exact, const struct topology *flat);
static void exact_release(struct exact *exact);
static void exact_search(struct exact *exact, const char *from);
static void compare_way(struct simulation *simulation, const struct exact *exact,
                        const struct simulate_way *way);
static void measure_line(struct simulation *simulation, size_t number);
static void measure_way(struct simulation *simulation, const struct submission *line, unsigned to);
static bool add_delay(const struct simulation *simulation, const char *from, const char *to,
                      uint64_t *delay_ms);
static void measure_database(struct simulation *simulation, unsigned number);
static size_t count_updates(const struct simulation *simulation, unsigned number);

/* A node's memory of what passed ends some time, so it is asked as soon as all has arrived. */
void
simulate_measure_messages(struct simulation *simulation, bool all)
{
	const struct world  *world  = &simulation->world;
	const struct ledger *ledger = &world->ledger;

	for (; simulation->measured < ledger->count; simulation->measured++) {
		const struct submission *line = &ledger->items[simulation->measured];
		size_t                   seen = 0;

		for (size_t i = 0; i < line->due_count; i++)
			seen += line->dues[i].seen > 0;
		if (!all && (!line->accepted || seen < line->due_count) &&
		    world->now_ms - line->accepted_ms < LATE_DAYS * SIMULATE_DAY_MS)
			break;
		measure_line(simulation, simulation->measured);
	}
}

/* One search for each sender: the ways of one are made a list first. */
void
simulate_measure_ways(struct simulation *simulation)
{
	const struct world *world = &simulation->world;
	size_t *first = memory_new(world->node_count, sizeof(first[0])); /* 1 + a way; 0: no more */
	size_t *next  = memory_new(simulation->way_count, sizeof(next[0]));
	struct exact exact;

	exact_init(&exact, &simulation->flat);
	for (size_t i = simulation->way_count; i > 0; i--) {
		next[i - 1]                         = first[simulation->ways[i - 1].from];
		first[simulation->ways[i - 1].from] = i;
	}
	for (unsigned from = 0; from < world->node_count; from++) {
		if (first[from] != 0)
			exact_search(&exact, world->nodes[from]->name.text);
		for (size_t i = first[from]; i != 0; i = next[i - 1])
			compare_way(simulation, &exact, &simulation->ways[i - 1]);
	}
	exact_release(&exact);
	free(first);
	free(next);
}

void
simulate_measure_nodes(struct simulation *simulation)
{
	const struct world *world = &simulation->world;

	for (unsigned i = 0; i < world->node_count; i++) {
		struct simulate_node      *node = &simulation->nodes[i];
		const struct route_tables *tables;

		node->links = simulation->network.nodes[i].link_count;
		if (!world->nodes[i]->alive)
			continue;
		tables              = node_tables(world->nodes[i]->node);
		node->table_entries = tables->tables[ROUTE_FASTEST].count;
		for (int j = 0; j < ROUTE_PREFERENCES; j++)
			for (size_t k = 0; k < tables->tables[j].count; k++)
				node->table_bytes += sizeof(struct route) +
				                     strlen(tables->tables[j].routes[k].region) + 1;
		measure_database(simulation, i);
		node->updates = count_updates(simulation, i);
		simulation->calls += world->nodes[i]->dialled;
	}
}

static void
exact_init(struct exact *exact, const struct topology *flat)
{
	*exact = (struct exact){ .topology = flat };
	arena_init(&exact->arena);
}

static void
exact_release(struct exact *exact)
{
	arena_release(&exact->arena);
}

static void
exact_search(struct exact *exact, const char *from)
{
	uint32_t           home = region_tree_find(&exact->topology->names, from);
	struct route_graph graph;

	arena_clear(&exact->arena);
	route_graph_build(&graph, exact->topology, home, &exact->arena);
	exact->labels = route_search(&graph, ROUTE_FASTEST, &exact->arena, NULL);
}

static void
compare_way(struct simulation *simulation, const struct exact *exact,
            const struct simulate_way *way)
{
	const char               *to = simulation->world.nodes[way->to]->name.text;
	const struct route_label *label =
	    &exact->labels[region_tree_find(&exact->topology->names, to)];
	uint64_t best_ms = route_label_primary(label), permille;

	if (!route_label_reached(label) || best_ms == 0)
		return;
	permille = way->delay_ms * 1000 / best_ms;
	simulation->compared++;
	simulation->exact += way->delay_ms <= best_ms;
	simulation->way_ms += way->delay_ms;
	simulation->best_ms += best_ms;
	if (permille > simulation->worst_permille)
		simulation->worst_permille = permille;
}

static void
measure_line(struct simulation *simulation, size_t number)
{
	struct submission *line    = &simulation->world.ledger.items[number];
	size_t             missing = 0;

	if (!line->accepted)
		return;
	simulation->accepted++;
	simulation->owed += line->due_count;
	for (size_t i = 0; i < line->due_count; i++) {
		const struct ledger_due *due = &line->dues[i];

		if (due->seen == 0) {
			missing++;
			continue;
		}
		simulation->delivered++;
		simulate_values_add(&simulation->latency_ms, due->at_ms - line->accepted_ms);
		measure_way(simulation, line, due->node);
	}
	if (missing > 0 && world_check_reports(&simulation->world, line) > 0)
		simulation->reported += line->reports < missing ? line->reports : missing;
}

/* Of a broadcast no way is the shortest one: it goes to many. */
static void
measure_way(struct simulation *simulation, const struct submission *line, unsigned to)
{
	const struct world   *world = &simulation->world;
	struct simulate_way   way   = { .from = line->from, .to = to };
	struct stored_passage passage;
	struct message_id     id;
	struct transit        transit;
	bool                  known = !line->broadcast, looped = false;

	message_id_make(&id, &world->nodes[line->from]->name, line->token);
	stored_passage_init(&passage);
	transit_init(&transit);
	if (store_passage_get(world->nodes[to]->store, &id, 0, &passage) &&
	    transit_decode(&transit, buffer_span(&passage.transit), NULL) == STATUS_OK) {
		for (size_t i = 0; i < transit.hop_count; i++) {
			const char *next = i + 1 < transit.hop_count ? transit.hops[i + 1].node.text
			                                             : world->nodes[to]->name.text;

			looped = looped || transit_visits(&transit, &transit.hops[i].node) > 1;
			known  = known && add_delay(simulation, transit.hops[i].node.text, next,
			                            &way.delay_ms);
		}
		simulate_values_add(&simulation->hops, (int64_t)transit.hop_count);
		simulation->looped += looped;
		if (transit.hop_count > 0 && known) {
			simulation->ways = memory_grow(simulation->ways, &simulation->way_capacity,
			                               simulation->way_count + 1, sizeof(way));
			simulation->ways[simulation->way_count++] = way;
		}
	}
	transit_release(&transit);
	stored_passage_release(&passage);
}

/* What is stated of the link between the two; false: there is none. */
static bool
add_delay(const struct simulation *simulation, const char *from, const char *to, uint64_t *delay_ms)
{
	const struct topology_node *node = topology_find(&simulation->flat, to);
	uint32_t                    far  = region_tree_find(&simulation->flat.names, from);

	for (uint32_t i = 0; node != NULL && i < node->link_count; i++)
		if (node->links[i].far == far && node->links[i].direction == RECORD_INBOUND) {
			*delay_ms += node->links[i].delay_ms;
			return true;
		}
	return false;
}

/* What the paper calls the topology database: as its facts are stored, without indexes. */
static void
measure_database(struct simulation *simulation, unsigned number)
{
	const struct world_node *node = simulation->world.nodes[number];
	struct simulate_node    *out  = &simulation->nodes[number];
	struct stored_record     stored;
	struct stored_pseudolink pseudolink = { .class = PSEUDOLINK_GENUINE };

	stored_record_init(&stored);
	for (struct name after                                          = { .text = "" };
	     store_record_next(node->store, after.text, &stored); after = stored.node) {
		out->records++;
		out->database_bytes += strlen(stored.node.text) + stored.bytes.length;
		if (name_compare(&stored.node, &node->name) == 0)
			out->record_bytes = stored.bytes.length;
	}
	stored_record_release(&stored);
	while (store_pseudolink_next(node->store, pseudolink.teacher.text, pseudolink.region.text,
	                             &pseudolink)) {
		out->pseudolinks++;
		out->database_bytes +=
		    strlen(pseudolink.teacher.text) + strlen(pseudolink.region.text);
	}
}

/* Records of others that it took in the days that are measured. */
static size_t
count_updates(const struct simulation *simulation, unsigned number)
{
	const struct world_node *node = simulation->world.nodes[number];
	int64_t     epoch_ms = world_wall(&simulation->world).ms - simulation->world.now_ms;
	struct name other    = { .text = "" };
	struct stored_version version;
	size_t                count = 0;

	stored_version_init(&version);
	while (store_record_history_node(node->store, other.text, &other)) {
		if (name_compare(&other, &node->name) == 0)
			continue;
		for (int64_t after = 0;
		     store_record_history_next(node->store, other.text, after, &version);
		     after = version.key)
			count += version.from.ms - epoch_ms >= simulation->start_ms &&
			         version.from.ms - epoch_ms < simulation->end_ms;
	}
	stored_version_release(&version);
	return count;
}
