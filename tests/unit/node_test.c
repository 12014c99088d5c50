/*
 * node_test.c - the node alone, driven event by event: what no honest program would send
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "spool/store/statement.h"
#include "spool/store/store_topology.h"
#include "spool/wire/frame.h"
#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

static const char lone[] = "node a.oz.au { visible oz.au\n"
			   "service mail { deliver maildir \"/mail/%u\" }\n"
			   "service news { deliver command \"rnews\" } }\n";

static const char linked[] = "node a.oz.au { visible oz.au\n"
			     "link b.oz.au { transport tcp listen }\n"
			     "service mail { deliver maildir \"/mail/%u\" } }\n";

static void
held_news_is_released_for_delivery_here(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, lone);
	stored_copy_init(&copy);
	bed_submit(&bed, "news", "*.oz.au", 1);
	bed_fail_delivery(&bed);
	CU_ASSERT_EQUAL(bed_count_copies(&bed, &copy), 1);
	CU_ASSERT_EQUAL(copy.state, COPY_HELD);

	ASK(&bed, "queue", "release", "--all");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	CU_ASSERT_PTR_NOT_NULL(bed_find_action(&bed, ACTION_DELIVER));
	CU_ASSERT_EQUAL(bed_count_copies(&bed, &copy), 1);
	stored_copy_release(&copy);
	bed_release(&bed);
}

/* It is the one that the reader of the queue has looked at last. */
static void
held_mail_is_released_for_delivery_here(void)
{
	struct bed bed;

	bed_make(&bed, lone);
	bed_submit(&bed, "mail", "joe@a.oz.au", 1);
	bed_fail_delivery(&bed);
	ASK(&bed, "queue", "release", "--all");
	CU_ASSERT_PTR_NOT_NULL(bed_find_action(&bed, ACTION_DELIVER));
	bed_release(&bed);
}

static void
news_for_this_node_stays_when_routed_anew(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, lone);
	stored_copy_init(&copy);
	bed_submit(&bed, "news", "*.oz.au", 1);
	bed_fail_delivery(&bed);
	ASK(&bed, "queue", "reroute", "--all");
	CU_ASSERT_EQUAL(bed_count_copies(&bed, &copy), 1);
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
	bed_submit(&bed, "mail", "joe@nobody.oz.au", 1);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	ASK(&bed, "queue", "hold", "--service", "mail");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	ASK(&bed, "queue", "release", "--service", "mail");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	CU_ASSERT_PTR_NULL(bed_find_action(&bed, ACTION_DELIVER));
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
	bed_submit(&bed, "news", "joe@a.oz.au", 1);
	bed_fail_delivery(&bed);
	ASK(&bed, "queue", "cancel", "");
	CU_ASSERT_EQUAL(bed_answered(&bed), 64);
	ASK(&bed, "queue", "cancel", "--neighbor");
	CU_ASSERT_EQUAL(bed_answered(&bed), 64);
	ASK(&bed, "queue", "cancel", "--service", "");
	CU_ASSERT_EQUAL(bed_answered(&bed), 64);
	CU_ASSERT_EQUAL(bed_count_copies(&bed, &copy), 1);
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
	bed_begin(&said, "mail", "joe@b.oz.au", 1);
	said.lifetime_ms = INT64_MAX;
	bed_append_message(&bytes, &said, 10);
	bed_say(&bed, &bytes);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_STRING_EQUAL(copy.neighbor, "b.oz.au");
	bed_pass(&bed, 3600000);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
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
	bed_begin(&said, "mail", "joe@b.oz.au", 1);
	bed_append_message(&bytes, &said, 40000); /* its file must be durable first */
	bed_begin(&said, "mail", "joe@b.oz.au", 2);
	bed_append_message(&bytes, &said, 10);
	bed_say(&bed, &bytes);
	CU_ASSERT_EQUAL(bed_answered(&bed), -1);
	bed_bodies_synced(&bed);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 2);
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
	bed_begin(&said, "mail", "joe@b.oz.au", 1);
	bed_append_message(&bytes, &said, 40000);
	bytes.length -= 2; /* the END frame */
	bed_say(&bed, &bytes);
	bed_pass(&bed, 2 * INT64_C(86400000));
	event.id    = bed.last_client;
	event.bytes = (struct span){ bytes.data + bytes.length, 2 };
	bed_step(&bed, &event, 1);
	bed_bodies_synced(&bed);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	bed_make_id(&id, 1);
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
	bed_begin(&said, "mail", "joe@b.oz.au", 1);
	bed_append_message(&bytes, &said, 40000);
	bed_say(&bed, &bytes);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed_find_action(&bed, ACTION_BODY_SYNC));
	event.id = bed_find_action(&bed, ACTION_BODY_SYNC)->id;
	bed_step(&bed, &event, 1);
	CU_ASSERT_EQUAL(bed_answered(&bed), 75);
	buffer_release(&bytes);
	bed_release(&bed);
}

