/*
 * destination.h - one place that a message goes to, and what it visits on the way
 *
 * Written `user@node`, `node`, `a!b!user@c` (visit a, then b, then c), `*.region` (every
 * node of the region that is visible in it), `*` (every node), `user@*.region`, and
 * broadcasts behind waypoints, `a!*.region`. Nodes and regions may be typed
 * (name_typed.h); a typed one without `user@` may name the user itself, by G and S.
 * The text that destination_format writes is canonical: lower case, plain names.
 */
#ifndef SPOOL_NAME_DESTINATION_H
#define SPOOL_NAME_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/name/name.h"
#include "spool/name/spelling.h"

enum { ADDRESS_USER_MAX_BYTES = SPELLING_USER_MAX_BYTES, ADDRESS_MAX_WAYPOINTS = 16 };

struct destination {
	char         user[ADDRESS_USER_MAX_BYTES + 1]; /* "" when there is none; keeps its case */
	struct name  node;      /* the last node, or the region of a broadcast           */
	bool         broadcast; /* `*.region`; `*` alone is the world                    */
	struct name *waypoints; /* to visit before `node`, in order; owned               */
	size_t       waypoint_count;
};

void destination_init(struct destination *destination);
void destination_release(struct destination *destination);

/* `to` is initialized and loses what it held; it owns waypoints of its own. */
void destination_copy(struct destination *to, const struct destination *from);

/* The next node to visit: the first waypoint, or the last node itself. Borrowed. */
const char *destination_leg(const struct destination *destination);

/*
 * Puts nodes before what it visits already. STATUS_TOO_BIG: more than
 * ADDRESS_MAX_WAYPOINTS; it is as before.
 */
enum status destination_visit_first(struct destination *destination, const struct name *nodes,
                                    size_t count);

/*
 * Reads one destination into an initialized one. STATUS_INVALID (diagnostic: column,
 * reason) leaves *destination alone. A short name is legal: see address_complete.
 */
enum status destination_parse(struct destination *destination, const char *text,
                              struct diagnostic *diagnostic);

/* Appends the canonical text; parse(format(x)) == x. */
void destination_format(const struct destination *destination, struct buffer *out);

/*
 * Of two canonical texts: is `rest` all of `whole`, or what is left of it behind a waypoint,
 * as `user@c` is of `a!b!user@c`? So a node knows again what it sent or passed on.
 */
bool destination_is_rest(const char *rest, const char *whole);

#endif
