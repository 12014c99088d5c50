/*
 * name_typed.h - names in their X.400 spelling, each component with its type
 *
 * `CN=cluster.OU=cs.O=su.PRMD=oz.C=au` and `/C=au/PRMD=oz/O=su/OU=cs/CN=cluster/` are
 * the plain name cluster.cs.su.oz.au. Types follow from the position: the rightmost is
 * C, then PRMD (also P), O, any number of OU, and leftmost CN (also N), which a region
 * has not. So a typed name says nothing that the plain one does not, and only the plain
 * one is kept, compared and sent.
 *
 * Types are read in any order and in either case. Several OU go by the side of O on
 * which they stand: left of it the most specific comes first, right of it last. ADMD
 * (also A) is dropped, and must be empty or blank. G and S name a user: G=joe, S=bloggs
 * is the user joe.bloggs; letters of a user keep their case.
 */
#ifndef SPOOL_NAME_NAME_TYPED_H
#define SPOOL_NAME_NAME_TYPED_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/name/name.h"
#include "spool/name/spelling.h"

enum name_typed_spelling {
	NAME_TYPED_DOTTED,  /* CN=cluster.OU=cs.O=su.PRMD=oz.C=au     */
	NAME_TYPED_SLASHED, /* /C=au/PRMD=oz/O=su/OU=cs/CN=cluster/  */
};

/* What a reader lets a typed spelling say beside the region; flags. */
enum {
	NAME_TYPED_ALLOW_NODE = 1, /* CN      */
	NAME_TYPED_ALLOW_USER = 2, /* G and S */
};

struct name_typed {
	struct name name;
	char        user[SPELLING_USER_MAX_BYTES + 1]; /* "" when there is no G and no S */
};

/* Is this text meant as a typed spelling, right or wrong? No plain name has "=" or "/". */
bool name_typed_recognize(const char *text);

/* STATUS_INVALID with column and reason; `allow` holds NAME_TYPED_ALLOW_ flags. */
enum status name_typed_parse(struct name_typed *typed, const char *text, unsigned allow,
                             struct diagnostic *diagnostic);

/*
 * Appends the typed spelling of a node (`is_node`) or a region; of the world nothing,
 * for it has none. name_parse, or name_parse_region, reads it back to the same name.
 */
void name_typed_format(const struct name *name, bool is_node, enum name_typed_spelling spelling,
                       struct buffer *out);

#endif
