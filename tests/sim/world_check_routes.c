/*
 * world_check_routes.c - what each node believes, and where it sends by that
 *
 * While a world runs, both tables of a node must lead every name where an oracle goes that has
 * read the same database (tests/support/route_oracle.h), restrictions of links included. When
 * it has come to rest, the databases must be those of D23: of two nodes that are visible to
 * each other, or neighbors, each has the other's latest record, and nobody has any other's.
 * What is visible to whom is judged here by the records that the nodes hold of themselves, and
 * by nothing of the product's.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_lookup.h"
#include "spool/store/store_topology.h"
#include "tests/sim/world.h"
#include "tests/support/route_oracle.h"

/* What a node tells of itself. */
struct word {
	struct stored_record stored;
	struct record        record;
};

static void compare_name(struct world *world, const struct world_node *node,
                         const struct route_oracle *oracle, const char *name);
static void compare_weights(struct world *world, const struct world_node *node,
                            const struct route_oracle *oracle, const char *name,
                            const struct route_match *match);
static void word_get(struct word *word, const struct world_node *node);
static void word_release(struct word *word);
static bool may_have(const struct word *about, const struct word *receiver);
static bool lists(const struct record *record, const char *node);
static bool knows(const struct world_node *node, const struct word *about);
static void check_strangers(struct world *world, const struct world_node *node);
static void check_pair(struct world *world, const struct world_node *node, const struct word *own,
                       const struct word *about);

void
world_check_tables(struct world *world, const struct world_node *node)
{
	static struct route_oracle oracle; /* large */

	if (!route_oracle_read(&oracle, node_topology(node->node), node->name.text))
		return;
	for (int preference = 0; preference < ROUTE_PREFERENCES; preference++) {
		route_oracle_weigh(&oracle, (enum route_preference)preference);
		for (unsigned i = 0; i < oracle.name_count; i++)
			compare_name(world, node, &oracle, oracle.name[i]);
	}
}

void
world_check_databases(struct world *world)
{
	struct word *words = memory_new(world->node_count, sizeof(*words));

	for (unsigned i = 0; i < world->node_count; i++)
		word_get(&words[i], world->nodes[i]);
	for (unsigned i = 0; i < world->node_count; i++)
		for (unsigned j = 0; j < world->node_count; j++)
			if (i != j)
				check_pair(world, world->nodes[i], &words[i], &words[j]);
	for (unsigned i = 0; i < world->node_count; i++)
		check_strangers(world, world->nodes[i]);
	for (unsigned i = 0; i < world->node_count; i++)
		word_release(&words[i]);
	free(words);
}

bool
world_is_known(const struct world *world, const struct submission *line)
{
	bool known = true;

	for (unsigned i = 0; i < world->node_count; i++)
		known = known && world->nodes[i]->alive &&
		        store_failure(world->nodes[i]->store) == STATUS_OK;
	for (size_t i = 0; i < line->due_count && known; i++) {
		struct word about;

		word_get(&about, world->nodes[line->dues[i].node]);
		for (unsigned j = 0; j < world->node_count && known; j++)
			known = j == line->dues[i].node || knows(world->nodes[j], &about);
		word_release(&about);
	}
	return known;
}

/* What it may have of that node it has. */
static bool
knows(const struct world_node *node, const struct word *about)
{
	struct word          own;
	struct stored_record stored;
	bool                 known;

	word_get(&own, node);
	stored_record_init(&stored);
	known = !may_have(about, &own) ||
	        store_record_get(node->store, about->record.node.text, &stored);
	stored_record_release(&stored);
	word_release(&own);
	return known;
}

