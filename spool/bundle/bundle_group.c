/*
 * bundle_group.c - a lost block is made as soon as enough others are there
 */
#include "spool/bundle/bundle_group.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/bundle/bundle_block.h"
#include "spool/bundle/bundle_item.h"
#include "spool/bundle/bundle_repair.h"

static void restore(struct bundle_group *group);
static void keep_made(struct bundle_group *group, uint32_t index, const uint8_t *made);

void
bundle_group_init(struct bundle_group *group)
{
	*group = (struct bundle_group){ .vectors = NULL };
}

void
bundle_group_release(struct bundle_group *group)
{
	for (uint32_t i = 0; i < group->shape.group + group->shape.repair; i++)
		buffer_release(&group->vectors[i]);
	free(group->vectors);
	bundle_repair_free(group->repair);
	bundle_group_init(group);
}

void
bundle_group_shape(struct bundle_group *group, const struct bundle_shape *shape, bool sealed)
{
	bundle_group_release(group);
	group->shape        = *shape;
	group->vectors      = memory_new(shape->group + shape->repair, sizeof(group->vectors[0]));
	group->vector_bytes = BLOCK_WORD_BYTES + BLOCK_PLACE_BYTES + shape->block_bytes +
	                      (sealed ? SEAL_TAG_BYTES : 0);
	bundle_group_begin(group, 0);
}

void
bundle_group_begin(struct bundle_group *group, uint32_t index)
{
	for (uint32_t i = 0; i < group->shape.group + group->shape.repair; i++)
		buffer_clear(&group->vectors[i]);
	group->index = index;
	group->given = 0;
	group->came  = 0;
	group->count = group->shape.group;
}

void
bundle_group_data(struct bundle_group *group, uint32_t number, struct span payload, bool last)
{
	uint32_t       slot   = number % group->shape.group;
	struct buffer *vector = &group->vectors[slot];

	if (vector->length > 0 || payload.length < BLOCK_PLACE_BYTES ||
	    payload.length + BLOCK_WORD_BYTES > group->vector_bytes)
		return;
	buffer_append_u32(vector, (uint32_t)payload.length | (last ? BUNDLE_VECTOR_LAST : 0));
	buffer_append_span(vector, payload);
	if (group->came <= slot)
		group->came = slot + 1;
	restore(group);
}

bool
bundle_group_repair(struct bundle_group *group, uint32_t number, struct span payload)
{
	uint32_t       slot  = number % group->shape.repair;
	uint32_t       count = payload.length > 0 ? payload.data[0] : 0;
	struct buffer *vector;

	if (payload.length != BLOCK_REPAIR_HEAD + group->vector_bytes || count == 0 ||
	    count > group->shape.group || group->came > count)
		return false;
	vector       = &group->vectors[group->shape.group + slot];
	group->count = count;
	if (vector->length == 0)
		buffer_append(vector, payload.data + BLOCK_REPAIR_HEAD, group->vector_bytes);
	restore(group);
	return true;
}

bool
bundle_group_next(struct bundle_group *group, struct span *payload, bool *last)
{
	struct buffer *vector;
	struct reader  reader;
	uint32_t       word;

	if (group->given >= group->count || group->vectors[group->given].length == 0)
		return false;
	vector = &group->vectors[group->given++];
	reader_init(&reader, buffer_span(vector));
	word     = reader_u32(&reader);
	*last    = (word & BUNDLE_VECTOR_LAST) != 0;
	*payload = reader_bytes(&reader, word & ~BUNDLE_VECTOR_LAST);
	return true;
}

/* If data is lost and as many blocks are there as the group has data blocks. */
static void
restore(struct bundle_group *group)
{
	const uint32_t  total = group->shape.group + group->shape.repair;
	uint32_t        lost = 0, there = 0;
	const uint8_t **vectors;
	uint8_t       **made;

	for (uint32_t i = 0; i < total; i++) {
		bool has = group->vectors[i].length > 0;

		lost += !has && i < group->count;
		there += has;
	}
	if (lost == 0 || there < group->count || group->shape.repair == 0 ||
	    there == group->came) /* no repair block tells how many data blocks there are */
		return;
	if (group->repair == NULL)
		group->repair =
		    bundle_repair_new(group->shape.group, group->shape.repair, group->vector_bytes);
	vectors = memory_new(total, sizeof(vectors[0]));
	made    = memory_new(group->count, sizeof(made[0]));
	for (uint32_t i = 0; i < total; i++) {
		struct buffer *vector = &group->vectors[i];

		if (vector->length == 0) {
			if (i < group->count)
				made[i] = memory_new(group->vector_bytes, 1);
			continue;
		}
		buffer_reserve(vector, group->vector_bytes - vector->length);
		memset(vector->data + vector->length, 0, group->vector_bytes - vector->length);
		vectors[i] = vector->data;
	}
	if (bundle_repair_restore(group->repair, group->count, vectors, made))
		for (uint32_t i = 0; i < group->count; i++)
			if (made[i] != NULL)
				keep_made(group, i, made[i]);
	for (uint32_t i = 0; i < group->count; i++)
		free(made[i]);
	free(made);
	free(vectors);
}

/* A vector without its padding; one whose length cannot be is left lost. */
static void
keep_made(struct bundle_group *group, uint32_t index, const uint8_t *made)
{
	struct reader reader;
	uint32_t      length;

	reader_init(&reader, (struct span){ made, group->vector_bytes });
	length = reader_u32(&reader) & ~BUNDLE_VECTOR_LAST;
	if (length < BLOCK_PLACE_BYTES || length > group->vector_bytes - BLOCK_WORD_BYTES)
		return;
	buffer_append(&group->vectors[index], made, BLOCK_WORD_BYTES + length);
	if (group->came <= index)
		group->came = index + 1;
}
