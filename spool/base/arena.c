/*
 * arena.c - blocks in a list, bump allocation in the newest
 */
#include "spool/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum { BLOCK_BYTES = 16384 };

struct arena_block {
	struct arena_block *older;
	size_t              used;
	size_t              stained; /* so much was used before the last clear: it is not zero */
	size_t              capacity;
	alignas(max_align_t) uint8_t bytes[];
};

void
arena_init(struct arena *arena)
{
	*arena = (struct arena){ .blocks = NULL };
}

void
arena_release(struct arena *arena)
{
	for (struct arena_block *block = arena->blocks, *older; block != NULL; block = older) {
		older = block->older;
		free(block);
	}
	arena_init(arena);
}

void
arena_clear(struct arena *arena)
{
	struct arena older;

	if (arena->blocks == NULL)
		return;
	older = (struct arena){ arena->blocks->older };
	arena_release(&older);
	arena->blocks->older = NULL;
	if (arena->blocks->stained < arena->blocks->used)
		arena->blocks->stained = arena->blocks->used;
	arena->blocks->used = 0;
}

void *
arena_new(struct arena *arena, size_t count, size_t size)
{
	size_t              wanted, room;
	struct arena_block *block = arena->blocks;
	void               *memory;

	assert(size > 0 && count < SIZE_MAX / 2 / size);
	wanted = (count * size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	room   = block == NULL ? 0 : block->capacity - block->used;
	if (block == NULL || wanted > room) {
		size_t capacity = wanted > BLOCK_BYTES ? wanted : BLOCK_BYTES;

		block  = memory_new(1, sizeof(*block) + capacity);
		*block = (struct arena_block){ .older = arena->blocks, .capacity = capacity };
		arena->blocks = block;
	}
	memory = block->bytes + block->used;
	if (block->used < block->stained)
		memset(memory, 0, wanted);
	block->used += wanted;
	return memory;
}

/* Behind the newest block, which has room. */
uint8_t *
arena_room(struct arena *arena, size_t length)
{
	size_t              size = 0;
	struct arena_block *block =
	    memory_grow(NULL, &size, sizeof(*block) + length, sizeof(uint8_t));

	*block = (struct arena_block){ .used = length, .stained = length, .capacity = length };
	if (arena->blocks == NULL) {
		arena->blocks = block;
	} else {
		block->older         = arena->blocks->older;
		arena->blocks->older = block;
	}
	return block->bytes;
}

char *
arena_text(struct arena *arena, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(arena_new(arena, size, 1), text, size);
}

struct span
arena_span(struct arena *arena, struct span bytes)
{
	uint8_t *copy = bytes.length < BLOCK_BYTES ? arena_new(arena, bytes.length + 1, 1)
	                                           : arena_room(arena, bytes.length + 1);

	if (bytes.length > 0)
		memcpy(copy, bytes.data, bytes.length);
	copy[bytes.length] = '\0';
	return (struct span){ copy, bytes.length };
}