static void
compare_name(struct world *world, const struct world_node *node, const struct route_oracle *oracle,
             const char *name)
{
	struct route_match match;
	const char        *present = topology_renamed(node_topology(node->node), name);
	const char        *expected, *hop;

	if (name[0] == '\0' || strcmp(name, node->name.text) == 0)
		return;
	match    = route_lookup(node_tables(node->node), oracle->preference, name, NULL);
	expected = route_oracle_hop(oracle, name);
	hop      = match.next_hop != NULL && match.kind != ROUTE_MATCH_LEAF ? match.next_hop
	                                                                    : node->name.text;
	if (world_pinned(node, name) != NULL && match.kind == ROUTE_MATCH_PIN)
		expected = world_pinned(node, name);
	if (present != NULL && strcmp(present, node->name.text) == 0)
		expected = present; /* D31: its own former name */
	if (strcmp(hop, expected) != 0)
		world_fail(world, "%s sends what is for %s to %s by its table %d, not to %s",
		           node->name.text, name, hop, (int)oracle->preference, expected);
	if (match.kind == ROUTE_MATCH_ENTRY && strcmp(match.matched, name) == 0)
		compare_weights(world, node, oracle, name, &match);
}

static void
compare_weights(struct world *world, const struct world_node *node,
                const struct route_oracle *oracle, const char *name,
                const struct route_match *match)
{
	bool fastest = oracle->preference == ROUTE_FASTEST;

	for (unsigned i = 0; i < oracle->name_count; i++) {
		const struct oracle_label *label = &oracle->label[i];

		if (strcmp(oracle->name[i], name) != 0 || !label->reached)
			continue;
		if (match->pseudolink != label->pseudolink ||
		    match->delay_ms != label->weights[fastest ? 0 : 1] ||
		    match->cost != label->weights[fastest ? 1 : 0])
			world_fail(world, "%s weighs its way to %s wrongly in table %d",
			           node->name.text, name, (int)oracle->preference);
	}
}

static void
word_get(struct word *word, const struct world_node *node)
{
	stored_record_init(&word->stored);
	record_init(&word->record);
	if (store_record_get(node->store, node->name.text, &word->stored))
		record_decode(&word->record, buffer_span(&word->stored.bytes), NULL);
}

static void
word_release(struct word *word)
{
	stored_record_release(&word->stored);
	record_release(&word->record);
}

/* D23: some region holds both, inside what each is visible in; or one lists the other. */
static bool
may_have(const struct word *about, const struct word *receiver)
{
	const char *a = about->record.node.text, *b = receiver->record.node.text;

	for (const char *region = name_parent(a); region != NULL; region = name_parent(region))
		if (name_within(name_parent(b), region) &&
		    name_within(region, about->record.visible.text) &&
		    name_within(region, receiver->record.visible.text))
			return true;
	return lists(&about->record, b) || lists(&receiver->record, a);
}

static bool
lists(const struct record *record, const char *node)
{
	for (size_t i = 0; i < record->link_count; i++)
		if (strcmp(record->links[i].to.text, node) == 0)
			return true;
	return false;
}

/* A record that says itself that it is not for this node was its node's farewell. */
static void
check_pair(struct world *world, const struct world_node *node, const struct word *own,
           const struct word *about)
{
	const char *name = about->record.node.text;
	struct word held;
	bool        has, due = may_have(about, own);

	stored_record_init(&held.stored);
	record_init(&held.record);
	has = store_record_get(node->store, name, &held.stored) &&
	      record_decode(&held.record, buffer_span(&held.stored.bytes), NULL) == STATUS_OK;
	if (has && !due && may_have(&held, own))
		world_fail(world, "%s has the record of %s, which is not for it", node->name.text,
		           name);
	else if (!has && due)
		world_fail(world, "%s has no record of %s", node->name.text, name);
	else if (has && due &&
	         !span_equal(buffer_span(&held.stored.bytes), buffer_span(&about->stored.bytes)))
		world_fail(world, "%s has record %llu of %s, which says %llu", node->name.text,
		           (unsigned long long)held.stored.serial, name,
		           (unsigned long long)about->stored.serial);
	word_release(&held);
}

/* There are no records of nodes that there never were. */
static void
check_strangers(struct world *world, const struct world_node *node)
{
	struct stored_record stored;

	stored_record_init(&stored);
	for (char after[NAME_MAX_BYTES + 1] = ""; store_record_next(node->store, after, &stored);
	     memcpy(after, stored.node.text, sizeof(after)))
		if (world_find(world, stored.node.text) == NULL &&
		    !world_is_former(world, stored.node.text))
			world_fail(world, "%s has a record of %s, who is nobody", node->name.text,
			           stored.node.text);
	stored_record_release(&stored);
}
