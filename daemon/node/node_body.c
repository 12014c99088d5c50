/*
 * node_body.c - the bytes of a message on its way in, until the disk holds them
 *
 * A small body is kept in memory and goes into its message's row. A large one, and one that a slow
 * line brings piece by piece, is a file behind a row in the state ARRIVING: it is synced every
 * NODE_SYNC_BYTES or NODE_SYNC_MS, whichever comes first, and when its call ends, so that the next
 * call, over whichever link, goes on at the byte that is durable. Where this process alone dies, even
 * what was not synced is there when the next one starts (ACTION_BODY_RECOVER).
 *
 * An arrival that ends while its syncs are under way leaves them as an orphan; who goes on with the
 * same body waits for those.
 */
#include "daemon/node/node_body.h"

#include <stdio.h>
#include <string.h>

#include "daemon/node/node_notice.h"
#include "daemon/node/node_seen.h"
#include "daemon/node/node_stick.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

static bool has_row(struct node *node, int64_t key);
static void go_on_at(struct node *node, struct node_arrival *arrival, uint64_t offset);
static void insert_arriving(struct node *node, struct node_arrival *arrival, uint64_t size);
static void body_to_file(struct node *node, struct node_arrival *arrival);
static void note_beginning(struct node *node, struct node_arrival *arrival, struct span bytes);
static void ask_sync(struct node *node, struct node_arrival *arrival, bool final);
static void recover(struct node *node, const struct stored_message *row);
static void forget_arriving(struct node *node, int64_t key);
static struct node_arrival *arrival_of_body(struct node *node, uint64_t key);
static struct node_orphan  *orphan_find(struct node *node, int64_t key);
static void                 orphan_add(struct node *node, int64_t key, unsigned syncs);

void
node_arrivals_start(struct node *node)
{
	struct stored_message row;

	stored_message_init(&row);
	for (int64_t after = 0; store_message_next_arriving(node->store, after, &row);
	     after         = row.key) {
		if (row.state != MESSAGE_ARRIVING)
			continue;
		if (row.neighbor[0] == '\0')
			node_message_drop(node, &row);
		else
			recover(node, &row);
	}
	stored_message_release(&row);
}

bool
node_body_arrives(struct node *node, int64_t key)
{
	return arrival_of_body(node, (uint64_t)key) != NULL || orphan_find(node, key) != NULL;
}

void
node_body_find(struct node *node, struct node_arrival *arrival, const struct session_event *event)
{
	struct stored_message row;

	if (!node_seen_is_news(node, arrival)) {
		node_arrival_answer(node, arrival, SESSION_TAKEN, 0, "");
		return;
	}
	stored_message_init(&row);
	if (!store_message_find_arriving(node->store, &arrival->envelope.id, event->heading,
	                                 &row)) {
		insert_arriving(node, arrival, event->size);
		go_on_at(node, arrival, 0);
	} else if (arrival_of_body(node, (uint64_t)row.key) != NULL) {
		node_arrival_answer(node, arrival, SESSION_LATER, 0,
		                    "it is arriving over another call");
	} else {
		arrival->key     = row.key;
		arrival->in_file = true;
		arrival->waits   = orphan_find(node, row.key) != NULL;
		if (arrival->waits && arrival->carried.bundle != 0) { /* its bytes do not wait */
			arrival->in_file = false;
			node_arrival_answer(node, arrival, SESSION_LATER, 0,
			                    "an earlier part is being written");
			stored_message_release(&row);
			return;
		}
		if (!arrival->waits)
			go_on_at(node, arrival, row.durable_bytes);
	}
	stored_message_release(&row);
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
	note_beginning(node, arrival, bytes);
	action         = actions_add(node->actions, ACTION_BODY_APPEND, (uint64_t)arrival->key);
	action->offset = arrival->received;
	action->bytes  = bytes;
	arrival->received += bytes.length;
	if (arrival->received - arrival->sync_asked >= NODE_SYNC_BYTES)
		ask_sync(node, arrival, false);
	else if (!node_arrival_is_said_here(arrival) && arrival->sync_due.ms == INSTANT_NEVER.ms)
		arrival->sync_due = instant_after(node->now.instant, NODE_SYNC_MS);
}

void
node_arrival_finish(struct node *node, struct node_arrival *arrival)
{
	if (arrival
	        ->in_file) /* also if all is durable: of a last short chunk there is no digest yet */
		ask_sync(node, arrival, true);
	else
		node_arrival_settle(node, arrival);
}

