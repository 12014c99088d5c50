/*
 * region_tree.c - a hash table of suffixes
 *
 * Texts are hashed from their last byte to their first (FNV-1a), so one pass over a
 * name gives the hashes of all its regions on the way. Collisions go to the next slot;
 * nothing is ever removed. The hash has no secret, since runs must repeat: who can
 * intern names is bounded by the limits on a topology, not here.
 */
#include "spool/name/region_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/name.h"

enum { CHUNK_BYTES = 64 * 1024 - 64, FIRST_SLOT_COUNT = 64 };

struct region_tree_chunk {
	struct region_tree_chunk *next;
	size_t                    used;
	char                      bytes[CHUNK_BYTES];
};

/* A name and its regions below the world, the shortest first. */
struct suffixes {
	const char *text[NAME_MAX_COMPONENTS];
	uint32_t    hash[NAME_MAX_COMPONENTS];
	unsigned    count;
};

static void        suffixes_find(struct suffixes *suffixes, const char *name);
static uint32_t    find(const struct region_tree *tree, const char *text, uint32_t hash);
static uint32_t    add(struct region_tree *tree, const char *text, uint32_t hash, uint32_t parent);
static void        put_in_slot(struct region_tree *tree, uint32_t id);
static void        double_slots(struct region_tree *tree);
static const char *keep_text(struct region_tree *tree, const char *text);

void
region_tree_init(struct region_tree *tree)
{
	*tree         = (struct region_tree){ .slot_count = FIRST_SLOT_COUNT };
	tree->slots   = memory_new(tree->slot_count, sizeof(tree->slots[0]));
	tree->entries = memory_grow(NULL, &tree->capacity, 1, sizeof(tree->entries[0]));
	tree->entries[tree->count++] =
	    (struct region_tree_entry){ .text = "", .parent = REGION_TREE_NONE };
}

void
region_tree_release(struct region_tree *tree)
{
	while (tree->chunks != NULL) {
		struct region_tree_chunk *next = tree->chunks->next;

		free(tree->chunks);
		tree->chunks = next;
	}
	free(tree->slots);
	free(tree->entries);
	*tree = (struct region_tree){ .entries = NULL };
}

uint32_t
region_tree_intern(struct region_tree *tree, const char *name)
{
	struct suffixes suffixes;
	const char     *end, *kept;
	uint32_t        id = REGION_TREE_WORLD;
	unsigned        known;

	suffixes_find(&suffixes, name);
	for (known = suffixes.count; known > 0; known--) {
		id = find(tree, suffixes.text[known - 1], suffixes.hash[known - 1]);
		if (id != REGION_TREE_NONE)
			break;
	}
	if (known == 0)
		id = REGION_TREE_WORLD;
	if (known == suffixes.count)
		return id;
	end  = name + strlen(name);
	kept = keep_text(tree, name);
	kept += strlen(kept);
	for (unsigned i = known; i < suffixes.count; i++)
		id = add(tree, kept - (end - suffixes.text[i]), suffixes.hash[i], id);
	return id;
}

uint32_t
region_tree_find(const struct region_tree *tree, const char *name)
{
	struct suffixes suffixes;

	suffixes_find(&suffixes, name);
	if (suffixes.count == 0)
		return REGION_TREE_WORLD;
	return find(tree, suffixes.text[suffixes.count - 1], suffixes.hash[suffixes.count - 1]);
}

uint32_t
region_tree_parent(const struct region_tree *tree, uint32_t id)
{
	assert(id < tree->count);
	return tree->entries[id].parent;
}

const char *
region_tree_text(const struct region_tree *tree, uint32_t id)
{
	assert(id < tree->count);
	return tree->entries[id].text;
}

uint32_t
region_tree_count(const struct region_tree *tree)
{
	return (uint32_t)tree->count;
}

bool
region_tree_within(const struct region_tree *tree, uint32_t id, uint32_t region)
{
	assert(id < tree->count && region < tree->count);

	while (id > region) /* an ancestor's id is smaller */
		id = tree->entries[id].parent;
	return id == region;
}

static void
suffixes_find(struct suffixes *suffixes, const char *name)
{
	uint32_t hash   = UINT32_C(2166136261);
	size_t   length = strlen(name);

	assert(length <= NAME_MAX_BYTES && name_depth(name) <= NAME_MAX_COMPONENTS);

	suffixes->count = 0;
	for (size_t at = length; at > 0; at--) {
		hash = (hash ^ (unsigned char)name[at - 1]) * UINT32_C(16777619);
		if (at == 1 || name[at - 2] == '.') {
			suffixes->text[suffixes->count]   = name + at - 1;
			suffixes->hash[suffixes->count++] = hash;
		}
	}
}

static uint32_t
find(const struct region_tree *tree, const char *text, uint32_t hash)
{
	size_t mask = tree->slot_count - 1;

	for (size_t slot = hash & mask; tree->slots[slot] != 0; slot = (slot + 1) & mask) {
		const struct region_tree_entry *entry = &tree->entries[tree->slots[slot]];

		if (entry->hash == hash && strcmp(entry->text, text) == 0)
			return tree->slots[slot];
	}
	return REGION_TREE_NONE;
}

static uint32_t
add(struct region_tree *tree, const char *text, uint32_t hash, uint32_t parent)
{
	uint32_t id = (uint32_t)tree->count;

	assert(tree->count < REGION_TREE_NONE && parent < id);

	tree->entries =
	    memory_grow(tree->entries, &tree->capacity, tree->count + 1, sizeof(tree->entries[0]));
	tree->entries[tree->count++] =
	    (struct region_tree_entry){ .text = text, .hash = hash, .parent = parent };
	if (tree->count * 2 > tree->slot_count)
		double_slots(tree);
	else
		put_in_slot(tree, id);
	return id;
}

static void
put_in_slot(struct region_tree *tree, uint32_t id)
{
	size_t mask = tree->slot_count - 1;
	size_t slot = tree->entries[id].hash & mask;

	while (tree->slots[slot] != 0)
		slot = (slot + 1) & mask;
	tree->slots[slot] = id;
}

static void
double_slots(struct region_tree *tree)
{
	free(tree->slots);
	tree->slot_count *= 2;
	tree->slots = memory_new(tree->slot_count, sizeof(tree->slots[0]));
	for (uint32_t id = 1; id < tree->count; id++)
		put_in_slot(tree, id);
}

static const char *
keep_text(struct region_tree *tree, const char *text)
{
	size_t size = strlen(text) + 1;
	char  *kept;

	if (tree->chunks == NULL || CHUNK_BYTES - tree->chunks->used < size) {
		struct region_tree_chunk *chunk = memory_new(1, sizeof(*chunk));

		chunk->next  = tree->chunks;
		tree->chunks = chunk;
	}
	kept = tree->chunks->bytes + tree->chunks->used;
	memcpy(kept, text, size);
	tree->chunks->used += size;
	return kept;
}
