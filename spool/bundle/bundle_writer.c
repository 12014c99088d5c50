/*
 * bundle_writer.c - content is cut into blocks as it comes
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/base/memory.h"
#include "spool/bundle/bundle_block.h"
#include "spool/bundle/bundle_item.h"
#include "spool/bundle/bundle_repair.h"

struct bundle_writer {
	struct bundle_label         label;
	const struct seal_identity *identity;
	uint8_t                     key[SEAL_KEY_BYTES];
	struct buffer               encoded; /* the label's block, to be repeated        */
	struct buffer               content; /* of the next data block                   */
	uint32_t                    begins;  /* in it: where the first item does         */
	uint32_t                    item;    /* that one, or the one that goes on        */
	uint32_t                    items;   /* begun so far                             */
	uint32_t                    number;  /* of the next data block                   */
	struct bundle_repair       *repair;
	uint8_t                    *vector; /* one data block, as repair sees it         */
	size_t                      vector_bytes;
};

static void add_content(struct bundle_writer *writer, struct span bytes, struct buffer *out);
static void write_data(struct bundle_writer *writer, bool last, struct buffer *out);
static void enter_repair(struct bundle_writer *writer, struct span payload, bool last);
static void write_repair(struct bundle_writer *writer, struct buffer *out);

struct bundle_writer *
bundle_writer_new(const struct bundle_options *options, struct buffer *out)
{
	struct bundle_writer     *writer = memory_new(1, sizeof(*writer));
	const struct bundle_shape shape  = options->shape;
	struct bundle_block       block  = { .kind = BLOCK_LABEL };
	struct buffer             payload;

	writer->label = (struct bundle_label){
		.from    = options->from,
		.to      = options->to,
		.written = options->written,
		.shape   = shape,
		.sealed  = options->reader != NULL,
	};
	writer->identity = options->identity;
	writer->begins   = BLOCK_NO_ITEM;
	memcpy(writer->label.id, options->random, BUNDLE_ID_BYTES);
	memcpy(writer->key, options->random + BUNDLE_ID_BYTES, SEAL_KEY_BYTES);
	if (options->reader != NULL &&
	    seal_box_close(options->reader, options->random + BUNDLE_ID_BYTES + SEAL_KEY_BYTES,
	                   writer->key, writer->label.box) != STATUS_OK) {
		bundle_writer_free(writer);
		return NULL;
	}
	if (shape.repair > 0) {
		writer->vector_bytes = BLOCK_WORD_BYTES + BLOCK_PLACE_BYTES + shape.block_bytes +
		                       (writer->label.sealed ? SEAL_TAG_BYTES : 0);
		writer->vector = memory_new(writer->vector_bytes, 1);
		writer->repair = bundle_repair_new(shape.group, shape.repair, writer->vector_bytes);
	}
	buffer_init(&payload);
	bundle_label_encode(&writer->label, &payload);
	memcpy(block.id, writer->label.id, BUNDLE_ID_BYTES);
	block.length = (uint32_t)payload.length;
	bundle_block_append(&block, buffer_span(&payload), writer->identity, &writer->encoded);
	buffer_release(&payload);
	for (int i = 0; i < (shape.repair > 0 ? BUNDLE_LABELS : 1); i++)
		buffer_append_span(out, buffer_span(&writer->encoded));
	return writer;
}

void
bundle_writer_free(struct bundle_writer *writer)
{
	if (writer == NULL)
		return;
	seal_forget(writer->key, sizeof(writer->key));
	buffer_release(&writer->encoded);
	buffer_release(&writer->content);
	bundle_repair_free(writer->repair);
	free(writer->vector);
	free(writer);
}

void
bundle_writer_item(struct bundle_writer *writer, struct span heading, struct span transit,
                   uint64_t size, struct buffer *out)
{
	struct buffer head;

	if (writer->begins == BLOCK_NO_ITEM) {
		writer->begins = (uint32_t)writer->content.length;
		writer->item   = writer->items;
	}
	writer->items++;
	buffer_init(&head);
	bundle_item_encode(heading, transit, size, &head);
	add_content(writer, buffer_span(&head), out);
	buffer_release(&head);
}

void
bundle_writer_body(struct bundle_writer *writer, struct span bytes, struct buffer *out)
{
	add_content(writer, bytes, out);
}

