/*
 * route_rest.c - rounds over the nodes in name order, each telling its table as it is then
 *
 * Most pairs have nothing new for each other after the first rounds: what neither has changed
 * since the round before last would be heard as it was heard then.
 */
#include "spool/route/route_rest.h"

#include <string.h>

#include "spool/route/route_learn.h"

static bool     tell(struct route_rest_node *nodes, size_t count, struct route_rest_node *sender,
                     unsigned round);
static bool     ask_teachers(struct route_rest_node *nodes, size_t count, unsigned round);
static bool     ask(struct route_rest_node *nodes, size_t count, struct route_rest_node *asker,
                    const char *teacher, unsigned round);
static void     start(struct route_rest_node *nodes, size_t count);
static unsigned tell_all(struct route_rest_node *nodes, size_t count, unsigned round);
static bool     hear(struct route_rest_node *receiver, const struct route_rest_node *sender);
static void     calculate(struct route_rest_node *node);
static unsigned above(const struct route_rest_node *node);

void
route_rest(struct route_rest_node *nodes, size_t count)
{
	unsigned round = 0;

	start(nodes, count);
	do
		round = tell_all(nodes, count, round);
	while (ask_teachers(nodes, count, round));
}

void
route_rest_of_rounds(struct route_rest_node *nodes, size_t count)
{
	start(nodes, count);
	tell_all(nodes, count, 0);
}

static void
start(struct route_rest_node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		nodes[i].above = 0;
		nodes[i].round = 0;
		calculate(&nodes[i]);
	}
}

/* Until nothing changes; returns the number of the last round. */
static unsigned
tell_all(struct route_rest_node *nodes, size_t count, unsigned round)
{
	bool changed = true;

	while (changed) {
		changed = false;
		round++;
		for (size_t i = 0; i < count; i++)
			changed = tell(nodes, count, &nodes[i], round) || changed;
	}
	return round;
}

/* D24, D32: the nearest wider nodes, and the next ones while a region above is missing. */
static bool
ask_teachers(struct route_rest_node *nodes, size_t count, unsigned round)
{
	bool changed = false;

	for (size_t i = 0; i < count; i++) {
		struct route_rest_node *node = &nodes[i];
		const char             *next = NULL;

		for (int j = 0; j < ROUTE_PREFERENCES; j++)
			if (node->tables.teachers[j] != NULL)
				changed =
				    ask(nodes, count, node, node->tables.teachers[j], round) ||
				    changed;
		while (route_learn_misses(node->topology, &node->tables) &&
		       (next = route_learn_from(node->topology, node->name, ROUTE_FASTEST, next)) !=
		           NULL)
			changed = ask(nodes, count, node, next, round) || changed;
	}
	return changed;
}

static bool
ask(struct route_rest_node *nodes, size_t count, struct route_rest_node *asker, const char *teacher,
    unsigned round)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(nodes[i].name, teacher) == 0 && hear(asker, &nodes[i])) {
			asker->round = round;
			return true;
		}
	return false;
}

static bool
tell(struct route_rest_node *nodes, size_t count, struct route_rest_node *sender, unsigned round)
{
	const char *region = topology_table_region(sender->topology, sender->name);
	unsigned    now    = above(sender);
	bool        news = (now & ~sender->above) != 0, changed = false;

	sender->above = now;
	for (size_t i = 0; i < count; i++) {
		struct route_rest_node *receiver = &nodes[i];

		if (receiver == sender ||
		    (sender->round + 1 < round && receiver->round + 1 < round))
			continue;
		if (!route_tables_is_neighbor(&receiver->tables, sender->name) &&
		    !(news && region != NULL && route_tables_takes_part(&receiver->tables, region)))
			continue;
		if (hear(receiver, sender)) {
			receiver->round = round;
			changed         = true;
		}
	}
	return changed;
}

static bool
hear(struct route_rest_node *receiver, const struct route_rest_node *sender)
{
	if (route_learn_tables(receiver->topology, receiver->name, &sender->tables,
	                       (struct walltime){ 0 }) == 0)
		return false;
	route_tables_release(&receiver->tables);
	calculate(receiver);
	return true;
}

static void
calculate(struct route_rest_node *node)
{
	route_forget(node->topology, node->name);
	route_tables_compute(node->topology, node->name, NULL, &node->tables);
}

/* The proper ancestors of its visible region that its table has an entry for, one bit each. */
static unsigned
above(const struct route_rest_node *node)
{
	const struct route_table *table = &node->tables.tables[ROUTE_FASTEST];
	unsigned                  found = 0;

	for (const char *region = name_parent(node->tables.visible); region != NULL;
	     region             = name_parent(region))
                if (route_table_at(table, region) != NULL)
                        found |= 1U << name_depth(region);
	return found;
}
