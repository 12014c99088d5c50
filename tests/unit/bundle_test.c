/*
 * bundle_test.c - what is written is read; of what is damaged, all that is whole
 */
#include "spool/bundle/bundle.h"

#include <string.h>

#include "spool/base/random.h"
#include "spool/bundle/bundle_block.h"
#include "tests/unit/unit.h"

enum { ITEMS = 40, SIZES = 7 };

struct got { /* of one reading */
	struct buffer bodies[ITEMS];
	bool          whole[ITEMS];
	bool          ended, end_whole;
	uint32_t      lost;
	unsigned      labels;
	enum status   opened;
};

static struct seal_identity writer_key, reader_key, other_key;
static struct random        dice;

static void
setup(void)
{
	uint8_t seed[SEAL_SEED_BYTES] = { 1 };

	seal_identity_make(&writer_key, seed);
	seed[0] = 2;
	seal_identity_make(&reader_key, seed);
	seed[0] = 3;
	seal_identity_make(&other_key, seed);
	random_seed_number(&dice, 7);
}

static void
teardown(void)
{
}

static uint8_t
byte_of(uint32_t item, size_t at)
{
	return (uint8_t)(item * 31 + at * 7 + at / 251);
}

static size_t
size_of(uint32_t item)
{
	static const size_t sizes[SIZES] = { 0, 1, 300, 1024, 5000, 70000, 12345 };

	return sizes[item % SIZES];
}

static void
write_bundle(struct buffer *out, bool sealed, unsigned repair, uint8_t id)
{
	struct bundle_options options = {
		.from     = *name_of("a.oz.au"),
		.to       = *name_of("b.oz.au"),
		.written  = { 1000 },
		.identity = &writer_key,
		.reader   = sealed ? reader_key.public_key : NULL,
	};
	struct bundle_writer *writer;
	uint64_t              content = 0;
	size_t                before  = out->length;

	for (uint32_t i = 0; i < ITEMS; i++)
		content += bundle_item_size(7, 7, size_of(i));
	options.shape = bundle_shape_for(content, repair);
	memset(options.random, id, sizeof(options.random));
	writer = bundle_writer_new(&options, out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(writer);
	for (uint32_t i = 0; i < ITEMS; i++) {
		struct buffer body;

		buffer_init(&body);
		for (size_t at = 0; at < size_of(i); at++)
			buffer_append_u8(&body, byte_of(i, at));
		bundle_writer_item(writer, span_of_text("heading"), span_of_text("transit"),
		                   body.length, out);
		bundle_writer_body(writer, buffer_span(&body), out);
		buffer_release(&body);
	}
	bundle_writer_end(writer, out);
	CU_ASSERT(out->length - before <= bundle_size(&options.shape, content));
	bundle_writer_free(writer);
}

static void
take(struct got *got, struct bundle_reader *reader, const struct bundle_item *item,
     const struct seal_identity *identity)
{
	switch (item->kind) {
	case BUNDLE_LABEL:
		got->labels++;
		CU_ASSERT_STRING_EQUAL(bundle_reader_label(reader)->from.text, "a.oz.au");
		CU_ASSERT_STRING_EQUAL(bundle_reader_label(reader)->to.text, "b.oz.au");
		got->opened = bundle_reader_open(reader, writer_key.public_key, identity);
		break;
	case BUNDLE_ITEM:
		CU_ASSERT_FATAL(item->number < ITEMS);
		CU_ASSERT(span_equal(item->heading, span_of_text("heading")));
		CU_ASSERT(span_equal(item->transit, span_of_text("transit")));
		CU_ASSERT_EQUAL(item->size, size_of(item->number));
		buffer_clear(&got->bodies[item->number]);
		break;
	case BUNDLE_BODY:
		buffer_append_span(&got->bodies[item->number], item->bytes);
		break;
	case BUNDLE_ITEM_END:
		got->whole[item->number] = true;
		break;
	case BUNDLE_LOST:
		got->lost++;
		break;
	case BUNDLE_END:
		got->ended     = true;
		got->end_whole = item->whole;
		break;
	default:
		break;
	}
}

static void
read_bundle(struct got *got, struct span bytes, const struct seal_identity *identity)
{
	struct bundle_reader *reader = bundle_reader_new();
	struct bundle_item    item;

	*got = (struct got){ .ended = false };
	while (bytes.length > 0) {
		size_t      length = (size_t)random_below(&dice, 3000) + 1;
		struct span piece  = { bytes.data, length < bytes.length ? length : bytes.length };

		bytes.data += piece.length;
		bytes.length -= piece.length;
		do {
			bundle_read(reader, &piece, &item);
			take(got, reader, &item, identity);
		} while (item.kind != BUNDLE_NOTHING);
	}
	do {
		bundle_read_rest(reader, &item);
		take(got, reader, &item, identity);
	} while (item.kind != BUNDLE_NOTHING);
	bundle_reader_free(reader);
}

/* How many are whole; each of those is exactly what was written. */
static unsigned
count_whole(struct got *got)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < ITEMS; i++) {
		if (got->whole[i]) {
			bool same = got->bodies[i].length == size_of(i);

			for (size_t at = 0; same && at < size_of(i); at++)
				same = got->bodies[i].data[at] == byte_of(i, at);
			CU_ASSERT(same);
			count++;
		}
		buffer_release(&got->bodies[i]);
	}
	return count;
}

