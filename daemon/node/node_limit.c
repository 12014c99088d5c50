/*
 * node_limit.c - how much a link takes: in a message, in its queue, in a call, in a day
 *
 * A limit is what both ends allow (route_carrier.h). What is too large for every link of its way
 * is refused where it is submitted, or returned by the first node that knows (node_resolve.c). A queue
 * that is full takes nothing new from here, and asks neighbors to keep what they have: but of
 * what comes from farther away it takes more, one message of the largest size for each node that
 * it was at, so that full queues never wait for each other in a circle. A call that has said as
 * much as it may ends, and the rest has the next; a day as allowance.h counts it.
 *
 * What nodes tell each other, and reports as short as that, pass all of this, and what they take
 * of a day is counted: else a limit would keep out the word that there is one.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_state.h"

enum { SHORT_REPORT = 8192 };

static bool queue_limit(const struct node *node, const char *neighbor,
                        const struct node_cargo *cargo, uint64_t *queue, uint64_t *most);
static bool queue_has_room(struct node *node, const char *neighbor, const struct node_cargo *cargo,
                           size_t hops, struct diagnostic *diagnostic);
static bool parts_have_room(struct node *node, const struct node_arrival *arrival,
                            uint64_t fits_bytes, uint64_t size_bytes);
static bool has_room(struct node *node, const struct node_message *message,
                     const struct forwarding *forwarding, size_t hops,
                     struct diagnostic *diagnostic);
static const struct forwarding_failure *too_narrow(const struct forwarding *forwarding);
static void view(const struct node_arrival *arrival, uint64_t size, struct node_message *message);
static void explain(struct node *node, const struct node_message *message,
                    const struct forwarding_failure *failure, struct diagnostic *diagnostic);

bool
node_limit_exempts(const struct envelope *envelope, uint64_t size)
{
	return strcmp(envelope->service, "control") == 0 ||
	       (envelope->report && size <= SHORT_REPORT);
}

/* --- where a message comes in -------------------------------------------------------------- */

int
node_limit_submission(struct node *node, const struct node_arrival *arrival, uint64_t size_bytes,
                      struct diagnostic *diagnostic)
{
	struct node_message              message;
	struct forwarding                forwarding;
	const struct forwarding_failure *failure;
	int                              code = 0;

	if (!node->limited)
		return 0;
	view(arrival, size_bytes, &message);
	forwarding_init(&forwarding);
	node_resolve(node, &message, &arrival->transit.destinations, false, &forwarding);
	failure = too_narrow(&forwarding);
	if (failure != NULL) {
		explain(node, &message, failure, diagnostic);
		code = 69;
	} else if (!has_room(node, &message, &forwarding, 0, diagnostic)) {
		code = 75;
	}
	forwarding_release(&forwarding);
	return code;
}

uint64_t
node_limit_fits(struct node *node, const struct node_arrival *arrival, uint64_t size_bytes)
{
	struct diagnostic diagnostic;
	uint64_t          fits = 0, most = size_bytes; /* the answer is in [fits, most) */

	while (most - fits > 1) {
		uint64_t middle = fits + (most - fits) / 2;

		diagnostic_init(&diagnostic);
		if (node_limit_submission(node, arrival, middle, &diagnostic) == 69)
			most = middle;
		else
			fits = middle;
	}
	return fits > 0 && parts_have_room(node, arrival, fits, size_bytes) ? fits : 0;
}

/* In parts it takes the room of the whole, in every queue that it would wait in. */
static bool
parts_have_room(struct node *node, const struct node_arrival *arrival, uint64_t fits_bytes,
                uint64_t size_bytes)
{
	struct node_message message;
	struct node_cargo   cargo;
	struct forwarding   forwarding;
	uint64_t            limit, most;
	bool                room = true;

	view(arrival, fits_bytes, &message);
	forwarding_init(&forwarding);
	node_resolve(node, &message, &arrival->transit.destinations, false, &forwarding);
	node_cargo_init(&message, NULL, message.envelope.priority, &cargo);
	for (size_t i = 0; i < forwarding.next_count; i++) {
		const char *neighbor = forwarding.next[i].neighbor.text;

		if (queue_limit(node, neighbor, &cargo, &limit, &most))
			room =
			    room &&
			    store_copy_waiting_bytes(node->store, neighbor) + size_bytes <= limit;
	}
	forwarding_release(&forwarding);
	return room;
}

