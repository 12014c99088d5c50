/*
 * node_accept.c - a message becomes ours: from a call, from a client, from this node itself
 *
 * Three sources, one way in. Until its last byte is durable a message is an arrival, which
 * promises nothing and may vanish with its call; what was already durable of a large body
 * stays (node_body.c), so that the next call goes on from there. accept_message() makes it a
 * message of this spool, in the step whose commit releases the acknowledgement.
 *
 * What was taken before is not taken again (node_seen.c), and what may not pass the link that
 * it came by is refused (node_admit.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_alias.h"
#include "daemon/node/node_body.h"
#include "daemon/node/node_order.h"
#include "daemon/node/node_permit.h"
#include "daemon/node/node_seen.h"
#include "daemon/node/node_stick.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/disk/body_digest.h"
#include "spool/message/envelope_digest.h"

static void accept_message(struct node *node, struct node_arrival *arrival);
static bool is_control(const struct node_arrival *arrival);
static bool is_other_message(struct node *node, const struct node_arrival *arrival);
static bool decode_offer(struct node *node, struct node_arrival *arrival,
                         const struct session_event *event, struct diagnostic *diagnostic);
static bool digest_fits(struct node *node, struct node_arrival *arrival, bool fresh);

struct node_arrival *
node_arrival_new(struct node *node)
{
	struct node_arrival *arrival = memory_new(1, sizeof(*arrival));

	envelope_init(&arrival->envelope);
	transit_init(&arrival->transit);
	arrival->sync_due = INSTANT_NEVER;
	arrival->next     = node->arrivals;
	node->arrivals    = arrival;
	return arrival;
}

void
node_arrival_refuse(struct node *node, struct node_arrival *arrival, int code, const char *text)
{
	node_arrival_answer(node, arrival, SESSION_REFUSED, code, text);
}

void
node_arrival_free(struct node *node, struct node_arrival *arrival)
{
	struct node_arrival **place = &node->arrivals;

	while (*place != arrival)
		place = &(*place)->next;
	*place = arrival->next;
	envelope_release(&arrival->envelope);
	transit_release(&arrival->transit);
	buffer_release(&arrival->heading);
	buffer_release(&arrival->body);
	buffer_release(&arrival->beginning);
	buffer_release(&arrival->denied);
	free(arrival);
}

struct node_arrival *
node_arrival_of_item(struct node *node, uint64_t bundle, uint32_t item)
{
	for (struct node_arrival *arrival = node->arrivals; arrival != NULL;
	     arrival                      = arrival->next)
                if (arrival->carried.bundle == bundle && arrival->carried.item == item)
                        return arrival;
	return NULL;
}

struct node_arrival *
node_arrival_of_stream(struct node *node, uint64_t call, uint32_t stream)
{
	for (struct node_arrival *arrival = node->arrivals; arrival != NULL;
	     arrival                      = arrival->next)
                if (arrival->call == call && arrival->stream == stream)
                        return arrival;
	return NULL;
}

void
node_accept_offer(struct node *node, struct node_call *call, const struct session_event *event)
{
	struct node_arrival *arrival = node_arrival_new(node);
	struct diagnostic    diagnostic;
	enum session_verdict verdict;

	diagnostic_init(&diagnostic);
	arrival->call   = call->id;
	arrival->stream = event->stream;
	snprintf(arrival->neighbor, sizeof(arrival->neighbor), "%s",
	         call->link->description->neighbor.text);
	if (!decode_offer(node, arrival, event, &diagnostic)) {
		log_line(LOG_WARNING, "refused an offer of %s: %s: %s", arrival->neighbor,
		         diagnostic.path, diagnostic.text);
		node_arrival_answer(node, arrival, SESSION_REFUSED, 0, diagnostic.text);
		return;
	}
	if (!node_link_admits(node, call->link, &arrival->transit.destinations, &diagnostic)) {
		log_line(LOG_INFO, "refused %s: %s", arrival->envelope.id.text, diagnostic.text);
		node_arrival_answer(node, arrival, SESSION_REFUSED, 0, diagnostic.text);
		return;
	}
	verdict = node_limit_offer(node, call->link, &call->taken_bytes, arrival, event->size,
	                           &diagnostic);
	if (verdict != SESSION_TAKEN) {
		log_line(LOG_INFO, "%s %s: %s", verdict == SESSION_LATER ? "put off" : "refused",
		         arrival->envelope.id.text, diagnostic.text);
		node_arrival_answer(node, arrival, verdict, 0, diagnostic.text);
		return;
	}
	if (event->size <= STORE_INLINE_BODY_MAX && (event->eager || is_control(arrival)))
		session_accept(call->session, event->stream, 0);
	else
		node_body_find(node, arrival, event);
}

void
node_accept_carried(struct node *node, uint64_t bundle, uint32_t item, struct node_link *link,
                    const struct session_event *event, int64_t travelled_ms)
{
	struct node_arrival *arrival = node_arrival_new(node);
	struct diagnostic    diagnostic;
	enum session_verdict verdict;

	diagnostic_init(&diagnostic);
	arrival->carried.bundle = bundle;
	arrival->carried.item   = item;
	snprintf(arrival->neighbor, sizeof(arrival->neighbor), "%s",
	         link->description->neighbor.text);
	if (!decode_offer(node, arrival, event, &diagnostic) ||
	    !node_link_admits(node, link, &arrival->transit.destinations, &diagnostic)) {
		log_line(LOG_WARNING, "refused an item of a bundle of %s: %s", arrival->neighbor,
		         diagnostic.text);
		node_arrival_answer(node, arrival, SESSION_REFUSED, 0, diagnostic.text);
		return;
	}
	if (travelled_ms >
	        node_arrival_lifetime_ms(arrival) + NODE_SEEN_MS - arrival->transit.age_ms &&
	    node_seen_is_news(node, arrival)) {
		/* Whether it was taken long ago nobody remembers (trust T18). */
		node_arrival_answer(node, arrival, SESSION_LATER, 0,
		                    "it was on its way for too long");
		return;
	}
	verdict = node_limit_offer(node, link, NULL, arrival, event->size, &diagnostic);
	if (verdict != SESSION_TAKEN) {
		log_line(LOG_INFO, "%s an item of a bundle of %s: %s",
		         verdict == SESSION_LATER ? "put off" : "refused", arrival->neighbor,
		         diagnostic.text);
		node_arrival_answer(node, arrival, verdict, 0, diagnostic.text);
	} else if (event->size > STORE_INLINE_BODY_MAX) {
		node_body_find(node, arrival, event);
	}
}