/* The blocks of a bundle that is whole: calls `keep` with the number of each. */
static void
copy_blocks(const struct buffer *from, struct buffer *to, bool (*keep)(unsigned number))
{
	struct bundle_block block;
	unsigned            number = 0;

	for (size_t at = 0; at < from->length; number++) {
		CU_ASSERT_FATAL(bundle_block_parse(&block, from->data + at));
		if (keep(number))
			buffer_append(to, from->data + at, BLOCK_FRAME_BYTES + block.length);
		at += BLOCK_FRAME_BYTES + block.length;
	}
}

static bool
not_some(unsigned number)
{
	return number == 0 || number % 7 != 3;
}

static bool
nine_of_ten(unsigned number)
{
	(void)number;
	return random_below(&dice, 10) != 0;
}

static void
what_is_written_is_read(void)
{
	for (int sealed = 0; sealed < 2; sealed++)
		for (unsigned repair = 0; repair <= 25; repair += 25) {
			struct buffer bytes;
			struct got    got;

			buffer_init(&bytes);
			write_bundle(&bytes, sealed == 1, repair, 9);
			read_bundle(&got, buffer_span(&bytes), &reader_key);
			CU_ASSERT_EQUAL(got.opened, STATUS_OK);
			CU_ASSERT(got.ended && got.end_whole);
			CU_ASSERT_EQUAL(got.lost, 0);
			CU_ASSERT_EQUAL(got.labels, 1);
			CU_ASSERT_EQUAL(count_whole(&got), ITEMS);
			buffer_release(&bytes);
		}
}

static void
several_follow_each_other_also_behind_a_cut_one(void)
{
	struct buffer bytes;
	struct got    got;

	buffer_init(&bytes);
	write_bundle(&bytes, true, 0, 9);
	bytes.length -= 5000; /* in the middle of a block */
	write_bundle(&bytes, true, 0, 10);
	read_bundle(&got, buffer_span(&bytes), &reader_key);
	CU_ASSERT_EQUAL(got.labels, 2);
	CU_ASSERT(got.end_whole);
	CU_ASSERT_EQUAL(count_whole(&got), ITEMS);
	buffer_release(&bytes);
}

static void
of_a_cut_one_all_that_is_whole_is_read(void)
{
	struct buffer bytes;
	struct got    got;
	unsigned      most = 0;

	buffer_init(&bytes);
	write_bundle(&bytes, true, 0, 9);
	for (size_t length = 0; length < bytes.length; length += 9999) {
		unsigned whole;

		read_bundle(&got, (struct span){ bytes.data, length }, &reader_key);
		CU_ASSERT(!got.end_whole);
		CU_ASSERT_EQUAL(got.ended, got.labels == 1);
		whole = count_whole(&got);
		CU_ASSERT(whole >= most && whole < ITEMS);
		most = whole;
	}
	CU_ASSERT(most > ITEMS / 2);
	buffer_release(&bytes);
}

static void
a_lost_block_costs_only_the_items_in_it(void)
{
	struct buffer bytes, left;
	struct got    got;
	unsigned      whole;

	buffer_init(&bytes);
	buffer_init(&left);
	write_bundle(&bytes, true, 0, 9);
	copy_blocks(&bytes, &left, not_some);
	read_bundle(&got, buffer_span(&left), &reader_key);
	whole = count_whole(&got);
	CU_ASSERT(got.ended && !got.end_whole && got.lost > 0);
	CU_ASSERT(whole > ITEMS / 2 && whole < ITEMS);
	buffer_release(&left);
	buffer_release(&bytes);
}

static void
a_flipped_bit_is_seen_wherever_it_is(void)
{
	struct buffer bytes;
	struct got    got;

	buffer_init(&bytes);
	write_bundle(&bytes, true, 0, 9);
	for (size_t at = 0; at < bytes.length; at += 7919) {
		bytes.data[at] ^= 4;
		read_bundle(&got, buffer_span(&bytes), &reader_key);
		CU_ASSERT(!got.ended || !got.end_whole);
		CU_ASSERT((count_whole(&got) > 0) == (got.opened == STATUS_OK && got.labels == 1));
		bytes.data[at] ^= 4;
	}
	buffer_release(&bytes);
}

