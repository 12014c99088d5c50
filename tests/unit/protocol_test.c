/*
 * protocol_test.c - the examples of doc/PROTOCOL.md are what is really sent
 *
 * The conversations are held here and printed as the manual prints them; each block must be
 * in the manual, byte for byte. When a format changes, what stands there now is shown
 * and can be copied.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/session/session.h"
#include "spool/base/field.h"
#include "spool/control/control.h"
#include "spool/message/transit.h"
#include "tests/unit/unit.h"

static const struct instant now = { 0 };

/* Appends frames, one after the other, sixteen bytes a line. */
static void
print_frames(struct buffer *out, const char *arrow, struct span bytes)
{
	struct reader reader;

	reader_init(&reader, bytes);
	while (reader_left(&reader) > 0) {
		size_t start = reader.position;
		size_t length;

		reader_u8(&reader);
		length = (size_t)reader_varint(&reader);
		reader_bytes(&reader, length);
		CU_ASSERT_FALSE_FATAL(reader.failed);
		length = reader.position - start;
		for (size_t i = 0; i < length; i++)
			buffer_append_format(out, "%s %02x",
			                     i == 0        ? arrow
			                     : i % 16 == 0 ? "\n "
			                                   : "",
			                     bytes.data[start + i]);
		buffer_append_text(out, "\n");
	}
}

static void
expect_in_manual(const struct buffer *block)
{
	struct buffer manual;
	char          line[1024];
	FILE         *file = fopen("doc/PROTOCOL.md", "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	buffer_init(&manual);
	while (fgets(line, sizeof(line), file) != NULL)
		buffer_append_text(&manual, line);
	fclose(file);
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&manual), buffer_text(block)));
	if (strstr(buffer_text(&manual), buffer_text(block)) == NULL)
		fprintf(stderr, "not in doc/PROTOCOL.md:\n%s", buffer_text(block));
	buffer_release(&manual);
}

/* What `from` has to say, printed and heard by `to`. */
static void
say(struct session *from, struct session *to, const char *arrow, struct buffer *block)
{
	struct session_piece piece = { .key = 0 };
	struct session_event event;
	struct buffer        bytes;
	struct span          input;

	buffer_init(&bytes);
	while (session_write(from, &piece, now)) {
		buffer_append_span(&bytes, buffer_span(&piece.header));
		if (piece.key > 0)
			buffer_append_text(&bytes, "hello");
	}
	print_frames(block, arrow, buffer_span(&bytes));
	input = buffer_span(&bytes);
	do {
		session_read(to, &input, now, &event);
		if (event.kind == SESSION_GREETED)
			session_confirm(to, now);
		if (event.kind == SESSION_COMPLETE)
			session_acknowledge(to, event.stream, SESSION_TAKEN, NULL);
		CU_ASSERT_NOT_EQUAL(event.kind, SESSION_BROKEN);
	} while (event.kind != SESSION_NOTHING);
	buffer_release(&piece.header);
	buffer_release(&bytes);
}

static void
offer_hello(struct session *session)
{
	static const uint8_t token[MESSAGE_TOKEN_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct envelope      envelope;
	struct transit       transit;
	struct buffer        heading, history;
	struct hop           hop = { *name_of("a.oz.au"), { 1795171200000 }, { 0 } };

	envelope_init(&envelope);
	transit_init(&transit);
	buffer_init(&heading);
	buffer_init(&history);
	message_id_make(&envelope.id, &hop.node, token);
	memcpy(envelope.service, "mail", 5);
	memcpy(envelope.sender, "jo@a.oz.au", 11);
	envelope.priority    = PRIORITY_HIGH;
	envelope.created     = hop.arrived;
	envelope.lifetime_ms = 604800000;
	envelope.size_bytes  = 5;
	memset(envelope.digest, 0xdd, sizeof(envelope.digest));
	CU_ASSERT_EQUAL(address_add_text(&transit.destinations, "joe@b.oz.au", NULL), STATUS_OK);
	transit.age_ms = 1000;
	transit_add_hop(&transit, &hop);
	envelope_encode(&envelope, &heading);
	transit_encode(&transit, &history);
	session_offer(session, 1, envelope.priority, buffer_span(&heading), buffer_span(&history),
	              5, true);
	envelope_release(&envelope);
	transit_release(&transit);
	buffer_release(&heading);
	buffer_release(&history);
}

static void
the_manual_shows_a_message_going_over_a_link(void)
{
	struct session *a = session_new(name_of("a.oz.au"), name_of("b.oz.au"), "", now);
	struct session *b = session_new(name_of("b.oz.au"), name_of(""), "", now);
	struct buffer   block;

	buffer_init(&block);
	session_tell_clock(a, (struct walltime){ 1795171200000 });
	session_tell_clock(b, (struct walltime){ 1795171200250 });
	say(a, b, ">", &block);
	say(b, a, "<", &block);
	say(a, b, ">", &block);
	offer_hello(a);
	say(a, b, ">", &block);
	say(b, a, "<", &block);
	session_close(a, "", now);
	say(a, b, ">", &block);
	say(b, a, "<", &block);
	CU_ASSERT_EQUAL(session_state(a), SESSION_CLOSED);
	CU_ASSERT_EQUAL(session_state(b), SESSION_CLOSED);
	expect_in_manual(&block);
	buffer_release(&block);
	session_free(a);
	session_free(b);
}

static void
the_manual_shows_a_submission(void)
{
	struct control_submission submission;
	struct control_done       done = { .exit_code = 0 };
	struct buffer             block, bytes;

	buffer_init(&block);
	buffer_init(&bytes);
	control_submission_init(&submission);
	buffer_append_text(&submission.address, "joe@b.oz.au");
	memcpy(submission.service, "file", 5);
	memcpy(submission.title, "a.txt", 6);
	submission.mode = 0644;
	memcpy(submission.token, "0123456789", MESSAGE_TOKEN_BYTES);
	control_append_submission(&bytes, &submission);
	control_append_data(&bytes, span_of_text("hello"));
	control_append_end(&bytes);
	print_frames(&block, ">", buffer_span(&bytes));
	buffer_clear(&bytes);
	message_id_make(&done.id, name_of("a.oz.au"), submission.token);
	control_append_done(&bytes, &done);
	print_frames(&block, "<", buffer_span(&bytes));
	expect_in_manual(&block);
	control_submission_release(&submission);
	buffer_release(&block);
	buffer_release(&bytes);
}

static void
the_manual_shows_a_greeting_by_a_link_with_a_label(void)
{
	struct session *a = session_new(name_of("a.oz.au"), name_of("b.oz.au"), "dear", now);
	struct session *b = session_new(name_of("b.oz.au"), name_of(""), "", now);
	struct buffer   block;

	buffer_init(&block);
	say(a, b, ">", &block);
	expect_in_manual(&block);
	buffer_release(&block);
	session_free(a);
	session_free(b);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_manual_shows_a_message_going_over_a_link),
	UNIT_TEST(the_manual_shows_a_greeting_by_a_link_with_a_label),
	UNIT_TEST(the_manual_shows_a_submission),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo protocol_suite = UNIT_SUITE("session/protocol", NULL, NULL, tests);
