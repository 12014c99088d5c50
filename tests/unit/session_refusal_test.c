/*
 * session_refusal_test.c - what a far end must not say, and what it is told
 */
#include <stdio.h>
#include <string.h>

#include "daemon/session/session.h"
#include "spool/base/field.h"
#include "spool/wire/frame.h"
#include "tests/unit/unit.h"

enum { HELLO = 1, READY, OFFER, ACCEPT, DATA, ACKNOWLEDGE, WITHDRAW, PING, PONG, BYE };

static struct instant       now;
static struct session      *session;
static struct session_event event;
static struct session_piece piece;

static void
append_hex(struct buffer *out, const char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (; hex[0] != '\0'; hex += hex[2] == ' ' ? 3 : 2)
		buffer_append_u8(out, (uint8_t)((strchr(digits, hex[0]) - digits) * 16 +
		                                (strchr(digits, hex[1]) - digits)));
}

/* Gives the session these bytes; the last event but NOTHING stays in `event`. */
static void
hear(struct buffer *bytes)
{
	struct span          input = buffer_span(bytes);
	struct session_event next;

	do {
		session_read(session, &input, now, &next);
		if (next.kind != SESSION_NOTHING)
			event = next;
		if (next.kind == SESSION_GREETED)
			session_confirm(session, now);
	} while (next.kind != SESSION_NOTHING);
	CU_ASSERT_EQUAL(input.length, 0);
	buffer_release(bytes);
}

static void
hear_frame(uint8_t type, const char *hex)
{
	struct buffer bytes, payload;

	buffer_init(&bytes);
	buffer_init(&payload);
	append_hex(&payload, hex);
	frame_append(&bytes, type, buffer_span(&payload));
	buffer_release(&payload);
	hear(&bytes);
}

static void
hear_hello(const char *magic, unsigned newest, unsigned oldest, const char *name)
{
	struct buffer bytes, payload;

	buffer_init(&bytes);
	buffer_init(&payload);
	field_append_text(&payload, 1, magic);
	field_append_number(&payload, 2, newest);
	field_append_number(&payload, 3, oldest);
	field_append_text(&payload, 4, name);
	field_append_text(&payload, 77, "of a newer version");
	frame_append(&bytes, HELLO, buffer_span(&payload));
	buffer_release(&payload);
	hear(&bytes);
}

static void
dial(const char *expected)
{
	event   = (struct session_event){ .kind = SESSION_NOTHING };
	session = session_new(name_of("home.oz.au"), name_of(expected), "", now);
}

static void
expect_broken(const char *sentence)
{
	CU_ASSERT_EQUAL(event.kind, SESSION_BROKEN);
	CU_ASSERT_EQUAL(session_state(session), SESSION_CLOSED);
	CU_ASSERT_PTR_NOT_NULL(strstr(event.text, sentence));
	if (strstr(event.text, sentence) == NULL)
		fprintf(stderr, "expected \"%s\", got \"%s\"\n", sentence, event.text);
	CU_ASSERT_FALSE(session_write(session, &piece, now));
	buffer_release(&piece.header);
	session_free(session);
}

