/*
 * node_watch.c - what has changed since a client looked last
 *
 * Who watches asks again each second, on one connection (doc/decisions): the node owes nobody
 * anything in between, so who is slow or gone costs nothing. That no change is missed that came
 * and went within the second, the last ones are remembered, from the first question of anybody on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/node/node_calling.h"
#include "spool/base/memory.h"
#include "spool/query/query.h"

struct node_change {
	struct walltime at;
	char            link[NODE_LINK_TITLE_MAX];
	const char     *from, *to; /* static */
	char            text[256];
};

void
node_watch_note(struct node *node, const struct node_link *link, const char *state,
                const char *text)
{
	struct node_change *change;

	if (node->changes == NULL)
		return;
	change  = &node->changes[node->change_count++ % NODE_CHANGES];
	*change = (struct node_change){ .at = node->now.wall, .from = link->state, .to = state };
	snprintf(change->link, sizeof(change->link), "%s", link->title);
	snprintf(change->text, sizeof(change->text), "%s", text);
}

void
node_watch_show(const struct node *node, const struct node_client *client, struct query_live *live)
{
	struct query_link_change *shown = memory_new(NODE_CHANGES, sizeof(*shown));
	uint64_t                  first = client->watched, kept = node->change_count;

	kept               = kept < NODE_CHANGES ? 0 : kept - NODE_CHANGES;
	live->changes      = shown;
	live->looks        = client->looks;
	live->changes_lost = client->looks > 0 && first < kept;
	if (client->looks == 0)
		return;
	for (uint64_t i = first < kept ? kept : first; i < node->change_count; i++) {
		const struct node_change *change = &node->changes[i % NODE_CHANGES];

		shown[live->change_count++] =
		    (struct query_link_change){ change->at, change->link, change->from, change->to,
			                        change->text };
	}
}

void
node_watch_looked(struct node *node, struct node_client *client)
{
	if (node->changes == NULL)
		node->changes = memory_new(NODE_CHANGES, sizeof(*node->changes));
	client->watched = node->change_count;
	client->looks++;
}
