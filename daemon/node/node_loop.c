/*
 * node_loop.c - messages that go in a circle: how that is seen, and how they get out of it
 *
 * What a message has been through is in its own history and, for where it was to go when it
 * was here before, among the passages; so every decision is made anew from facts, and survives
 * a restart. Repairs are spool/route's business (route_repair.h). What none of them helps is
 * held, and told to its sender once. It goes on where another way appears; or, after pauses
 * that double with each round, when the topology has changed, and once a day without news,
 * since not all that leads astray is told: a pinned route is nobody else's business. Its history
 * is then forgiven, here and by all further nodes. It still grows, so TRANSIT_MAX_HOPS ends
 * every circle.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_state.h"
#include "spool/base/memory.h"

enum { PAUSE_MS = 60000 }; /* doubled once for each visit */

static bool   was_then(const struct transit *earlier, const struct transit *now,
                       const struct name *home);
static size_t circle_start(const struct route_past *past, const char *home);

void
node_past_find(struct node *node, const struct node_message *message, bool forgiven,
               struct node_past *past)
{
	const struct transit *transit = &message->transit;
	size_t                first   = forgiven ? transit->hop_count : transit->forgiven;
	struct stored_passage passage;
	struct transit        earlier;

	address_init(&past->before);
	past->nodes = memory_new(transit->hop_count - first, sizeof(past->nodes[0]));
	past->past  = (struct route_past){ .nodes  = past->nodes,
		                           .count  = transit->hop_count - first,
		                           .before = &past->before };
	for (size_t i = first; i < transit->hop_count; i++)
		past->nodes[i - first] = transit->hops[i].node;
	if (route_past_visits(&past->past, node->name.text) == 0)
		return;
	stored_passage_init(&passage);
	transit_init(&earlier);
	for (unsigned i = 0; store_passage_get(node->store, &message->stored.id, i, &passage); i++)
		if (transit_decode(&earlier, buffer_span(&passage.transit), NULL) == STATUS_OK &&
		    earlier.hop_count >= first && was_then(&earlier, transit, &node->name))
			for (size_t j = 0; j < earlier.destinations.count; j++)
				address_add(&past->before, &earlier.destinations.destinations[j]);
	transit_release(&earlier);
	stored_passage_release(&passage);
}

void
node_past_release(struct node_past *past)
{
	free(past->nodes);
	address_release(&past->before);
}

bool
node_loop_held(const struct stored_copy *copy)
{
	return copy->state == COPY_HELD && strcmp(copy->reason, ROUTE_LOOP) == 0;
}

void
node_loop_hold(struct node *node, const struct node_message *message,
               const struct destination *destination, struct stored_copy *copy)
{
	const struct transit *transit = &message->transit;
	unsigned              visits  = transit_visits(transit, &node->name);
	int64_t               pause   = PAUSE_MS;
	struct node_past      past;
	struct buffer         to;

	for (unsigned i = 0; i < visits && pause < NODE_DAY_MS; i++)
		pause *= 2;
	copy->next_try_ms = node_spool_ms(node) + pause;
	node_past_find(node, message, false, &past);
	buffer_append_text(&copy->text, "it goes in a circle: ");
	for (size_t i = circle_start(&past.past, node->name.text); i < past.past.count; i++)
		buffer_append_format(&copy->text, "%s, ", past.nodes[i].text);
	buffer_append_format(&copy->text, "%s; no other way is known", node->name.text);
	node_past_release(&past);
	if (transit->forgiven > 0)
		return; /* told already */
	buffer_init(&to);
	destination_format(destination, &to);
	node_report_held(node, message, buffer_text(&to), buffer_text(&copy->text));
	buffer_release(&to);
}

void
node_loop_run(struct node *node)
{
	struct stored_copy copy;
	int64_t            last = store_copy_last(node->store);

	stored_copy_init(&copy);
	for (int64_t after = 0; after < last && store_copy_next(node->store, "", after, &copy);
	     after         = copy.key)
                if (node_loop_held(&copy) && copy.next_try_ms + NODE_DAY_MS <= node_spool_ms(node))
                        node_forward_copy(node, &copy, true);
	stored_copy_release(&copy);
}

/* Is that a part of the way that the message has come by now, up to an earlier visit here? */
static bool
was_then(const struct transit *earlier, const struct transit *now, const struct name *home)
{
	if (earlier->hop_count >= now->hop_count ||
	    name_compare(&now->hops[earlier->hop_count].node, home) != 0)
		return false;
	for (size_t i = 0; i < earlier->hop_count; i++)
		if (name_compare(&earlier->hops[i].node, &now->hops[i].node) != 0)
			return false;
	return true;
}

/* Where it was here first, or else at a node that it has been at too often. */
static size_t
circle_start(const struct route_past *past, const char *home)
{
	bool here = route_past_visits(past, home) > 0;

	for (size_t i = 0; i < past->count; i++)
		if (here ? strcmp(past->nodes[i].text, home) == 0
		         : route_past_visits(past, past->nodes[i].text) >= ROUTE_MAX_VISITS)
			return i;
	return 0;
}
