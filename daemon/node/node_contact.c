/*
 * node_contact.c - when a link is called next, and what it waits for until then
 *
 * The reasons, in the order in which they hold a link back: somebody has taken it down; it is
 * never called from here; nothing is to be said yet; the last attempt failed a moment ago; its
 * window is closed; the device that it needs is in use. What is decided here is what `links`
 * and `why` show: there is no second opinion.
 */
#include "daemon/node/node_calling.h"
#include "daemon/node/node_held.h"
#include "daemon/node/node_stick.h"

static struct node_contact within_windows(struct node *node, struct node_link *link);
static void consider(const struct node *node, const struct node_link *link, struct instant wanted,
                     enum priority priority, struct node_contact *best);
static bool has_class(const struct node_link *link, enum priority priority);

const char *
node_wait_text(enum node_wait wait)
{
	static const char *const texts[] = {
		[NODE_WAITS_NOT] = "now",           [NODE_WAITS_QUEUE] = "nothing",
		[NODE_WAITS_RETRY] = "back-off",    [NODE_WAITS_WINDOW] = "window",
		[NODE_WAITS_DEVICE] = "device",     [NODE_WAITS_ANSWER] = "answer",
		[NODE_WAITS_OPERATOR] = "operator", [NODE_WAITS_MEDIUM] = "medium",
	};

	return texts[wait];
}

void
node_contact_find(struct node *node, struct node_link *link)
{
	const struct description_link *description = link->description;

	if (link->operator_down)
		link->contact = (struct node_contact){ INSTANT_NEVER, NODE_WAITS_OPERATOR };
	else if (link->handover.open)
		link->contact = (struct node_contact){ INSTANT_NEVER, NODE_WAITS_NOT };
	else if (node_held_is(node, link)) /* its last call is still being let go of */
		link->contact = (struct node_contact){ INSTANT_NEVER, NODE_WAITS_DEVICE };
	else if (!node_link_may_dial(link))
		link->contact =
		    (struct node_contact){ INSTANT_NEVER, node_visit_transport(link, 0) < 0
			                                      ? NODE_WAITS_ANSWER
			                                      : NODE_WAITS_MEDIUM };
	else if (link->operator_call)
		link->contact = (struct node_contact){ node->now.instant, NODE_WAITS_NOT };
	else if (description->call.kind == CALL_NEVER)
		link->contact = (struct node_contact){ INSTANT_NEVER, NODE_WAITS_ANSWER };
	else
		link->contact = within_windows(node, link);
}

static struct node_contact
within_windows(struct node *node, struct node_link *link)
{
	struct node_contact best   = { INSTANT_NEVER, NODE_WAITS_WINDOW };
	bool                demand = node_demand_applies(link), fresh = link->look || !demand;

	if (demand)
		node_demand_look(node, link);
	for (int i = PRIORITY_URGENT; i <= PRIORITY_LOW; i++)
		if (has_class(link, (enum priority)i))
			consider(node, link, demand ? link->wanted[i] : node->started,
			         (enum priority)i, &best);
	if (demand)
		consider(node, link, link->poll, PRIORITY_URGENT, &best);
	if (!instant_reached(best.due, node->now.instant))
		return best;
	if (!fresh) { /* what it was for may have gone another way */
		link->look = true;
		return within_windows(node, link);
	}
	best.wait = NODE_WAITS_NOT;
	return best;
}

/* From `wanted` on there is something to say, of that priority. */
static void
consider(const struct node *node, const struct node_link *link, struct instant wanted,
         enum priority priority, struct node_contact *best)
{
	struct instant from = wanted.ms > link->retry.ms ? wanted : link->retry;
	struct instant due  = node_window_opens(node, link, from, priority);

	if (due.ms >= best->due.ms)
		return;
	best->due  = due;
	best->wait = due.ms > from.ms && due.ms > node->now.instant.ms ? NODE_WAITS_WINDOW
	             : wanted.ms > link->retry.ms                      ? NODE_WAITS_QUEUE
	                                                               : NODE_WAITS_RETRY;
}

/* Is there a window in which just these and more urgent ones go? */
static bool
has_class(const struct node_link *link, enum priority priority)
{
	const struct description_link *description = link->description;

	for (size_t i = 0; i < description->schedule_count; i++)
		if (node_priority_of(description->schedules[i].at_least) == priority)
			return true;
	return description->schedule_count == 0 && priority == PRIORITY_LOW;
}
