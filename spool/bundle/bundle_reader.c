/*
 * bundle_reader.c - out of a stream of bytes, blocks; out of blocks, items in order
 *
 * A block is looked for by its magic and believed by its sum and, in a bundle that was opened, its
 * signature. Blocks of one group may come in any order and are read in theirs; the first block
 * of a later group, another label, or the end of the bytes gives up what is still missing.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/bundle/bundle_block.h"
#include "spool/bundle/bundle_group.h"
#include "spool/bundle/bundle_item.h"

enum { FAILURES_MAX = 4 }; /* then damaged blocks are passed over whole: it costs too much */

enum reader_state {
	READER_OUTSIDE,  /* no bundle, or one that is passed over         */
	READER_LABELLED, /* a label was shown: is it opened?             */
	READER_INSIDE,
	READER_AFTER, /* its last block was read; labels and repair may follow */
};

struct bundle_reader {
	enum reader_state   state;
	struct buffer       bytes; /* of the block that is coming, from its magic on */
	struct bundle_block block; /* when its head is there                      */
	bool                has_head;
	bool                waits; /* it is whole, and what was before it comes first */
	struct bundle_label label;
	struct buffer       label_bytes;
	uint8_t             sender[SEAL_PUBLIC_BYTES];
	uint8_t             key[SEAL_KEY_BYTES];
	struct bundle_group group;
	struct bundle_items items;
	bool                last;     /* the block that is read is the last */
	unsigned            failures; /* of signatures, one after the other    */
};

static bool        take_block(struct bundle_reader *reader, struct span *input);
static void        find_magic(struct bundle_reader *reader);
static void        find_again(struct bundle_reader *reader);
static bool        next_of_bundle(struct bundle_reader *reader, struct bundle_item *item);
static bool        fill_items(struct bundle_reader *reader);
static bool        end_bundle(struct bundle_reader *reader, struct bundle_item *item);
static bool        judge_block(struct bundle_reader *reader, struct bundle_item *item);
static bool        new_label(struct bundle_reader *reader, struct bundle_item *item);
static void        enter_block(struct bundle_reader *reader);
static bool        give_up(struct bundle_reader *reader, uint32_t group);
static void        done_with_block(struct bundle_reader *reader);
static struct span whole_block(const struct bundle_reader *reader);

struct bundle_reader *
bundle_reader_new(void)
{
	struct bundle_reader *reader = memory_new(1, sizeof(*reader));

	bundle_group_init(&reader->group);
	bundle_items_init(&reader->items);
	return reader;
}

void
bundle_reader_free(struct bundle_reader *reader)
{
	if (reader == NULL)
		return;
	seal_forget(reader->key, sizeof(reader->key));
	buffer_release(&reader->bytes);
	buffer_release(&reader->label_bytes);
	bundle_group_release(&reader->group);
	bundle_items_release(&reader->items);
	free(reader);
}

const struct bundle_label *
bundle_reader_label(const struct bundle_reader *reader)
{
	return &reader->label;
}

void
bundle_reader_token(const struct bundle_reader *reader, uint8_t token[SEAL_TOKEN_BYTES])
{
	bundle_token(&reader->label, reader->key, token);
}

enum status
bundle_reader_open(struct bundle_reader *reader, const uint8_t sender[SEAL_PUBLIC_BYTES],
                   const struct seal_identity *identity)
{
	assert(reader->state == READER_LABELLED);
	reader->state = READER_OUTSIDE;
	if (!bundle_block_verify(buffer_span(&reader->label_bytes), sender))
		return STATUS_INVALID;
	if (reader->label.sealed &&
	    seal_box_open(identity, reader->label.box, reader->key) != STATUS_OK)
		return STATUS_DENIED;
	memcpy(reader->sender, sender, SEAL_PUBLIC_BYTES);
	bundle_group_shape(&reader->group, &reader->label.shape, reader->label.sealed);
	bundle_items_begin(&reader->items);
	reader->last  = false;
	reader->state = READER_INSIDE;
	return STATUS_OK;
}

