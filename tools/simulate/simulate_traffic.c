/*
 * simulate_traffic.c - who writes to whom
 *
 * The paper tells what a hub carried: half of it mail, a third news, a tenth files, 10 KB each
 * on average; not who wrote to whom. Here a sender first draws one of its own regions, the
 * narrowest as likely as the world, and then somebody in it; news goes to all of such a region
 * that its own tables may take in.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "tools/simulate/simulate.h"

enum { SIZE_MAX_BYTES = 20000 }; /* from nothing to this: 10 KB on average */

/* The members of region r: members[first[r] .. first[r + 1]), ids of world->names. */
struct simulate_regions {
	size_t   *first;
	unsigned *members;
};

static void        submit(struct simulation *simulation, const struct simulate_regions *regions);
static const char *some_region(struct world *world, const struct world_node *node,
                               const struct name *within);
static void        address_one(struct world *world, const struct simulate_regions *regions,
                               const struct world_node *node, struct submission *line);
static void        address_all(struct world *world, const struct simulate_regions *regions,
                               const struct world_node *node, struct submission *line);

struct simulate_regions *
simulate_regions_new(const struct world *world)
{
	struct simulate_regions *regions = memory_new(1, sizeof(*regions));
	uint32_t                 count   = region_tree_count(&world->names);
	size_t                  *next    = memory_new(count + 2, sizeof(next[0]));

	for (unsigned i = 0; i < world->node_count; i++)
		for (uint32_t id = region_tree_find(&world->names, world->nodes[i]->name.text);
		     id != REGION_TREE_NONE; id = region_tree_parent(&world->names, id))
			next[id + 2]++;
	for (uint32_t id = 0; id < count; id++)
		next[id + 2] += next[id + 1];
	regions->members = memory_new(next[count + 1], sizeof(regions->members[0]));
	for (unsigned i = 0; i < world->node_count; i++)
		for (uint32_t id = region_tree_find(&world->names, world->nodes[i]->name.text);
		     id != REGION_TREE_NONE; id = region_tree_parent(&world->names, id))
			regions->members[next[id + 1]++] = i;
	regions->first = next;
	return regions;
}

void
simulate_regions_free(struct simulate_regions *regions)
{
	free(regions->first);
	free(regions->members);
	free(regions);
}

void
simulate_submit_day(struct simulation *simulation, const struct simulate_regions *regions)
{
	struct world *world = &simulation->world;
	uint64_t      tenth = (uint64_t)simulation->options.messages * world->node_count;
	uint64_t      count = tenth / 10 + (random_below(&world->random, 10) < tenth % 10);

	for (uint64_t i = 0; i < count; i++)
		submit(simulation, regions);
}

static void
submit(struct simulation *simulation, const struct simulate_regions *regions)
{
	struct world      *world = &simulation->world;
	struct submission *line  = ledger_add(&world->ledger);
	size_t             index = world->ledger.count - 1;
	uint64_t           kind  = random_below(&world->random, 9);
	struct world_node *node;

	line->from       = (unsigned)random_below(&world->random, world->node_count);
	line->content    = random_next(&world->random);
	line->size_bytes = random_below(&world->random, SIZE_MAX_BYTES);
	for (size_t i = 0; i < sizeof(line->token); i++)
		line->token[i] = (uint8_t)random_next(&world->random);
	node = world->nodes[line->from];
	if (simulation->options.mix == SIMULATE_MAIL || kind < 6) {
		line->service =
		    simulation->options.mix != SIMULATE_MAIL && kind == 5 ? "file" : "mail";
		address_one(world, regions, node, line);
	} else {
		line->service   = "news";
		line->broadcast = true;
		address_all(world, regions, node, line);
	}
	world_schedule(world, PENDING_SUBMIT, line->from,
	               (int64_t)random_below(&world->random, (uint64_t)SIMULATE_DAY_MS))
	    ->submission = index;
}

/* One of the node's regions, as likely as the next; none but its own wider than `within`. */
static const char *
some_region(struct world *world, const struct world_node *node, const struct name *within)
{
	const char *regions[NAME_MAX_COMPONENTS + 1], *region = name_parent(node->name.text);
	size_t      count = 0;

	do {
		regions[count++] = region;
		region           = name_parent(region);
	} while (region != NULL && name_within(region, within->text));
	return regions[random_below(&world->random, count)];
}

static void
address_one(struct world *world, const struct simulate_regions *regions,
            const struct world_node *node, struct submission *line)
{
	const struct name everywhere = { .text = "" };
	unsigned          to;

	do { /* somebody else: there is always one in the world */
		uint32_t region =
		    region_tree_find(&world->names, some_region(world, node, &everywhere));
		size_t first = regions->first[region], count = regions->first[region + 1] - first;

		to = regions->members[first + random_below(&world->random, count)];
	} while (to == node->index);
	buffer_append_format(&line->address, "joe@%s", world->nodes[to]->name.text);
	submission_add_due(line, to);
}

/* To those in the region that are visible in all of it (D18). */
static void
address_all(struct world *world, const struct simulate_regions *regions,
            const struct world_node *node, struct submission *line)
{
	const char *region = some_region(world, node, &node->visible);
	uint32_t    id     = region_tree_find(&world->names, region);

	buffer_append_format(&line->address, region[0] != '\0' ? "joe@*.%s" : "joe@*", region);
	for (size_t i = regions->first[id]; i < regions->first[id + 1]; i++)
		if (name_within(region, world->nodes[regions->members[i]]->visible.text))
			submission_add_due(line, regions->members[i]);
}
