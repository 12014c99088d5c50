/*
 * node_unmentioned.c - records of nodes that nobody mentions yet
 *
 * A record is believed when its node is mentioned (D23). Messages overtake each other, so
 * what it needs to be believed may come right after it: it is kept for a while, with others, as
 * many as no liar can make a burden of. Where more came than that, as when a network of
 * a thousand nodes is told to a newcomer from its far end on, the neighbors on the line are asked
 * again for what we lack, once the news has settled; only if there was news, so that what stays
 * unmentioned does not keep the two of us talking.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_topology.h"
#include "spool/base/memory.h"

static bool try_each(struct node *node);
static void drop(struct node *node, size_t index);

void
node_unmentioned_keep(struct node *node, struct span bytes, const char *neighbor, bool hand_on)
{
	struct node_unmentioned *kept;

	for (size_t i = 0; i < node->unmentioned_count; i++)
		if (span_equal(buffer_span(&node->unmentioned[i].bytes), bytes))
			return;
	if (node->unmentioned_count == NODE_UNMENTIONED) {
		drop(node, 0);
		node->unmentioned_lost = true;
	}
	node->unmentioned = memory_grow(node->unmentioned, &node->unmentioned_capacity,
	                                node->unmentioned_count + 1, sizeof(*kept));
	kept              = &node->unmentioned[node->unmentioned_count++];
	*kept             = (struct node_unmentioned){ .hand_on = hand_on };
	snprintf(kept->neighbor, sizeof(kept->neighbor), "%s", neighbor);
	buffer_append_span(&kept->bytes, bytes);
}

void
node_unmentioned_try(struct node *node)
{
	while (try_each(node))
		;
	if (node->unmentioned_lost)
		node->unmentioned_again = instant_after(node->now.instant, NODE_SETTLE_MS);
}

void
node_unmentioned_run(struct node *node)
{
	if (!instant_reached(node->unmentioned_again, node->now.instant))
		return;
	node->unmentioned_again = INSTANT_NEVER;
	node->unmentioned_lost  = false;
	for (size_t i = 0; i < node->link_count; i++) {
		const char *neighbor = node->links[i].description->neighbor.text;

		if (node->links[i].first && node_neighbor_up(node, neighbor))
			node_topology_greet(node, neighbor);
	}
}

void
node_unmentioned_release(struct node *node)
{
	while (node->unmentioned_count > 0)
		drop(node, node->unmentioned_count - 1);
	free(node->unmentioned);
}

/* True if one was taken, so that others may follow. */
static bool
try_each(struct node *node)
{
	size_t count = node->unmentioned_count;
	bool   taken = false;

	while (count-- > 0) { /* the oldest first; those that stay unmentioned line up again */
		struct node_unmentioned oldest = node->unmentioned[0];

		buffer_init(&node->unmentioned[0].bytes); /* ours now */
		drop(node, 0);
		if (node_record_take(node, buffer_span(&oldest.bytes), oldest.neighbor,
		                     oldest.hand_on) == STATUS_OK)
			taken = true;
		buffer_release(&oldest.bytes);
	}
	return taken;
}

static void
drop(struct node *node, size_t index)
{
	buffer_release(&node->unmentioned[index].bytes);
	node->unmentioned_count--;
	memmove(&node->unmentioned[index], &node->unmentioned[index + 1],
	        (node->unmentioned_count - index) * sizeof(node->unmentioned[0]));
}
