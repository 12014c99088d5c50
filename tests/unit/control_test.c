/*
 * control_test.c - requests, submissions and answers, on a socket and in a file
 */
#include "spool/control/control.h"

#include <string.h>

#include "spool/base/field.h"
#include "tests/unit/unit.h"

static struct buffer bytes;

/* Reads `bytes` in steps; one letter an item, the texts of pieces in brackets. */
static bool
read_all(enum control_side side, size_t step, struct buffer *seen)
{
	static const char     letters[] = ".rfsdecoxD!";
	struct control_reader reader;
	struct control_item   item     = { .kind = CONTROL_NOTHING };
	bool                  complete = true;

	buffer_clear(seen);
	control_reader_init(&reader, side);
	for (size_t at = 0; at < bytes.length && item.kind != CONTROL_BROKEN; at += step) {
		struct span input = { bytes.data + at, bytes.length - at };

		input.length = input.length < step ? input.length : step;
		do {
			control_read(&reader, &input, &item, NULL);
			if (item.kind != CONTROL_NOTHING)
				buffer_append_u8(seen, (uint8_t)letters[item.kind]);
			if (item.kind == CONTROL_DATA || item.kind == CONTROL_OUTPUT ||
			    item.kind == CONTROL_ERRORS)
				buffer_append_span(seen, item.bytes);
		} while (item.kind != CONTROL_NOTHING && item.kind != CONTROL_BROKEN);
	}
	complete = control_reader_complete(&reader);
	control_reader_release(&reader);
	return complete;
}

static void
a_request_comes_back(void)
{
	struct control_request request, decoded;
	struct buffer          encoded;

	control_request_init(&request);
	control_request_init(&decoded);
	buffer_init(&encoded);
	control_request_add(&request, "queue");
	control_request_add(&request, "");
	control_request_add(&request, "--older=\n7d");
	request.json  = true;
	request.width = 132;
	control_request_encode(&request, &encoded);
	CU_ASSERT_EQUAL(control_request_decode(&decoded, buffer_span(&encoded), NULL), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(decoded.count, 3);
	CU_ASSERT_STRING_EQUAL(decoded.arguments[0], "queue");
	CU_ASSERT_STRING_EQUAL(decoded.arguments[1], "");
	CU_ASSERT_STRING_EQUAL(decoded.arguments[2], "--older=\n7d");
	CU_ASSERT_PTR_NULL(decoded.arguments[3]);
	CU_ASSERT_TRUE(decoded.json);
	CU_ASSERT_FALSE(decoded.color);
	CU_ASSERT_EQUAL(decoded.width, 132);
	control_request_release(&request);
	control_request_release(&decoded);
	buffer_release(&encoded);
}

static void
a_bad_request_is_refused(void)
{
	static const char *const cases[] = { "", "\2\1\1", "\1\5que", "\1\1q\4\2\377\377",
		                             "\2\1\1\1\1q" };
	struct control_request   request;
	struct diagnostic        diagnostic;

	control_request_init(&request);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(
		    control_request_decode(&request, span_of_text(cases[i]), &diagnostic),
		    STATUS_INVALID);
		CU_ASSERT_EQUAL(request.count, 0);
	}
	CU_ASSERT_EQUAL(control_request_decode(
			    &request, (struct span){ (const uint8_t *)"\1\3a\0b", 5 }, &diagnostic),
	                STATUS_INVALID);
	for (unsigned i = 0; i <= CONTROL_ARGUMENTS_MAX; i++)
		field_append_text(&bytes, 1, "x");
	CU_ASSERT_EQUAL(control_request_decode(&request, buffer_span(&bytes), &diagnostic),
	                STATUS_INVALID);
	buffer_release(&bytes);
	control_request_release(&request);
}

static void
fill(struct control_submission *submission)
{
	control_submission_init(submission);
	buffer_append_text(&submission->address, "joe@b.oz.au,pat@c");
	memcpy(submission->service, "file", 5);
	memcpy(submission->sender, "jo@a", 5);
	memcpy(submission->title, "a.txt", 6);
	submission->preference     = PREFERENCE_CHEAPEST;
	submission->has_priority   = true;
	submission->priority       = PRIORITY_URGENT;
	submission->lifetime_ms    = 86400000;
	submission->receipt        = true;
	submission->mode           = 0640;
	submission->modified.ms    = 1795171200000;
	submission->declared_bytes = 4711;
	notify_add(&submission->notify, true, NOTIFY_DELAY, "", "joe@b.oz.au");
	memcpy(submission->token, "0123456789", MESSAGE_TOKEN_BYTES);
}