enum session_verdict
node_limit_offer(struct node *node, const struct node_link *link, uint64_t *taken_bytes,
                 const struct node_arrival *arrival, uint64_t size, struct diagnostic *diagnostic)
{
	const struct description_limit  *stated  = &link->description->inbound_limit;
	enum session_verdict             verdict = SESSION_TAKEN;
	struct node_message              message;
	struct forwarding                forwarding;
	const struct forwarding_failure *failure;
	struct buffer                    text;

	if (node_limit_exempts(&arrival->envelope, size))
		return SESSION_TAKEN;
	if (stated->message_bytes != DESCRIPTION_UNSET && size > (uint64_t)stated->message_bytes) {
		buffer_init(&text);
		route_carrier_size(&text, (uint64_t)stated->message_bytes, true);
		buffer_append_text(&text, " a message; this one has ");
		route_carrier_size(&text, size, false);
		diagnostic_set(diagnostic, "%s takes from %s at most %s", node->name.text,
		               link->description->neighbor.text, buffer_text(&text));
		buffer_release(&text);
		return SESSION_REFUSED;
	}
	if (stated->per_call_bytes != DESCRIPTION_UNSET && taken_bytes != NULL &&
	    *taken_bytes > 0 && *taken_bytes + size > (uint64_t)stated->per_call_bytes) {
		diagnostic_set(diagnostic, "%s takes no more in this call", node->name.text);
		return SESSION_LATER;
	}
	if (taken_bytes != NULL)
		*taken_bytes += size;
	if (!node->limited)
		return SESSION_TAKEN;
	view(arrival, size, &message);
	forwarding_init(&forwarding);
	node_resolve(node, &message, &arrival->transit.destinations, false, &forwarding);
	failure = too_narrow(&forwarding);
	if (failure != NULL && forwarding.here.count == 0 && forwarding.next_count == 0) {
		explain(node, &message, failure, diagnostic);
		verdict = SESSION_REFUSED;
	} else if (!has_room(node, &message, &forwarding, arrival->transit.hop_count, diagnostic)) {
		verdict = SESSION_LATER;
	}
	forwarding_release(&forwarding);
	return verdict;
}

/* What node_resolve() asks of a message, borrowed from one that is not here yet. */
static void
view(const struct node_arrival *arrival, uint64_t size, struct node_message *message)
{
	*message = (struct node_message){
		.envelope = arrival->envelope,
		.transit  = arrival->transit,
		.stored   = { .id = arrival->envelope.id, .size_bytes = size },
	};
}

static const struct forwarding_failure *
too_narrow(const struct forwarding *forwarding)
{
	for (size_t i = 0; i < forwarding->unroutable_count; i++) {
		const struct forwarding_failure *failure = &forwarding->unroutable[i];

		if ((strcmp(failure->reason, ROUTE_LIMIT) == 0 ||
		     strcmp(failure->reason, ROUTE_CARRY) == 0) &&
		    (!failure->destination.broadcast || failure->destination.waypoint_count > 0))
			return failure;
	}
	return NULL;
}

static void
explain(struct node *node, const struct node_message *message,
        const struct forwarding_failure *failure, struct diagnostic *diagnostic)
{
	struct buffer text;

	buffer_init(&text);
	node_resolve_explain(node, message, &failure->destination, &text);
	diagnostic_set(diagnostic, "%s", buffer_text(&text));
	buffer_release(&text);
}

/* --- queues -------------------------------------------------------------------------------- */

static bool
has_room(struct node *node, const struct node_message *message, const struct forwarding *forwarding,
         size_t hops, struct diagnostic *diagnostic)
{
	struct node_cargo cargo;

	node_cargo_init(message, NULL, message->envelope.priority, &cargo);
	for (size_t i = 0; !cargo.route.always && i < forwarding->next_count; i++)
		if (!queue_has_room(node, forwarding->next[i].neighbor.text, &cargo, hops,
		                    diagnostic))
			return false;
	return true;
}

static bool
queue_has_room(struct node *node, const char *neighbor, const struct node_cargo *cargo, size_t hops,
               struct diagnostic *diagnostic)
{
	uint64_t      size = cargo->route.size_bytes, limit, most, waiting;
	struct buffer text;

