/*
 * node_link.c - what a link is known to do, beside what its description says
 *
 * When something was last heard over it is a fact of the spool, in spool time: a machine that
 * was off for a month does not find all its links dead. It is written down when a call comes up
 * and ends, and every hour between. A link that is silent too long (mesh/link_life.h) is
 * told as dead in our own record (D10), and comes back with the first word from the far end.
 * What the operator takes down is another matter, and stays down.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_state.h"
#include "spool/base/log.h"
#include "spool/store/store_link.h"

static bool is_heard(const struct node *node, const struct node_link *link);

void
node_link_load(struct node *node, struct node_link *link)
{
	struct stored_link stored;

	link->heard_ms = node_spool_ms(node);
	if (store_link_get(node->store, link->description->neighbor.text, &stored))
		link->heard_ms = stored.heard_ms;
	else
		node_link_note(node, link);
	if (is_heard(node, link))
		link->life =
		    link_life_of(node_spool_ms(node) - link->heard_ms, link->description->delay_ms);
}

void
node_links_forget(struct node *node)
{
	struct stored_link stored = { .heard_ms = 0 };

	while (store_link_next(node->store, stored.neighbor.text, &stored))
		if (node_link_find(node, stored.neighbor.text) == NULL)
			store_link_delete(node->store, stored.neighbor.text);
}

void
node_link_heard(struct node *node, struct node_link *link)
{
	link->heard_ms = node_spool_ms(node);
	if (link->life == LINK_ALIVE)
		return;
	log_line(LOG_INFO, "link %s: heard again", link->description->neighbor.text);
	link->life             = LINK_ALIVE;
	link->greet            = node->now.instant;
	node->topology_changed = true;
	node_topology_announce(node);
}

void
node_link_note(struct node *node, const struct node_link *link)
{
	struct stored_link stored = { link->description->neighbor, link->heard_ms };

	store_link_put(node->store, &stored);
}

void
node_links_note(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].call != 0)
			node_link_note(node, &node->links[i]);
}

void
node_links_run(struct node *node)
{
	bool changed = false;

	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];
		enum link_life    life =
		    link_life_of(node_spool_ms(node) - link->heard_ms, link->description->delay_ms);

		if (!is_heard(node, link) || life == link->life)
			continue;
		log_line(LOG_WARNING, "link %s: nothing was heard from it for too long: %s",
		         link->description->neighbor.text, life == LINK_DOWN ? "down" : "dead");
		link->life = life;
		changed    = true;
	}
	if (!changed)
		return;
	node->topology_changed = true;
	node_topology_announce(node);
}

struct instant
node_links_deadline(const struct node *node)
{
	struct instant deadline = INSTANT_NEVER;
	int64_t        now_ms   = node_spool_ms(node);

	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];
		int64_t                 left_ms =
		    link_life_left_ms(now_ms - link->heard_ms, link->description->delay_ms);

		if (is_heard(node, link))
			deadline =
			    instant_earlier(deadline, instant_after(node->now.instant, left_ms));
	}
	return deadline;
}

const char *
node_link_state(const struct node_link *link)
{
	if (link->operator_down || link->life == LINK_DOWN)
		return "down";
	return link->life == LINK_DEAD ? "dead" : link->state;
}

/* Over a one-way link nothing can be heard, and a foreign neighbor speaks to others. */
static bool
is_heard(const struct node *node, const struct node_link *link)
{
	const struct description_link *description = link->description;

	return description->direction != LINK_ONE_WAY_OUT && !description->foreign &&
	       node_link_find(node, description->neighbor.text) == link;
}
