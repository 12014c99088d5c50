/*
 * line_alphabet_test.c - every alphabet gives the bytes back, in as few digits as can be
 */
#include "daemon/line/line_alphabet.h"

#include <string.h>

#include "spool/base/checksum.h"
#include "spool/base/random.h"
#include "tests/unit/unit.h"

static struct line_alphabet alphabet;
static struct buffer        coded;
static struct random        dice;

static void
setup(void)
{
	buffer_init(&coded);
	random_seed_number(&dice, 1);
}

static void
teardown(void)
{
	buffer_release(&coded);
}

static void
the_sums_are_those_of_rfc_3720(void)
{
	static const uint8_t command[48] = {
		/* appendix B.4, "an iSCSI - SCSI Read (10) command" */
		0x01, 0xc0, 0, 0, 0, 0, 0,    0, 0,    0, 0, 0,    0, 0, 0, 0,
		0x14, 0,    0, 0, 0, 0, 0x04, 0, 0,    0, 0, 0x14, 0, 0, 0, 0x18,
		0x28, 0,    0, 0, 0, 0, 0,    0, 0x02, 0, 0, 0,    0, 0, 0, 0
	};
	uint8_t bytes[32] = { 0 };

	CU_ASSERT_EQUAL(checksum_crc32c(0, (struct span){ bytes, 32 }), 0x8a9136aa);
	memset(bytes, 0xff, 32);
	CU_ASSERT_EQUAL(checksum_crc32c(0, (struct span){ bytes, 32 }), 0x62a8ab43);
	for (uint8_t i = 0; i < 32; i++)
		bytes[i] = i;
	CU_ASSERT_EQUAL(checksum_crc32c(0, (struct span){ bytes, 32 }), 0x46dd794e);
	for (uint8_t i = 0; i < 32; i++)
		bytes[i] = (uint8_t)(31 - i);
	CU_ASSERT_EQUAL(checksum_crc32c(0, (struct span){ bytes, 32 }), 0x113fdb5c);
	CU_ASSERT_EQUAL(checksum_crc32c(0, (struct span){ command, 48 }), 0xd9963a56);
	CU_ASSERT_EQUAL(checksum_crc32c(0, span_of_text("123456789")), 0xe3069283);
}

static void
a_sum_goes_on_where_another_ended(void)
{
	uint32_t whole = checksum_crc32c(0, span_of_text("a frame"));

	CU_ASSERT_EQUAL(
	    checksum_crc32c(checksum_crc32c(0, span_of_text("a fr")), span_of_text("ame")), whole);
	CU_ASSERT_NOT_EQUAL(checksum_crc32c(1, span_of_text("a frame")), whole);
}

/* What a line passes, so many of them avoided by chance. */
static void
draw_alphabet(bool seven_bit, unsigned avoided)
{
	struct line_bytes set = { { 0 } };

	for (unsigned i = 0; i < avoided; i++)
		line_bytes_add(&set, (uint8_t)random_next(&dice));
	line_alphabet_init(&alphabet, seven_bit, &set);
	for (unsigned byte = 0; byte < 256; byte++)
		if (line_bytes_has(&set, (uint8_t)byte) && (byte <= ' ' || byte >= 0x7f))
			CU_ASSERT_EQUAL(alphabet.values[byte], -1);
	CU_ASSERT_EQUAL(alphabet.values[LINE_MARK], -1);
}

static void
there_and_back(const uint8_t *plain, size_t length)
{
	uint8_t again[2 * LINE_BLOCK_BYTES + 100];
	size_t  got = 0;

	buffer_clear(&coded);
	line_alphabet_encode(&alphabet, (struct span){ plain, length }, &coded);
	CU_ASSERT_EQUAL(coded.length, line_alphabet_length(&alphabet, length));
	for (size_t i = 0; i < coded.length; i++)
		CU_ASSERT_TRUE(alphabet.values[coded.data[i]] >= 0);
	CU_ASSERT_TRUE_FATAL(
	    line_alphabet_decode(&alphabet, buffer_span(&coded), again, sizeof(again), &got));
	CU_ASSERT_TRUE(got == length && memcmp(again, plain, length) == 0);
}

