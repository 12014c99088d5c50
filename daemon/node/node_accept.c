/*
 * node_accept.c - a message becomes ours: from a call, from a client, from this node itself
 *
 * Three sources, one way in. Until its last byte is durable a message is an arrival, which
 * promises nothing and may vanish with its call; what was already durable of a large body
 * stays (an ARRIVING row), so that the next call goes on from there. accept() makes it a
 * message of this spool, in the step whose commit releases the acknowledgement.
 *
 * What was taken before is not taken again (node_seen.c), and what may not pass the link that
 * it came by is refused (node_admit.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_state.h"
#include "daemon/node/node_stick.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/disk/body_digest.h"

static bool    is_said_here(const struct node_arrival *arrival);
static void    accept_message(struct node *node, struct node_arrival *arrival);
static int64_t lifetime_of(const struct node_arrival *arrival);
static bool    is_other_message(struct node *node, const struct node_arrival *arrival);
static bool    decode_offer(struct node_arrival *arrival, const struct session_event *event,
                            struct diagnostic *diagnostic);
static void    find_body(struct node *node, struct node_arrival *arrival,
                         const struct session_event *event);
static void    go_on_at(struct node *node, struct node_arrival *arrival, uint64_t offset);
static void    insert_arriving(struct node *node, struct node_arrival *arrival, uint64_t size);
static struct node_orphan *orphan_find(struct node *node, int64_t key);
static void                body_to_file(struct node *node, struct node_arrival *arrival);
static void                ask_sync(struct node *node, struct node_arrival *arrival, bool final);
static bool                digest_fits(struct node *node, struct node_arrival *arrival, bool fresh);
static void answer(struct node *node, struct node_arrival *arrival, enum session_verdict verdict,
                   int code, const char *text);
static struct node_arrival *arrival_of_body(struct node *node, uint64_t key);

void
node_arrivals_start(struct node *node)
{
	struct stored_message row;

	stored_message_init(&row);
	for (int64_t after = 0; store_message_next_arriving(node->store, after, &row);
	     after         = row.key)
                if (row.state == MESSAGE_ARRIVING && row.neighbor[0] == '\0')
                        node_message_drop(node, &row);
	stored_message_release(&row);
}

struct node_arrival *
node_arrival_new(struct node *node)
{
	struct node_arrival *arrival = memory_new(1, sizeof(*arrival));

	envelope_init(&arrival->envelope);
	transit_init(&arrival->transit);
	arrival->next  = node->arrivals;
	node->arrivals = arrival;
	return arrival;
}

void
node_arrival_refuse(struct node *node, struct node_arrival *arrival, int code, const char *text)
{
	answer(node, arrival, SESSION_REFUSED, code, text);
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

bool
node_body_arrives(struct node *node, int64_t key)
{
	return arrival_of_body(node, (uint64_t)key) != NULL || orphan_find(node, key) != NULL;
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
	if (!decode_offer(arrival, event, &diagnostic)) {
		log_line(LOG_WARNING, "refused an offer of %s: %s: %s", arrival->neighbor,
		         diagnostic.path, diagnostic.text);
		answer(node, arrival, SESSION_REFUSED, 0, diagnostic.text);
		return;
	}
	if (!node_link_admits(node, call->link, &arrival->transit.destinations, &diagnostic)) {
		log_line(LOG_INFO, "refused %s: %s", arrival->envelope.id.text, diagnostic.text);
		answer(node, arrival, SESSION_REFUSED, 0, diagnostic.text);
		return;
	}
	verdict = node_limit_offer(node, call, arrival, event->size, &diagnostic);
	if (verdict != SESSION_TAKEN) {
		log_line(LOG_INFO, "%s %s: %s", verdict == SESSION_LATER ? "put off" : "refused",
		         arrival->envelope.id.text, diagnostic.text);
		answer(node, arrival, verdict, 0, diagnostic.text);
		return;
	}
	if (event->size <= STORE_INLINE_BODY_MAX)
		session_accept(call->session, event->stream, 0);
	else
		find_body(node, arrival, event);
}

void
node_accept_carried(struct node *node, uint64_t bundle, uint32_t item, struct node_link *link,
                    const struct session_event *event, int64_t travelled_ms)
{
	struct node_arrival *arrival = node_arrival_new(node);
	struct diagnostic    diagnostic;

	diagnostic_init(&diagnostic);
	arrival->carried.bundle = bundle;
	arrival->carried.item   = item;
	snprintf(arrival->neighbor, sizeof(arrival->neighbor), "%s",
	         link->description->neighbor.text);
	if (!decode_offer(arrival, event, &diagnostic) ||
	    !node_link_admits(node, link, &arrival->transit.destinations, &diagnostic)) {
		log_line(LOG_WARNING, "refused an item of a bundle of %s: %s", arrival->neighbor,
		         diagnostic.text);
		answer(node, arrival, SESSION_REFUSED, 0, diagnostic.text);
	} else if (travelled_ms > lifetime_of(arrival) + NODE_SEEN_MS - arrival->transit.age_ms &&
	           node_seen_is_news(node, arrival)) {
		/* Whether it was taken long ago nobody remembers (trust T18). */
		answer(node, arrival, SESSION_LATER, 0, "it was on its way for too long");
	} else if (event->size > STORE_INLINE_BODY_MAX) {
		find_body(node, arrival, event);
	}
}

