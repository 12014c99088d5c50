/*
 * description_source.h - the texts that make up a description, and who fetches them
 *
 * The grammar is pure: it never opens a file. The caller hands in the first texts and a
 * function that turns the pattern of an `include` into more of them. For real files that
 * is description_file.c; tests answer from a table.
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_SOURCE_H
#define SPOOL_DESCRIPTION_DESCRIPTION_SOURCE_H

#include <stddef.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

struct description_source {
	char  *path; /* as messages show it */
	char  *text;
	size_t length;
};

struct description_sources {
	struct description_source *items;
	size_t                     count;
	size_t                     capacity;
};

void description_sources_init(struct description_sources *sources);
void description_sources_release(struct description_sources *sources);

/* Copies path and text. */
void description_sources_add(struct description_sources *sources, const char *path,
                             const char *text, size_t length);

/*
 * Adds to *found, in the order of their paths, the texts that `pattern` stands for when
 * the file `from` includes it. A pattern with `*` may match nothing; a plain path must
 * exist. Anything but STATUS_OK comes with its reason in *diagnostic.
 */
typedef enum status description_include_function(const char *from, const char *pattern,
                                                 struct description_sources *found,
                                                 struct diagnostic          *diagnostic);

#endif