void
node_accept_own(struct node *node, struct envelope *envelope, struct transit *transit,
                struct span body)
{
	struct node_arrival *arrival = node_arrival_new(node);

	message_id_draw(&envelope->id, &node->name, &node->random);
	envelope->created = node->now.wall;
	envelope_release(&arrival->envelope);
	transit_release(&arrival->transit);
	arrival->envelope = *envelope;
	arrival->transit  = *transit;
	envelope_init(envelope);
	transit_init(transit);
	buffer_append_span(&arrival->body, body);
	arrival->received = body.length;
	node_arrival_finish(node, arrival);
}

void
node_arrival_settle(struct node *node, struct node_arrival *arrival)
{
	if (digest_fits(node, arrival, node_arrival_is_said_here(arrival)))
		accept_message(node, arrival);
}

/* The arrival is ours: rows, copies, acknowledgement. Frees it. */
static void
accept_message(struct node *node, struct node_arrival *arrival)
{
	int64_t                now_ms = node_spool_ms(node), left_ms, expires_ms;
	struct node_message    message;
	struct stored_passage  passage;
	struct span            body = buffer_span(&arrival->body);
	struct buffer          denied;
	struct stored_message *row = &message.stored;

	left_ms    = node_arrival_lifetime_ms(arrival) - arrival->transit.age_ms;
	expires_ms = now_ms + (left_ms > 0 ? left_ms : 0);
	if (is_other_message(node, arrival)) {
		node_arrival_answer(node, arrival, SESSION_REFUSED, 65,
		                    "another message has been submitted with this token");
		return;
	}
	node_seen_take(node, arrival, expires_ms + NODE_SEEN_MS);
	node_alias_follow(node, arrival, expires_ms + NODE_SEEN_MS);
	node_message_init(&message);
	if (arrival->transit.destinations.count == 0) {
		log_line(LOG_INFO, "%s came again from %s", arrival->envelope.id.text,
		         arrival->neighbor);
		if (arrival->in_file && store_message_get(node->store, arrival->key, row))
			node_message_drop(node, row);
		node_arrival_answer(node, arrival, SESSION_TAKEN, 0, "");
		node_message_release(&message);
		return;
	}
	buffer_append_span(&row->heading, buffer_span(&arrival->heading));
	transit_encode(&arrival->transit, &row->transit);
	row->id          = arrival->envelope.id;
	row->state       = MESSAGE_ACCEPTED;
	row->size_bytes  = arrival->envelope.size_bytes;
	row->inline_body = !arrival->in_file;
	row->arrived_ms  = now_ms;
	row->arrived     = node->now.wall;
	row->expires_ms  = expires_ms;
	snprintf(row->neighbor, sizeof(row->neighbor), "%s", arrival->neighbor);
	if (arrival->in_file) {
		row->key = arrival->key;
		store_message_accept(node->store, row->key, buffer_span(&row->heading),
		                     buffer_span(&row->transit), row->size_bytes, now_ms,
		                     expires_ms);
	} else {
		store_message_insert(node->store, row, &body);
	}
	if (strcmp(arrival->envelope.service, "control") != 0) {
		stored_passage_init(&passage);
		passage.id      = row->id;
		passage.arrived = node->now.wall;
		snprintf(passage.from, sizeof(passage.from), "%s", arrival->neighbor);
		snprintf(passage.owner, sizeof(passage.owner), "%s", arrival->owner);
		buffer_append_span(&passage.heading, buffer_span(&row->heading));
		buffer_append_span(&passage.transit, buffer_span(&row->transit));
		store_passage_add(node->store, &passage, expires_ms + node_retain_ms(node));
		stored_passage_release(&passage);
		log_line(LOG_DEBUG, "accepted %s from %s", row->id.text,
		         arrival->neighbor[0] != '\0' ? arrival->neighbor : arrival->owner);
	}
	envelope_release(&message.envelope);
	transit_release(&message.transit);
	message.envelope = arrival->envelope;
	message.transit  = arrival->transit;
	envelope_init(&arrival->envelope);
	transit_init(&arrival->transit);
	arrival->envelope.id = row->id;
	denied               = arrival->denied;
	buffer_init(&arrival->denied);
	node_arrival_answer(node, arrival, SESSION_TAKEN, 0, "");
	if (denied.length > 0)
		node_permit_return(node, &message, buffer_text(&denied));
	else
		node_forward(node, &message);
	buffer_release(&denied);
	node_message_release(&message);
}