void
node_arrival_bytes(struct node *node, struct node_arrival *arrival, struct span bytes)
{
	struct action *action;

	if (!arrival->in_file && arrival->body.length + bytes.length > STORE_INLINE_BODY_MAX)
		body_to_file(node, arrival);
	if (!arrival->in_file) {
		buffer_append_span(&arrival->body, bytes);
		arrival->received += bytes.length;
		return;
	}
	action         = actions_add(node->actions, ACTION_BODY_APPEND, (uint64_t)arrival->key);
	action->offset = arrival->received;
	action->bytes  = bytes;
	arrival->received += bytes.length;
	if (arrival->received - arrival->sync_asked >= NODE_SYNC_BYTES)
		ask_sync(node, arrival, false);
}

void
node_arrival_finish(struct node *node, struct node_arrival *arrival)
{
	if (arrival->in_file && arrival->durable < arrival->received)
		ask_sync(node, arrival, true);
	else if (digest_fits(node, arrival, is_said_here(arrival)))
		accept_message(node, arrival);
}

void
node_arrival_abandon(struct node *node, struct node_arrival *arrival)
{
	if (arrival->in_file && !arrival->waits && arrival->received > arrival->sync_asked)
		ask_sync(node, arrival, false);
	if (arrival->syncs > 0) {
		node->orphans = memory_grow(node->orphans, &node->orphan_capacity,
		                            node->orphan_count + 1, sizeof(node->orphans[0]));
		node->orphans[node->orphan_count++] =
		    (struct node_orphan){ arrival->key, arrival->syncs };
	}
	node_arrival_free(node, arrival);
}

void
node_body_synced(struct node *node, const struct event *event)
{
	struct node_arrival *arrival = arrival_of_body(node, event->id);
	struct node_orphan  *orphan  = orphan_find(node, (int64_t)event->id);

	store_message_set_durable(node->store, (int64_t)event->id, event->offset,
	                          event->first_chunk, event->bytes);
	if (orphan != NULL) {
		if (--orphan->syncs > 0)
			return;
		*orphan = node->orphans[--node->orphan_count];
		if (arrival != NULL && arrival->waits)
			go_on_at(node, arrival, event->offset);
		return;
	}
	if (arrival == NULL)
		return;
	arrival->syncs--;
	arrival->durable = event->offset;
	if (arrival->complete && event->offset >= arrival->received &&
	    digest_fits(node, arrival, is_said_here(arrival)))
		accept_message(node, arrival);
}

