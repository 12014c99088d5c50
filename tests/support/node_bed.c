/*
 * node_bed.c - events in, actions and rows out
 */
#include "tests/support/node_bed.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/disk/body_digest.h"

static const struct name here = { "a.oz.au" }, there = { "b.oz.au" };

static bool acts(const struct bed *bed, enum action_kind kind, const char *word);
static bool caller_listen(struct caller *caller, const struct bed *bed);

void
bed_open_node(struct bed *bed, const char *description)
{
	static const uint8_t seed[32];
	struct diagnostic    diagnostic;

	CU_ASSERT_EQUAL_FATAL(node_open(&bed->node, bed->store, span_of_text(description), seed,
	                                bed->now, &bed->actions, &diagnostic),
	                      STATUS_OK);
}

void
bed_make(struct bed *bed, const char *description)
{
	static const struct store_options options = { .in_memory = true };
	struct diagnostic                 diagnostic;

	*bed = (struct bed){ .now = { .instant = { 1000 }, .wall = { 1795171200000 } } };
	actions_init(&bed->actions);
	CU_ASSERT_EQUAL_FATAL(store_open(&bed->store, "", &options, &diagnostic), STATUS_OK);
	bed_open_node(bed, description);
}

void
bed_release(struct bed *bed)
{
	node_close(bed->node);
	actions_release(&bed->actions);
	store_close(bed->store);
}

void
bed_step(struct bed *bed, const struct event *events, size_t count)
{
	CU_ASSERT_EQUAL_FATAL(node_step(bed->node, bed->now, events, count, &bed->actions),
	                      STATUS_OK);
}

void
bed_pass(struct bed *bed, int64_t ms)
{
	bed->now.instant.ms += ms;
	bed->now.wall.ms += ms;
	bed_step(bed, NULL, 0);
}

void
bed_say(struct bed *bed, const struct buffer *bytes)
{
	const struct event events[] = {
		{ .kind    = EVENT_CLIENT_OPENED,
		  .id      = ++bed->last_client,
		  .text    = "joe",
		  .trusted = true },
		{ .kind = EVENT_CLIENT_BYTES, .id = bed->last_client, .bytes = buffer_span(bytes) },
	};

	bed_step(bed, events, 2);
}

void
bed_begin(struct control_submission *said, const char *service, const char *address, uint8_t token)
{
	control_submission_init(said);
	buffer_append_text(&said->address, address);
	snprintf(said->service, sizeof(said->service), "%s", service);
	memset(said->token, token, sizeof(said->token));
}

void
bed_make_id(struct message_id *id, uint8_t token)
{
	uint8_t tokens[MESSAGE_TOKEN_BYTES];

	memset(tokens, token, sizeof(tokens));
	message_id_make(id, &here, tokens);
}

void
bed_append_message(struct buffer *out, struct control_submission *said, size_t size)
{
	struct buffer body;

	buffer_init(&body);
	while (body.length < size)
		buffer_append_u8(&body, 'x');
	control_append_submission(out, said);
	control_append_data(out, buffer_span(&body));
	control_append_end(out);
	buffer_release(&body);
	control_submission_release(said);
}

void
bed_submit(struct bed *bed, const char *service, const char *address, uint8_t token)
{
	struct control_submission said;
	struct buffer             bytes;

	buffer_init(&bytes);
	bed_begin(&said, service, address, token);
	bed_append_message(&bytes, &said, 10);
	bed_say(bed, &bytes);
	buffer_release(&bytes);
}

void
bed_ask(struct bed *bed, const char *const *words)
{
	struct control_request request;
	struct buffer          bytes;

	control_request_init(&request);
	buffer_init(&bytes);
	while (*words != NULL)
		control_request_add(&request, *words++);
	control_append_request(&bytes, &request);
	bed_say(bed, &bytes);
	buffer_release(&bytes);
	control_request_release(&request);
}

const struct action *
bed_find_action(const struct bed *bed, enum action_kind kind)
{
	for (size_t i = 0; i < bed->actions.count; i++)
		if (bed->actions.items[i].kind == kind)
			return &bed->actions.items[i];
	return NULL;
}

int
bed_answered(const struct bed *bed)
{
	struct control_reader reader;
	struct control_item   item;
	struct control_done   done;
	struct diagnostic     diagnostic;
	int                   code = -1;

	for (size_t i = 0; i < bed->actions.count; i++) {
		struct span bytes = bed->actions.items[i].bytes;

		if (bed->actions.items[i].kind != ACTION_CLIENT_SEND ||
		    bed->actions.items[i].id != bed->last_client)
			continue;
		control_reader_init(&reader, CONTROL_DAEMON);
		do {
			control_read(&reader, &bytes, &item, &diagnostic);
			if (item.kind == CONTROL_DONE &&
			    control_done_decode(&done, item.bytes, &diagnostic) == STATUS_OK)
				code = done.exit_code;
		} while (item.kind != CONTROL_NOTHING);
		control_reader_release(&reader);
	}
	return code;
}

