/*
 * world_check_broadcast.c - a broadcast comes to each node once, whatever its ways
 *
 * A node may be offered a broadcast over every link that it has, and again after losses, by a
 * neighbor that was cut off from the rest and by one that has forgotten. It takes it once, which
 * its history shows: what is delivered once may all the same have been carried a hundred times.
 * The parts of "*.d0.sim.au,*.sim.au" travel apart (D19), so each of them counts for itself.
 */
#include "spool/store/store_message.h"
#include "tests/sim/world.h"

static void check_at(struct world *world, const struct submission *line,
                     const struct world_node *node);
static bool add_regions(const struct world_node *node, const struct stored_passage *passage,
                        struct address *regions);

void
world_check_broadcasts(struct world *world)
{
	for (size_t i = 0; i < world->ledger.count; i++)
		for (unsigned j = 0; world->ledger.items[i].broadcast && j < world->node_count; j++)
			check_at(world, &world->ledger.items[i], world->nodes[j]);
}

static void
check_at(struct world *world, const struct submission *line, const struct world_node *node)
{
	struct stored_passage passage;
	struct message_id     id;
	struct address        regions;

	message_id_make(&id, &world->nodes[line->from]->name, line->token);
	stored_passage_init(&passage);
	address_init(&regions);
	for (unsigned i = 0; store_passage_get(node->store, &id, i, &passage); i++)
		if (!add_regions(node, &passage, &regions))
			world_fail(world, "the broadcast %s was taken twice by %s", id.text,
			           node->name.text);
	address_release(&regions);
	stored_passage_release(&passage);
}

/*
 * What it was for as it came, but for what was only passing on its way to another node or to a
 * region that this one takes no part in. False: it came for one of them before.
 */
static bool
add_regions(const struct world_node *node, const struct stored_passage *passage,
            struct address *regions)
{
	struct transit transit;
	bool           once = true;

	transit_init(&transit);
	if (transit_decode(&transit, buffer_span(&passage->transit), NULL) == STATUS_OK)
		for (size_t i = 0; i < transit.destinations.count; i++) {
			const struct destination *destination =
			    &transit.destinations.destinations[i];
			size_t before = regions->count;

			if (!destination->broadcast || destination->waypoint_count > 0 ||
			    !route_tables_takes_part(node_tables(node->node),
			                             destination->node.text))
				continue;
			address_add(regions, destination);
			once = once && regions->count > before;
		}
	transit_release(&transit);
	return once;
}
