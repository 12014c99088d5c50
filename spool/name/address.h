/*
 * address.h - what a sender may write after "to"
 *
 * An address is a list of destinations separated by commas: `user@node`, `node`,
 * `a!b!user@c` (visit a, then b, then c), `*.region` (every node of the region that is
 * visible in it), `user@*.region`, and broadcasts behind waypoints `a!*.region`. The
 * text form is canonical, so equal destinations are equal texts; the store keeps them
 * so, and wire and golden files show them so.
 */
#ifndef SPOOL_NAME_ADDRESS_H
#define SPOOL_NAME_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/name/name.h"

enum { ADDRESS_USER_MAX_BYTES = 128, ADDRESS_MAX_WAYPOINTS = 16, ADDRESS_MAX_DESTINATIONS = 1000 };

struct destination {
	char         user[ADDRESS_USER_MAX_BYTES + 1]; /* "" when the address names none */
	struct name  node;      /* the last node, or the region of a broadcast           */
	bool         broadcast; /* `*.region`; `*` alone is the world                    */
	struct name *waypoints; /* to visit before `node`, in order; owned               */
	size_t       waypoint_count;
};

struct address {
	struct destination *destinations; /* sorted by text, no two equal; owned */
	size_t              count;
	size_t              capacity;
};

void address_init(struct address *address);
void address_release(struct address *address);

/*
 * Adds every destination that `text` lists; those already there stay once.
 * STATUS_INVALID (diagnostic: column, reason) adds nothing. A destination without a dot
 * or with an unknown short name is legal here: completion is address_complete's work.
 */
enum status address_add_text(struct address *address, const char *text,
                             struct diagnostic *diagnostic);
void address_add(struct address *address, const struct destination *destination); /* a copy */

void        destination_init(struct destination *destination);
void        destination_release(struct destination *destination);
void        destination_copy(struct destination *to, const struct destination *from);
enum status destination_parse(struct destination *destination, const char *text,
                              struct diagnostic *diagnostic);
/* Appends the canonical text; parse(format(x)) == x. */
void destination_format(const struct destination *destination, struct buffer *out);
void address_format(const struct address *address, struct buffer *out);

/*
 * Completes a short name (`cluster`, `winter.maths`) with home's own regions, nearest
 * first, up to the world, where that gives a name that `known` says exists. The name as
 * written wins if it is known. Returns true and the full name in *completed where
 * something was added; false leaves it alone.
 */
typedef bool address_known_function(const void *context, const char *name);
bool         address_complete(const struct name *written, const struct name *home,
                              address_known_function *known, const void *context, struct name *completed);

#endif