static void
a_submission_comes_back(void)
{
	struct control_submission submission, decoded;
	struct buffer             encoded;

	buffer_init(&encoded);
	fill(&submission);
	control_submission_init(&decoded);
	control_submission_encode(&submission, &encoded);
	field_append_text(&encoded, 40, "of a newer version");
	CU_ASSERT_EQUAL(control_submission_decode(&decoded, buffer_span(&encoded), NULL),
	                STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&decoded.address), "joe@b.oz.au,pat@c");
	CU_ASSERT_STRING_EQUAL(decoded.service, "file");
	CU_ASSERT_STRING_EQUAL(decoded.sender, "jo@a");
	CU_ASSERT_STRING_EQUAL(decoded.title, "a.txt");
	CU_ASSERT_EQUAL(decoded.preference, PREFERENCE_CHEAPEST);
	CU_ASSERT_TRUE(decoded.has_priority && decoded.receipt);
	CU_ASSERT_EQUAL(decoded.priority, PRIORITY_URGENT);
	CU_ASSERT_EQUAL(decoded.lifetime_ms, 86400000);
	CU_ASSERT_EQUAL(decoded.mode, 0640);
	CU_ASSERT_EQUAL(decoded.modified.ms, 1795171200000);
	CU_ASSERT_EQUAL(decoded.declared_bytes, 4711);
	CU_ASSERT_EQUAL(decoded.notify.bits, NOTIFY_DELAY);
	CU_ASSERT_EQUAL(memcmp(decoded.token, "0123456789", MESSAGE_TOKEN_BYTES), 0);
	control_submission_release(&submission);
	control_submission_release(&decoded);
	buffer_release(&encoded);
}

static void
a_bad_submission_is_refused(void)
{
	static const struct {
		uint32_t    number;
		const char *value;
	} cases[] = {
		{ 1, "" },
		{ 2, "" },
		{ 2, "Mail" },
		{ 3, "a\nb" },
		{ 4, "\033[0m" },
		{ 5, "\2" },
		{ 6, "\5" },
		{ 7, "\377\1\1\1\1\1\1\1" },
		{ 9, "\20\1" },
		{ 11, "short" },
		{ 11, "eleven byte" },
	};
	struct control_submission submission, decoded;
	struct diagnostic         diagnostic;

	fill(&submission);
	control_submission_init(&decoded);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer encoded, changed;
		struct reader reader;
		struct field  field;
		uint32_t      last = 0;

		buffer_init(&encoded);
		buffer_init(&changed);
		control_submission_encode(&submission, &encoded);
		reader_init(&reader, buffer_span(&encoded));
		while (field_next(&reader, &last, &field))
			field_append(&changed, field.number,
			             field.number == cases[i].number ? span_of_text(cases[i].value)
			                                             : field.value);
		CU_ASSERT_EQUAL(
		    control_submission_decode(&decoded, buffer_span(&changed), &diagnostic),
		    STATUS_INVALID);
		CU_ASSERT_EQUAL(decoded.address.length, 0);
		buffer_release(&encoded);
		buffer_release(&changed);
	}
	control_submission_release(&submission);
}

static void
a_drop_file_is_complete_only_after_its_end(void)
{
	struct control_submission submission;
	struct buffer             seen;
	size_t                    whole;

	fill(&submission);
	buffer_init(&seen);
	control_append_submission(&bytes, &submission);
	control_append_data(&bytes, span_of_text("hello "));
	control_append_data(&bytes, span_of_text("world"));
	control_append_end(&bytes);
	CU_ASSERT_TRUE(read_all(CONTROL_CLIENT, bytes.length, &seen));
	CU_ASSERT_STRING_EQUAL(buffer_text(&seen), "sdhello dworlde");
	CU_ASSERT_TRUE(read_all(CONTROL_CLIENT, 1, &seen));
	CU_ASSERT_EQUAL(seen.length, 1 + 2 * 11 + 1);
	for (whole = bytes.length; --bytes.length > 0;)
		CU_ASSERT_FALSE(read_all(CONTROL_CLIENT, whole, &seen));
	buffer_clear(&bytes);
	control_append_submission(&bytes, &submission);
	control_append_data(&bytes, span_of_text("half"));
	control_append_cancel(&bytes);
	control_append_submission(&bytes, &submission);
	control_append_end(&bytes);
	CU_ASSERT_TRUE(read_all(CONTROL_CLIENT, bytes.length, &seen));
	CU_ASSERT_STRING_EQUAL(buffer_text(&seen), "sdhalfcse");
	control_submission_release(&submission);
	buffer_release(&seen);
	buffer_release(&bytes);
}

