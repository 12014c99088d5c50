/*
 * arena.h - memory that lives together and dies together
 *
 * For the values of one step or one computation: nothing in it is freed alone, pointers
 * stay where they are until arena_clear or arena_release.
 */
#ifndef SPOOL_BASE_ARENA_H
#define SPOOL_BASE_ARENA_H

#include <stddef.h>

#include "spool/base/buffer.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* the newest first */
};

void  arena_init(struct arena *arena);
void  arena_release(struct arena *arena);
void  arena_clear(struct arena *arena); /* keeps the newest block for reuse */
void *arena_new(struct arena *arena, size_t count, size_t size); /* zeroed, aligned for any type */
char *arena_text(struct arena *arena, const char *text);
struct span arena_span(struct arena *arena, struct span bytes); /* a copy */
/* For so many bytes, which are not zeroed and alone in a block: what is not used of it costs no memory. */
uint8_t *arena_room(struct arena *arena, size_t length);

#endif