/* A frame of this type is among what the last step says over the call. */
static bool
says_frame(const struct bed *bed, uint8_t type)
{
	for (size_t i = 0; i < bed->actions.count; i++)
		if (bed->actions.items[i].kind == ACTION_CALL_SEND &&
		    bed->actions.items[i].bytes.data[0] == type)
			return true;
	return false;
}

/* Its answer would move the offset of the bytes that come after. */
static void
a_body_goes_on_when_the_sync_of_the_earlier_call_is_answered(void)
{
	enum { DATA = 5, ACCEPT = 4, CALL = 1, CAME = 50000 };
	static uint8_t payload[1 + CAME] = { 1 }; /* the first stream's */
	struct bed     bed;
	struct caller  caller;
	struct buffer  frame;
	struct event   bytes  = { .kind = EVENT_CALL_BYTES, .id = CALL };
	struct event   ended  = { .kind = EVENT_CALL_ENDED, .id = CALL, .text = "cut" };
	struct event   synced = { .kind = EVENT_BODY_SYNCED, .offset = CAME };

	bed_make(&bed, linked);
	buffer_init(&frame);
	caller_make(&caller, &bed);
	caller_offer(&caller, &bed, 1, 100000);
	CU_ASSERT_TRUE(says_frame(&bed, ACCEPT));
	frame_append(&frame, DATA, (struct span){ payload, sizeof(payload) });
	bytes.bytes = buffer_span(&frame);
	bed_step(&bed, &bytes, 1);
	bed_step(&bed, &ended, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bed_find_action(&bed, ACTION_BODY_SYNC));
	synced.id = bed_find_action(&bed, ACTION_BODY_SYNC)->id;
	caller_release(&caller);

	caller_make(&caller, &bed);
	caller_offer(&caller, &bed, 1, 100000);
	CU_ASSERT_FALSE(says_frame(&bed, ACCEPT));
	bed_step(&bed, &synced, 1);
	CU_ASSERT_TRUE(says_frame(&bed, ACCEPT));
	caller_release(&caller);
	buffer_release(&frame);
	bed_release(&bed);
}