/* By this node or one of its programs, and not brought by a neighbor. */
bool
node_arrival_is_said_here(const struct node_arrival *arrival)
{
	return arrival->call == 0 && arrival->carried.bundle == 0;
}

int64_t
node_arrival_lifetime_ms(const struct node_arrival *arrival)
{
	int64_t lifetime_ms = arrival->envelope.lifetime_ms;

	return lifetime_ms < NODE_LIFETIME_MS ? lifetime_ms : NODE_LIFETIME_MS;
}

/* A client says again what it said before, but not the same: it would vanish as a duplicate. */
static bool
is_other_message(struct node *node, const struct node_arrival *arrival)
{
	struct stored_passage before;
	struct envelope       envelope;
	bool                  is_other = false;

	if (!node_arrival_is_said_here(arrival))
		return false;
	stored_passage_init(&before);
	envelope_init(&envelope);
	if (store_passage_get(node->store, &arrival->envelope.id, 0, &before) &&
	    envelope_decode(&envelope, buffer_span(&before.heading), NULL) == STATUS_OK)
		is_other =
		    strcmp(before.owner, arrival->owner) != 0 ||
		    memcmp(envelope.digest, arrival->envelope.digest, sizeof(envelope.digest)) != 0;
	envelope_release(&envelope);
	stored_passage_release(&before);
	return is_other;
}

/* The digest is computed when the body is here; until then there is one that fits nothing. */
static bool
take_bare(struct node *node, struct node_arrival *arrival, const struct session_event *event,
          struct diagnostic *diagnostic)
{
	static const uint8_t    none[ENVELOPE_DIGEST_BYTES];
	const struct node_call *call = node_call_find(node, arrival->call);