static void
what_is_no_hello_is_refused_at_once(void)
{
	static const char *const cases[][2] = {
		{ "53 53 48 2d 32 2e 30", "no hello of mulga's: a frame of type 83" },
		{ "47 45 54 20 2f", "no hello of mulga's: a frame of type 71" },
		{ "00", "no hello of mulga's: a frame of unknown type 0" },
		{ "16 03 01 02 00", "no hello of mulga's: a frame of type 22" },
		{ "0a 00", "a frame of type 10 is out of place" },
		{ "01 81 80 00", "not in its shortest form" },
		{ "01 80 80 80 80 01", "too many bytes" },
		{ "01 81 08", "with 1025 bytes; at most 1024" },
		{ "01 00", "another protocol" },
		{ "01 02 04 00", "malformed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer bytes;

		buffer_init(&bytes);
		append_hex(&bytes, cases[i][0]);
		dial("");
		hear(&bytes);
		expect_broken(cases[i][1]);
	}
}

static void
a_hello_must_be_the_right_one(void)
{
	static const struct {
		const char *magic;
		unsigned    newest, oldest;
		const char *name, *expected, *sentence;
	} cases[] = {
		{ "mulga stick", 1, 1, "far.oz.au", "", "speaks another protocol" },
		{ "mulga", 1, 1, "far.oz.au", "", "speaks another protocol" },
		{ "mulga link", 4, 3, "far.oz.au", "", "versions 3 to 4" },
		{ "mulga link", 0, 0, "far.oz.au", "", "versions 0 to 0" },
		{ "mulga link", 1, 1, "", "", "malformed" },
		{ "mulga link", 1, 1, "Far.oz.au", "", "malformed" },
		{ "mulga link", 1, 1, "far..au", "", "malformed" },
		{ "mulga link", 1, 1, "CN=far.PRMD=oz.C=au", "", "malformed" },
		{ "mulga link", 1, 1, "home.oz.au", "", "claims our own name home.oz.au" },
		{ "mulga link", 1, 1, "far.oz.au", "near.oz.au",
		  "far.oz.au answers where near.oz.au was called" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dial(cases[i].expected);
		hear_hello(cases[i].magic, cases[i].newest, cases[i].oldest, cases[i].name);
		expect_broken(cases[i].sentence);
	}
}

/* Up, with one offer each way: ours of ten bytes, theirs of four, which was accepted. */
static void
come_up(void)
{
	dial("far.oz.au");
	hear_hello("mulga link", 9, 1, "far.oz.au");
	CU_ASSERT_EQUAL(event.kind, SESSION_GREETED);
	hear_frame(READY, "");
	CU_ASSERT_EQUAL(event.kind, SESSION_READY);
	session_offer(session, 5, 0, span_of_text("h"), span_of_text("t"), 10, false);
	hear_frame(OFFER, "01 01 01 02 01 68 03 01 74 04 01 04");
	CU_ASSERT_EQUAL(event.kind, SESSION_OFFERED);
	CU_ASSERT_EQUAL(event.size, 4);
	session_accept(session, 1, 0);
}

static void
a_breach_of_the_protocol_ends_the_session(void)
{
	static const struct {
		uint8_t     type;
		const char *payload, *sentence;
	} cases[] = {
		{ 0, "", "unknown type 0" },
		{ 128, "", "unknown type 128" },
		{ HELLO, "", "type 1 is out of place" },
		{ READY, "", "type 2 is out of place" },
		{ OFFER, "", "an offer is malformed" },
		{ OFFER, "01 01 02 02 01 68", "an offer is malformed" },
		{ OFFER, "02 01 68 01 01 02 03 01 74", "an offer is malformed" },
		{ OFFER, "01 01 02 02 01 68 03 01 74 04 08 80 00 00 00 00 00 00 00",
		  "an offer is malformed" },
		{ OFFER, "01 01 03 02 01 68 03 01 74", "an offer is out of order" },
		{ OFFER, "01 01 01 02 01 68 03 01 74", "an offer is out of order" },
		{ OFFER, "01 01 02 02 01 68 03 01 74 04 03 80 00 01 05 01 01",
		  "a body too long to come unasked" },
		{ ACCEPT, "01 01 02", "an offer was accepted that was not made" },
		{ ACCEPT, "", "an offer was accepted that was not made" },
		{ ACCEPT, "01 01 01 02 01 0b", "accepted from byte 11 of 10" },
		{ ACCEPT, "01 01 01 02 02 00 01", "accepted that was not made" },
		{ DATA, "", "a piece of a body of no offer" },
		{ DATA, "00 61", "a piece of a body of no offer" },
		{ DATA, "02 61", "a piece of a body of no offer" },
		{ DATA, "81 00 61", "a piece of a body of no offer" },
		{ DATA, "81", "a piece of a body of no offer" },
		{ DATA, "ff ff ff ff ff 01", "a piece of a body of no offer" },
		{ DATA, "01 61 61 61 61 61", "longer than the 4 bytes" },
		{ ACKNOWLEDGE, "01 02 02 00", "acknowledged that was not made" },
		{ ACKNOWLEDGE, "01 02 01 00 01 02 01 00", "or twice" },
		{ ACKNOWLEDGE, "01 01 01", "an acknowledgement is malformed" },
		{ ACKNOWLEDGE, "01 03 01 00 0a", "an acknowledgement is malformed" },
		{ ACKNOWLEDGE, "01 05 01", "an acknowledgement is malformed" },
		{ WITHDRAW, "01 01 02", "an offer was withdrawn that was not made" },
		{ WITHDRAW, "", "an offer was withdrawn that was not made" },
		{ BYE, "01 01 1b", "goodbye is malformed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		come_up();
		hear_frame(cases[i].type, cases[i].payload);
		expect_broken(cases[i].sentence);
	}
}

static void
a_body_ends_at_its_declared_size(void)
{
	come_up();
	hear_frame(DATA, "01 61 61 61");
	CU_ASSERT_EQUAL(event.kind, SESSION_BODY);
	hear_frame(DATA, "01");
	CU_ASSERT_EQUAL(event.kind, SESSION_BODY); /* shorter is not complete */
	hear_frame(DATA, "01 61");
	CU_ASSERT_EQUAL(event.kind, SESSION_COMPLETE);
	hear_frame(DATA, "01 61");
	expect_broken("longer than the 4 bytes");
}

static void
a_body_is_complete_once(void)
{
	come_up();
	hear_frame(DATA, "01 61 61 61 61");
	CU_ASSERT_EQUAL(event.kind, SESSION_COMPLETE);
	hear_frame(DATA, "01");
	expect_broken("longer than the 4 bytes");
}

static void
a_body_that_was_not_asked_for_is_refused(void)
{
	come_up();
	hear_frame(OFFER, "01 01 02 02 01 68 03 01 74 04 01 04");
	hear_frame(DATA, "02 61");
	expect_broken("not asked for");
}

static void
more_offers_than_the_window_are_refused(void)
{
	come_up();
	for (unsigned stream = 2; stream <= SESSION_WINDOW_OFFERS + 1; stream++) {
		struct buffer bytes, payload;

		/* an answer that was not written does not make room: it was not read either */
		session_acknowledge(session, stream - 1, SESSION_TAKEN, NULL);
		buffer_init(&bytes);
		buffer_init(&payload);
		field_append_number(&payload, 1, stream);
		field_append_text(&payload, 2, "h");
		field_append_text(&payload, 3, "t");
		frame_append(&bytes, OFFER, buffer_span(&payload));
		buffer_release(&payload);
		hear(&bytes);
		CU_ASSERT_EQUAL_FATAL(event.kind == SESSION_BROKEN, stream > SESSION_WINDOW_OFFERS);
	}
	expect_broken("more offers than the window allows");
}

static void
an_offer_after_goodbye_is_out_of_place(void)
{
	come_up();
	hear_frame(BYE, "");
	CU_ASSERT_EQUAL(event.kind, SESSION_IDLE_CLOSE);
	hear_frame(OFFER, "01 01 02 02 01 68 03 01 74");
	expect_broken("type 3 is out of place");
}

static void
what_a_newer_version_says_besides_is_passed_over(void)
{
	come_up();
	hear_frame(127, "00 01 02 03");
	hear_frame(11, "");
	CU_ASSERT_EQUAL(event.kind, SESSION_OFFERED);
	hear_frame(PING, "01 01 01 02 01 01");
	hear_frame(PONG, ""); /* of an older one */
	hear_frame(PONG, "01 01 07");
	hear_frame(OFFER, "01 01 02 02 01 68 03 01 74 04 01 04 4d 01 01");
	CU_ASSERT_EQUAL(event.kind, SESSION_OFFERED);
	CU_ASSERT_EQUAL(event.stream, 2);
	hear_frame(ACKNOWLEDGE, "01 02 01 09 07 01 61"); /* a verdict to come */
	CU_ASSERT_EQUAL(event.kind, SESSION_ACKNOWLEDGED);
	CU_ASSERT_EQUAL(event.key, 5);
	CU_ASSERT_EQUAL(event.verdict, SESSION_LATER);
	session_free(session);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_no_hello_is_refused_at_once),
	UNIT_TEST(a_hello_must_be_the_right_one),
	UNIT_TEST(a_breach_of_the_protocol_ends_the_session),
	UNIT_TEST(a_body_ends_at_its_declared_size),
	UNIT_TEST(a_body_is_complete_once),
	UNIT_TEST(a_body_that_was_not_asked_for_is_refused),
	UNIT_TEST(more_offers_than_the_window_are_refused),
	UNIT_TEST(an_offer_after_goodbye_is_out_of_place),
	UNIT_TEST(what_a_newer_version_says_besides_is_passed_over),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo session_refusal_suite = UNIT_SUITE("session/refusal", NULL, NULL, tests);
