/*
 * node_test.c - the node alone, driven event by event: what no honest program would send
 *
 * A bed is one node on a database in memory, its description and its clocks. A test hands it
 * events and looks at its actions and its spool; the far end of a call is a real session.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "daemon/node/node.h"
#include "daemon/session/session.h"
#include "spool/control/control.h"
#include "spool/disk/body_digest.h"
#include "spool/store/store_message.h"
#include "tests/unit/unit.h"

struct bed {
	struct store  *store;
	struct node   *node;
	struct actions actions;
	struct now     now;
	uint64_t       last_client;
};

static const char lone[] = "node a.oz.au { visible oz.au\n"
			   "service mail { deliver maildir \"/mail/%u\" }\n"
			   "service news { deliver command \"rnews\" } }\n";

static const char linked[] = "node a.oz.au { visible oz.au\n"
			     "link b.oz.au { transport tcp listen }\n"
			     "service mail { deliver maildir \"/mail/%u\" } }\n";

static void
open_node(struct bed *bed, const char *description)
{
	static const uint8_t seed[32];
	struct diagnostic    diagnostic;

	CU_ASSERT_EQUAL_FATAL(node_open(&bed->node, bed->store, span_of_text(description), seed,
	                                bed->now, &bed->actions, &diagnostic),
	                      STATUS_OK);
}

static void
bed_make(struct bed *bed, const char *description)
{
	static const struct store_options options = { .in_memory = true };
	struct diagnostic                 diagnostic;

	*bed = (struct bed){ .now = { .instant = { 1000 }, .wall = { 1795171200000 } } };
	actions_init(&bed->actions);
	CU_ASSERT_EQUAL_FATAL(store_open(&bed->store, "", &options, &diagnostic), STATUS_OK);
	open_node(bed, description);
}

static void
bed_release(struct bed *bed)
{
	node_close(bed->node);
	actions_release(&bed->actions);
	store_close(bed->store);
}

static void
step(struct bed *bed, const struct event *events, size_t count)
{
	CU_ASSERT_EQUAL_FATAL(node_step(bed->node, bed->now, events, count, &bed->actions),
	                      STATUS_OK);
}

static void
pass(struct bed *bed, int64_t ms)
{
	bed->now.instant.ms += ms;
	bed->now.wall.ms += ms;
	step(bed, NULL, 0);
}

/* One more program, root's, says these bytes. */
static void
say(struct bed *bed, const struct buffer *bytes)
{
	const struct event events[] = {
		{ .kind    = EVENT_CLIENT_OPENED,
		  .id      = ++bed->last_client,
		  .text    = "joe",
		  .trusted = true },
		{ .kind = EVENT_CLIENT_BYTES, .id = bed->last_client, .bytes = buffer_span(bytes) },
	};

	step(bed, events, 2);
}

static void
begin(struct control_submission *said, const char *service, const char *address, uint8_t token)
{
	control_submission_init(said);
	buffer_append_text(&said->address, address);
	snprintf(said->service, sizeof(said->service), "%s", service);
	memset(said->token, token, sizeof(said->token));
}

/* The id that this node makes of such a token. */
static void
make_id(struct message_id *id, uint8_t token)
{
	uint8_t tokens[MESSAGE_TOKEN_BYTES];

	memset(tokens, token, sizeof(tokens));
	message_id_make(id, name_of("a.oz.au"), tokens);
}

/* The whole submission with a body of `size` bytes; releases *said. */
static void
append_message(struct buffer *out, struct control_submission *said, size_t size)
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

static void
submit(struct bed *bed, const char *service, const char *address, uint8_t token)
{
	struct control_submission said;
	struct buffer             bytes;

	buffer_init(&bytes);
	begin(&said, service, address, token);
	append_message(&bytes, &said, 10);
	say(bed, &bytes);
	buffer_release(&bytes);
}

