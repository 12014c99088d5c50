/*
 * world_traffic.c - who writes to whom, drawn from the seed
 *
 * Mail, news and files of all sizes, from every node; to one node, to one by way of another, to
 * several, and to all of a region. The ledger says which nodes each is owed to.
 */
#include "tests/sim/world.h"

static void        draw_address(struct world *world, struct submission *line);
static void        draw_broadcast(struct world *world, struct submission *line, const char *region);
static const char *some_name(struct world *world);

void
world_draw_traffic(struct world *world, int64_t until_ms)
{
	unsigned count = 5 + (unsigned)random_below(&world->random, 40);

	for (unsigned i = 0; i < count; i++) {
		struct submission *line  = ledger_add(&world->ledger);
		size_t             index = world->ledger.count - 1;
		uint64_t           kind  = random_below(&world->random, 10);

		line->from       = (unsigned)random_below(&world->random, world->node_count);
		line->content    = random_next(&world->random);
		line->service    = kind >= 6 ? "file" : kind >= 4 ? "news" : "mail";
		line->size_bytes = kind < 8   ? random_below(&world->random, 20000)
		                   : kind < 9 ? random_below(&world->random, 200000)
		                              : random_below(&world->random, 1000000);
		for (size_t t = 0; t < sizeof(line->token); t++)
			line->token[t] = (uint8_t)random_next(&world->random);
		draw_address(world, line);
		world_schedule(world, PENDING_SUBMIT, line->from,
		               (int64_t)random_below(&world->random, (uint64_t)until_ms))
		    ->submission = index;
	}
}

/* To one node, to one by way of another, to several, to all of a region. */
static void
draw_address(struct world *world, struct submission *line)
{
	uint64_t    kind = random_below(&world->random, 10);
	unsigned    to   = (unsigned)random_below(&world->random, world->node_count);
	const char *name = world->nodes[to]->name.text;

	if (kind == 9) {
		draw_broadcast(world, line, name_parent(name));
		return;
	}
	if (kind == 8)
		buffer_append_format(&line->address, "%s!", some_name(world));
	buffer_append_format(&line->address, "joe@%s", name);
	submission_add_due(line, to);
	for (uint64_t i = 0; kind == 7 && i < 1 + random_below(&world->random, 3); i++) {
		to = (unsigned)random_below(&world->random, world->node_count);
		buffer_append_format(&line->address, ",joe@%s", world->nodes[to]->name.text);
		submission_add_due(line, to);
	}
}

/* To all that are in the region and visible in it (D18), or may be when it comes to them. */
static void
draw_broadcast(struct world *world, struct submission *line, const char *region)
{
	while (name_parent(region) != NULL && world_chance(world, 500))
		region = name_parent(region);
	line->broadcast = true;
	buffer_append_format(&line->address, region[0] != '\0' ? "joe@*.%s" : "joe@*", region);
	for (unsigned i = 0; i < world->node_count; i++)
		if (world_may_hear(world, world->nodes[i], region))
			submission_add_due(line, i);
}

bool
world_may_hear(const struct world *world, const struct world_node *node, const char *region)
{
	return name_within(node->name.text, region) &&
	       (name_within(region, node->visible.text) || world_strikes(world, FAULT_EDIT));
}

static const char *
some_name(struct world *world)
{
	return world->nodes[random_below(&world->random, world->node_count)]->name.text;
}
