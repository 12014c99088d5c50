/*
 * fuzz_bundle.c - no bytes upset a reader of bundles, and it shows nothing that was not signed
 *
 * The input is damage: it says which bytes of a good bundle are changed, dropped or put in, and what
 * follows is read as it is. The seeds are in corpus/bundle.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/bundle/bundle.h"

enum { BODY = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_bundle(struct buffer *out, bool sealed, unsigned repair);
static void damage(struct buffer *bytes, struct span how);
static void read_all(struct span bytes);
static void require(bool holds, const char *what);

static struct seal_identity identity;
static uint8_t              body[BODY];

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t seed[SEAL_SEED_BYTES] = { 1 };
	struct buffer bytes;

	if (size == 0)
		return 0;
	seal_identity_make(&identity, seed);
	buffer_init(&bytes);
	write_bundle(&bytes, (data[0] & 1) != 0, (data[0] & 2) != 0 ? 30 : 0);
	damage(&bytes, (struct span){ data + 1, size - 1 });
	read_all(buffer_span(&bytes));
	buffer_release(&bytes);
	return 0;
}

static void
write_bundle(struct buffer *out, bool sealed, unsigned repair)
{
	struct bundle_options options = { .identity = &identity,
		                          .reader   = sealed ? identity.public_key : NULL,
		                          .shape    = bundle_shape_for(4 * BODY, repair) };
	struct bundle_writer *writer;

	snprintf(options.from.text, sizeof(options.from.text), "a.oz");
	snprintf(options.to.text, sizeof(options.to.text), "b.oz");
	for (size_t i = 0; i < BODY; i++)
		body[i] = (uint8_t)(i * 7 + i / 251);
	writer = bundle_writer_new(&options, out);
	for (unsigned i = 0; i < 4; i++) {
		bundle_writer_item(writer, span_of_text("heading"), span_of_text("transit"),
		                   i * BODY / 3, out);
		bundle_writer_body(writer, (struct span){ body, i * BODY / 3 }, out);
	}
	bundle_writer_end(writer, out);
	bundle_writer_free(writer);
}

/* Orders of five bytes: what, where (two), how many, with what; the rest is appended. */
static void
damage(struct buffer *bytes, struct span how)
{
	struct buffer tail;

	for (unsigned i = 0; i < 8 && how.length >= 5; i++) {
		size_t at     = (size_t)(how.data[1] << 8 | how.data[2]) % (bytes->length + 1);
		size_t length = (size_t)how.data[3] * 16;

		if (length > bytes->length - at)
			length = bytes->length - at;
		buffer_init(&tail);
		buffer_append(&tail, bytes->data + at + (how.data[0] % 4 == 0 ? length : 0),
		              bytes->length - at - (how.data[0] % 4 == 0 ? length : 0));
		if (how.data[0] % 4 == 1 && at < bytes->length)
			bytes->data[at] ^= how.data[4];
		if (how.data[0] % 4 != 1) {
			bytes->length = at;
			for (size_t j = 0; how.data[0] % 4 == 2 && j < length; j++)
				buffer_append_u8(bytes, how.data[4]);
			buffer_append_span(bytes, buffer_span(&tail));
		}
		buffer_release(&tail);
		how.data += 5;
		how.length -= 5;
	}
	buffer_append_span(bytes, how);
}

static void
read_all(struct span bytes)
{
	struct bundle_reader *reader = bundle_reader_new();
	struct bundle_item    item;
	uint64_t              came = 0, wanted = 0;

	do {
		if (bytes.length > 0)
			bundle_read(reader, &bytes, &item);
		else
			bundle_read_rest(reader, &item);
		if (item.kind == BUNDLE_LABEL)
			(void)bundle_reader_open(reader, identity.public_key, &identity);
		if (item.kind == BUNDLE_ITEM) {
			require(span_equal(item.heading, span_of_text("heading")) &&
			            span_equal(item.transit, span_of_text("transit")) &&
			            item.number < 4 && item.size == item.number * BODY / 3,
			        "an item is one that was written");
			came   = 0;
			wanted = item.size;
		}
		if (item.kind == BUNDLE_BODY) {
			require(came + item.bytes.length <= wanted &&
			            memcmp(item.bytes.data, body + came, item.bytes.length) == 0,
			        "a body is the one that was written");
			came += item.bytes.length;
		}
		if (item.kind == BUNDLE_ITEM_END)
			require(came == wanted, "a whole item is whole");
	} while (item.kind != BUNDLE_NOTHING || bytes.length > 0);
	bundle_reader_free(reader);
}

static void
require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_bundle: not so: %s\n", what);
	abort();
}