static void
ask(struct bed *bed, const char *const *words)
{
	struct control_request request;
	struct buffer          bytes;

	control_request_init(&request);
	buffer_init(&bytes);
	while (*words != NULL)
		control_request_add(&request, *words++);
	control_append_request(&bytes, &request);
	say(bed, &bytes);
	buffer_release(&bytes);
	control_request_release(&request);
}
#define ASK(bed, ...) ask((bed), (const char *const[]){ __VA_ARGS__, NULL })

static const struct action *
find_action(const struct bed *bed, enum action_kind kind)
{
	for (size_t i = 0; i < bed->actions.count; i++)
		if (bed->actions.items[i].kind == kind)
			return &bed->actions.items[i];
	return NULL;
}

/* The exit code of the last answer that the program of the last step got; -1 = none. */
static int
answered(const struct bed *bed)
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

static size_t
count_copies(struct bed *bed, struct stored_copy *last)
{
	size_t count = 0;

	for (int64_t after = 0; store_copy_next(bed->store, NULL, after, last); after = last->key)
		count++;
	return count;
}

/* The program says that it failed for good: the copy is held. */
static void
fail_delivery(struct bed *bed)
{
	const struct action *action = find_action(bed, ACTION_DELIVER);
	struct event         event  = { .kind    = EVENT_DELIVERY_ENDED,
		                        .verdict = DELIVERY_FAILED,
		                        .text    = "no" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	event.id = action->id;
	step(bed, &event, 1);
}

/* Those of messages of one service. */
static size_t
count_of(struct bed *bed, const char *service, struct stored_copy *copy)
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

/* All bodies whose sync the last step asked for are durable. */
static void
bodies_synced(struct bed *bed)
{
	static const uint8_t digest[BODY_DIGEST_BYTES];
	struct event event = { .kind = EVENT_BODY_SYNCED, .bytes = { digest, sizeof(digest) } };

	for (size_t i = 0; i < bed->actions.count && event.id == 0; i++)
		if (bed->actions.items[i].kind == ACTION_BODY_SYNC) {
			event.id     = bed->actions.items[i].id;
			event.offset = bed->actions.items[i].offset;
		}
	CU_ASSERT_NOT_EQUAL_FATAL(event.id, 0);
	step(bed, &event, 1);
}

/* The far end of a call that b.oz.au has made. */
struct caller {
	struct session *session;
};

enum { CALLER_ID = 1 };

/* All that each end has to say, until both are silent. */
static void
talk(struct caller *caller, struct bed *bed)
{
	struct session_piece piece = { .key = 0 };
	struct session_event said;
	struct event         event = { .kind = EVENT_CALL_BYTES, .id = CALLER_ID };
	struct buffer        bytes;
	bool                 silent = false;

	buffer_init(&bytes);
	for (int rounds = 0; !silent && rounds < 100; rounds++) {
		silent = true;
		for (size_t i = 0; i < bed->actions.count; i++) {
			struct span input = bed->actions.items[i].bytes;

			if (bed->actions.items[i].kind != ACTION_CALL_SEND)
				continue;
			silent = false;
			do {
				session_read(caller->session, &input, bed->now.instant, &said);
				if (said.kind == SESSION_GREETED)
					session_confirm(caller->session, bed->now.instant);
				if (said.kind == SESSION_OFFERED)
					session_acknowledge(caller->session, said.stream,
					                    SESSION_TAKEN, NULL);
			} while (said.kind != SESSION_NOTHING);
		}
		buffer_clear(&bytes);
		while (session_write(caller->session, &piece, bed->now.instant))
			buffer_append_span(&bytes, buffer_span(&piece.header));
		silent      = silent && bytes.length == 0;
		event.bytes = buffer_span(&bytes);
		step(bed, &event, 1);
	}
	CU_ASSERT_TRUE(silent);
	buffer_release(&piece.header);
	buffer_release(&bytes);
}

static void
caller_make(struct caller *caller, struct bed *bed)
{
	const struct event event = { .kind = EVENT_CALL_ANSWERED, .id = CALLER_ID, .text = "b" };

	caller->session = session_new(name_of("b.oz.au"), name_of("a.oz.au"), bed->now.instant);
	step(bed, &event, 1);
	talk(caller, bed);
	CU_ASSERT_EQUAL_FATAL(session_state(caller->session), SESSION_UP);
}

static void
caller_release(struct caller *caller)
{
	session_free(caller->session);
}

/* Offers a file of that size, of which no byte will come. */
static void
caller_offer(struct caller *caller, struct bed *bed, uint8_t token, uint64_t size)
{
	struct envelope      envelope;
	struct transit       transit;
	struct buffer        heading, way;
	struct session_piece piece = { .key = 0 };
	struct event         event = { .kind = EVENT_CALL_BYTES, .id = CALLER_ID };

	envelope_init(&envelope);
	transit_init(&transit);
	buffer_init(&heading);
	buffer_init(&way);
	make_id(&envelope.id, token);
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
	step(bed, &event, 1);
	buffer_release(&piece.header);
	buffer_release(&way);
	buffer_release(&heading);
	transit_release(&transit);
	envelope_release(&envelope);
}

static void
held_news_is_released_for_delivery_here(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, lone);
	stored_copy_init(&copy);
	submit(&bed, "news", "*.oz.au", 1);
	fail_delivery(&bed);
	CU_ASSERT_EQUAL(count_copies(&bed, &copy), 1);
	CU_ASSERT_EQUAL(copy.state, COPY_HELD);

	ASK(&bed, "queue", "release", "--all");
	CU_ASSERT_EQUAL(answered(&bed), 0);
	CU_ASSERT_PTR_NOT_NULL(find_action(&bed, ACTION_DELIVER));
	CU_ASSERT_EQUAL(count_copies(&bed, &copy), 1);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
news_for_this_node_stays_when_routed_anew(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, lone);
	stored_copy_init(&copy);
	submit(&bed, "news", "*.oz.au", 1);
	fail_delivery(&bed);
	ASK(&bed, "queue", "reroute", "--all");
	CU_ASSERT_EQUAL(count_copies(&bed, &copy), 1);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
mail_without_a_route_is_never_delivered_here(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, linked);
	stored_copy_init(&copy);
	submit(&bed, "mail", "joe@nobody.oz.au", 1);
	CU_ASSERT_EQUAL(answered(&bed), 0);
	ASK(&bed, "queue", "hold", "--service", "mail");
	CU_ASSERT_EQUAL(answered(&bed), 0);
	ASK(&bed, "queue", "release", "--service", "mail");
	CU_ASSERT_EQUAL(answered(&bed), 0);
	CU_ASSERT_PTR_NULL(find_action(&bed, ACTION_DELIVER));
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
an_empty_word_names_no_message(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, lone);
	stored_copy_init(&copy);
	submit(&bed, "news", "joe@a.oz.au", 1);
	fail_delivery(&bed);
	ASK(&bed, "queue", "cancel", "");
	CU_ASSERT_EQUAL(answered(&bed), 64);
	ASK(&bed, "queue", "cancel", "--neighbor");
	CU_ASSERT_EQUAL(answered(&bed), 64);
	ASK(&bed, "queue", "cancel", "--service", "");
	CU_ASSERT_EQUAL(answered(&bed), 64);
	CU_ASSERT_EQUAL(count_copies(&bed, &copy), 1);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
a_lifetime_without_end_is_a_long_one(void)
{
	struct bed                bed;
	struct stored_copy        copy;
	struct control_submission said;
	struct buffer             bytes;

	bed_make(&bed, linked);
	stored_copy_init(&copy);
	buffer_init(&bytes);
	begin(&said, "mail", "joe@b.oz.au", 1);
	said.lifetime_ms = INT64_MAX;
	append_message(&bytes, &said, 10);
	say(&bed, &bytes);
	CU_ASSERT_EQUAL(answered(&bed), 0);
	CU_ASSERT_EQUAL(count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_STRING_EQUAL(copy.neighbor, "b.oz.au");
	pass(&bed, 3600000);
	CU_ASSERT_EQUAL(count_of(&bed, "mail", &copy), 1);
	buffer_release(&bytes);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
two_messages_in_a_row_are_two(void)
{
	struct bed                bed;
	struct stored_copy        copy;
	struct control_submission said;
	struct buffer             bytes;

	bed_make(&bed, linked);
	stored_copy_init(&copy);
	buffer_init(&bytes);
	begin(&said, "mail", "joe@b.oz.au", 1);
	append_message(&bytes, &said, 40000); /* its file must be durable first */
	begin(&said, "mail", "joe@b.oz.au", 2);
	append_message(&bytes, &said, 10);
	say(&bed, &bytes);
	CU_ASSERT_EQUAL(answered(&bed), -1);
	bodies_synced(&bed);
	CU_ASSERT_EQUAL(answered(&bed), 0);
	CU_ASSERT_EQUAL(count_of(&bed, "mail", &copy), 2);
	buffer_release(&bytes);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
a_body_that_still_arrives_is_not_stale(void)
{
	struct bed                bed;
	struct stored_copy        copy;
	struct stored_message     message;
	struct control_submission said;
	struct buffer             bytes;
	struct event              event = { .kind = EVENT_CLIENT_BYTES };
	struct message_id         id;

	bed_make(&bed, linked);
	stored_copy_init(&copy);
	stored_message_init(&message);
	buffer_init(&bytes);
	begin(&said, "mail", "joe@b.oz.au", 1);
	append_message(&bytes, &said, 40000);
	bytes.length -= 2; /* the END frame */
	say(&bed, &bytes);
	pass(&bed, 2 * INT64_C(86400000));
	event.id    = bed.last_client;
	event.bytes = (struct span){ bytes.data + bytes.length, 2 };
	step(&bed, &event, 1);
	bodies_synced(&bed);
	CU_ASSERT_EQUAL(answered(&bed), 0);
	make_id(&id, 1);
	CU_ASSERT_TRUE(store_message_find(bed.store, &id, 0, &message));
	buffer_release(&bytes);
	stored_message_release(&message);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static void
a_body_that_cannot_be_written_is_refused(void)
{
	struct bed                bed;
	struct control_submission said;
	struct buffer             bytes;
	struct event              event = { .kind   = EVENT_BODY_FAILED,
		                            .status = STATUS_NO_SPACE,
		                            .text   = "full" };

	bed_make(&bed, linked);
	buffer_init(&bytes);
	begin(&said, "mail", "joe@b.oz.au", 1);
	append_message(&bytes, &said, 40000);
	say(&bed, &bytes);
	CU_ASSERT_PTR_NOT_NULL_FATAL(find_action(&bed, ACTION_BODY_SYNC));
	event.id = find_action(&bed, ACTION_BODY_SYNC)->id;
	step(&bed, &event, 1);
	CU_ASSERT_EQUAL(answered(&bed), 75);
	buffer_release(&bytes);
	bed_release(&bed);
}

static void
a_token_stands_for_one_message(void)
{
	struct bed                bed;
	struct control_submission said;
	struct buffer             bytes;

	bed_make(&bed, linked);
	submit(&bed, "mail", "joe@b.oz.au", 1);
	CU_ASSERT_EQUAL(answered(&bed), 0);
	submit(&bed, "mail", "joe@b.oz.au", 1);
	CU_ASSERT_EQUAL(answered(&bed), 0);

	buffer_init(&bytes);
	begin(&said, "mail", "joe@b.oz.au", 1);
	append_message(&bytes, &said, 11);
	say(&bed, &bytes);
	CU_ASSERT_EQUAL(answered(&bed), 65);
	buffer_release(&bytes);
	bed_release(&bed);
}

static void
what_was_prepared_is_published_where_it_lies(void)
{
	static const char    moved[] = "node a.oz.au { visible oz.au\n"
				       "service mail { deliver maildir \"/elsewhere/%u\" } }\n";
	struct bed           bed;
	const struct action *action;
	struct event events[2] = { { .kind = EVENT_DESCRIPTION, .bytes = span_of_text(moved) },
		                   { .kind = EVENT_DELIVERY_PREPARED } };

	bed_make(&bed, lone);
	submit(&bed, "mail", "joe@a.oz.au", 1);
	action = find_action(&bed, ACTION_DELIVER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	events[1].id = action->id;
	step(&bed, events, 2);
	action = find_action(&bed, ACTION_PUBLISH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	CU_ASSERT_STRING_EQUAL(action->delivery->target, "/mail/%u");
	bed_release(&bed);
}

static void
an_idle_spool_ages_over_restarts(void)
{
	struct bed                bed;
	struct control_submission said;
	struct buffer             bytes;
	struct message_id         id;
	struct stored_outcome     outcome;

	bed_make(&bed, linked);
	buffer_init(&bytes);
	begin(&said, "mail", "joe@b.oz.au", 1);
	said.lifetime_ms = INT64_C(10) * 3600000;
	append_message(&bytes, &said, 10);
	say(&bed, &bytes);
	make_id(&id, 1);
	for (int day = 0; day < 3; day++) {
		for (int hour = 0; hour < 5; hour++)
			pass(&bed, 3600000);
		node_close(bed.node);
		bed.now.instant.ms = 1000; /* another boot */
		open_node(&bed, linked);
	}
	CU_ASSERT_TRUE(store_outcome_get(bed.store, &id, 0, &outcome));
	buffer_release(&bytes);
	bed_release(&bed);
}

static void
sizes_beyond_all_disks_are_added_up(void)
{
	struct bed    bed;
	struct caller caller;

	bed_make(&bed, linked);
	caller_make(&caller, &bed);
	for (uint8_t token = 1; token <= 3; token++)
		caller_offer(&caller, &bed, token, INT64_MAX);
	ASK(&bed, "status");
	CU_ASSERT_EQUAL(answered(&bed), 0);
	ASK(&bed, "queue");
	CU_ASSERT_EQUAL(answered(&bed), 0);
	caller_release(&caller);
	bed_release(&bed);
}

/* A record travels in a body that is a row: many long names are more than that holds. */
static void
a_hub_of_many_long_names_works(void)
{
	struct bed    bed;
	struct buffer text;

	buffer_init(&text);
	buffer_append_text(&text, "node a.oz.au { visible oz.au\n");
	for (unsigned i = 0; i < 400; i++)
		buffer_append_format(&text,
		                     "link n%u.of-a-department-with-a-rather-long-name.oz.au "
		                     "{ transport tcp listen }\n",
		                     i);
	buffer_append_text(&text, "}\n");
	bed_make(&bed, buffer_text(&text));
	pass(&bed, 3600000);
	ASK(&bed, "routes");
	CU_ASSERT_EQUAL(answered(&bed), 0);
	buffer_release(&text);
	bed_release(&bed);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_hub_of_many_long_names_works),
	UNIT_TEST(held_news_is_released_for_delivery_here),
	UNIT_TEST(news_for_this_node_stays_when_routed_anew),
	UNIT_TEST(mail_without_a_route_is_never_delivered_here),
	UNIT_TEST(an_empty_word_names_no_message),
	UNIT_TEST(a_lifetime_without_end_is_a_long_one),
	UNIT_TEST(two_messages_in_a_row_are_two),
	UNIT_TEST(a_body_that_still_arrives_is_not_stale),
	UNIT_TEST(a_body_that_cannot_be_written_is_refused),
	UNIT_TEST(a_token_stands_for_one_message),
	UNIT_TEST(what_was_prepared_is_published_where_it_lies),
	UNIT_TEST(an_idle_spool_ages_over_restarts),
	UNIT_TEST(sizes_beyond_all_disks_are_added_up),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_suite = UNIT_SUITE("node", NULL, NULL, tests);
