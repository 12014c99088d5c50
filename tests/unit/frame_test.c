/*
 * frame_test.c - frames come back however they are cut, and lengths are only compared
 */
#include "spool/wire/frame.h"

#include "tests/unit/unit.h"

enum { WHOLE = 1, PIECES = 2, EMPTY = 3 };

static const struct frame_rule rules[] = {
	[WHOLE]  = { 1 << 20, true, false },
	[PIECES] = { 1000, true, true },
	[EMPTY]  = { 0, true, false },
};
static const struct frame_table table = { rules, sizeof(rules) / sizeof(rules[0]) };

/* Reads `bytes` in steps and writes what comes as text: "1:abc 2:de+f 3:" */
static enum frame_result
read_in_steps(struct buffer *bytes, size_t step, struct buffer *seen, uint32_t allowed)
{
	struct frame_reader reader;
	struct frame        frame;
	enum frame_result   result = FRAME_NOTHING;
	bool                inside = false;

	buffer_clear(seen);
	frame_reader_init(&reader, &table, allowed);
	for (size_t at = 0; at < bytes->length && result != FRAME_BROKEN; at += step) {
		struct span input = { bytes->data + at, bytes->length - at };

		input.length = input.length < step ? input.length : step;
		while ((result = frame_read(&reader, &input, &frame, NULL)) == FRAME_READ) {
			if (!inside)
				buffer_append_format(seen, " %u:", frame.type);
			buffer_append_span(seen, frame.bytes);
			inside = !frame.last;
		}
	}
	CU_ASSERT_TRUE(result == FRAME_BROKEN || frame_reader_between(&reader));
	frame_reader_release(&reader);
	return result;
}

static void
frames_come_back_however_they_are_cut(void)
{
	struct buffer bytes, seen;

	buffer_init(&bytes);
	buffer_init(&seen);
	frame_append(&bytes, WHOLE, span_of_text("abc"));
	frame_append(&bytes, PIECES, span_of_text("defg"));
	frame_append(&bytes, 77, span_of_text("of a newer version"));
	frame_append(&bytes, EMPTY, span_of_text(""));
	frame_append(&bytes, PIECES, span_of_text(""));
	frame_append(&bytes, WHOLE, span_of_text(""));
	for (size_t step = 1; step <= bytes.length; step++) {
		CU_ASSERT_EQUAL(read_in_steps(&bytes, step, &seen, FRAME_ALL), FRAME_NOTHING);
		CU_ASSERT_STRING_EQUAL(buffer_text(&seen), " 1:abc 2:defg 3: 2: 1:");
	}
	buffer_release(&bytes);
	buffer_release(&seen);
}

static void
a_bad_header_is_refused_before_its_payload_comes(void)
{
	static const struct {
		uint8_t           bytes[6];
		uint32_t          length, allowed;
		enum frame_result result;
	} cases[] = {
		{ { 0 }, 1, FRAME_ALL, FRAME_BROKEN },
		{ { 128 }, 1, FRAME_ALL, FRAME_BROKEN },
		{ { 255 }, 1, FRAME_ALL, FRAME_BROKEN },
		{ { 127 }, 1, FRAME_ALL & ~FRAME_UNKNOWN, FRAME_BROKEN },
		{ { WHOLE }, 1, FRAME_ALL & ~FRAME_BIT(WHOLE), FRAME_BROKEN },
		{ { WHOLE, 0x80, 0x80, 0x40 }, 4, FRAME_ALL, FRAME_NOTHING },
		{ { WHOLE, 0x81, 0x80, 0x40 }, 4, FRAME_ALL, FRAME_BROKEN },
		{ { WHOLE, 0x81, 0x80, 0x80, 0x80, 0x01 }, 6, FRAME_ALL, FRAME_BROKEN },
		{ { PIECES, 0xe9, 0x07 }, 3, FRAME_ALL, FRAME_BROKEN },
		{ { PIECES, 0x81, 0x00 }, 3, FRAME_ALL, FRAME_BROKEN },
		{ { EMPTY, 1 }, 2, FRAME_ALL, FRAME_BROKEN },
		{ { 99, 0x80, 0x80, 0x04 }, 4, FRAME_ALL, FRAME_NOTHING },
		{ { 99, 0x81, 0x80, 0x04 }, 4, FRAME_ALL, FRAME_BROKEN },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame_reader reader;
		struct frame        frame;
		struct diagnostic   diagnostic = { .text = "" };
		struct span         input      = { cases[i].bytes, cases[i].length };

		frame_reader_init(&reader, &table, cases[i].allowed);
		CU_ASSERT_EQUAL(frame_read(&reader, &input, &frame, &diagnostic), cases[i].result);
		CU_ASSERT_EQUAL(diagnostic.text[0] != '\0', cases[i].result == FRAME_BROKEN);
		CU_ASSERT_TRUE(reader.held.capacity < 64); /* a length allocates nothing */
		CU_ASSERT_FALSE(frame_reader_between(&reader));
		frame_reader_release(&reader);
	}
}

static void
pieces_are_borrowed_from_the_input(void)
{
	static const uint8_t bytes[] = { PIECES, 3, 'a', 'b', 'c', WHOLE, 1, 'd' };
	struct frame_reader  reader;
	struct frame         frame;
	struct span          input = { bytes, sizeof(bytes) };

	frame_reader_init(&reader, &table, FRAME_ALL);
	CU_ASSERT_EQUAL(frame_read(&reader, &input, &frame, NULL), FRAME_READ);
	CU_ASSERT_PTR_EQUAL(frame.bytes.data, bytes + 2);
	CU_ASSERT_EQUAL(frame_read(&reader, &input, &frame, NULL), FRAME_READ);
	CU_ASSERT_PTR_EQUAL(frame.bytes.data, bytes + 7); /* a whole frame that is all there */
	CU_ASSERT_EQUAL(reader.held.capacity, 0);
	frame_reader_release(&reader);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(frames_come_back_however_they_are_cut),
	UNIT_TEST(a_bad_header_is_refused_before_its_payload_comes),
	UNIT_TEST(pieces_are_borrowed_from_the_input),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo frame_suite = UNIT_SUITE("wire/frame", NULL, NULL, tests);
