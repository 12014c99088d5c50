/*
 * world_check_custody.c - at every moment somebody answers for what was accepted
 *
 * After each step one line of the ledger is looked for: in the spool of a node, at its
 * destination, or in a report that is on its way or has arrived. Silence is a bug, and one that
 * shows here long before the world has come to rest. A node that is off, or whose
 * disk has failed, answers for all that cannot be found, since its spool cannot be asked.
 */
#include <stdio.h>
#include <string.h>

#include "spool/store/store_message.h"
#include "tests/sim/world.h"

static bool all_nodes_answer(const struct world *world);
static bool is_held(const struct world *world, const struct message_id *id,
                    const struct ledger_due *due);
static bool holds(const struct world *world, const struct world_node *holder,
                  const struct message_id *id, const struct ledger_due *due);
static bool names_node(const char *destinations, const char *node);
static bool is_reported(struct world *world, struct submission *line, const struct message_id *id);
static bool holds_report(struct store *store, const struct message_id *id);

void
world_check_custody(struct world *world)
{
	struct submission *line;
	struct message_id  id;

	if (world->ledger.count == 0)
		return;
	line           = &world->ledger.items[world->custody];
	world->custody = (world->custody + 1) % world->ledger.count;
	if (!line->accepted || line->broadcast)
		return;
	message_id_make(&id, &world->nodes[line->from]->name, line->token);
	for (size_t i = 0; i < line->due_count; i++) {
		const struct ledger_due *due = &line->dues[i];

		if (due->seen + due->taken == 0 && !due->unsure && !is_held(world, &id, due) &&
		    all_nodes_answer(world) && !is_reported(world, line, &id))
			world_fail(world,
			           "message %s for %s was accepted, is in no spool and not "
			           "delivered, and nobody says so",
			           id.text, world->nodes[due->node]->name.text);
	}
}

void
world_check_restored(struct world *world, const struct world_node *node)
{
	for (size_t i = 0; i < world->ledger.count; i++) {
		struct submission *line = &world->ledger.items[i];
		struct message_id  id;

		line->known = line->known && !line->accepted;
		message_id_make(&id, &world->nodes[line->from]->name, line->token);
		for (size_t j = 0; j < line->due_count; j++) {
			struct ledger_due *due  = &line->dues[j];
			bool               here = due->node == node->index;

			if (due->seen + due->taken > 0 && !here)
				continue;
			/* Where it is new to the node, its client submits it again. */
			due->unsure = due->unsure || due->seen + due->taken > 0 ||
			              (line->from == node->index && line->accepted) ||
			              !node->alive || holds(world, node, &id, due) ||
			              holds_report(node->store, &id);
			if (here)
				due->seen = due->taken = 0;
		}
	}
}

void
world_say_where(const struct world *world, const struct message_id *id, struct buffer *out)
{
	struct stored_message message;
	struct stored_copy    copy;

	stored_message_init(&message);
	stored_copy_init(&copy);
	for (unsigned i = 0; i < world->node_count; i++) {
		struct store *store = world->nodes[i]->store;

		for (int64_t key = 0; store_message_find(store, id, key, &message);
		     key         = message.key)
                        for (int64_t after = 0;
                             store_copy_next_of_message(store, message.key, after, &copy);
                             after = copy.key)
                                buffer_append_format(
					    out, "; %s has it for %s, %s%s, %s: %s",
					    world->nodes[i]->name.text, buffer_text(&copy.destinations),
                                    copy.neighbor[0] != '\0' ? "to " : "here", copy.neighbor,
					    copy.reason, buffer_text(&copy.text));
	}
	stored_copy_release(&copy);
	stored_message_release(&message);
}

static bool
all_nodes_answer(const struct world *world)
{
	for (unsigned i = 0; i < world->node_count; i++)
		if (!world->nodes[i]->alive || store_failure(world->nodes[i]->store) != STATUS_OK)
			return false;
	return true;
}

static bool
is_held(const struct world *world, const struct message_id *id, const struct ledger_due *due)
{
	for (unsigned i = 0; i < world->node_count; i++)
		if (world->nodes[i]->alive && holds(world, world->nodes[i], id, due))
			return true;
	return false;
}

/* Has it a copy of that message which is for the node, by whatever name? */
static bool
holds(const struct world *world, const struct world_node *holder, const struct message_id *id,
      const struct ledger_due *due)
{
	struct store         *store = holder->store;
	const char           *node  = world->nodes[due->node]->name.text;
	struct stored_message message;
	struct stored_copy    copy;
	bool                  found = false;

	stored_message_init(&message);
	stored_copy_init(&copy);
	for (int64_t key = 0; !found && store_message_find(store, id, key, &message);
	     key         = message.key)
                for (int64_t after = 0;
                     !found && store_copy_next_of_message(store, message.key, after, &copy);
                     after = copy.key)
                        found = names_node(buffer_text(&copy.destinations), node) ||
                                (due->as != NULL &&
                                 names_node(buffer_text(&copy.destinations), due->as));
	stored_copy_release(&copy);
	stored_message_release(&message);
	return found;
}

/* "joe@n1.sim.au" is in a list of destinations, perhaps behind waypoints. */
static bool
names_node(const char *destinations, const char *node)
{
	size_t length = strlen(node);

	for (const char *at = strchr(destinations, '@'); at != NULL; at = strchr(at + 1, '@'))
		if (strncmp(at + 1, node, length) == 0 &&
		    (at[1 + length] == '\0' || at[1 + length] == ','))
			return true;
	return false;
}

static bool
is_reported(struct world *world, struct submission *line, const struct message_id *id)
{
	if (world_check_reports(world, line) > 0)
		return true;
	for (unsigned i = 0; i < world->node_count; i++)
		if (holds_report(world->nodes[i]->store, id))
			return true;
	return false;
}

static bool
holds_report(struct store *store, const struct message_id *id)
{
	struct stored_message message;
	struct stored_copy    copy;
	struct envelope       envelope;
	bool                  found = false;

	stored_message_init(&message);
	stored_copy_init(&copy);
	for (int64_t after = 0; !found && store_copy_next(store, NULL, after, &copy);
	     after         = copy.key) {
		envelope_init(&envelope);
		if (store_message_get(store, copy.message, &message) &&
		    envelope_decode(&envelope, buffer_span(&message.heading), NULL) == STATUS_OK)
			found = strcmp(envelope.about.id.text, id->text) == 0;
		envelope_release(&envelope);
	}
	stored_copy_release(&copy);
	stored_message_release(&message);
	return found;
}
