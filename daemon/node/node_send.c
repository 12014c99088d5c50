/*
 * node_send.c - what goes out over a call: offers in order of rank, frames, acknowledgements
 *
 * A call is fed until it has NODE_UNSENT_BYTES that the driver could not send yet. Bodies in
 * files never pass through here: the driver is told which range to send behind a frame's
 * header. A copy is released when the far end's acknowledgement has come, which it sends
 * after its own commit; until then nothing but this struct knows that it is on its way.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_stick.h"
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/disk/body_digest.h"
#include "spool/message/envelope_digest.h"

enum { BARE_BYTES_PER_S = 64 * 1024 }; /* on a faster line 34 bytes are nothing */

static uint64_t unsent_most(const struct node_call *call);
static bool     offer_next(struct node *node, struct node_call *call);
static void offer_message(struct node *node, struct node_call *call, const struct stored_copy *copy,
                          const struct node_message *message, struct span transit);
static bool digest_fits(struct node *node, const struct node_message *message);
static bool is_eager(const struct node_call *call, const struct stored_copy *copy);
static bool offer_copy(struct node *node, struct node_call *call, struct stored_copy *copy);
static bool passes(struct node *node, struct node_call *call, const struct node_message *message,
                   const struct stored_copy *copy, uint64_t bytes);
static void send_bytes(struct node *node, struct node_call *call, struct buffer *out);
static void send_apart(struct node *node, struct node_call *call, struct buffer *out);
static void send_range(struct node *node, struct node_call *call, struct buffer *out,
                       const struct session_piece *piece);
static struct node_offer *offer_find(struct node_call *call, int64_t copy);
static bool               before(const struct stored_copy *copy, const struct store_rank *rank);

void
node_call_send(struct node *node, struct node_call *call)
{
	bool more;

	do { /* offers first, so that a short message goes before the next frame of a long one */
		more = false;
		while (call->greeted && call->unsent < unsent_most(call) && offer_next(node, call))
			more = true;
		node_call_flush(node, call);
	} while (more);
}

/* What was handed over cannot be overtaken; where turns are taken it must be enough for one. */
static uint64_t
unsent_most(const struct node_call *call)
{
	uint64_t most;

	if (!call->turns)
		return NODE_UNSENT_BYTES;
	most = node_link_rate(call->link, call) * NODE_TURN_MS / 1000;
	if (most == 0 || most > NODE_TURN_MAX_BYTES)
		return NODE_TURN_MAX_BYTES;
	return most > NODE_TURN_MIN_BYTES ? most : NODE_TURN_MIN_BYTES;
}

void
node_call_flush(struct node *node, struct node_call *call)
{
	struct session_piece piece = { .key = 0 };
	struct buffer        out;

	buffer_init(&out);
	while (call->connected && call->unsent + out.length < unsent_most(call)) {
		session_ration(call->session, node_call_ration(node, call, out.length));
		if (!session_write(call->session, &piece, node->now.instant))
			break;
		buffer_append_span(&out, buffer_span(&piece.header));
		if (piece.key != 0 && piece.length > 0)
			send_range(node, call, &out, &piece);
		if (piece.apart)
			send_apart(node, call, &out);
	}
	send_bytes(node, call, &out);
	buffer_release(&out);
	buffer_release(&piece.header);
}

void
node_call_acknowledged(struct node *node, struct node_call *call, const struct session_event *event)
{
	struct node_offer *offer = offer_find(call, event->key);
	struct stored_copy copy;
	bool               cancel, put_back;

	if (offer == NULL)
		return;
	cancel   = offer->cancel;
	put_back = offer->put_back;
	if (event->verdict != SESSION_TAKEN) /* its body has not gone, or goes again */
		node_limit_day_refund(node, call->link, offer->counted);
	*offer = call->offers[--call->offer_count];
	stored_copy_init(&copy);
	if (!store_copy_get(node->store, event->key, &copy)) {
		stored_copy_release(&copy);
		return;
	}
	switch (event->verdict) {
	case SESSION_TAKEN:
		node_copy_end(node, &copy);
		break;
	case SESSION_REFUSED:
		node_report_copy(node, &copy, "returned", event->text);
		break;
	case SESSION_LATER:
	case SESSION_RESTART:
	default:
		if (cancel)
			node_report_copy(node, &copy, "cancelled", "cancelled by the operator");
		else if (copy.state == COPY_QUEUED && !put_back)
			node_copy_later(node, &copy, "later", event->text);
		break;
	}
	stored_copy_release(&copy);
}

void
node_call_accepted(struct node *node, struct node_call *call, const struct session_event *event)
{
	struct node_offer *offer = offer_find(call, event->key);
	uint64_t           here;

	if (offer == NULL)
		return;
	here = event->offset < offer->counted ? event->offset : offer->counted;
	offer->counted -= here;
	node_limit_day_refund(node, call->link, here);
}