static void
bytes_come_back_in_every_alphabet(void)
{
	uint8_t plain[2 * LINE_BLOCK_BYTES + 100];

	for (unsigned round = 0; round < 200; round++) {
		size_t length = random_below(&dice, sizeof(plain) + 1);

		for (size_t i = 0; i < length; i++)
			plain[i] = round % 8 == 0   ? 0
			           : round % 8 == 1 ? 0xff
			                            : (uint8_t)random_next(&dice);
		if (round % 10 == 9)
			line_alphabet_init_safe(&alphabet);
		else
			draw_alphabet(round % 2 == 0, round % 30);
		there_and_back(plain, length);
	}
}

/* Powers of base and of 256 as long numbers: is `digits` the least that is enough? */
static void
check_lengths(void)
{
	static uint32_t power[LINE_BLOCK_BYTES / 4 + 2];
	size_t          digits = 0, bytes = 0;

	memset(power, 0, sizeof(power));
	power[0] = 1;
	for (bytes = 0; bytes <= LINE_BLOCK_BYTES; bytes++) {
		/* base^digits >= 256^bytes: is there a bit from bit 8 * bytes on? */
		for (;;) {
			bool     enough = false;
			uint64_t carry  = 0;

			for (size_t bit = 8 * bytes; bit < sizeof(power) * 8 && !enough; bit += 8)
				enough = (uint8_t)(power[bit / 32] >> bit % 32) != 0;
			if (enough)
				break;
			for (size_t i = 0; i < sizeof(power) / sizeof(power[0]); i++) {
				carry += (uint64_t)power[i] * alphabet.base;
				power[i] = (uint32_t)carry;
				carry >>= 32;
			}
			digits++;
		}
		CU_ASSERT_EQUAL(alphabet.lengths[bytes], digits);
	}
}

static void
no_encoding_could_be_shorter(void)
{
	for (unsigned avoided = 0; avoided < 158; avoided++) {
		struct line_bytes set = { { 0 } };

		for (unsigned i = 0; i < avoided; i++)
			line_bytes_add(&set, (uint8_t)(i <= ' ' ? i : 0x7f + i - ' ' - 1));
		line_alphabet_init(&alphabet, false, &set);
		CU_ASSERT_EQUAL(alphabet.base, 254 - avoided);
		check_lengths();
	}
}

static void
what_is_no_digit_is_passed_over(void)
{
	uint8_t plain[8], noisy[64];
	size_t  length = 0, got = 0;

	draw_alphabet(true, 0);
	line_alphabet_init_safe(&alphabet);
	line_alphabet_encode(&alphabet, span_of_text("a letter"), &coded);
	for (size_t i = 0; i < coded.length; i++) {
		noisy[length++] = 0x11;
		noisy[length++] = coded.data[i] | (i % 2 == 0 ? 0x80 : 0); /* parity */
	}
	CU_ASSERT_TRUE(line_alphabet_decode(&alphabet, (struct span){ noisy, length }, plain,
	                                    sizeof(plain), &got));
	CU_ASSERT_TRUE(got == 8 && memcmp(plain, "a letter", 8) == 0);
}

static void
what_is_no_encoding_is_refused(void)
{
	uint8_t plain[16];
	size_t  got;

	line_alphabet_init_safe(&alphabet);
	CU_ASSERT_TRUE(line_alphabet_decode(&alphabet, span_of_text(""), plain, 16, &got));
	CU_ASSERT_EQUAL(got, 0);
	/* one digit is no byte; two may be beyond 255; ten bytes have no room in eight */
	CU_ASSERT_FALSE(line_alphabet_decode(&alphabet, span_of_text("!"), plain, 16, &got));
	CU_ASSERT_TRUE(line_alphabet_decode(&alphabet, span_of_text("!!"), plain, 16, &got));
	CU_ASSERT_FALSE(line_alphabet_decode(&alphabet, span_of_text("~~"), plain, 16, &got));
	line_alphabet_encode(&alphabet, span_of_text("ten bytes."), &coded);
	CU_ASSERT_FALSE(line_alphabet_decode(&alphabet, buffer_span(&coded), plain, 8, &got));
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_sums_are_those_of_rfc_3720),
	UNIT_TEST(a_sum_goes_on_where_another_ended),
	UNIT_TEST(bytes_come_back_in_every_alphabet),
	UNIT_TEST(no_encoding_could_be_shorter),
	UNIT_TEST(what_is_no_digit_is_passed_over),
	UNIT_TEST(what_is_no_encoding_is_refused),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo line_alphabet_suite = UNIT_SUITE("line/alphabet", setup, teardown, tests);