static void
a_token_stands_for_one_message(void)
{
	struct bed                bed;
	struct control_submission said;
	struct buffer             bytes;

	bed_make(&bed, linked);
	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);

	buffer_init(&bytes);
	bed_begin(&said, "mail", "joe@b.oz.au", 1);
	bed_append_message(&bytes, &said, 11);
	bed_say(&bed, &bytes);
	CU_ASSERT_EQUAL(bed_answered(&bed), 65);
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
	bed_submit(&bed, "mail", "joe@a.oz.au", 1);
	action = bed_find_action(&bed, ACTION_DELIVER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	events[1].id = action->id;
	bed_step(&bed, events, 2);
	action = bed_find_action(&bed, ACTION_PUBLISH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	CU_ASSERT_STRING_EQUAL(action->delivery->target, "/mail/%u");
	bed_release(&bed);
}

/* What it cannot listen on is said of the last reload, even of one that changed nothing else. */
static void
what_cannot_be_listened_on_is_known_once(void)
{
	static const char other[] = "node other.oz.au { visible oz.au }\n";
	struct bed        bed;
	struct event      event = { .kind = EVENT_DESCRIPTION, .bytes = span_of_text(other) };

	bed_make(&bed, lone);
	event.text = "cannot listen on one";
	bed_step(&bed, &event, 1);
	ASK(&bed, "status");
	CU_ASSERT_TRUE(bed_answers(&bed, "It cannot listen on one;"));
	event.text = "cannot listen on another";
	bed_step(&bed, &event, 1);
	ASK(&bed, "status");
	CU_ASSERT_TRUE(bed_answers(&bed, "It cannot listen on another;"));
	event.text = "";
	bed_step(&bed, &event, 1);
	ASK(&bed, "status");
	CU_ASSERT_FALSE(bed_answers(&bed, "cannot listen"));
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
	bed_begin(&said, "mail", "joe@b.oz.au", 1);
	said.lifetime_ms = INT64_C(10) * 3600000;
	bed_append_message(&bytes, &said, 10);
	bed_say(&bed, &bytes);
	bed_make_id(&id, 1);
	for (int day = 0; day < 3; day++) {
		for (int hour = 0; hour < 5; hour++)
			bed_pass(&bed, 3600000);
		node_close(bed.node);
		bed.now.instant.ms = 1000; /* another boot */
		bed_open_node(&bed, linked);
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
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	ASK(&bed, "queue");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
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
	bed_pass(&bed, 3600000);
	ASK(&bed, "routes");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	buffer_release(&text);
	bed_release(&bed);
}

/* Of b.oz.au with a link to a.oz.au, or of c.oz.au: each with one to the other. */
static void
make_record(struct record *record, const char *node, const char *const *far)
{
	struct record_link link = { .direction = RECORD_OUTBOUND, .delay_ms = 1000 };

	record_init(record);
	record->node    = *name_of(node);
	record->visible = *name_of("oz.au");
	record->serial  = 1;
	for (; *far != NULL; far++) {
		link.to = *name_of(*far);
		CU_ASSERT_EQUAL_FATAL(record_add_link(record, &link), STATUS_OK);
	}
}

static void
a_record_that_comes_before_its_mention_is_kept(void)
{
	static const char *const of_b[] = { "a.oz.au", "c.oz.au", NULL };
	static const char *const of_c[] = { "b.oz.au", NULL };
	struct bed               bed;
	struct caller            caller;
	struct record            b, c;
	struct stored_record     stored;

	bed_make(&bed, linked);
	caller_make(&caller, &bed);
	make_record(&b, "b.oz.au", of_b);
	make_record(&c, "c.oz.au", of_c);
	stored_record_init(&stored);
	caller_tell(&caller, &bed, 1, &c, 1);
	CU_ASSERT_FALSE(store_record_get(bed.store, "c.oz.au", &stored));
	caller_tell(&caller, &bed, 2, &b, 1);
	CU_ASSERT_TRUE(store_record_get(bed.store, "b.oz.au", &stored));
	CU_ASSERT_TRUE(store_record_get(bed.store, "c.oz.au", &stored));
	stored_record_release(&stored);
	record_release(&c);
	record_release(&b);
	caller_release(&caller);
	bed_release(&bed);
}

/*
 * A network is told from its far end on: each record is mentioned by the next one only, the last
 * by b's. More than can be kept is asked for again, once.
 */
static void
what_was_too_much_to_keep_is_asked_for_again(void)
{
	enum { CHAIN = 300 };
	static const char *const of_b[] = { "a.oz.au", "n299.oz.au", NULL };
	static struct record     chain[CHAIN];
	struct bed               bed;
	struct caller            caller;
	struct record            b;
	struct stored_record     stored;

	bed_make(&bed, linked);
	caller_make(&caller, &bed);
	make_record(&b, "b.oz.au", of_b);
	for (unsigned i = 0; i < CHAIN; i++) {
		char              name[32], far[32];
		const char *const fars[] = { i > 0 ? far : NULL, NULL };

		snprintf(name, sizeof(name), "n%03u.oz.au", i);
		snprintf(far, sizeof(far), "n%03u.oz.au", i - 1);
		make_record(&chain[i], name, fars);
	}
	stored_record_init(&stored);
	caller_tell(&caller, &bed, 1, chain, CHAIN);
	bed_pass(&bed, 20000);
	CU_ASSERT_FALSE(bed_says(&bed, "have"));
	caller_tell(&caller, &bed, 2, &b, 1);
	CU_ASSERT_TRUE(store_record_get(bed.store, "n044.oz.au", &stored));
	CU_ASSERT_FALSE(store_record_get(bed.store, "n043.oz.au", &stored));
	bed_pass(&bed, 10000);
	CU_ASSERT_TRUE(bed_says(&bed, "have"));
	caller_tell(&caller, &bed, 3, chain, 44);
	CU_ASSERT_TRUE(store_record_get(bed.store, "n000.oz.au", &stored));
	bed_pass(&bed, 20000);
	CU_ASSERT_FALSE(bed_says(&bed, "have"));
	stored_record_release(&stored);
	for (unsigned i = 0; i < CHAIN; i++)
		record_release(&chain[i]);
	record_release(&b);
	caller_release(&caller);
	bed_release(&bed);
}

static uint64_t
own_serial(struct bed *bed)
{
	struct stored_record stored;
	uint64_t             serial;

	stored_record_init(&stored);
	CU_ASSERT_TRUE_FATAL(store_record_get(bed->store, "a.oz.au", &stored));
	serial = stored.serial;
	stored_record_release(&stored);
	return serial;
}

/* As after a backup was put back: what the network knows under our serial is not what we say. */
static void
other_words_under_our_serial_are_gone_past(void)
{
	static const char *const of_us[] = { "c.oz.au", NULL };
	struct bed               bed;
	struct caller            caller;
	struct record            other;
	struct stored_record     stored;

	bed_make(&bed, linked);
	caller_make(&caller, &bed);
	make_record(&other, "a.oz.au", of_us);
	CU_ASSERT_EQUAL(own_serial(&bed), 1);
	caller_tell(&caller, &bed, 1, &other, 1);
	CU_ASSERT_EQUAL(own_serial(&bed), 2);
	stored_record_init(&stored);
	CU_ASSERT_TRUE(store_record_get(bed.store, "a.oz.au", &stored));
	CU_ASSERT_EQUAL(record_decode(&other, buffer_span(&stored.bytes), NULL), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(other.links[0].to.text, "b.oz.au");
	caller_tell(&caller, &bed, 2, &other, 1); /* these are ours */
	CU_ASSERT_EQUAL(own_serial(&bed), 2);
	stored_record_release(&stored);
	record_release(&other);
	caller_release(&caller);
	bed_release(&bed);
}

/* A file that nobody wants is deleted; what cannot be looked up may be a message's. */
static void
a_spool_that_failed_lets_no_body_be_deleted(void)
{
	static uint8_t bytes[100000];
	struct bed     bed;

	bed_make(&bed, lone);
	CU_ASSERT_FALSE(node_wants_body(bed.node, 7));
	CU_ASSERT_EQUAL(
	    sqlite3_exec(bed.store->database, "PRAGMA max_page_count = 1", NULL, NULL, NULL),
	    SQLITE_OK); /* no more than there are */
	CU_ASSERT_EQUAL(store_begin(bed.store), STATUS_OK);
	store_setting_put(bed.store, "large", (struct span){ bytes, sizeof(bytes) });
	CU_ASSERT_EQUAL(store_failure(bed.store), STATUS_NO_SPACE);
	CU_ASSERT_TRUE(node_wants_body(bed.node, 7));
	store_rollback(bed.store);
	bed_release(&bed);
}

static void
a_newcomers_mail_waits_for_the_first_call_and_says_so(void)
{
	struct bed         bed;
	struct stored_copy copy;

	bed_make(&bed, linked);
	stored_copy_init(&copy);
	bed_submit(&bed, "mail", "joe@far.oz.au", 1);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	CU_ASSERT_STRING_EQUAL(
	    buffer_text(&copy.text),
	    "a.oz.au had heard from nobody when this came; it learns where joe@far.oz.au is from "
	    "the first call with a neighbor, and else this comes back");
	bed_pass(&bed, 3600000);
	CU_ASSERT_EQUAL(bed_count_of(&bed, "mail", &copy), 1);
	stored_copy_release(&copy);
	bed_release(&bed);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_spool_that_failed_lets_no_body_be_deleted),
	UNIT_TEST(other_words_under_our_serial_are_gone_past),
	UNIT_TEST(a_record_that_comes_before_its_mention_is_kept),
	UNIT_TEST(what_was_too_much_to_keep_is_asked_for_again),
	UNIT_TEST(a_hub_of_many_long_names_works),
	UNIT_TEST(held_news_is_released_for_delivery_here),
	UNIT_TEST(a_newcomers_mail_waits_for_the_first_call_and_says_so),
	UNIT_TEST(a_body_goes_on_when_the_sync_of_the_earlier_call_is_answered),
	UNIT_TEST(held_mail_is_released_for_delivery_here),
	UNIT_TEST(news_for_this_node_stays_when_routed_anew),
	UNIT_TEST(mail_without_a_route_is_never_delivered_here),
	UNIT_TEST(an_empty_word_names_no_message),
	UNIT_TEST(a_lifetime_without_end_is_a_long_one),
	UNIT_TEST(two_messages_in_a_row_are_two),
	UNIT_TEST(a_body_that_still_arrives_is_not_stale),
	UNIT_TEST(a_body_that_cannot_be_written_is_refused),
	UNIT_TEST(a_token_stands_for_one_message),
	UNIT_TEST(what_was_prepared_is_published_where_it_lies),
	UNIT_TEST(what_cannot_be_listened_on_is_known_once),
	UNIT_TEST(an_idle_spool_ages_over_restarts),
	UNIT_TEST(sizes_beyond_all_disks_are_added_up),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_suite = UNIT_SUITE("node", NULL, NULL, tests);