void
bundle_writer_end(struct bundle_writer *writer, struct buffer *out)
{
	write_data(writer, true, out);
	if (writer->repair != NULL && writer->number % writer->label.shape.group != 0)
		write_repair(writer, out);
}

const uint8_t *
bundle_writer_id(const struct bundle_writer *writer)
{
	return writer->label.id;
}

void
bundle_writer_token(const struct bundle_writer *writer, uint8_t token[SEAL_TOKEN_BYTES])
{
	bundle_token(&writer->label, writer->key, token);
}

static void
add_content(struct bundle_writer *writer, struct span bytes, struct buffer *out)
{
	size_t most = writer->label.shape.block_bytes;

	while (bytes.length > 0) {
		size_t room = most - writer->content.length;
		size_t take = bytes.length < room ? bytes.length : room;

		if (room == 0) { /* only now: the block with the last byte is to be the last */
			write_data(writer, false, out);
			continue;
		}
		buffer_append(&writer->content, bytes.data, take);
		bytes.data += take;
		bytes.length -= take;
	}
}

static void
write_data(struct bundle_writer *writer, bool last, struct buffer *out)
{
	struct bundle_block block = { .kind = BLOCK_DATA, .last = last, .number = writer->number };
	uint8_t             head[BLOCK_HEAD_BYTES];
	struct buffer       plain, sealed;
	bool                seals = writer->label.sealed;

	buffer_init(&plain);
	buffer_init(&sealed);
	buffer_append_u32(&plain, writer->begins);
	buffer_append_u32(&plain, writer->begins == BLOCK_NO_ITEM && writer->items > 0
	                              ? writer->items - 1
	                              : writer->item);
	buffer_append_span(&plain, buffer_span(&writer->content));
	memcpy(block.id, writer->label.id, BUNDLE_ID_BYTES);
	block.length = (uint32_t)(plain.length + (seals ? SEAL_TAG_BYTES : 0));
	bundle_block_head(&block, head);
	if (seals)
		seal_encrypt(writer->key, block.number, (struct span){ head, BLOCK_SIGNED_BYTES },
		             buffer_span(&plain), &sealed);
	bundle_block_append(&block, buffer_span(seals ? &sealed : &plain), writer->identity, out);
	if (writer->repair != NULL)
		enter_repair(writer, buffer_span(seals ? &sealed : &plain), last);
	buffer_release(&sealed);
	buffer_release(&plain);
	buffer_clear(&writer->content);
	writer->begins = BLOCK_NO_ITEM;
	writer->number++;
	if (writer->repair != NULL && writer->number % writer->label.shape.group == 0)
		write_repair(writer, out);
}

static void
enter_repair(struct bundle_writer *writer, struct span payload, bool last)
{
	uint32_t word = (uint32_t)payload.length | (last ? BUNDLE_VECTOR_LAST : 0);

	memset(writer->vector, 0, writer->vector_bytes);
	for (size_t i = 0; i < BLOCK_WORD_BYTES; i++)
		writer->vector[i] = (uint8_t)(word >> (24 - 8 * i));
	memcpy(writer->vector + BLOCK_WORD_BYTES, payload.data, payload.length);
	bundle_repair_add(writer->repair, writer->number % writer->label.shape.group,
	                  writer->vector);
}

/* Behind the data blocks of a group: they begin anew, and the label is said again. */
static void
write_repair(struct bundle_writer *writer, struct buffer *out)
{
	const struct bundle_shape *shape = &writer->label.shape;
	uint32_t                   group = (writer->number - 1) / shape->group;
	struct buffer              payload;

	buffer_init(&payload);
	for (uint32_t i = 0; i < shape->repair; i++) {
		struct bundle_block block = { .kind   = BLOCK_REPAIR,
			                      .number = group * shape->repair + i };

		buffer_clear(&payload);
		buffer_append_u8(&payload, (uint8_t)(writer->number - group * shape->group));
		buffer_append(&payload, bundle_repair_vector(writer->repair, i),
		              writer->vector_bytes);
		memcpy(block.id, writer->label.id, BUNDLE_ID_BYTES);
		block.length = (uint32_t)payload.length;
		bundle_block_append(&block, buffer_span(&payload), writer->identity, out);
	}
	buffer_release(&payload);
	bundle_repair_clear(writer->repair);
	buffer_append_span(out, buffer_span(&writer->encoded));
}