	if (!queue_limit(node, neighbor, cargo, &limit, &most))
		return true;
	waiting = store_copy_waiting_bytes(node->store, neighbor);
	if (waiting + size <= limit + hops * most)
		return true;
	buffer_init(&text);
	route_carrier_size(&text, limit, true);
	buffer_append_text(&text, " of messages may wait, and ");
	route_carrier_size(&text, waiting < limit ? limit - waiting : 0, true);
	buffer_append_text(&text, " are free; this one has ");
	route_carrier_size(&text, size, false);
	diagnostic_set(diagnostic, "the queue of %s for %s is full: %s", node->name.text, neighbor,
	               buffer_text(&text));
	buffer_release(&text);
	return false;
}

/* Of the links that take it the one with the longest queue; false: one has no limit. */
static bool
queue_limit(const struct node *node, const char *neighbor, const struct node_cargo *cargo,
            uint64_t *queue, uint64_t *most)
{
	*queue = 0;
	for (const struct node_link *link = node_link_find(node, neighbor); link != NULL;
	     link                         = node_link_next(node, link)) {
		const struct record_limits *limits = &link->carrier.link.limits;

		if (link->description->direction == LINK_ONE_WAY_IN ||
		    route_carrier_excludes(&link->carrier, &cargo->route, NULL) != NULL)
			continue;
		if (limits->queue_bytes == 0)
			return false;
		if (limits->queue_bytes <= *queue)
			continue;
		*queue = limits->queue_bytes;
		*most  = *queue;
		if (limits->message_bytes != 0 && limits->message_bytes < *most)
			*most = limits->message_bytes;
	}
	return *queue > 0;
}

/* --- calls and days ------------------------------------------------------------------------ */

bool
node_limit_call_is_spent(struct node *node, struct node_call *call,
                         const struct node_message *message, uint64_t bytes)
{
	uint64_t limit = call->link->carrier.link.limits.per_call_bytes, offers, left;

	if (limit == 0 || call->offered == 0 || strcmp(message->envelope.service, "control") == 0)
		return false;
	session_in_flight(call->session, &offers, &left);
	if (call->sent_bytes + left + bytes <= limit)
		return false;
	snprintf(call->farewell, sizeof(call->farewell),
	         "what this link takes in a call has been said");
	session_close(call->session, call->farewell, node->now.instant);
	return true;
}

bool
node_limit_day_admits(struct node *node, struct node_link *link, const struct node_message *message,
                      uint64_t bytes)
{
	uint64_t limit  = link->carrier.link.limits.per_day_bytes;
	int64_t  now_ms = node_spool_ms(node);
	bool     waited;

	if (limit == 0)
		return true;
	allowance_turn(&link->day, limit, now_ms);
	if (strcmp(message->envelope.service, "control") == 0)
		return true;
	waited = message->stored.arrived_ms < link->day.begun_ms;
	if (allowance_admits(&link->day, limit, bytes, waited))
		return true;
	link->day_is_full = true;
	return false;
}

void
node_limit_day_spend(struct node *node, struct node_link *link, uint64_t bytes)
{
	if (link->carrier.link.limits.per_day_bytes == 0)
		return;
	allowance_spend(&link->day, bytes, node_spool_ms(node));
	node_link_note(node, link);
}

void
node_limit_day_refund(struct node *node, struct node_link *link, uint64_t bytes)
{
	if (link->carrier.link.limits.per_day_bytes == 0 || bytes == 0)
		return;
	link->day.spent = link->day.spent > bytes ? link->day.spent - bytes : 0;
	node_link_note(node, link);
}

struct instant
node_limit_deadline(const struct node *node)
{
	struct instant deadline = INSTANT_NEVER;
	int64_t        now_ms   = node_spool_ms(node);

	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];

		if (link->day_is_full)
			deadline = instant_earlier(
			    deadline,
			    instant_after(node->now.instant,
			                  allowance_next_ms(&link->day, now_ms) - now_ms));
	}
	return deadline;
}

void
node_limit_run(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];

		if (!link->day_is_full || node_spool_ms(node) - link->day.begun_ms < NODE_DAY_MS)
			continue;
		link->day_is_full = false;
		node_carriers_wake(node, link->description->neighbor.text);
	}
}