size_t
bed_count_copies(struct bed *bed, struct stored_copy *last)
{
	size_t count = 0;

	for (int64_t after = 0; store_copy_next(bed->store, NULL, after, last); after = last->key)
		count++;
	return count;
}

void
bed_fail_delivery(struct bed *bed)
{
	const struct action *action = bed_find_action(bed, ACTION_DELIVER);
	struct event         event  = { .kind    = EVENT_DELIVERY_ENDED,
		                        .verdict = DELIVERY_FAILED,
		                        .text    = "no" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	event.id = action->id;
	bed_step(bed, &event, 1);
}

size_t
bed_count_of(struct bed *bed, const char *service, struct stored_copy *copy)
{
	struct stored_message message;
	struct envelope       envelope;
	size_t                count = 0;

	stored_message_init(&message);
	envelope_init(&envelope);
	for (int64_t after = 0; store_copy_next(bed->store, NULL, after, copy); after = copy->key)
		count +=
		    store_message_get(bed->store, copy->message, &message) &&
		    envelope_decode(&envelope, buffer_span(&message.heading), NULL) == STATUS_OK &&
		    strcmp(envelope.service, service) == 0;
	envelope_release(&envelope);
	stored_message_release(&message);
	return count;
}

void
bed_bodies_synced(struct bed *bed)
{
	static const uint8_t digest[BODY_DIGEST_BYTES];
	struct event event = { .kind = EVENT_BODY_SYNCED, .bytes = { digest, sizeof(digest) } };

	for (size_t i = 0; i < bed->actions.count && event.id == 0; i++)
		if (bed->actions.items[i].kind == ACTION_BODY_SYNC) {
			event.id     = bed->actions.items[i].id;
			event.offset = bed->actions.items[i].offset;
		}
	CU_ASSERT_NOT_EQUAL_FATAL(event.id, 0);
	bed_step(bed, &event, 1);
}

bool
bed_says(const struct bed *bed, const char *word)
{
	return acts(bed, ACTION_CALL_SEND, word);
}

bool
bed_answers(const struct bed *bed, const char *words)
{
	return acts(bed, ACTION_CLIENT_SEND, words);
}

static bool
acts(const struct bed *bed, enum action_kind kind, const char *word)
{
	for (size_t i = 0; i < bed->actions.count; i++) {
		struct span bytes = bed->actions.items[i].bytes;

		if (bed->actions.items[i].kind == kind &&
		    memmem(bytes.data, bytes.length, word, strlen(word)) != NULL)
			return true;
	}
	return false;
}

/* Takes in what the node said in its last step; false: nothing. */
static bool
caller_listen(struct caller *caller, const struct bed *bed)
{
	struct session_event said;
	struct envelope      heading;
	bool                 any = false;

	for (size_t i = 0; i < bed->actions.count; i++) {
		struct span input = bed->actions.items[i].bytes;

		if (bed->actions.items[i].kind != ACTION_CALL_SEND ||
		    bed->actions.items[i].id != caller->id)
			continue;
		any = true;
		do {
			session_read(caller->session, &input, bed->now.instant, &said);
			if (said.kind == SESSION_GREETED)
				session_confirm(caller->session, bed->now.instant);
			if (said.kind != SESSION_OFFERED)
				continue;
			envelope_init(&heading);
			if (envelope_decode(&heading, said.heading, NULL) == STATUS_OK &&
			    strcmp(heading.service, "mail") == 0) {
				buffer_clear(&caller->transit);
				buffer_append_span(&caller->transit, said.transit);
			}
			envelope_release(&heading);
			caller->offered_bytes +=
			    said.heading.length + said.transit.length + said.size;
			session_acknowledge(caller->session, said.stream, SESSION_TAKEN, NULL);
		} while (said.kind != SESSION_NOTHING);
	}
	return any;
}

/* The far end says what it has to say, and listens, until both are silent. */
static void
caller_talk(struct caller *caller, struct bed *bed)
{
	struct session_piece piece = { .key = 0 };
	struct event         event = { .kind = EVENT_CALL_BYTES, .id = caller->id };
	struct buffer        bytes;
	int                  rounds = 0;

	buffer_init(&bytes);
	do {
		buffer_clear(&bytes);
		while (session_write(caller->session, &piece, bed->now.instant))
			buffer_append_span(&bytes, buffer_span(&piece.header));
		event.bytes = buffer_span(&bytes);
		bed_step(bed, &event, 1);
	} while ((caller_listen(caller, bed) || bytes.length > 0) && ++rounds < 100);
	CU_ASSERT_TRUE(rounds < 100);
	buffer_release(&piece.header);
	buffer_release(&bytes);
}

void
caller_make(struct caller *caller, struct bed *bed)
{
	caller_make_by(caller, bed, 1, "");
	CU_ASSERT_EQUAL_FATAL(session_state(caller->session), SESSION_UP);
}

void
caller_make_by(struct caller *caller, struct bed *bed, uint64_t id, const char *label)
{
	const struct event event = { .kind = EVENT_CALL_ANSWERED, .id = id, .text = "b" };

	*caller = (struct caller){
		.id      = id,
		.session = session_new(&there, &here, label, bed->now.instant),
	};
	session_tell_clock(caller->session, bed->far_clock);
	bed_step(bed, &event, 1);
	caller_listen(caller, bed);
	caller_talk(caller, bed);
}

void
caller_release(struct caller *caller)
{
	session_free(caller->session);
	buffer_release(&caller->transit);
}

void
caller_pass(struct caller *caller, struct bed *bed, int64_t ms, int64_t round_trip_ms)
{
	int64_t until_ms = bed->now.instant.ms + ms;

	if (caller_listen(caller, bed))
		caller_talk(caller, bed);
	while (bed->now.instant.ms < until_ms) {
		int64_t next_ms = node_deadline(bed->node).ms;

		next_ms = next_ms < until_ms ? next_ms : until_ms;
		bed_pass(bed, next_ms > bed->now.instant.ms ? next_ms - bed->now.instant.ms : 0);
		if (!caller_listen(caller, bed))
			continue;
		bed->now.instant.ms += round_trip_ms;
		bed->now.wall.ms += round_trip_ms;
		caller_talk(caller, bed);
	}
}

void
caller_offer(struct caller *caller, struct bed *bed, uint8_t token, uint64_t size)
{
	struct envelope      envelope;
	struct transit       transit;
	struct buffer        heading, way;
	struct session_piece piece = { .key = 0 };
	struct event         event = { .kind = EVENT_CALL_BYTES, .id = caller->id };

	envelope_init(&envelope);
	transit_init(&transit);
	buffer_init(&heading);
	buffer_init(&way);
	bed_make_id(&envelope.id, token);
	snprintf(envelope.service, sizeof(envelope.service), "mail");
	envelope.lifetime_ms = INT64_MAX;
	envelope.size_bytes  = size;
	envelope_encode(&envelope, &heading);
	address_add_text(&transit.destinations, "joe@a.oz.au", NULL);
	transit.age_ms = 1;
	transit_encode(&transit, &way);
	session_offer(caller->session, token, PRIORITY_LOW, buffer_span(&heading),
	              buffer_span(&way), size, false);
	CU_ASSERT_TRUE(session_write(caller->session, &piece, bed->now.instant));
	event.bytes = buffer_span(&piece.header);
	bed_step(bed, &event, 1);
	buffer_release(&piece.header);
	buffer_release(&way);
	buffer_release(&heading);
	transit_release(&transit);
	envelope_release(&envelope);
}

void
caller_send(struct caller *caller, struct bed *bed, uint8_t token, struct envelope *envelope,
            const struct transit *transit, struct span body)
{
	struct buffer        heading, way, sent;
	struct session_piece piece = { .key = 0 };
	struct event         event = { .kind = EVENT_CALL_BYTES, .id = caller->id };
	uint8_t              tokens[MESSAGE_TOKEN_BYTES];

	memset(tokens, token, sizeof(tokens));
	buffer_init(&heading);
	buffer_init(&way);
	buffer_init(&sent);
	message_id_make(&envelope->id, &there, tokens);
	envelope->size_bytes = body.length;
	body_digest(body, envelope->digest);
	envelope_encode(envelope, &heading);
	transit_encode(transit, &way);
	session_offer(caller->session, token, (unsigned)envelope->priority, buffer_span(&heading),
	              buffer_span(&way), body.length, true);
	do { /* a body goes in several frames, each when those before have arrived */
		buffer_clear(&sent);
		while (session_write(caller->session, &piece, bed->now.instant)) {
			buffer_append_span(&sent, buffer_span(&piece.header));
			if (piece.key != 0)
				buffer_append(&sent, body.data + piece.offset, piece.length);
		}
		event.bytes = buffer_span(&sent);
		bed_step(bed, &event, 1);
		caller_listen(caller, bed);
	} while (sent.length > 0);
	caller_talk(caller, bed);
	buffer_release(&piece.header);
	buffer_release(&sent);
	buffer_release(&way);
	buffer_release(&heading);
}

void
caller_tell(struct caller *caller, struct bed *bed, uint8_t token, const struct record *records,
            size_t count)
{
	struct envelope envelope;
	struct transit  transit;
	struct buffer   bytes, body;
	struct hop      hop = { .node = there };

	envelope_init(&envelope);
	transit_init(&transit);
	buffer_init(&bytes);
	buffer_init(&body);
	for (size_t i = 0; i < count; i++) {
		buffer_clear(&bytes);
		CU_ASSERT_EQUAL_FATAL(record_encode(&records[i], &bytes), STATUS_OK);
		field_append(&body, 1, buffer_span(&bytes));
	}
	snprintf(envelope.service, sizeof(envelope.service), "control");
	snprintf(envelope.title, sizeof(envelope.title), "records");
	envelope.report      = true;
	envelope.lifetime_ms = 1000000;
	address_add_text(&transit.destinations, here.text, NULL);
	transit_add_hop(&transit, &hop);
	caller_send(caller, bed, token, &envelope, &transit, buffer_span(&body));
	buffer_release(&body);
	buffer_release(&bytes);
	transit_release(&transit);
	envelope_release(&envelope);
}
