/*
 * node_demand.c - links that are called on demand, and hung up when all is said
 *
 * Such a link costs while it is up, so it is called when something waits for the neighbor, or
 * when enough does (`call when`), or when `poll` says that it is time to hear of each other: what
 * is not heard of for a day counts as down, so a silent link is called twice a day if nothing is
 * stated. A call on which neither end has said anything for a moment, and nothing waits for an
 * answer, is over; sooner if another link waits for the device.
 *
 * What counts for a window is what may go in it: so thresholds are reached per priority. The queue
 * is looked at only when something may have come into it: a hub has many links.
 */
#include <string.h>

#include "daemon/node/node_calling.h"

enum { LINGER_MS = 10000, LINGER_WANTED_MS = 1000, POLL_MS = 12 * 3600000 };

static struct instant reached(struct node *node, struct node_link *link, enum priority priority);
static bool is_waited_for(struct node *node, struct node_link *link, enum priority priority);
static struct instant thresholds(struct node *node, const struct node_link *link,
                                 enum priority priority);
static bool has_count(struct node *node, const struct node_link *link, enum priority priority);
static bool is_by_tcp(const struct description_link *link);

bool
node_demand_applies(const struct node_link *link)
{
	enum description_call kind = link->description->call.kind;

	return kind == CALL_ON_DEMAND || kind == CALL_WHEN_ANY || kind == CALL_WHEN_ALL ||
	       (kind == CALL_AS_USUAL && !is_by_tcp(link->description));
}

void
node_demand_start(struct node *node, struct node_link *link)
{
	int64_t poll_ms = link->description->poll_ms;

	link->look = true;
	link->poll = instant_after(node->now.instant, poll_ms > 0 ? poll_ms : POLL_MS);
}

void
node_demand_look(struct node *node, struct node_link *link)
{
	if (!link->look)
		return;
	link->look = false;
	for (int i = PRIORITY_URGENT; i <= PRIORITY_LOW; i++)
		link->wanted[i] = reached(node, link, (enum priority)i);
}

bool
node_demand_is_over(struct node *node, struct node_call *call)
{
	const struct node_arrival *arrival = node->arrivals;

	if (!instant_reached(node_demand_over(node, call), node->now.instant))
		return false;
	while (arrival != NULL && arrival->call != call->id)
		arrival = arrival->next;
	if (arrival != NULL) /* it is on its way, or being synced */
		call->said = node->now.instant;
	return arrival == NULL;
}

struct instant
node_demand_over(const struct node *node, const struct node_call *call)
{
	bool wanted;

	if (call->link == NULL || call->offer_count > 0 ||
	    session_state(call->session) != SESSION_UP)
		return INSTANT_NEVER;
	wanted = node_device_wanted(node, call->link);
	if (!wanted && !call->overtime && !node_demand_applies(call->link))
		return INSTANT_NEVER;
	return instant_after(call->said, wanted ? LINGER_WANTED_MS : LINGER_MS);
}

/* From when on what waits, of that priority and more urgent, is worth a call. */
static struct instant
reached(struct node *node, struct node_link *link, enum priority priority)
{
	enum description_call kind = link->description->call.kind;

	if (!is_waited_for(node, link, priority))
		return INSTANT_NEVER;
	if (kind == CALL_WHEN_ANY || kind == CALL_WHEN_ALL)
		return thresholds(node, link, priority);
	return node->now.instant;
}

static bool
is_waited_for(struct node *node, struct node_link *link, enum priority priority)
{
	struct stored_copy copy;
	struct store_rank  first = STORE_RANK_FIRST;
	bool               found = false;

	stored_copy_init(&copy);
	while (!found &&
	       store_copy_next_for(node->store, link->description->neighbor.text,
	                           node_spool_ms(node), &first, &copy) &&
	       copy.priority <= priority)
		found =
		    !node_copy_busy(node, copy.key) && node_carrier_is_called(node, link, &copy);
	stored_copy_release(&copy);
	return found;
}

static struct instant
thresholds(struct node *node, const struct node_link *link, enum priority priority)
{
	const struct description_call_policy *call = &link->description->call;
	struct instant    now = node->now.instant, due[3], any = INSTANT_NEVER, all = { INT64_MIN };
	struct store_load load;
	size_t            count = 0;

	store_copy_load(node->store, link->description->neighbor.text, (int)priority,
	                node_spool_ms(node), &load);
	if (call->count > 0)
		due[count++] = has_count(node, link, priority) ? now : INSTANT_NEVER;
	if (call->bytes >= 0)
		due[count++] = load.bytes >= (uint64_t)call->bytes ? now : INSTANT_NEVER;
	if (call->oldest_ms >= 0)
		due[count++] =
		    instant_after(now, load.oldest_ms + call->oldest_ms - node_spool_ms(node));
	for (size_t i = 0; i < count; i++) {
		any = instant_earlier(any, due[i]);
		all = due[i].ms > all.ms ? due[i] : all;
	}
	return call->kind == CALL_WHEN_ANY ? any : all;
}

/* Do so many wait, of that service if one is stated? */
static bool
has_count(struct node *node, const struct node_link *link, enum priority priority)
{
	const struct description_call_policy *call  = &link->description->call;
	struct store_rank                     rank  = STORE_RANK_FIRST;
	int64_t                               count = 0;
	struct stored_copy                    copy;

	stored_copy_init(&copy);
	while (count < call->count &&
	       store_copy_next_for(node->store, link->description->neighbor.text,
	                           node_spool_ms(node), &rank, &copy) &&
	       copy.priority <= priority) {
		struct node_message message;

		node_message_init(&message);
		count += call->count_service == NULL ||
		         (node_message_get(node, copy.message, &message) &&
		          strcmp(message.envelope.service, call->count_service) == 0);
		node_message_release(&message);
	}
	stored_copy_release(&copy);
	return count >= call->count;
}

/* Or by nothing that is stated: then there is nothing to call by. */
static bool
is_by_tcp(const struct description_link *link)
{
	for (size_t i = 0; i < link->transport_count; i++)
		if (link->transports[i].kind != TRANSPORT_TCP)
			return false;
	return true;
}
