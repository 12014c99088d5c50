/*
 * compress_test.c - what is said arrives, in fewer bytes; what cannot be is not believed
 */
#include "daemon/compress/compress.h"

#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include "daemon/compress/compress_dictionary.h"
#include "spool/base/field.h"
#include "spool/base/random.h"
#include "tests/unit/unit.h"

static struct compressor   *from;
static struct decompressor *to;
static struct buffer        line, heard;
static struct random        dice;

static void
setup(void)
{
	from = compressor_new(COMPRESS_HARD);
	to   = decompressor_new();
	buffer_init(&line);
	buffer_init(&heard);
	random_seed_number(&dice, 1);
}

static void
teardown(void)
{
	compressor_free(from);
	decompressor_free(to);
	buffer_release(&line);
	buffer_release(&heard);
}

/* All that the line carries so far, `step` bytes at a time, is read in pieces of `room`. */
static enum status
hear(size_t step, size_t room)
{
	enum status status = STATUS_OK;
	uint8_t     piece[4096];
	size_t      length;

	for (size_t at = 0; at < line.length && status == STATUS_OK; at += step) {
		size_t here = line.length - at < step ? line.length - at : step;

		decompressor_receive(to, (struct span){ line.data + at, here });
		do {
			status = decompressor_read(to, piece, room, &length);
			buffer_append(&heard, piece, length);
		} while (status == STATUS_OK && length > 0);
	}
	buffer_clear(&line);
	return status;
}

/* How many bytes it took. */
static size_t
say(const char *text)
{
	size_t length = line.length;

	compressor_write(from, span_of_text(text), &line);
	return line.length - length;
}

static void
say_random(size_t length)
{
	struct buffer bytes = { NULL, 0, 0 };

	for (size_t i = 0; i < length; i++)
		buffer_append_u8(&bytes, (uint8_t)random_below(&dice, 256));
	compressor_write(from, buffer_span(&bytes), &line);
	buffer_release(&bytes);
}

static void
each_stretch_can_be_read_when_it_has_come(void)
{
	for (size_t step = 1; step < 40; step += 7) {
		buffer_clear(&heard);
		say("Subject: the first\n");
		CU_ASSERT_EQUAL(hear(step, 4096), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(buffer_text(&heard), "Subject: the first\n");
		say("and the second");
		CU_ASSERT_EQUAL(hear(step, 5), STATUS_OK);
		CU_ASSERT_STRING_EQUAL(buffer_text(&heard), "Subject: the first\nand the second");
	}
}

static void
what_was_said_before_makes_it_shorter(void)
{
	const char *text = "A paragraph of which nobody has ever heard: zygotes quiver, jackdaws "
			   "vex bulky sphinxes, and fjords whelm the quick programmer.";
	size_t      once = say(text), again = say(text);

	CU_ASSERT_TRUE(once < strlen(text));
	CU_ASSERT_TRUE(again < 20);
}

static void
the_dictionary_knows_a_heading(void)
{
	CU_ASSERT_TRUE(say("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
	                   "Content-Transfer-Encoding: 8bit\n\n") < 25);
}

static void
the_dictionary_is_the_protocols(void)
{
	uint64_t sum = 0;

	CU_ASSERT_EQUAL(compress_dictionary_size, 12288);
	for (size_t i = 0; i < compress_dictionary_size; i++)
		sum = sum * 31 + compress_dictionary[i];
	CU_ASSERT_EQUAL(sum, UINT64_C(2503657216978259053));
}

static void
drawn_bytes_cost_next_to_nothing_more(void)
{
	say_random(2048);
	CU_ASSERT_TRUE(line.length <= 2048 + 4);
	CU_ASSERT_EQUAL(hear(1000, 4096), STATUS_OK);
	CU_ASSERT_EQUAL(heard.length, 2048);
	say_random(1000000);
	CU_ASSERT_TRUE(line.length <= 1000000 + 1000);
	CU_ASSERT_EQUAL(hear(70000, 4096), STATUS_OK);
	CU_ASSERT_EQUAL(heard.length, 1002048);
}

static void
a_heading_before_drawn_bytes_is_not_stored(void)
{
	struct buffer bytes = { NULL, 0, 0 };

	for (int i = 0; i < 10; i++)
		buffer_append_text(&bytes, "the very same words again and again, ");
	for (int i = 0; i < 8192; i++)
		buffer_append_u8(&bytes, (uint8_t)random_below(&dice, 256));
	compressor_write(from, buffer_span(&bytes), &line);
	CU_ASSERT_TRUE(line.length < bytes.length - 250);
	CU_ASSERT_EQUAL(hear(100, 4096), STATUS_OK);
	CU_ASSERT_TRUE(span_equal(buffer_span(&heard), buffer_span(&bytes)));
	buffer_release(&bytes);
}

static void
a_rest_and_another_effort_lose_nothing(void)
{
	say("before the rest, ");
	compressor_rest(from);
	compressor_rest(from);
	say("after it, ");
	compressor_set_effort(from, COMPRESS_QUICK);
	say("and quicker");
	CU_ASSERT_EQUAL(hear(3, 4096), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&heard), "before the rest, after it, and quicker");
}

