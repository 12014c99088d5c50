/*
 * description_source.c - a list of texts with their paths
 */
#include "spool/description/description_source.h"

#include <stdlib.h>

#include "spool/base/memory.h"

void
description_sources_init(struct description_sources *sources)
{
	*sources = (struct description_sources){ .count = 0 };
}

void
description_sources_release(struct description_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		free(sources->items[i].path);
		free(sources->items[i].text);
	}
	free(sources->items);
	description_sources_init(sources);
}

void
description_sources_add(struct description_sources *sources, const char *path, const char *text,
                        size_t length)
{
	sources->items = memory_grow(sources->items, &sources->capacity, sources->count + 1,
	                             sizeof(sources->items[0]));
	sources->items[sources->count++] = (struct description_source){
		.path   = memory_copy_text(path),
		.text   = memory_copy(text, length),
		.length = length,
	};
}