void
node_arrival_abandon(struct node *node, struct node_arrival *arrival)
{
	if (arrival->in_file && !arrival->waits && arrival->received > arrival->sync_asked)
		ask_sync(node, arrival, false);
	if (arrival->syncs > 0)
		orphan_add(node, arrival->key, arrival->syncs);
	node_arrival_free(node, arrival);
}

void
node_body_synced(struct node *node, const struct event *event)
{
	struct node_arrival *arrival = arrival_of_body(node, event->id);
	struct node_orphan  *orphan  = orphan_find(node, (int64_t)event->id);

	if (orphan == NULL && arrival == NULL && !has_row(node, (int64_t)event->id))
		return; /* it was cancelled or refused meanwhile */
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
	if (arrival->syncs > 0) /* the driver syncs by itself when it ends */
		arrival->syncs--;
	arrival->durable = event->offset;
	if (arrival->complete && arrival->syncs == 0)
		node_arrival_settle(node, arrival);
}

static bool
has_row(struct node *node, int64_t key)
{
	struct stored_message row;
	bool                  found;

	stored_message_init(&row);
	found = store_message_get(node->store, key, &row);
	stored_message_release(&row);
	return found;
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
	if (event->status == STATUS_NO_SPACE)
		node_notice_full(node);
	if (event->status == STATUS_CORRUPT || event->status == STATUS_NOT_FOUND)
		forget_arriving(node, (int64_t)event->id);
	if (arrival != NULL) {
		node_arrival_answer(node, arrival, SESSION_LATER, 75, event->text);
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

void
node_bodies_run(struct node *node)
{
	for (struct node_arrival *arrival = node->arrivals; arrival != NULL;
	     arrival                      = arrival->next)
                if (instant_reached(arrival->sync_due, node->now.instant))
                        ask_sync(node, arrival, false);
}

struct instant
node_bodies_deadline(const struct node *node)
{
	struct instant deadline = INSTANT_NEVER;

	for (const struct node_arrival *arrival = node->arrivals; arrival != NULL;
	     arrival                            = arrival->next)
                deadline = instant_earlier(deadline, arrival->sync_due);
	return deadline;
}

/* What an earlier process has written, durable or not: until it is counted, nobody goes on with it. */
static void
recover(struct node *node, const struct stored_message *row)
{
	struct action *action = actions_add(node->actions, ACTION_BODY_RECOVER, (uint64_t)row->key);

	action->offset = row->durable_bytes;
	orphan_add(node, row->key, 1);
}

/* What should be durable is not: the next call begins anew. */
static void
forget_arriving(struct node *node, int64_t key)
{
	struct stored_message row;

	stored_message_init(&row);
	if (store_message_get(node->store, key, &row) && row.state == MESSAGE_ARRIVING)
		node_message_drop(node, &row);
	stored_message_release(&row);
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
	    row.arrived_ms +
	    (node_arrival_is_said_here(arrival) ? NODE_DAY_MS : node_arrival_lifetime_ms(arrival));
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
	note_beginning(node, arrival, buffer_span(&arrival->body));
	action        = actions_add(node->actions, ACTION_BODY_APPEND, (uint64_t)arrival->key);
	action->bytes = arena_span(&node->actions->arena, buffer_span(&arrival->body));
	buffer_release(&arrival->body);
}

/* The first bytes of a mail, which a report of its end may show. */
static void
note_beginning(struct node *node, struct node_arrival *arrival, struct span bytes)
{
	struct buffer *beginning = &arrival->beginning;
	size_t         room      = STORE_BEGINNING_MAX - beginning->length;
	bool           own       = arrival->body.length > 0; /* the row becomes a file */

	if (strcmp(arrival->envelope.service, "mail") != 0 || room == 0 || bytes.length == 0 ||
	    (!own && arrival->received != beginning->length))
		return;
	buffer_append(beginning, bytes.data, bytes.length < room ? bytes.length : room);
	store_message_begin(node->store, arrival->key, buffer_span(beginning));
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
	arrival->sync_due   = INSTANT_NEVER;
	arrival->syncs++;
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

static void
orphan_add(struct node *node, int64_t key, unsigned syncs)
{
	node->orphans = memory_grow(node->orphans, &node->orphan_capacity, node->orphan_count + 1,
	                            sizeof(node->orphans[0]));
	node->orphans[node->orphan_count++] = (struct node_orphan){ key, syncs };
}