/* A frame of somebody else's, of so many zeroes in so large a window, as one stretch. */
static void
say_zeroes(size_t count, int window_log)
{
	static const uint8_t zeroes[4096];
	struct buffer        packed  = { NULL, 0, 0 };
	ZSTD_CCtx           *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
	ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
	while (count > 0) {
		ZSTD_inBuffer  in = { zeroes, count < 4096 ? count : 4096, 0 };
		ZSTD_outBuffer out;

		buffer_reserve(&packed, 8192);
		out = (ZSTD_outBuffer){ packed.data, packed.capacity, packed.length };
		count -= in.size;
		ZSTD_compressStream2(context, &out, &in,
		                     count == 0 ? ZSTD_e_flush : ZSTD_e_continue);
		packed.length = out.pos;
	}
	ZSTD_freeCCtx(context);
	varint_append(&line, (uint64_t)packed.length << 1);
	buffer_append_span(&line, buffer_span(&packed));
	buffer_release(&packed);
}

static void
a_stretch_may_become_so_long(void)
{
	say_zeroes(COMPRESS_STRETCH_MAX, COMPRESS_WINDOW_LOG);
	CU_ASSERT_EQUAL(hear(100, 4096), STATUS_OK);
	CU_ASSERT_EQUAL(heard.length, COMPRESS_STRETCH_MAX);
}

/* In a call of its own: what follows a frame that has not ended is refused for that. */
static void
a_bomb_goes_off_outside(void)
{
	say_zeroes(100 << 20, COMPRESS_WINDOW_LOG);
	CU_ASSERT_TRUE(line.length < 100000);
	CU_ASSERT_EQUAL(hear(100, 4096), STATUS_INVALID);
	CU_ASSERT_TRUE(heard.length < 3 * COMPRESS_STRETCH_MAX);
}

static void
a_window_larger_than_agreed_is_refused(void)
{
	say_zeroes(1000, COMPRESS_WINDOW_LOG + 6);
	CU_ASSERT_EQUAL(hear(100, 4096), STATUS_INVALID);
	CU_ASSERT_EQUAL(heard.length, 0);
}

static void
noise_is_refused(void)
{
	static const char *const noise[]   = { "\x00", "\x80\x80\x80", "\xff\xff\x7f", "\x08zstd",
		                               "\x81\x80\x00" };
	static const size_t      lengths[] = { 1, 3, 3, 5, 3 };

	for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++) {
		teardown();
		setup();
		buffer_append(&line, noise[i], lengths[i]);
		CU_ASSERT_EQUAL(hear(1, 4096), STATUS_INVALID);
	}
}

static void
text_is_not_hopeless(void)
{
	uint8_t bytes[512];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)random_below(&dice, 256);
	CU_ASSERT_TRUE(compress_is_hopeless((struct span){ bytes, sizeof(bytes) }));
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t) "etaoin shrdlu"[random_below(&dice, 13)];
	CU_ASSERT_FALSE(compress_is_hopeless((struct span){ bytes, sizeof(bytes) }));
}

/* Whatever the pieces, past the decompressor comes what would have come through it. */
static void
what_is_stored_may_pass_beside_it(void)
{
	static const size_t steps[] = { 1, 100, 5000 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct buffer plain = { NULL, 0, 0 };
		size_t        past  = 0, length;

		for (size_t at = 0; at < 30000; at++)
			buffer_append_u8(&plain, (uint8_t)random_below(&dice, 256));
		say("a text, which is not stored, a text, which is not stored");
		compressor_write(from, buffer_span(&plain), &line);
		say("and another text behind it, which is not stored either");
		for (size_t at = 0; at < line.length;) {
			uint8_t piece[4096];
			size_t  here = line.length - at < steps[i] ? line.length - at : steps[i];

			if (decompressor_passing(to) > 0) {
				if (here > decompressor_passing(to))
					here = decompressor_passing(to);
				buffer_append(&heard, line.data + at, here);
				decompressor_passed(to, here);
				past += here;
			} else {
				decompressor_receive(to, (struct span){ line.data + at, here });
			}
			at += here;
			do {
				CU_ASSERT_EQUAL(
				    decompressor_read(to, piece, sizeof(piece), &length),
				    STATUS_OK);
				buffer_append(&heard, piece, length);
			} while (length > 0);
		}
		CU_ASSERT_TRUE(past > plain.length - 2 * steps[i]);
		CU_ASSERT_TRUE(past <= plain.length);
		CU_ASSERT_EQUAL(heard.length, 56 + plain.length + 54);
		CU_ASSERT_TRUE(heard.length > plain.length &&
		               memcmp(heard.data + 56, plain.data, plain.length) == 0);
		CU_ASSERT_EQUAL(decompressor_passing(to), 0);
		buffer_clear(&line);
		buffer_clear(&heard);
		buffer_release(&plain);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(each_stretch_can_be_read_when_it_has_come),
	UNIT_TEST(what_was_said_before_makes_it_shorter),
	UNIT_TEST(the_dictionary_knows_a_heading),
	UNIT_TEST(the_dictionary_is_the_protocols),
	UNIT_TEST(drawn_bytes_cost_next_to_nothing_more),
	UNIT_TEST(a_heading_before_drawn_bytes_is_not_stored),
	UNIT_TEST(a_rest_and_another_effort_lose_nothing),
	UNIT_TEST(a_stretch_may_become_so_long),
	UNIT_TEST(what_is_stored_may_pass_beside_it),
	UNIT_TEST(a_bomb_goes_off_outside),
	UNIT_TEST(a_window_larger_than_agreed_is_refused),
	UNIT_TEST(noise_is_refused),
	UNIT_TEST(text_is_not_hopeless),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo compress_suite = UNIT_SUITE("compress/compress", setup, teardown, tests);
