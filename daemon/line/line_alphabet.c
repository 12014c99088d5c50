/*
 * line_alphabet.c - changing the base of a number of 4,096 bits
 *
 * By the method of school, in words of 32 bits and steps of four digits (255^4 fits in one).
 * That is quadratic in a block, and 512 bytes take 60 microseconds: a line that could feel it
 * would not need this.
 */
#include "daemon/line/line_alphabet.h"

#include <assert.h>
#include <string.h>

enum {
	WORDS         = LINE_BLOCK_BYTES / 4,
	STEP          = 4,  /* digits that fit in a word in any base */
	FRACTION_BITS = 28, /* of a logarithm: enough for the least length in each base */
	BASE_LEAST    = 93,
};

static_assert(LINE_BLOCK_BYTES % 4 == 0, "a block is whole words");

static bool     is_safe(unsigned byte);
static void     finish(struct line_alphabet *alphabet);
static uint64_t logarithm(unsigned base);
static void encode_block(const struct line_alphabet *alphabet, struct span plain, uint8_t *digits,
                         size_t count);
static bool decode_block(const struct line_alphabet *alphabet, const uint8_t *values, size_t count,
                         uint8_t *plain, size_t length);
static size_t block_of(const struct line_alphabet *alphabet, size_t digits);

void
line_bytes_add(struct line_bytes *set, uint8_t byte)
{
	set->words[byte / 32] |= (uint32_t)1 << byte % 32;
}

bool
line_bytes_has(const struct line_bytes *set, uint8_t byte)
{
	return (set->words[byte / 32] >> byte % 32 & 1) != 0;
}

static bool
is_safe(unsigned byte)
{
	return byte > ' ' && byte < 0x7f && byte != LINE_MARK;
}

void
line_alphabet_init(struct line_alphabet *alphabet, bool seven_bit, const struct line_bytes *avoided)
{
	*alphabet = (struct line_alphabet){ .seven_bit = seven_bit };
	for (unsigned byte = 0; byte < (seven_bit ? 128U : 256U); byte++)
		if (is_safe(byte) ||
		    ((byte & 0x7f) != LINE_MARK && !line_bytes_has(avoided, (uint8_t)byte)))
			alphabet->digits[alphabet->base++] = (uint8_t)byte;
	finish(alphabet);
}

void
line_alphabet_init_safe(struct line_alphabet *alphabet)
{
	*alphabet = (struct line_alphabet){ .seven_bit = true };
	for (unsigned byte = 0; byte < 128; byte++)
		if (is_safe(byte))
			alphabet->digits[alphabet->base++] = (uint8_t)byte;
	finish(alphabet);
}

/* The tables that follow from the digits. */
static void
finish(struct line_alphabet *alphabet)
{
	uint64_t log = logarithm(alphabet->base);

	assert(alphabet->base >= BASE_LEAST && alphabet->base < 256);
	for (unsigned byte = 0; byte < 256; byte++)
		alphabet->values[byte] = -1;
	for (unsigned i = 0; i < alphabet->base; i++)
		alphabet->values[alphabet->digits[i]] = (int16_t)i;
	for (uint64_t bytes = 0; bytes <= LINE_BLOCK_BYTES; bytes++)
		alphabet->lengths[bytes] =
		    (uint16_t)(((bytes * 8 << FRACTION_BITS) + log - 1) / log);
}

/* To the base of 2, rounded down, with FRACTION_BITS behind the point: squaring a number in
 * [1, 2) doubles its logarithm, and what passes 2 is the next bit. */
static uint64_t
logarithm(unsigned base)
{
	uint64_t result = 0, rest = base;

	while (rest >> (result + 1) != 0)
		result++;
	rest <<= 31 - result;
	for (int bit = 0; bit < FRACTION_BITS; bit++) {
		rest   = rest * rest >> 31;
		result = result << 1 | rest >> 32;
		rest >>= rest >> 32;
	}
	return result;
}

size_t
line_alphabet_length(const struct line_alphabet *alphabet, size_t plain_bytes)
{
	return plain_bytes / LINE_BLOCK_BYTES * alphabet->lengths[LINE_BLOCK_BYTES] +
	       alphabet->lengths[plain_bytes % LINE_BLOCK_BYTES];
}