	arrival->bare = true;
	if (call == NULL || call->key[0] == '\0' || event->size > STORE_INLINE_BODY_MAX)
		diagnostic_set(diagnostic, "a heading must have its digest here");
	else if (envelope_put_in_digest(event->heading, none, &arrival->heading) != STATUS_OK)
		diagnostic_set(diagnostic, "a heading without its digest is malformed");
	else
		return true;
	return false;
}

static bool
is_control(const struct node_arrival *arrival)
{
	return strcmp(arrival->envelope.service, "control") == 0;
}

static bool
decode_offer(struct node *node, struct node_arrival *arrival, const struct session_event *event,
             struct diagnostic *diagnostic)
{
	if (event->bare && !take_bare(node, arrival, event, diagnostic))
		return false;
	if (!event->bare)
		buffer_append_span(&arrival->heading, event->heading);
	if (envelope_decode(&arrival->envelope, buffer_span(&arrival->heading), diagnostic) !=
	        STATUS_OK ||
	    transit_decode(&arrival->transit, event->transit, diagnostic) != STATUS_OK)
		return false;
	if (arrival->envelope.size_bytes != event->size)
		diagnostic_set(diagnostic, "the offer's size is not the heading's");
	else if (event->size > STORE_INLINE_BODY_MAX && is_control(arrival))
		diagnostic_set(diagnostic, "a control message of %llu bytes is too large",
		               (unsigned long long)event->size);
	else
		return true;
	return false;
}

/*
 * `fresh`: said here, so the digest becomes the heading's, which is encoded now. Else the
 * origin has said it, and a body that does not fit is sent again from the start.
 */
static bool
digest_fits(struct node *node, struct node_arrival *arrival, bool fresh)
{
	uint8_t               digest[BODY_DIGEST_BYTES];
	struct buffer         chunks;
	struct stored_message row;

	if (arrival->in_file) {
		buffer_init(&chunks);
		store_message_chunks(node->store, arrival->key, &chunks);
		body_digest_of_chunks(buffer_span(&chunks), digest);
		buffer_release(&chunks);
	} else {
		body_digest(buffer_span(&arrival->body), digest);
	}
	if (arrival->bare) { /* TLS has brought what its sender compared */
		memcpy(arrival->envelope.digest, digest, sizeof(digest));
		buffer_clear(&arrival->heading);
		envelope_encode(&arrival->envelope, &arrival->heading);
		return true;
	}
	if (fresh) {
		node_order_stamp(node, arrival);
		memcpy(arrival->envelope.digest, digest, sizeof(digest));
		arrival->envelope.size_bytes = arrival->received;
		envelope_encode(&arrival->envelope, &arrival->heading);
		return true;
	}
	if (memcmp(digest, arrival->envelope.digest, sizeof(digest)) == 0)
		return true;
	log_line(LOG_WARNING, "the body of %s from %s does not match its digest",
	         arrival->envelope.id.text, arrival->neighbor);
	stored_message_init(&row);
	if (arrival->in_file && store_message_get(node->store, arrival->key, &row))
		node_message_drop(node, &row);
	stored_message_release(&row);
	node_arrival_answer(node, arrival, SESSION_RESTART, 0,
	                    "the body does not match its digest");
	return false;
}

/* Tells whoever brought it, and forgets the arrival. */
void
node_arrival_answer(struct node *node, struct node_arrival *arrival, enum session_verdict verdict,
                    int code, const char *text)
{
	struct node_call     *call    = node_call_find(node, arrival->call);
	struct node_client   *client  = node_client_find(node, arrival->client);
	struct message_id     id      = arrival->envelope.id;
	bool                  refused = arrival->client != 0 && verdict != SESSION_TAKEN;
	struct stored_message row;

	if (call != NULL)
		session_acknowledge(call->session, arrival->stream, verdict, text);
	if (arrival->carried.bundle != 0)
		node_carry_answered(node, arrival, verdict, text);
	stored_message_init(&row);
	if (refused && arrival->in_file && store_message_get(node->store, arrival->key, &row))
		node_message_drop(node, &row); /* its sender begins anew, with all of it */
	stored_message_release(&row);
	if (client != NULL)
		client->arrival = NULL;
	node_arrival_free(node, arrival);
	if (client != NULL && refused)
		node_client_refused(node, client->id, code, text);
	else if (client != NULL)
		node_client_accepted(node, client->id, &id);
}
