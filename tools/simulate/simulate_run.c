/*
 * simulate_run.c - the days of a simulation
 *
 * One day to settle, in which all nodes start within ten minutes and nobody writes; the days
 * that are measured; and then, healed and with no more traffic, days until everything has
 * arrived, or the lifetime of a message and a day are over: what is nowhere by then is lost.
 */
#include <stdlib.h>

#include "spool/base/memory.h"
#include "spool/route/route_lookup.h"
#include "tools/simulate/simulate.h"

enum { START_WITHIN_MS = 600000, JOIN_MS = 3600000, LOOK_MS = 1000, REST_DAYS = 8 };

static void   start(struct simulation *simulation);
static void   join(struct simulation *simulation);
static void   run_day(struct simulation *simulation, const struct simulate_regions *regions);
static void   change(struct simulation *simulation);
static void   rest(struct world *world);
static bool   is_owed(const struct ledger *ledger);
static int    compare_times(const void *left, const void *right);
static size_t routes_of(const struct world *world, const struct world_node *node);
static size_t routes_to(const struct world *world, const struct world_node *node);
static bool   has_route(const struct world_node *from, const struct world_node *to);

void
simulate_run(struct simulation *simulation)
{
	struct world            *world   = &simulation->world;
	struct simulate_regions *regions = simulate_regions_new(world);
	struct world_faults      faults  = world->faults;

	world->faults = (struct world_faults){ .reader = 1000 };
	start(simulation);
	world_run(world, SIMULATE_DAY_MS);
	if (simulation->options.newcomer != NULL)
		join(simulation);
	simulation->start_ms = world->now_ms;
	for (unsigned i = 0; i < world->node_count; i++)
		simulation->nodes[i].sent_bytes = world->nodes[i]->sent_bytes;
	world->faults        = faults;
	world->faults.reader = 1000;
	for (int64_t day = 0; day < simulation->options.days; day++)
		run_day(simulation, regions);
	simulation->end_ms = world->now_ms;
	for (unsigned i = 0; i < world->node_count; i++)
		simulation->nodes[i].sent_bytes =
		    world->nodes[i]->sent_bytes - simulation->nodes[i].sent_bytes;
	world_heal(world);
	world->faults = (struct world_faults){ .reader = 1000 };
	rest(world);
	simulate_measure_messages(simulation, true);
	simulate_measure_ways(simulation);
	simulate_measure_nodes(simulation);
	simulate_regions_free(regions);
}

static void
start(struct simulation *simulation)
{
	struct world *world = &simulation->world;

	for (unsigned i = 0; i < world->node_count; i++) {
		int64_t at_ms = (int64_t)random_below(&world->random, START_WITHIN_MS);

		if (simulation->options.newcomer == NULL ||
		    world->nodes[i] != world_find(world, simulation->options.newcomer))
			world_schedule(world, PENDING_BOOT, i, at_ms);
	}
}

/* When has it a route to somebody, when to all that it ever has, when have all one to it? */
static void
join(struct simulation *simulation)
{
	struct world      *world    = &simulation->world;
	struct world_node *node     = world_find(world, simulation->options.newcomer);
	int64_t            start_ms = world->now_ms;
	size_t             most = 0, most_to = 0;

	simulation->first_ms = simulation->all_ms = simulation->known_ms = -1;
	world_schedule(world, PENDING_BOOT, node->index, 0);
	while (world->now_ms < start_ms + JOIN_MS && world->failure[0] == '\0') {
		size_t routes, others;

		world_run(world, world->now_ms + LOOK_MS);
		routes = routes_of(world, node);
		others = routes_to(world, node);
		if (routes > 0 && simulation->first_ms < 0)
			simulation->first_ms = world->now_ms - start_ms;
		if (routes > most)
			simulation->all_ms = world->now_ms - start_ms;
		if (others > most_to)
			simulation->known_ms = world->now_ms - start_ms;
		most    = routes > most ? routes : most;
		most_to = others > most_to ? others : most_to;
	}
}

/* The changes of a week are spread over its days, at times drawn in advance. */
static void
run_day(struct simulation *simulation, const struct simulate_regions *regions)
{
	struct world *world  = &simulation->world;
	int64_t       end_ms = world->now_ms + SIMULATE_DAY_MS;
	uint64_t      weekly = (uint64_t)simulation->options.changes;
	size_t        count = (size_t)(weekly / 7 + (random_below(&world->random, 7) < weekly % 7));
	int64_t      *times = memory_new(count, sizeof(times[0]));

	simulate_submit_day(simulation, regions);
	for (size_t i = 0; i < count; i++)
		times[i] = world->now_ms +
		           (int64_t)random_below(&world->random, (uint64_t)SIMULATE_DAY_MS);
	if (count > 0)
		qsort(times, count, sizeof(times[0]), compare_times);
	for (size_t i = 0; i < count; i++) {
		world_run(world, times[i]);
		change(simulation);
	}
	world_run(world, end_ms);
	simulate_measure_messages(simulation, false);
	free(times);
}

/* An operator states another delay and another cost of some link. */
static void
change(struct simulation *simulation)
{
	struct world            *world = &simulation->world;
	struct description_node *node =
	    &simulation->network.nodes[random_below(&world->random, world->node_count)];
	struct description_link *link;

	if (node->link_count == 0)
		return;
	link = &node->links[random_below(&world->random, node->link_count)];
	link->delay_ms =
	    1000 + link->delay_ms * (75 + (int64_t)random_below(&world->random, 50)) / 100;
	link->cost = (int64_t)random_below(&world->random, 2 * (uint64_t)link->cost + 2);
	world_describe(world, world_find(world, node->name.text), node);
	simulation->changes++;
}

static void
rest(struct world *world)
{
	for (int day = 0; day < REST_DAYS && (day == 0 || is_owed(&world->ledger)); day++)
		world_run(world, world->now_ms + SIMULATE_DAY_MS);
}

/* Somebody waits to hand it over, or waits for it. */
static bool
is_owed(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		const struct submission *line = &ledger->items[i];

		if (!line->accepted)
			return true;
		for (size_t j = 0; j < line->due_count; j++)
			if (line->dues[j].seen == 0)
				return true;
	}
	return false;
}

static int
compare_times(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static size_t
routes_of(const struct world *world, const struct world_node *node)
{
	size_t count = 0;

	for (unsigned i = 0; i < world->node_count; i++)
		count += world->nodes[i] != node && has_route(node, world->nodes[i]);
	return count;
}

static size_t
routes_to(const struct world *world, const struct world_node *node)
{
	size_t count = 0;

	for (unsigned i = 0; i < world->node_count; i++)
		count += world->nodes[i] != node && has_route(world->nodes[i], node);
	return count;
}

static bool
has_route(const struct world_node *from, const struct world_node *to)
{
	return from->alive &&
	       route_lookup(node_tables(from->node), ROUTE_FASTEST, to->name.text, NULL).next_hop !=
	           NULL;
}
