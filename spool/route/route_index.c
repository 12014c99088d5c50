/*
 * route_index.c - texts hashed from their end, so one pass hashes every suffix
 *
 * FNV-1a by bytes, open addressing. The hash has no secret: tables hold no more names
 * than the topology does, whose limits are elsewhere.
 */
#include "spool/route/route_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/name.h"

static const uint32_t hash_of_nothing = UINT32_C(2166136261);

static uint32_t hash_byte(uint32_t hash, char byte);
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
	uint32_t hash = hash_of_nothing;
	size_t   slot;

	assert(index->count * 2 < index->slot_count);
	for (size_t at = strlen(region); at > 0; at--)
		hash = hash_byte(hash, region[at - 1]);
	slot = hash & (index->slot_count - 1);
	while (index->slots[slot].region != NULL)
		slot = (slot + 1) & (index->slot_count - 1);
	index->slots[slot] =
	    (struct route_index_slot){ .region = region, .hash = hash, .number = number };
	index->count++;
}

uint32_t
route_index_get(const struct route_index *index, const char *region)
{
	uint32_t hash = hash_of_nothing;

	for (size_t at = strlen(region); at > 0; at--)
		hash = hash_byte(hash, region[at - 1]);
	return find(index, region, hash);
}

uint32_t
route_index_find(const struct route_index *index, const char *name)
{
	struct {
		const char *text;
		uint32_t    hash;
	} suffixes[NAME_MAX_COMPONENTS];
	unsigned count = 0;
	uint32_t hash  = hash_of_nothing;

	for (size_t at = strlen(name); at > 0; at--) {
		hash = hash_byte(hash, name[at - 1]);
		if (at > 1 && name[at - 2] != '.')
			continue;
		assert(count < NAME_MAX_COMPONENTS);
		suffixes[count].text   = name + at - 1;
		suffixes[count++].hash = hash;
	}
	while (count-- > 0) {
		uint32_t number = find(index, suffixes[count].text, suffixes[count].hash);

		if (number != ROUTE_INDEX_NONE)
			return number;
	}
	return ROUTE_INDEX_NONE;
}

static uint32_t
hash_byte(uint32_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * UINT32_C(16777619);
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