bool
node_call_withdraw(struct node *node, int64_t copy, bool cancel)
{
	for (struct node_call *call = node->calls; call != NULL; call = call->next) {
		struct node_offer *offer = offer_find(call, copy);

		if (offer == NULL)
			continue;
		offer->cancel = offer->cancel || cancel;
		session_withdraw(call->session, copy);
		return true;
	}
	return false;
}

void
node_copy_queued(struct node *node, const struct stored_copy *copy)
{
	struct node_link *link;
	struct node_call *call;

	if (copy->neighbor[0] == '\0') {
		if (before(copy, &node->delivery_cursor))
			node->delivery_cursor = STORE_RANK_FIRST;
		return;
	}
	for (link = node_link_find(node, copy->neighbor); link != NULL;
	     link = node_link_next(node, link)) {
		link->look = true;
		call       = node_call_find(node, link->call);
		if (call != NULL && before(copy, &call->cursor))
			call->cursor = (struct store_rank){ (int)copy->priority, copy->size_bytes,
				                            copy->key - 1, 0 };
	}
}

/* Offers the first copy in the order of the queue that is not on its way; false: none now. */
static bool
offer_next(struct node *node, struct node_call *call)
{
	struct stored_copy copy;
	bool               offered = false;
	struct store_rank  passed  = call->cursor;

	if (session_state(call->session) != SESSION_UP || !session_may_offer(call->session, 0))
		return false;
	stored_copy_init(&copy);
	while (!offered && session_state(call->session) == SESSION_UP) {
		bool found =
		    store_copy_next_for(node->store, call->link->description->neighbor.text,
		                        node_spool_ms(node), &passed, &copy);
		bool eager = found && is_eager(call, &copy);

		if (!found) {
			call->cursor = passed;
			break;
		}
		if (copy.priority > call->least) /* nor what comes after it */
			break;
		if (!node_copy_busy(node, copy.key)) {
			if (!session_may_offer(call->session, eager ? copy.size_bytes : 0) ||
			    session_is_busy(call->session, (unsigned)copy.priority,
			                    copy.size_bytes))
				break;
			offered = offer_copy(node, call, &copy);
		}
		call->cursor = passed;
	}
	stored_copy_release(&copy);
	return offered;
}

/* On a slow line the digest of a small body is a part of its cost: TLS sees to it that what comes is what
 * went, so it is left out where it fits, and the far end computes it. */
static void
offer_message(struct node *node, struct node_call *call, const struct stored_copy *copy,
              const struct node_message *message, struct span transit)
{
	struct span            heading = buffer_span(&message->stored.heading);
	enum session_eagerness eager   = SESSION_ASKED;
	struct buffer          bare;

	buffer_init(&bare);
	if (message->stored.inline_body && is_eager(call, copy))
		eager = SESSION_EAGER;
	if (eager == SESSION_EAGER && call->key[0] != '\0' && session_may_be_bare(call->session) &&
	    node_link_rate(call->link, call) < BARE_BYTES_PER_S && digest_fits(node, message)) {
		eager = SESSION_EAGER_BARE;
		envelope_leave_out_digest(heading, &bare);
		heading = buffer_span(&bare);
	}
	session_offer(call->session, copy->key, (unsigned)copy->priority, heading, transit,
	              message->stored.size_bytes, eager);
	buffer_release(&bare);
}

/* Is the body here what its origin said? */
static bool
digest_fits(struct node *node, const struct node_message *message)
{
	uint8_t       digest[BODY_DIGEST_BYTES];
	struct buffer body;
	bool          fits;

	buffer_init(&body);
	fits = store_message_body(node->store, message->stored.key, &body);
	body_digest(buffer_span(&body), digest);
	fits = fits && memcmp(digest, message->envelope.digest, sizeof(digest)) == 0;
	buffer_release(&body);
	return fits;
}

/* A body that would keep a slow line busy for long goes on where a cut stopped it, so it must be asked for. */
static bool
is_eager(const struct node_call *call, const struct stored_copy *copy)
{
	int64_t took_ms = line_rate_ms(node_link_rate(call->link, call), copy->size_bytes);

	return copy->size_bytes <= STORE_INLINE_BODY_MAX && (copy->own || took_ms <= NODE_EAGER_MS);
}

