/*
 * memory.h - memory that is there, or the process is not
 *
 * Running out of memory is not a state that a spooler can act in: every function here
 * ends the process instead of returning NULL. The spool is the truth and the
 * supervisor starts us again (style: "the floor is gone").
 */
#ifndef SPOOL_BASE_MEMORY_H
#define SPOOL_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory of count * size bytes; the caller frees it. */
void *memory_new(size_t count, size_t size);

/*
 * Makes room for at least `needed` items in `items`, growing by half; returns the array,
 * perhaps moved, and updates *capacity. Items past the old capacity are not zeroed.
 */
void *memory_grow(void *items, size_t *capacity, size_t needed, size_t item_size);

/* A copy on the heap; the caller frees it. `length` bytes, and a NUL after a text. */
void *memory_copy(const void *data, size_t length);
char *memory_copy_text(const char *text);

#endif