void
bundle_read(struct bundle_reader *reader, struct span *input, struct bundle_item *item)
{
	*item = (struct bundle_item){ .kind = BUNDLE_NOTHING };
	if (reader->state == READER_LABELLED)
		reader->state = READER_OUTSIDE; /* nobody wanted it */
	for (;;) {
		if (reader->state == READER_INSIDE && next_of_bundle(reader, item))
			return;
		if (!reader->waits && !take_block(reader, input))
			return;
		if (judge_block(reader, item))
			return;
	}
}

void
bundle_read_rest(struct bundle_reader *reader, struct bundle_item *item)
{
	struct span none = { NULL, 0 };

	bundle_read(reader, &none, item);
	while (item->kind == BUNDLE_NOTHING && reader->state == READER_INSIDE &&
	       give_up(reader, UINT32_MAX))
		bundle_read(reader, &none, item);
	if (item->kind == BUNDLE_NOTHING && reader->state == READER_INSIDE) {
		reader->items.lost = true; /* its last block never came */
		reader->last       = true;
		bundle_read(reader, &none, item);
	}
}

/* --- blocks out of bytes ----------------------------------------------------------------- */

/* True when a whole block is in reader->bytes. */
static bool
take_block(struct bundle_reader *reader, struct span *input)
{
	for (;;) {
		size_t wanted = reader->has_head ? BLOCK_FRAME_BYTES + (size_t)reader->block.length
		                                 : BLOCK_HEAD_BYTES;
		size_t take;

		if (reader->bytes.length >= wanted && reader->has_head)
			return true;
		if (reader->bytes.length >= wanted) {
			reader->has_head = bundle_block_parse(&reader->block, reader->bytes.data);
			if (!reader->has_head)
				find_again(reader);
			continue;
		}
		if (input->length == 0)
			return false;
		take = wanted - reader->bytes.length;
		take = take < input->length ? take : input->length;
		buffer_append(&reader->bytes, input->data, take);
		input->data += take;
		input->length -= take;
		if (!reader->has_head)
			find_magic(reader);
	}
}

/* Drops what is before the first place where a magic may begin. */
static void
find_magic(struct bundle_reader *reader)
{
	struct buffer *bytes = &reader->bytes;
	size_t         at    = 0;

	for (; at < bytes->length; at++) {
		size_t left = bytes->length - at;

		if (memcmp(bytes->data + at, bundle_block_magic,
		           left < sizeof(bundle_block_magic) ? left : sizeof(bundle_block_magic)) ==
		    0)
			break;
	}
	buffer_drop_front(bytes, at);
}

/* Behind a magic that no head followed. */
static void
find_again(struct bundle_reader *reader)
{
	reader->has_head = false;
	buffer_drop_front(&reader->bytes, 1);
	find_magic(reader);
}

static void
done_with_block(struct bundle_reader *reader)
{
	buffer_drop_front(&reader->bytes, whole_block(reader).length);
	find_magic(reader);
	reader->has_head = false;
	reader->waits    = false;
}

static struct span
whole_block(const struct bundle_reader *reader)
{
	return (struct span){ reader->bytes.data,
		              BLOCK_FRAME_BYTES + (size_t)reader->block.length };
}

/* --- blocks of a bundle --------------------------------------------------------------------- */

/* What a whole block is good for; true: *item says something. */
static bool
judge_block(struct bundle_reader *reader, struct bundle_item *item)
{
	bool same = memcmp(reader->block.id, reader->label.id, BUNDLE_ID_BYTES) == 0 &&
	            reader->label_bytes.length > 0;

	if (reader->block.kind == BLOCK_LABEL && !same)
		return new_label(reader, item);
	if (reader->block.kind == BLOCK_LABEL || !same || reader->state != READER_INSIDE)
		done_with_block(reader);
	else if (bundle_block_verify(whole_block(reader), reader->sender)) {
		reader->failures = 0;
		enter_block(reader);
	} else if (++reader->failures > FAILURES_MAX)
		done_with_block(reader);
	else
		find_again(reader); /* bytes may be missing, and another block begin in this one */
	return false;
}

