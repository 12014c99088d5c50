/*
 * route_index.c - a hash table of regions, asked for one suffix after the other
 *
 * Texts are hashed eight bytes at a time, so that to hash a suffix anew costs less than
 * to carry a hash from each to the next; collisions go to the next slot. The hash has no
 * secret: tables hold no more names than the topology does, whose limits are elsewhere.
 */
#include "spool/route/route_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static uint32_t hash_text(const char *text, size_t length);
static uint64_t hash_word(uint64_t hash, uint64_t word);
static uint32_t find(const struct route_index *index, const char *region, uint32_t hash);

void
route_index_init(struct route_index *index, size_t most)
{
	*index = (struct route_index){ .slot_count = 8 };
	while (index->slot_count < most * 2)
		index->slot_count *= 2;
	index->slots = memory_new(index->slot_count, sizeof(index->slots[0]));
}

void
route_index_release(struct route_index *index)
{
	free(index->slots);
	*index = (struct route_index){ .slots = NULL };
}

void
route_index_put(struct route_index *index, const char *region, uint32_t number)
{
	uint32_t hash = hash_text(region, strlen(region));
	size_t   slot = hash & (index->slot_count - 1);

	assert(index->count * 2 < index->slot_count);
	while (index->slots[slot].region != NULL)
		slot = (slot + 1) & (index->slot_count - 1);
	index->slots[slot] =
	    (struct route_index_slot){ .region = region, .hash = hash, .number = number };
	index->count++;
}

uint32_t
route_index_get(const struct route_index *index, const char *region)
{
	return find(index, region, hash_text(region, strlen(region)));
}

uint32_t
route_index_find(const struct route_index *index, const char *name)
{
	const char *end = name + strlen(name);

	while (name < end) {
		uint32_t    number = find(index, name, hash_text(name, (size_t)(end - name)));
		const char *dot;

		if (number != ROUTE_INDEX_NONE)
			return number;
		dot  = memchr(name, '.', (size_t)(end - name));
		name = dot == NULL ? end : dot + 1;
	}
	return ROUTE_INDEX_NONE;
}

/* The last word of a long text overlaps the one before it. */
static uint32_t
hash_text(const char *text, size_t length)
{
	uint64_t hash = length, word = 0;

	if (length < sizeof(word)) {
		for (size_t i = 0; i < length; i++)
			word = word << 8 | (unsigned char)text[i];
		return (uint32_t)hash_word(hash, word);
	}
	for (size_t at = 0; at + sizeof(word) < length; at += sizeof(word)) {
		memcpy(&word, text + at, sizeof(word));
		hash = hash_word(hash, word);
	}
	memcpy(&word, text + length - sizeof(word), sizeof(word));
	return (uint32_t)hash_word(hash, word);
}

/* The product's upper half depends on all bits of both, so it is what the lower one needs. */
static uint64_t
hash_word(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 divided by the golden ratio */
	return hash ^ hash >> 32;
}

static uint32_t
find(const struct route_index *index, const char *region, uint32_t hash)
{
	size_t mask = index->slot_count - 1;

	for (size_t i = hash & mask; index->slots[i].region != NULL; i = (i + 1) & mask)
		if (index->slots[i].hash == hash && strcmp(index->slots[i].region, region) == 0)
			return index->slots[i].number;
	return ROUTE_INDEX_NONE;
}
