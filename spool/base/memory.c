/*
 * memory.c - allocation that cannot fail
 */
#include "spool/base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"

void *
memory_new(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);

	if (memory == NULL)
		log_fatal("out of memory for %zu items of %zu bytes", count, size);
	return memory;
}

void *
memory_grow(void *items, size_t *capacity, size_t needed, size_t item_size)
{
	size_t wanted = *capacity < 8 ? 8 : *capacity + *capacity / 2;
	void  *grown;

	assert(item_size > 0);
	if (needed <= *capacity)
		return items;
	if (wanted < needed)
		wanted = needed;
	if (wanted > SIZE_MAX / item_size)
		log_fatal("an array of %zu items of %zu bytes is too large", wanted, item_size);
	grown = realloc(items, wanted * item_size);
	if (grown == NULL)
		log_fatal("out of memory for %zu items of %zu bytes", wanted, item_size);
	*capacity = wanted;
	return grown;
}

void *
memory_copy(const void *data, size_t length)
{
	void *copy = memory_new(1, length + 1);

	if (length > 0)
		memcpy(copy, data, length);
	return copy;
}

char *
memory_copy_text(const char *text)
{
	return memory_copy(text, strlen(text));
}