static bool
new_label(struct bundle_reader *reader, struct bundle_item *item)
{
	struct bundle_label label;

	if (bundle_label_peek(&label, whole_block(reader), NULL) != STATUS_OK) {
		done_with_block(reader);
		return false;
	}
	if (reader->state == READER_INSIDE) {
		reader->waits = true;
		if (!give_up(reader, UINT32_MAX)) {
			reader->items.lost = true;
			reader->last       = true;
		}
		return false;
	}
	reader->label = label;
	reader->state = READER_LABELLED;
	buffer_clear(&reader->label_bytes);
	buffer_append_span(&reader->label_bytes, whole_block(reader));
	done_with_block(reader);
	item->kind = BUNDLE_LABEL;
	return true;
}

static void
enter_block(struct bundle_reader *reader)
{
	const struct bundle_shape *shape  = &reader->label.shape;
	const struct bundle_block *block  = &reader->block;
	bool                       repair = block->kind == BLOCK_REPAIR;
	struct span                payload;
	uint32_t                   group;

	if (repair && shape->repair == 0) {
		done_with_block(reader);
		return;
	}
	group = block->number / (repair ? shape->repair : shape->group);
	if (group > reader->group.index && give_up(reader, group)) {
		reader->waits = true; /* what is left of the earlier group comes first */
		return;
	}
	payload = bundle_block_payload(whole_block(reader));
	if (group == reader->group.index && repair)
		bundle_group_repair(&reader->group, block->number, payload);
	else if (group == reader->group.index)
		bundle_group_data(&reader->group, block->number, payload, block->last);
	done_with_block(reader);
}

/*
 * Group `next` has begun: what has not come of the one before will not. False: nothing of that
 * is to be read any more, and `next` is the group now (UINT32_MAX: there is none).
 */
static bool
give_up(struct bundle_reader *reader, uint32_t next)
{
	struct bundle_group *group = &reader->group;
	uint32_t             end   = next == UINT32_MAX ? group->came : group->count;

	if (group->given < group->came || (group->given < end && next != UINT32_MAX)) {
		bundle_items_missing(&reader->items);
		while (group->given < end && group->vectors[group->given].length == 0)
			group->given++;
		if (group->given < group->came)
			return true;
	}
	if (next == UINT32_MAX)
		return false;
	if (next > group->index + 1)
		bundle_items_missing(&reader->items);
	bundle_group_begin(group, next);
	return false;
}

/* --- items out of blocks ---------------------------------------------------------------------- */

static bool
next_of_bundle(struct bundle_reader *reader, struct bundle_item *item)
{
	do
		if (bundle_items_next(&reader->items, item))
			return true;
	while (!reader->last && fill_items(reader));
	return reader->last && end_bundle(reader, item);
}

/* The next block in order, in plain. */
static bool
fill_items(struct bundle_reader *reader)
{
	struct bundle_block block = { .kind = BLOCK_DATA };
	struct buffer      *plain = &reader->items.plain;
	uint8_t             head[BLOCK_HEAD_BYTES];
	struct span         payload;

	block.number = reader->group.index * reader->label.shape.group + reader->group.given;
	if (!bundle_group_next(&reader->group, &payload, &block.last))
		return false;
	reader->last = block.last;
	block.length = (uint32_t)payload.length;
	memcpy(block.id, reader->label.id, BUNDLE_ID_BYTES);
	bundle_block_head(&block, head);
	buffer_clear(plain);
	if (!reader->label.sealed)
		buffer_append_span(plain, payload);
	else if (!seal_decrypt(reader->key, block.number, (struct span){ head, BLOCK_SIGNED_BYTES },
	                       payload, plain))
		bundle_items_missing(&reader->items);
	bundle_items_filled(&reader->items);
	return true;
}

static bool
end_bundle(struct bundle_reader *reader, struct bundle_item *item)
{
	if (bundle_items_end(&reader->items, item))
		return true;
	*item         = (struct bundle_item){ .kind = BUNDLE_END, .whole = !reader->items.lost };
	reader->state = READER_AFTER;
	return true;
}
