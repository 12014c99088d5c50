/*
 * node_carry_test.c - a copy on a stick is ours until the right one says that it has it
 */
#include "spool/store/store_carry.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/seal/seal.h"
#include "spool/trust/node_key.h"
#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

static struct bed    bed;
static struct caller caller;

static void
setup(void)
{
	uint8_t       seed[SEAL_SEED_BYTES] = { 2 };
	struct buffer key, pem, text;

	buffer_init(&key);
	buffer_init(&pem);
	buffer_init(&text);
	CU_ASSERT_EQUAL_FATAL(node_key_make(seed, &pem), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(node_key_public(buffer_span(&pem), &key), STATUS_OK);
	buffer_append_format(
	    &text,
	    "node a.oz.au { visible oz.au; notify root\n"
	    "service mail { deliver maildir \"/mail/%%u\" }\n"
	    "link b.oz.au { delay 1d; auth key \"%s\"; transport tcp listen plain\n"
	    " transport directory \"/b\" { overdue 10d } }\n"
	    "link c.oz.au { delay 1d; auth key \"%s\"\n"
	    " transport directory \"/c\" { overdue 10d } }\n"
	    "link d.oz.au { delay 1d; auth key \"%s\"; carry { service mail file }\n"
	    " limit { message 6000; per-call 5000; per-day 10000 }\n"
	    " transport directory \"/d\" { capacity 64K } }\n"
	    "schedule van { daily 03:00-04:00 }; schedule post { daily 03:00-05:00 }\n"
	    "link e.oz.au { delay 1d; auth key \"%s\"; schedule van; schedule post at-least high\n"
	    " transport directory \"/e\" { capacity 64K } } }\n",
	    buffer_text(&key), buffer_text(&key), buffer_text(&key), buffer_text(&key));
	bed_make(&bed, buffer_text(&text));
	seed[0] = 1;
	node_set_key(bed.node, seed);
	buffer_release(&text);
	buffer_release(&pem);
	buffer_release(&key);
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* The program that spoke last says more. */
static void
say_on(const char *const *words)
{
	struct control_request request;
	struct buffer          bytes;
	struct event           event = { .kind = EVENT_CLIENT_BYTES, .id = bed.last_client };

	control_request_init(&request);
	buffer_init(&bytes);
	while (*words != NULL)
		control_request_add(&request, *words++);
	control_append_request(&bytes, &request);
	event.bytes = buffer_span(&bytes);
	bed_step(&bed, &event, 1);
	buffer_release(&bytes);
	control_request_release(&request);
}

/* All that waits for the neighbor is on a stick. Its bundle: */
static struct stored_bundle
put_on_stick(const char *neighbor)
{
	static const char *const written[] = { "carry", "written", "/media", NULL };
	struct stored_stick      stick     = { .key = 0 };
	struct stored_bundle     bundle    = { .key = 0 };

	ASK(&bed, "carry", "write", neighbor);
	CU_ASSERT_EQUAL_FATAL(bed_answered(&bed), 0);
	say_on(written);
	CU_ASSERT_EQUAL_FATAL(bed_answered(&bed), 0);
	while (store_stick_next(bed.store, stick.key, &stick))
		store_bundle_next(bed.store, stick.key, bundle.key, &bundle);
	CU_ASSERT_STRING_EQUAL(bundle.neighbor, neighbor);
	return bundle;
}

/* How many mails wait for that reason, or any. */
static size_t
mails(const char *reason)
{
	struct stored_copy    copy;
	struct stored_message message;
	struct envelope       envelope;
	size_t                count = 0;

	stored_copy_init(&copy);
	stored_message_init(&message);
	envelope_init(&envelope);
	for (int64_t after = 0; store_copy_next(bed.store, NULL, after, &copy); after = copy.key)
		count +=
		    store_message_get(bed.store, copy.message, &message) &&
		    envelope_decode(&envelope, buffer_span(&message.heading), NULL) == STATUS_OK &&
		    strcmp(envelope.service, "mail") == 0 && copy.neighbor[0] != '\0' &&
		    (reason == NULL || strcmp(copy.reason, reason) == 0);
	envelope_release(&envelope);
	stored_message_release(&message);
	stored_copy_release(&copy);
	return count;
}

/* b.oz.au says on the line that it has taken items 0 to 99 of the bundle with that token. */
static void
acknowledge(const uint8_t token[STORE_TOKEN_BYTES], uint8_t number)
{
	struct envelope    envelope;
	struct transit     transit;
	struct destination to;
	struct buffer      body, value;

	envelope_init(&envelope);
	transit_init(&transit);
	destination_init(&to);
	buffer_init(&body);
	buffer_init(&value);
	varint_append(&value, 0);
	varint_append(&value, 100);
	field_append(&body, 1, (struct span){ token, STORE_TOKEN_BYTES });
	field_append(&body, 2, buffer_span(&value));
	snprintf(envelope.service, sizeof(envelope.service), "control");
	snprintf(envelope.title, sizeof(envelope.title), "carried");
	envelope.report      = true;
	envelope.lifetime_ms = DAY_MS;
	to.node              = *name_of("a.oz.au");
	address_add(&transit.destinations, &to);
	caller_send(&caller, &bed, number, &envelope, &transit, buffer_span(&body));
	buffer_release(&value);
	buffer_release(&body);
	destination_release(&to);
	transit_release(&transit);
	envelope_release(&envelope);
}

static void
what_is_on_a_stick_is_not_over_before_it_is_given_up(void)
{
	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	put_on_stick("b.oz.au");
	CU_ASSERT_EQUAL(mails(COPY_REASON_CARRIED), 1);
	bed_pass(&bed, 8 * DAY_MS); /* its lifetime is a week */
	CU_ASSERT_EQUAL(mails(COPY_REASON_CARRIED), 1);
	ASK(&bed, "carry", "lost", "1");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	bed_pass(&bed, HOUR_MS);
	CU_ASSERT_EQUAL(mails(NULL), 0);
}

static void
an_overdue_stick_goes_again_and_its_operator_hears_of_it(void)
{
	struct stored_stick stick;

	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	bed_pass(&bed, DAY_MS);
	put_on_stick("b.oz.au");
	for (int hours = 0; hours < 4 * 24; hours++)
		bed_pass(&bed, HOUR_MS);
	CU_ASSERT_EQUAL(mails(COPY_REASON_CARRIED), 1);
	bed.now.wall.ms += 7 * DAY_MS; /* the machine slept; its clock did not */
	bed_pass(&bed, HOUR_MS);
	bed_pass(&bed, HOUR_MS);
	CU_ASSERT_EQUAL(mails(COPY_REASON_CARRIED), 0);
	CU_ASSERT_EQUAL(mails("waiting"), 1);
	CU_ASSERT_TRUE(store_stick_get(bed.store, 1, &stick));
	CU_ASSERT_EQUAL(stick.state, STICK_OVERDUE);
}

static void
a_link_by_stick_is_silent_for_longer_and_then_says_a_word(void)
{
	ASK(&bed, "carry", "write", "b.oz.au"); /* the greeting */
	bed_pass(&bed, 9 * DAY_MS);
	ASK(&bed, "links", "b.oz.au");
	CU_ASSERT_TRUE(bed_answers(&bed, "b.oz.au: calling") ||
	               bed_answers(&bed, "b.oz.au: waiting"));
	bed_pass(&bed, 2 * DAY_MS);
	ASK(&bed, "links", "b.oz.au");
	CU_ASSERT_TRUE(bed_answers(&bed, "b.oz.au: down"));
	ASK(&bed, "carry", "write", "b.oz.au");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
}

static void
who_has_taken_it_releases_it_also_late_and_by_a_call(void)
{
	struct stored_bundle bundle;

	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	bundle = put_on_stick("b.oz.au");
	ASK(&bed, "link", "down", "b.oz.au");
	ASK(&bed, "link", "up", "b.oz.au");
	CU_ASSERT_EQUAL(mails(COPY_REASON_CARRIED), 1);
	caller_make(&caller, &bed);
	acknowledge(bundle.token, 40);
	CU_ASSERT_EQUAL(mails(NULL), 0);
	CU_ASSERT_FALSE(store_stick_next(bed.store, 0, &(struct stored_stick){ .key = 0 }));
	caller_release(&caller);
}

static void
nobody_releases_what_is_for_another_or_what_he_could_not_read(void)
{
	uint8_t              guessed[STORE_TOKEN_BYTES] = { 0 };
	struct stored_bundle bundle;

	bed_submit(&bed, "mail", "joe@c.oz.au", 1);
	bundle = put_on_stick("c.oz.au");
	caller_make(&caller, &bed);
	acknowledge(bundle.token, 40);
	acknowledge(guessed, 41);
	CU_ASSERT_EQUAL(mails(COPY_REASON_CARRIED), 1);
	caller_release(&caller);
}

static void
a_bundle_that_nobody_confirms_was_never_written(void)
{
	struct event closed = { .kind = EVENT_CLIENT_CLOSED };

	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	ASK(&bed, "carry", "write", "b.oz.au");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	closed.id = bed.last_client;
	bed_step(&bed, &closed, 1);
	CU_ASSERT_EQUAL(mails("waiting"), 1);
	CU_ASSERT_FALSE(store_stick_next(bed.store, 0, &(struct stored_stick){ .key = 0 }));
}

static void
what_its_operator_touches_comes_off_the_stick(void)
{
	bed_submit(&bed, "mail", "joe@b.oz.au", 1);
	put_on_stick("b.oz.au");
	ASK(&bed, "queue", "hold", "--service", "mail");
	CU_ASSERT_EQUAL(mails("operator"), 1);
	ASK(&bed, "queue", "release", "--service", "mail");
	CU_ASSERT_EQUAL(mails("waiting"), 1);
	bed_pass(&bed, 8 * DAY_MS);
	CU_ASSERT_EQUAL(mails(NULL), 0); /* its lifetime counts again */
}

/* A file of that size. */
static void
submit_file(const char *address, uint8_t token, size_t size)
{
	struct control_submission said;
	struct buffer             bytes;

	buffer_init(&bytes);
	bed_begin(&said, "file", address, token);
	bed_append_message(&bytes, &said, size);
	bed_say(&bed, &bytes);
	buffer_release(&bytes);
}

/* How many copies that people wrote wait for that neighbor and reason. */
static size_t
copies(const char *neighbor, const char *reason)
{
	struct stored_copy copy;
	size_t             count = 0;

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(bed.store, neighbor, after, &copy);
	     after         = copy.key)
                count += !copy.own && strcmp(copy.reason, reason) == 0;
	stored_copy_release(&copy);
	return count;
}

/* As `mulga carry out` does, or with "--visit" the daemon's own errand. False: nothing was for it. */
static bool
write_stick(const char *neighbor, const char *how)
{
	static const char *const written[] = { "carry", "written", "/media", NULL };

	ASK(&bed, "carry", "write", neighbor, how);
	if (bed_answered(&bed) != 0)
		return false;
	say_on(written);
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	return true;
}

static void
a_courier_takes_what_his_windows_let_go_and_who_writes_by_hand_anything(void)
{
	struct event zone         = { .kind = EVENT_ZONE, .bytes = span_of_text("UTC0") };
	size_t       hours_of_one = 0, hours_of_both = 0;

	bed_step(&bed, &zone, 1);
	for (uint8_t hour = 0; hour < 24; hour++) {
		size_t before;

		submit_file("joe@e.oz.au", hour, 100);
		bed_submit(&bed, "mail", "joe@e.oz.au",
		           (uint8_t)(100 + hour)); /* short ones are high */
		before = copies("e.oz.au", COPY_REASON_CARRIED);
		if (write_stick("e.oz.au", "--visit")) {
			hours_of_both += copies("e.oz.au", "waiting") == 0;
			hours_of_one += copies("e.oz.au", "waiting") > 0 &&
			                copies("e.oz.au", COPY_REASON_CARRIED) > before;
		}
		bed_pass(&bed, HOUR_MS);
	}
	CU_ASSERT_EQUAL(hours_of_both, 1);
	CU_ASSERT_EQUAL(hours_of_one, 1);
	CU_ASSERT_TRUE(copies("e.oz.au", "waiting") > 0);
	CU_ASSERT_TRUE(write_stick("e.oz.au", NULL));
	CU_ASSERT_EQUAL(copies("e.oz.au", "waiting"), 0);
}

static void
a_visit_is_a_call_and_a_day_of_sticks_a_day(void)
{
	for (uint8_t token = 1; token <= 6; token++)
		submit_file("joe@d.oz.au", token, 2000);
	CU_ASSERT_TRUE(write_stick("d.oz.au", NULL));
	CU_ASSERT_EQUAL(copies("d.oz.au", COPY_REASON_CARRIED), 2);
	CU_ASSERT_TRUE(write_stick("d.oz.au", NULL));
	CU_ASSERT_EQUAL(copies("d.oz.au", COPY_REASON_CARRIED), 4); /* 8000 bytes, and headings */
	write_stick("d.oz.au", NULL);
	CU_ASSERT_EQUAL(copies("d.oz.au", COPY_REASON_CARRIED), 4);
	bed_pass(&bed, DAY_MS);
	CU_ASSERT_TRUE(write_stick("d.oz.au", NULL));
	CU_ASSERT_EQUAL(copies("d.oz.au", COPY_REASON_CARRIED), 6);
}

static void
a_stick_that_was_not_written_costs_nothing_of_the_day(void)
{
	struct event closed = { .kind = EVENT_CLIENT_CLOSED };

	submit_file("joe@d.oz.au", 1, 4500);
	for (int i = 0; i < 3; i++) {
		ASK(&bed, "carry", "write", "d.oz.au");
		CU_ASSERT_EQUAL(bed_answered(&bed), 0);
		closed.id = bed.last_client;
		bed_step(&bed, &closed, 1);
	}
	submit_file("joe@d.oz.au", 2, 3000);
	CU_ASSERT_TRUE(write_stick("d.oz.au", NULL));
	CU_ASSERT_TRUE(write_stick("d.oz.au", NULL));
	CU_ASSERT_EQUAL(copies("d.oz.au", COPY_REASON_CARRIED), 2);
}

static void
what_a_folder_does_not_take_is_refused_where_it_is_submitted(void)
{
	submit_file("joe@d.oz.au", 1, 6001);
	CU_ASSERT_EQUAL(bed_answered(&bed), 69);
	CU_ASSERT_TRUE(bed_answers(&bed, "the link to d.oz.au takes at most 6000 bytes a message"));
	bed_submit(&bed, "backup", "joe@d.oz.au", 2);
	CU_ASSERT_EQUAL(bed_answered(&bed), 69);
	CU_ASSERT_TRUE(bed_answers(&bed, "d.oz.au carries"));
	CU_ASSERT_EQUAL(copies("d.oz.au", "waiting"), 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_on_a_stick_is_not_over_before_it_is_given_up),
	UNIT_TEST(an_overdue_stick_goes_again_and_its_operator_hears_of_it),
	UNIT_TEST(a_link_by_stick_is_silent_for_longer_and_then_says_a_word),
	UNIT_TEST(who_has_taken_it_releases_it_also_late_and_by_a_call),
	UNIT_TEST(nobody_releases_what_is_for_another_or_what_he_could_not_read),
	UNIT_TEST(a_bundle_that_nobody_confirms_was_never_written),
	UNIT_TEST(what_its_operator_touches_comes_off_the_stick),
	UNIT_TEST(a_courier_takes_what_his_windows_let_go_and_who_writes_by_hand_anything),
	UNIT_TEST(a_visit_is_a_call_and_a_day_of_sticks_a_day),
	UNIT_TEST(a_stick_that_was_not_written_costs_nothing_of_the_day),
	UNIT_TEST(what_a_folder_does_not_take_is_refused_where_it_is_submitted),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_carry_suite = UNIT_SUITE("node/node_carry", setup, teardown, tests);
