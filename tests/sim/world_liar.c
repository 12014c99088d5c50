/*
 * world_liar.c - a node that everybody trusts, and that tells what is not so
 *
 * What it says is well-formed, and comes from a neighbor like everything else: a record of
 * itself with weights at the limit, many links to nodes that do not exist, another visible
 * region and a serial far ahead; or a record of somebody else, without some of its links. The
 * one spoken of must notice and go past it; nobody else may lose anything by it. When the world
 * has healed, the liar's process begins anew, and hears what its name is said to have told.
 */
#include <stdio.h>

#include "daemon/node/node_topology.h"
#include "spool/base/field.h"
#include "tests/sim/world.h"

enum { FIELD_RECORD = 1, SERIALS_MAX = 1000, GHOSTS_MAX = 400 };

static void pick(struct world *world, const struct world_node *node, struct record *record);
static void lie_about_itself(struct world *world, struct record *record);
static void lie_about_another(struct world *world, struct record *record);
static void tell(struct world *world, struct world_node *node, const struct record *record);

void
world_lie(struct world *world, struct world_node *node)
{
	struct record record;

	if (!node->alive)
		return;
	record_init(&record);
	pick(world, node, &record);
	if (record.serial > 0) {
		if (name_compare(&record.node, &node->name) == 0)
			lie_about_itself(world, &record);
		else
			lie_about_another(world, &record);
		tell(world, node, &record);
	}
	record_release(&record);
}

/* Every other time its own, else one that it has; a serial of 0: there is none. */
static void
pick(struct world *world, const struct world_node *node, struct record *record)
{
	struct stored_record stored;
	const char          *name = node->name.text;

	if (world_chance(world, 500))
		name = world->nodes[random_below(&world->random, world->node_count)]->name.text;
	stored_record_init(&stored);
	if (store_record_get(node->store, name, &stored))
		record_decode(record, buffer_span(&stored.bytes), NULL);
	stored_record_release(&stored);
	if (record->serial > 0)
		record->serial += 1 + random_below(&world->random, SERIALS_MAX);
}

static void
lie_about_itself(struct world *world, struct record *record)
{
	bool     absurd = world_chance(world, 500);
	uint64_t ghosts = random_below(&world->random, GHOSTS_MAX);

	for (size_t i = 0; i < record->link_count; i++) {
		record->links[i].delay_ms = absurd ? RECORD_MAX_DELAY_MS : 0;
		record->links[i].cost     = absurd ? RECORD_MAX_COST : 0;
	}
	for (uint64_t i = 0; i < ghosts; i++) {
		struct record_link link = { .direction = RECORD_OUTBOUND };

		snprintf(link.to.text, sizeof(link.to.text), "ghost%llu.sim.au",
		         (unsigned long long)i);
		record_add_link(record, &link);
	}
	if (world_chance(world, 300))
		snprintf(record->visible.text, sizeof(record->visible.text), "%s",
		         record->node.text);
}

static void
lie_about_another(struct world *world, struct record *record)
{
	if (record->link_count > 0 && world_chance(world, 700))
		record->link_count =
		    (size_t)random_below(&world->random, (uint64_t)record->link_count);
}

/* As node_topology.c tells the node's own record. */
static void
tell(struct world *world, struct world_node *node, const struct record *record)
{
	struct node   *liar = node->node;
	struct address audience;
	struct buffer  bytes, body;

	address_init(&audience);
	buffer_init(&bytes);
	buffer_init(&body);
	actions_clear(&node->actions);
	if (record_encode(record, &bytes) == STATUS_OK && store_begin(node->store) == STATUS_OK) {
		liar->actions = &node->actions;
		liar->now     = world_now(world, node);
		field_append(&body, FIELD_RECORD, buffer_span(&bytes));
		topology_audience(&liar->topology, node->name.text, &audience);
		node_tell(liar, "records", PRIORITY_URGENT, &audience, buffer_span(&body));
		if (store_commit(node->store) == STATUS_OK)
			node->lied = true;
	}
	if (node->lied && !sim_disk_is_crashed(node->disk))
		world_step(world, node, NULL, 0);
	buffer_release(&body);
	buffer_release(&bytes);
	address_release(&audience);
}
