/*
 * node_order.c - a service that is `ordered` gets what one origin sent it in the order of sending
 *
 * The origin names in each heading the message that it sent before to the same address with the same
 * service, and for how long that one may still be under way. The destination, where the service is
 * ordered, delivers no message before its predecessor has ended here: routes, priorities and sizes
 * may bring them in any order. A predecessor that ended elsewhere, or for good, is waited for no
 * longer than it could have lived, nor than three quarters of the message's own life: a late
 * delivery is better than none. Mail has no order (doc/decisions/0036-ordered.md).
 */
#include "daemon/node/node_order.h"

#include <stdio.h>
#include <string.h>

#include "spool/store/store_sequence.h"

#define COPY_REASON_ORDER "ordered"
#define COPY_REASON_PAST  "released" /* by the operator: it waits for nobody */

static bool    is_ordered_kind(const struct envelope *envelope);
static bool    has_ended_here(struct node *node, const struct message_id *id);
static int64_t deadline_ms(const struct node_message *message);
static void    waiting_text(const struct message_id *id, struct buffer *text);

void
node_order_stamp(struct node *node, struct node_arrival *arrival)
{
	struct envelope      *envelope = &arrival->envelope;
	struct message_id     last;
	struct stored_passage before;
	struct buffer         address;
	int64_t               now_ms = node_spool_ms(node), expires_ms = 0;
	bool                  again;

	if (!is_ordered_kind(envelope))
		return;
	stored_passage_init(&before);
	again = store_passage_get(node->store, &envelope->id, 0, &before);
	stored_passage_release(&before);
	if (again)
		return; /* its submitter had no answer, and says it again */
	buffer_init(&address);
	address_format(&arrival->transit.destinations, &address);
	if (store_sequence_get(node->store, envelope->service, buffer_text(&address), &last,
	                       &expires_ms) &&
	    expires_ms > now_ms) {
		envelope->after.id      = last;
		envelope->after.left_ms = expires_ms - now_ms;
	}
	store_sequence_put(node->store, envelope->service, buffer_text(&address), &envelope->id,
	                   now_ms + envelope->lifetime_ms);
	buffer_release(&address);
}

bool
node_order_waits(struct node *node, struct stored_copy *copy, const struct node_message *message)
{
	const struct message_id *before = &message->envelope.after.id;
	int64_t                  until_ms;

	if (before->text[0] == '\0' || strcmp(copy->reason, COPY_REASON_PAST) == 0 ||
	    has_ended_here(node, before))
		return false;
	until_ms = deadline_ms(message);
	if (until_ms <= node_spool_ms(node))
		return false;
	copy->next_try_ms = until_ms;
	snprintf(copy->reason, sizeof(copy->reason), COPY_REASON_ORDER);
	buffer_clear(&copy->text);
	waiting_text(before, &copy->text);
	store_copy_update(node->store, copy);
	return true;
}

bool
node_order_matters(const struct node *node, const struct stored_copy *copy)
{
	if (copy->neighbor[0] != '\0')
		return false;
	for (size_t i = 0; i < node->home->service_count; i++)
		if (node->home->services[i].ordered)
			return true;
	return false;
}

void
node_order_ended(struct node *node, const struct message_id *id)
{
	struct buffer text;

	buffer_init(&text);
	waiting_text(id, &text);
	store_copy_wake(node->store, COPY_REASON_ORDER, buffer_text(&text));
	node->delivery_cursor = STORE_RANK_FIRST;
	buffer_release(&text);
}

bool
node_order_release(struct node *node, struct stored_copy *copy)
{
	if (copy->state != COPY_QUEUED || strcmp(copy->reason, COPY_REASON_ORDER) != 0)
		return false;
	copy->next_try_ms = 0;
	snprintf(copy->reason, sizeof(copy->reason), COPY_REASON_PAST);
	buffer_clear(&copy->text);
	store_copy_update(node->store, copy);
	node->delivery_cursor = STORE_RANK_FIRST;
	return true;
}

/* What nodes tell each other, reports and mail come as they come. */
static bool
is_ordered_kind(const struct envelope *envelope)
{
	return strcmp(envelope->service, "mail") != 0 &&
	       strcmp(envelope->service, "control") != 0 && !envelope->report;
}

/* It came, and nothing of it is left to be delivered here. */
static bool
has_ended_here(struct node *node, const struct message_id *id)
{
	struct stored_passage passage;
	struct stored_message message;
	struct stored_copy    copy;
	bool                  ended;

	stored_passage_init(&passage);
	stored_message_init(&message);
	stored_copy_init(&copy);
	ended = store_passage_get(node->store, id, 0, &passage);
	for (int64_t after = 0; ended && store_message_find(node->store, id, after, &message);
	     after         = message.key) {
		if (message.state == MESSAGE_ARRIVING)
			ended = false;
		for (int64_t last = 0;
		     ended && store_copy_next_of_message(node->store, message.key, last, &copy);
		     last = copy.key)
			ended = copy.neighbor[0] != '\0';
	}
	stored_copy_release(&copy);
	stored_message_release(&message);
	stored_passage_release(&passage);
	return ended;
}

static int64_t
deadline_ms(const struct node_message *message)
{
	const struct stored_message *stored = &message->stored;
	int64_t left_ms = message->envelope.after.left_ms - message->transit.age_ms;
	int64_t most_ms = (stored->expires_ms - stored->arrived_ms) / 4 * 3;

	return stored->arrived_ms + (left_ms < most_ms ? left_ms : most_ms);
}

/* The words for people by which the copy is found again. */
static void
waiting_text(const struct message_id *id, struct buffer *text)
{
	buffer_append_format(text, "%s was sent before it, and has not ended here", id->text);
}