static void
frames_out_of_order_are_refused(void)
{
	static const struct {
		enum control_side side;
		const char       *hex, *seen;
	} cases[] = {
		{ CONTROL_CLIENT, "\10\1a\3\1b\1\1c", "fdb!" }, /* a request in another's stream */
		{ CONTROL_CLIENT, "\3\1a", "!" },               /* data of nothing           */
		{ CONTROL_CLIENT, "\4", "!" },                  /* the end of nothing        */
		{ CONTROL_CLIENT, "\11", "!" },                 /* nothing can be taken back */
		{ CONTROL_CLIENT, "\10\1a\3\1b\11", "fdb!" },   /* nor a request's stream    */
		{ CONTROL_CLIENT, "\2\1a\2\1a", "s!" },         /* two bodies at once        */
		{ CONTROL_CLIENT, "\2\1a\1\1a", "s!" },         /* a request inside a body   */
		{ CONTROL_CLIENT, "\5\1a", "!" },               /* the daemon's words        */
		{ CONTROL_DAEMON, "\1\1a", "!" },               /* the client's              */
		{ CONTROL_DAEMON, "\5\1a\6\1b", "oaxb" },
		{ CONTROL_CLIENT, "\1\1a\101\1b\1\1c", "rr" }, /* 'A': of a newer version */
	};
	struct buffer seen;

	buffer_init(&seen);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buffer_append_text(&bytes, cases[i].hex);
		read_all(cases[i].side, 100, &seen);
		CU_ASSERT_STRING_EQUAL(buffer_text(&seen), cases[i].seen);
		buffer_release(&bytes);
	}
	buffer_release(&seen);
}

static void
long_output_becomes_several_frames(void)
{
	struct buffer text, seen;

	buffer_init(&text);
	buffer_init(&seen);
	for (unsigned i = 0; i < 2 * CONTROL_PIECE_MAX + 1; i++)
		buffer_append_u8(&text, 'x');
	control_append_output(&bytes, buffer_span(&text));
	control_append_output(&bytes, span_of_text(""));
	CU_ASSERT_EQUAL(bytes.length, text.length + 4 + 4 + 2);
	CU_ASSERT_TRUE(read_all(CONTROL_DAEMON, bytes.length, &seen));
	CU_ASSERT_EQUAL(seen.length, text.length + 3);
	buffer_release(&text);
	buffer_release(&seen);
	buffer_release(&bytes);
}

static void
an_answer_comes_back(void)
{
	struct control_done done = { .exit_code = 75 }, decoded;

	CU_ASSERT_EQUAL(message_id_parse(&done.id, "a.oz-aaaaaaaaaaaaaaaa", NULL), STATUS_OK);
	control_append_done(&bytes, &done);
	CU_ASSERT_EQUAL(
	    control_done_decode(&decoded, (struct span){ bytes.data + 2, bytes.length - 2 }, NULL),
	    STATUS_OK);
	CU_ASSERT_EQUAL(decoded.exit_code, 75);
	CU_ASSERT_STRING_EQUAL(decoded.id.text, "a.oz-aaaaaaaaaaaaaaaa");
	CU_ASSERT_EQUAL(control_done_decode(&decoded, span_of_text(""), NULL), STATUS_OK);
	CU_ASSERT_EQUAL(decoded.exit_code, 0);
	CU_ASSERT_STRING_EQUAL(decoded.id.text, "");
	CU_ASSERT_EQUAL(control_done_decode(&decoded, span_of_text("\1\2\1\1"), NULL),
	                STATUS_INVALID);
	CU_ASSERT_EQUAL(control_done_decode(&decoded, span_of_text("\2\1x"), NULL), STATUS_INVALID);
	buffer_release(&bytes);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_request_comes_back),
	UNIT_TEST(a_bad_request_is_refused),
	UNIT_TEST(a_submission_comes_back),
	UNIT_TEST(a_bad_submission_is_refused),
	UNIT_TEST(a_drop_file_is_complete_only_after_its_end),
	UNIT_TEST(frames_out_of_order_are_refused),
	UNIT_TEST(long_output_becomes_several_frames),
	UNIT_TEST(an_answer_comes_back),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo control_suite = UNIT_SUITE("control/control", NULL, NULL, tests);