void
line_alphabet_encode(const struct line_alphabet *alphabet, struct span plain, struct buffer *coded)
{
	for (size_t at = 0, length; at < plain.length; at += length) {
		size_t left = plain.length - at;
		size_t count;

		length = left < LINE_BLOCK_BYTES ? left : LINE_BLOCK_BYTES;
		count  = alphabet->lengths[length];
		buffer_reserve(coded, count);
		encode_block(alphabet, (struct span){ plain.data + at, length },
		             coded->data + coded->length, count);
		coded->length += count;
		coded->data[coded->length] = 0;
	}
}

/* The last digits first: what remains when the number is divided. */
static void
encode_block(const struct line_alphabet *alphabet, struct span plain, uint8_t *digits, size_t count)
{
	uint32_t number[WORDS] = { 0 }; /* the most significant word first */
	size_t   words         = (plain.length + 3) / 4;
	size_t   first         = 0;
	uint64_t divisor       = (uint64_t)alphabet->base * alphabet->base;

	divisor *= divisor;
	for (size_t i = 0; i < plain.length; i++) {
		size_t place = plain.length - 1 - i;

		number[words - 1 - place / 4] |= (uint32_t)plain.data[i] << place % 4 * 8;
	}
	while (count > 0) {
		uint64_t rest = 0;

		for (size_t i = first; i < words; i++) {
			rest      = rest << 32 | number[i];
			number[i] = (uint32_t)(rest / divisor);
			rest %= divisor;
		}
		while (first < words && number[first] == 0)
			first++;
		for (int i = 0; i < STEP && count > 0; i++) {
			digits[--count] = alphabet->digits[rest % alphabet->base];
			rest /= alphabet->base;
		}
	}
}

bool
line_alphabet_decode(const struct line_alphabet *alphabet, struct span coded, uint8_t *plain,
                     size_t room, size_t *length)
{
	size_t  whole = alphabet->lengths[LINE_BLOCK_BYTES];
	uint8_t values[LINE_BLOCK_BYTES * 8 / 6]; /* no base is below 64 */
	size_t  count = 0;

	*length = 0;
	for (size_t at = 0;; at++) {
		if (count == whole || (at == coded.length && count > 0)) {
			size_t bytes = block_of(alphabet, count);

			if (alphabet->lengths[bytes] != count || bytes > room - *length ||
			    !decode_block(alphabet, values, count, plain + *length, bytes))
				return false;
			*length += bytes;
			count = 0;
		}
		if (at == coded.length)
			return true;
		if (alphabet->values[coded.data[at] & (alphabet->seven_bit ? 0x7f : 0xff)] >= 0)
			values[count++] =
			    (uint8_t)alphabet
				->values[coded.data[at] & (alphabet->seven_bit ? 0x7f : 0xff)];
	}
}

/* The most bytes that need no more digits than that. */
static size_t
block_of(const struct line_alphabet *alphabet, size_t digits)
{
	size_t bytes = digits * 3 / 4; /* 93 digits are worth more than six bits each */

	while (bytes < LINE_BLOCK_BYTES && alphabet->lengths[bytes + 1] <= digits)
		bytes++;
	return bytes;
}

/* False: the digits are a number beyond what so many bytes hold. */
static bool
decode_block(const struct line_alphabet *alphabet, const uint8_t *values, size_t count,
             uint8_t *plain, size_t length)
{
	uint32_t number[WORDS + 1] = { 0 }; /* the least significant word first, and what carries */
	size_t   words             = 1;

	for (size_t at = 0; at < count;) {
		uint64_t factor = 1, carry = 0;

		do {
			carry = carry * alphabet->base + values[at];
			factor *= alphabet->base;
		} while (++at % STEP != 0 && at < count);
		for (size_t i = 0; i < words; i++) {
			carry += number[i] * factor;
			number[i] = (uint32_t)carry;
			carry >>= 32;
		}
		if (carry != 0 && words > WORDS)
			return false;
		if (carry != 0)
			number[words++] = (uint32_t)carry;
	}
	for (size_t i = 0; i < length; i++)
		plain[length - 1 - i] = (uint8_t)(number[i / 4] >> i % 4 * 8);
	for (size_t i = length; i < words * 4; i++)
		if ((uint8_t)(number[i / 4] >> i % 4 * 8) != 0)
			return false;
	return true;
}