void
node_body_failed(struct node *node, const struct event *event)
{
	struct node_arrival *arrival = arrival_of_body(node, event->id);
	struct node_orphan  *orphan  = orphan_find(node, (int64_t)event->id);
	struct stored_copy   copy;

	log_line(LOG_ERROR, "body %llu: %s: %s", (unsigned long long)event->id,
	         status_text(event->status), event->text);
	if (orphan != NULL)
		*orphan = node->orphans[--node->orphan_count];
	if (arrival != NULL) {
		answer(node, arrival, SESSION_LATER, 75, event->text);
		return;
	}
	stored_copy_init(&copy);
	for (int64_t after = 0;
	     store_copy_next_of_message(node->store, (int64_t)event->id, after, &copy);
	     after = copy.key) {
		copy.state = COPY_HELD;
		snprintf(copy.reason, sizeof(copy.reason), "body-unreadable");
		buffer_clear(&copy.text);
		buffer_append_text(&copy.text, event->text);
		store_copy_update(node->store, &copy);
	}
	stored_copy_release(&copy);
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

/* The arrival is ours: rows, copies, acknowledgement. Frees it. */
static void
accept_message(struct node *node, struct node_arrival *arrival)
{
	int64_t                now_ms = node_spool_ms(node), left_ms, expires_ms;
	struct node_message    message;
	struct stored_passage  passage;
	struct span            body = buffer_span(&arrival->body);
	struct stored_message *row  = &message.stored;

	left_ms    = lifetime_of(arrival) - arrival->transit.age_ms;
	expires_ms = now_ms + (left_ms > 0 ? left_ms : 0);
	if (is_other_message(node, arrival)) {
		answer(node, arrival, SESSION_REFUSED, 65,
		       "another message has been submitted with this token");
		return;
	}
	node_seen_take(node, arrival, expires_ms + NODE_SEEN_MS);
	node_message_init(&message);
	if (arrival->transit.destinations.count == 0) {
		log_line(LOG_INFO, "%s came again from %s", arrival->envelope.id.text,
		         arrival->neighbor);
		if (arrival->in_file && store_message_get(node->store, arrival->key, row))
			node_message_drop(node, row);
		answer(node, arrival, SESSION_TAKEN, 0, "");
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
	answer(node, arrival, SESSION_TAKEN, 0, "");
	node_forward(node, &message);
	node_message_release(&message);
}

/* By this node or one of its programs, and not brought by a neighbor. */
static bool
is_said_here(const struct node_arrival *arrival)
{
	return arrival->call == 0 && arrival->carried.bundle == 0;
}

static int64_t
lifetime_of(const struct node_arrival *arrival)
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

	if (!is_said_here(arrival))
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

static bool
decode_offer(struct node_arrival *arrival, const struct session_event *event,
             struct diagnostic *diagnostic)
{
	buffer_append_span(&arrival->heading, event->heading);
	if (envelope_decode(&arrival->envelope, event->heading, diagnostic) != STATUS_OK ||
	    transit_decode(&arrival->transit, event->transit, diagnostic) != STATUS_OK)
		return false;
	if (arrival->envelope.size_bytes != event->size)
		diagnostic_set(diagnostic, "the offer's size is not the heading's");
	else if (event->size > STORE_INLINE_BODY_MAX &&
	         strcmp(arrival->envelope.service, "control") == 0)
		diagnostic_set(diagnostic, "a control message of %llu bytes is too large",
		               (unsigned long long)event->size);
	else
		return true;
	return false;
}

/* A large body: from the start, from where an earlier call stopped, or not at all. */
static void
find_body(struct node *node, struct node_arrival *arrival, const struct session_event *event)
{
	struct stored_message row;

	if (!node_seen_is_news(node, arrival)) {
		answer(node, arrival, SESSION_TAKEN, 0, "");
		return;
	}
	stored_message_init(&row);
	if (!store_message_find_arriving(node->store, &arrival->envelope.id, event->heading,
	                                 &row)) {
		insert_arriving(node, arrival, event->size);
		go_on_at(node, arrival, 0);
	} else if (arrival_of_body(node, (uint64_t)row.key) != NULL) {
		answer(node, arrival, SESSION_LATER, 0, "it is arriving over another call");
	} else {
		arrival->key     = row.key;
		arrival->in_file = true;
		arrival->waits   = orphan_find(node, row.key) != NULL;
		if (arrival->waits && arrival->carried.bundle != 0) { /* its bytes do not wait */
			arrival->in_file = false;
			answer(node, arrival, SESSION_LATER, 0, "an earlier part is being written");
			stored_message_release(&row);
			return;
		}
		if (!arrival->waits)
			go_on_at(node, arrival, row.durable_bytes);
	}
	stored_message_release(&row);
}

static void
go_on_at(struct node *node, struct node_arrival *arrival, uint64_t offset)
{
	struct node_call *call = node_call_find(node, arrival->call);

	arrival->waits        = false;
	arrival->carried.skip = offset;
	arrival->received = arrival->sync_asked = arrival->durable = offset;
	if (offset > 0)
		log_line(LOG_INFO, "%s goes on at byte %llu of %llu", arrival->envelope.id.text,
		         (unsigned long long)offset,
		         (unsigned long long)arrival->envelope.size_bytes);
	if (call != NULL)
		session_accept(call->session, arrival->stream, offset);
}

/* The row that a body file needs, so that its bytes survive; it promises nothing. */
static void
insert_arriving(struct node *node, struct node_arrival *arrival, uint64_t size)
{
	struct stored_message row;

	stored_message_init(&row);
	row.id         = arrival->envelope.id;
	row.state      = MESSAGE_ARRIVING;
	row.size_bytes = size;
	row.arrived_ms = node_spool_ms(node);
	row.arrived    = node->now.wall;
	row.expires_ms =
	    row.arrived_ms + (is_said_here(arrival) ? NODE_DAY_MS : lifetime_of(arrival));
	snprintf(row.neighbor, sizeof(row.neighbor), "%s", arrival->neighbor);
	buffer_append_span(&row.heading, buffer_span(&arrival->heading));
	transit_encode(&arrival->transit, &row.transit);
	store_message_insert(node->store, &row, NULL);
	arrival->key     = row.key;
	arrival->in_file = true;
	stored_message_release(&row);
}

/* A submission has outgrown its row: what came so far opens the file. */
static void
body_to_file(struct node *node, struct node_arrival *arrival)
{
	struct action *action;

	insert_arriving(node, arrival, 0);
	action        = actions_add(node->actions, ACTION_BODY_APPEND, (uint64_t)arrival->key);
	action->bytes = arena_span(&node->actions->arena, buffer_span(&arrival->body));
	buffer_release(&arrival->body);
}

static void
ask_sync(struct node *node, struct node_arrival *arrival, bool final)
{
	struct action *action =
	    actions_add(node->actions, ACTION_BODY_SYNC, (uint64_t)arrival->key);

	action->final       = final;
	action->offset      = arrival->received;
	arrival->sync_asked = arrival->received;
	arrival->complete   = final;
	arrival->syncs++;
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
	if (fresh) {
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
	answer(node, arrival, SESSION_RESTART, 0, "the body does not match its digest");
	return false;
}

/* Tells whoever brought it, and forgets the arrival. */
static void
answer(struct node *node, struct node_arrival *arrival, enum session_verdict verdict, int code,
       const char *text)
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

static struct node_arrival *
arrival_of_body(struct node *node, uint64_t key)
{
	for (struct node_arrival *arrival = node->arrivals; arrival != NULL;
	     arrival                      = arrival->next)
                if (arrival->in_file && (uint64_t)arrival->key == key)
                        return arrival;
	return NULL;
}

static struct node_orphan *
orphan_find(struct node *node, int64_t key)
{
	for (size_t i = 0; i < node->orphan_count; i++)
		if (node->orphans[i].key == key)
			return &node->orphans[i];
	return NULL;
}