static bool
offer_copy(struct node *node, struct node_call *call, struct stored_copy *copy)
{
	struct node_message message;
	struct buffer       transit;
	uint64_t            bytes = 0;
	bool                goes;

	node_message_init(&message);
	buffer_init(&transit);
	goes = node_message_get(node, copy->message, &message);
	if (goes) {
		node_copy_transit(node, &message, copy, &transit);
		bytes = message.stored.heading.length + transit.length + message.stored.size_bytes;
		goes  = passes(node, call, &message, copy, bytes) &&
		       node_news_may_go(node, call->link, &message, bytes, copy);
	}
	if (goes) {
		offer_message(node, call, copy, &message, buffer_span(&transit));
		call->offers                      = memory_grow(call->offers, &call->offer_capacity,
		                                                call->offer_count + 1, sizeof(call->offers[0]));
		call->offers[call->offer_count++] = (struct node_offer){
			.copy        = copy->key,
			.message     = copy->message,
			.priority    = copy->priority,
			.inline_body = message.stored.inline_body,
			.counted     = bytes,
		};
		call->offered += !copy->own;
		node_limit_day_spend(node, call->link, bytes);
	}
	buffer_release(&transit);
	node_message_release(&message);
	return goes;
}

/* Is this the link to leave by, and has it room for so many bytes? */
static bool
passes(struct node *node, struct node_call *call, const struct node_message *message,
       const struct stored_copy *copy, uint64_t bytes)
{
	struct node_cargo cargo;
	struct address    destinations;
	bool              goes;

	if (call->link->simple)
		return true;
	address_init(&destinations);
	address_add_text(&destinations, buffer_text(&copy->destinations), NULL);
	node_cargo_init(message, &destinations, copy->priority, &cargo);
	goes = node_carrier_may_go(node, call->link, &cargo) &&
	       node_limit_day_admits(node, call->link, message, bytes) &&
	       !node_limit_call_is_spent(node, call, message, bytes);
	address_release(&destinations);
	return goes;
}

void
node_copy_transit(struct node *node, const struct node_message *message,
                  const struct stored_copy *copy, struct buffer *out)
{
	struct transit transit;
	struct hop     home = { node->name, message->stored.arrived, node->now.wall };
	int64_t        here_ms;

	transit_init(&transit);
	address_add_text(&transit.destinations, buffer_text(&copy->destinations), NULL);
	for (size_t i = 0; i < message->transit.hop_count; i++)
		transit_add_hop(&transit, &message->transit.hops[i]);
	transit_add_hop(&transit, &home);
	here_ms          = node_spool_ms(node) - message->stored.arrived_ms;
	transit.age_ms   = message->transit.age_ms < INT64_MAX - here_ms
	                       ? message->transit.age_ms + here_ms
	                       : INT64_MAX;
	transit.forgiven = copy->forgiven ? message->transit.hop_count : message->transit.forgiven;
	aliases_take(&transit.aliases, &message->transit.aliases, &transit.destinations);
	buffer_append_span(&transit.unknown, buffer_span(&message->transit.unknown));
	transit_encode(&transit, out);
	transit_release(&transit);
}

static void
send_bytes(struct node *node, struct node_call *call, struct buffer *out)
{
	if (out->length == 0)
		return;
	actions_add(node->actions, ACTION_CALL_SEND, call->id)->bytes =
	    arena_span(&node->actions->arena, buffer_span(out));
	node_call_said(node, call, out->length);
	buffer_clear(out);
}

/* What was said since the last such end is one piece for the line. */
static void
send_apart(struct node *node, struct node_call *call, struct buffer *out)
{
	send_bytes(node, call, out);
	node->actions->items[node->actions->count - 1].apart = true;
}

static void
send_range(struct node *node, struct node_call *call, struct buffer *out,
           const struct session_piece *piece)
{
	struct node_offer *offer = offer_find(call, piece->key);
	struct action     *action;
	struct buffer      body;

	if (offer == NULL)
		log_fatal("a session sends a body that was not offered");
	if (offer->inline_body) {
		buffer_init(&body);
		if (!store_message_body(node->store, offer->message, &body) ||
		    piece->offset + piece->length > body.length)
			log_line(LOG_ERROR, "message %lld lost its body",
			         (long long)offer->message);
		else
			buffer_append(out, body.data + piece->offset, piece->length);
		buffer_release(&body);
		return;
	}
	action         = actions_add(node->actions, ACTION_CALL_SEND_BODY, call->id);
	action->bytes  = arena_span(&node->actions->arena, buffer_span(out));
	action->body   = offer->message;
	action->offset = piece->offset;
	action->length = piece->length;
	node_call_said(node, call, out->length + piece->length);
	buffer_clear(out);
}

static struct node_offer *
offer_find(struct node_call *call, int64_t copy)
{
	for (size_t i = 0; i < call->offer_count; i++)
		if (call->offers[i].copy == copy)
			return &call->offers[i];
	return NULL;
}

/* Would a reader of the queue that has passed `rank` miss this copy? */
static bool
before(const struct stored_copy *copy, const struct store_rank *rank)
{
	if ((int)copy->priority != rank->priority)
		return (int)copy->priority < rank->priority;
	if (copy->size_bytes != rank->size_bytes)
		return copy->size_bytes < rank->size_bytes;
	return copy->key <=
	       rank->key; /* the last one that was looked at, too: it is queued again */
}
