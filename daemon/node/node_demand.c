/*
 * node_demand.c - links that are called on demand, and hung up when all is said
 *
 * Such a link costs while it is up, so it is called when something waits for the neighbor, or
 * when `poll` says that it is time to hear of each other: what is not heard of for a day counts
 * as down, so a silent link is called twice a day if nothing is stated. A call on which neither
 * end has said anything for a moment, and nothing waits for an answer, is over.
 *
 * The queue is looked at only when something may have come into it: a hub has many links.
 */
#include "daemon/node/node_state.h"

enum { LINGER_MS = 10000, POLL_MS = 12 * 3600000 };

static bool is_waited_for(struct node *node, struct node_link *link);

bool
node_demand_applies(const struct node_link *link)
{
	enum description_call kind = link->description->call.kind;

	return kind == CALL_ON_DEMAND || kind == CALL_WHEN_ANY || kind == CALL_WHEN_ALL;
}

void
node_demand_start(struct node *node, struct node_link *link)
{
	int64_t poll_ms = link->description->poll_ms;

	link->look = true;
	link->poll = instant_after(node->now.instant, poll_ms > 0 ? poll_ms : POLL_MS);
}

struct instant
node_demand_due(struct node *node, struct node_link *link)
{
	if (link->look) {
		link->look   = false;
		link->wanted = is_waited_for(node, link);
	}
	if (link->wanted || link->operator_call || instant_reached(link->poll, link->retry))
		return link->retry;
	return link->poll;
}

bool
node_demand_is_over(struct node *node, struct node_call *call)
{
	const struct node_arrival *arrival = node->arrivals;

	if (!instant_reached(node_demand_over(call), node->now.instant))
		return false;
	while (arrival != NULL && arrival->call != call->id)
		arrival = arrival->next;
	if (arrival != NULL) /* it is on its way, or being synced */
		call->said = node->now.instant;
	return arrival == NULL;
}

struct instant
node_demand_over(const struct node_call *call)
{
	if (call->link == NULL || !node_demand_applies(call->link) || call->offer_count > 0 ||
	    session_state(call->session) != SESSION_UP)
		return INSTANT_NEVER;
	return instant_after(call->said, LINGER_MS);
}

static bool
is_waited_for(struct node *node, struct node_link *link)
{
	struct stored_copy copy;
	struct store_rank  first = STORE_RANK_FIRST;
	bool               found = false;

	stored_copy_init(&copy);
	while (!found && store_copy_next_for(node->store, link->description->neighbor.text,
	                                     node_spool_ms(node), &first, &copy))
		found =
		    !node_copy_busy(node, copy.key) && node_carrier_is_called(node, link, &copy);
	stored_copy_release(&copy);
	return found;
}
