/*
 * address.h - what a sender may write after "to"
 *
 * An address is a list of destinations (destination.h), separated by commas. It is kept
 * sorted by canonical text, each destination once, so equal addresses are equal texts;
 * the store keeps them so, and wire and golden files show them so.
 */
#ifndef SPOOL_NAME_ADDRESS_H
#define SPOOL_NAME_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/name/destination.h"
#include "spool/name/name.h"

enum { ADDRESS_MAX_DESTINATIONS = 1000 };

struct address {
	struct destination *destinations; /* sorted by text, no two equal; owned */
	size_t              count;
	size_t              capacity;
};

void address_init(struct address *address);
void address_release(struct address *address);

/*
 * Adds every destination that `text` lists; those already there stay once. Blanks may
 * stand around each. STATUS_INVALID (diagnostic: column, reason), also for more than
 * ADDRESS_MAX_DESTINATIONS in the sum, adds nothing. A destination without a dot or with
 * an unknown short name is legal here: completion is address_complete's work.
 */
enum status address_add_text(struct address *address, const char *text,
                             struct diagnostic *diagnostic);

/* Adds a copy, if it is not there. Who reads destinations from outside counts them. */
void address_add(struct address *address, const struct destination *destination);

/* Appends the canonical list; address_add_text reads it back. */
void address_format(const struct address *address, struct buffer *out);

/*
 * Completes a short name (`cluster`, `winter.maths`) with home's own regions, nearest
 * first, up to the world, where that gives a name that `known` says exists. The name as
 * written wins if it is known. Returns true and the full name in *completed where
 * something was added; false leaves it alone. Neither name is the world; `context` is
 * handed to `known`, which lends the caller's topology.
 */
typedef bool address_known_function(const void *context, const char *name);
bool         address_complete(const struct name *written, const struct name *home,
                              address_known_function *known, const void *context, struct name *completed);

#endif
