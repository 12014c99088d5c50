/*
 * name.h - the hierarchical name of a node or a region, as a value
 *
 * A name is dot-separated components from the most specific to the least
 * (`basser.cs.su.oz.au`), lower case, in a fixed buffer, so it is copied by assignment.
 * A region is written the same way; the world is "" (routing D1, D2). What is not a
 * valid name never becomes a struct name.
 */
#ifndef SPOOL_NAME_NAME_H
#define SPOOL_NAME_NAME_H

#include <stdbool.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum { NAME_MAX_BYTES = 254, NAME_COMPONENT_MAX_BYTES = 63, NAME_MAX_COMPONENTS = 16 };

struct name {
	char text[NAME_MAX_BYTES + 1]; /* "" is the world */
};

/*
 * Reads a plain or an X.400-typed spelling (name_typed.h) of a node or a region.
 * Upper case is folded. STATUS_INVALID with the column and the reason in *diagnostic
 * (which may be NULL) for anything else; "" is refused: a region is read by
 * name_parse_region, which also takes "world" and "".
 */
enum status name_parse(struct name *name, const char *text, struct diagnostic *diagnostic);
enum status name_parse_region(struct name *name, const char *text, struct diagnostic *diagnostic);

/* The same text without its first component; "" for a top name; NULL for the world. */
const char *name_parent(const char *name);

/* Is `name` the region itself or inside it? Whole components only; all is in the world. */
bool name_within(const char *name, const char *region);

/* strcmp order, for sorting. */
int name_compare(const struct name *a, const struct name *b);

/* Number of components; 0 for the world. */
unsigned name_depth(const char *name);

#endif
