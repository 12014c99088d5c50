/*
 * node_message.c - stored messages and copies, as the node's decisions handle them
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_order.h"
#include "daemon/node/node_state.h"
#include "daemon/node/node_stick.h"
#include "spool/base/log.h"

static bool comes_from(const struct destination *destination, const struct destination *message,
                       const char *home, size_t *waypoints);

void
node_message_init(struct node_message *message)
{
	stored_message_init(&message->stored);
	envelope_init(&message->envelope);
	transit_init(&message->transit);
}

void
node_message_release(struct node_message *message)
{
	stored_message_release(&message->stored);
	envelope_release(&message->envelope);
	transit_release(&message->transit);
}

bool
node_message_get(struct node *node, int64_t key, struct node_message *message)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	if (!store_message_get(node->store, key, &message->stored))
		return false;
	if (envelope_decode(&message->envelope, buffer_span(&message->stored.heading),
	                    &diagnostic) == STATUS_OK &&
	    transit_decode(&message->transit, buffer_span(&message->stored.transit), &diagnostic) ==
	        STATUS_OK)
		return true;
	log_line(LOG_ERROR, "message %s in the spool does not decode: %s: %s",
	         message->stored.id.text, diagnostic.path, diagnostic.text);
	return false;
}

void
node_message_drop(struct node *node, const struct stored_message *message)
{
	store_message_delete(node->store, message->key);
	if (!message->inline_body)
		actions_add(node->actions, ACTION_BODY_DELETE, (uint64_t)message->key);
}

void
node_copy_end(struct node *node, const struct stored_copy *copy)
{
	bool                  awaited = node_order_matters(node, copy);
	uint64_t              left    = store_copy_delete(node->store, copy->key);
	struct stored_message message;

	if (left > 0 && !awaited)
		return;
	stored_message_init(&message);
	if (store_message_get(node->store, copy->message, &message)) {
		if (awaited)
			node_order_ended(node, &message.id);
		if (left == 0) {
			store_passage_left(node->store, &message.id, node->now.wall);
			node_message_drop(node, &message);
		}
	}
	stored_message_release(&message);
}

void
node_copy_later(struct node *node, struct stored_copy *copy, const char *reason, const char *text)
{
	int64_t pause_ms = NODE_LATER_MS;

	for (uint32_t i = 0; i < copy->attempts && pause_ms < NODE_LATER_MAX_MS; i++)
		pause_ms *= 2;
	if (pause_ms > NODE_LATER_MAX_MS)
		pause_ms = NODE_LATER_MAX_MS;
	copy->attempts++;
	copy->state       = COPY_QUEUED;
	copy->next_try_ms = node_spool_ms(node) + pause_ms;
	snprintf(copy->reason, sizeof(copy->reason), "%s", reason);
	buffer_clear(&copy->text);
	buffer_append_text(&copy->text, text);
	store_copy_update(node->store, copy);
}

bool
node_copy_busy(const struct node *node, int64_t copy)
{
	for (const struct node_call *call = node->calls; call != NULL; call = call->next)
		for (size_t i = 0; i < call->offer_count; i++)
			if (call->offers[i].copy == copy)
				return true;
	for (size_t i = 0; i < node->delivery_count; i++)
		if (node->deliveries[i].copy == copy)
			return true;
	return node_carry_holds(node, copy);
}

const struct destination *
node_message_destination(const struct node *node, const struct node_message *message,
                         const struct destination *destination)
{
	const struct address     *address = &message->transit.destinations;
	const struct destination *found   = NULL;
	size_t                    longest = 0;

	for (size_t i = 0; i < address->count; i++) {
		size_t waypoints;

		if (!comes_from(destination, &address->destinations[i], node->name.text,
		                &waypoints) ||
		    (found != NULL && waypoints <= longest))
			continue;
		found   = &address->destinations[i];
		longest = waypoints;
	}
	return found == NULL ? destination : found;
}

/*
 * Is this what becomes of the `message`'s destination here, which may have lost own names in
 * front and got other waypoints? *waypoints: how many of its own are left.
 */
static bool
comes_from(const struct destination *destination, const struct destination *message,
           const char *home, size_t *waypoints)
{
	size_t own = 0, more;

	while (own < message->waypoint_count && strcmp(message->waypoints[own].text, home) == 0)
		own++;
	*waypoints = message->waypoint_count - own;
	if (destination->broadcast != message->broadcast ||
	    destination->waypoint_count < *waypoints ||
	    name_compare(&destination->node, &message->node) != 0 ||
	    strcmp(destination->user, message->user) != 0)
		return false;
	more = destination->waypoint_count - *waypoints;
	for (size_t i = 0; i < *waypoints; i++)
		if (name_compare(&destination->waypoints[more + i], &message->waypoints[own + i]) !=
		    0)
			return false;
	return true;
}