static void
missing_bytes_cost_no_more_than_damaged_ones(void)
{
	struct buffer bytes, left;
	struct got    got;

	buffer_init(&bytes);
	buffer_init(&left);
	write_bundle(&bytes, false, 0, 9);
	buffer_append(&left, bytes.data, 100000);
	buffer_append(&left, bytes.data + 100100, bytes.length - 100100);
	read_bundle(&got, buffer_span(&left), &reader_key);
	CU_ASSERT(got.ended && !got.end_whole);
	CU_ASSERT(count_whole(&got) >= ITEMS - 3);
	buffer_release(&left);
	buffer_release(&bytes);
}

static void
with_repair_the_loss_of_a_tenth_costs_nothing(void)
{
	struct buffer bytes, left;
	struct got    got;

	buffer_init(&bytes);
	write_bundle(&bytes, true, 25, 9);
	for (int i = 0; i < 25; i++) {
		buffer_init(&left);
		copy_blocks(&bytes, &left, nine_of_ten);
		read_bundle(&got, buffer_span(&left), &reader_key);
		CU_ASSERT(got.ended && got.end_whole);
		CU_ASSERT_EQUAL(count_whole(&got), ITEMS);
		buffer_release(&left);
	}
	buffer_release(&bytes);
}

static void
it_is_for_its_reader_and_from_its_writer_alone(void)
{
	struct buffer bytes;
	struct got    got;

	buffer_init(&bytes);
	write_bundle(&bytes, true, 0, 9);
	read_bundle(&got, buffer_span(&bytes), &other_key);
	CU_ASSERT_EQUAL(got.opened, STATUS_DENIED);
	CU_ASSERT_EQUAL(count_whole(&got), 0);
	CU_ASSERT_PTR_NULL(memmem(bytes.data, bytes.length, "heading", 7));

	buffer_clear(&bytes);
	writer_key = reader_key;
	write_bundle(&bytes, false, 0, 9);
	setup();
	read_bundle(&got, buffer_span(&bytes), &reader_key);
	CU_ASSERT_EQUAL(got.opened, STATUS_INVALID);
	CU_ASSERT_EQUAL(count_whole(&got), 0);
	buffer_release(&bytes);
}

static void
writer_and_reader_agree_on_the_token_and_nobody_else_knows_it(void)
{
	struct bundle_options options = {
		.from     = *name_of("a.oz.au"),
		.to       = *name_of("b.oz.au"),
		.identity = &writer_key,
		.reader   = reader_key.public_key,
		.shape    = bundle_shape_for(0, 0),
		.random   = { 5 },
	};
	uint8_t               written[SEAL_TOKEN_BYTES], read[SEAL_TOKEN_BYTES];
	struct bundle_reader *reader = bundle_reader_new();
	struct bundle_writer *writer;
	struct bundle_item    item;
	struct buffer         bytes;
	struct span           input;

	buffer_init(&bytes);
	writer = bundle_writer_new(&options, &bytes);
	bundle_writer_end(writer, &bytes);
	bundle_writer_token(writer, written);
	input = buffer_span(&bytes);
	bundle_read(reader, &input, &item);
	CU_ASSERT_EQUAL(item.kind, BUNDLE_LABEL);
	CU_ASSERT_EQUAL(bundle_reader_open(reader, writer_key.public_key, &reader_key), STATUS_OK);
	bundle_reader_token(reader, read);
	CU_ASSERT(memcmp(written, read, sizeof(read)) == 0);
	CU_ASSERT_PTR_NULL(memmem(bytes.data, bytes.length, written, sizeof(written)));
	bundle_read(reader, &input, &item);
	CU_ASSERT(item.kind == BUNDLE_END && item.whole);
	bundle_writer_free(writer);
	bundle_reader_free(reader);
	buffer_release(&bytes);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_written_is_read),
	UNIT_TEST(several_follow_each_other_also_behind_a_cut_one),
	UNIT_TEST(of_a_cut_one_all_that_is_whole_is_read),
	UNIT_TEST(a_lost_block_costs_only_the_items_in_it),
	UNIT_TEST(a_flipped_bit_is_seen_wherever_it_is),
	UNIT_TEST(missing_bytes_cost_no_more_than_damaged_ones),
	UNIT_TEST(with_repair_the_loss_of_a_tenth_costs_nothing),
	UNIT_TEST(it_is_for_its_reader_and_from_its_writer_alone),
	UNIT_TEST(writer_and_reader_agree_on_the_token_and_nobody_else_knows_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo bundle_suite = UNIT_SUITE("bundle/bundle", setup, teardown, tests);
