/*
 * alias.h - by which users' other addresses a mail came to where it goes
 *
 * A node's people may be others' business (`forward USER to ADDRESS ...`): there the mail is given
 * other destinations, and goes on as the same message. Which stood for which travels with it, so
 * that aliases of several nodes make no circle, and a report names what the sender wrote.
 */
#ifndef SPOOL_MESSAGE_ALIAS_H
#define SPOOL_MESSAGE_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/name/address.h"

enum { ALIASES_MAX = 1000, ALIAS_MAX_BYTES = ADDRESS_USER_MAX_BYTES + 3 + NAME_MAX_BYTES };

/* What was for the one is for the other: canonical destinations of users, without waypoints. */
struct alias {
	char from[ALIAS_MAX_BYTES + 1];
	char to[ALIAS_MAX_BYTES + 1];
};

struct aliases {
	struct alias *items; /* in the order in which they were followed; owned */
	size_t        count;
};

void aliases_release(struct aliases *aliases);

/* A full list stays as it is: false. So it does for an address that is too long. */
bool aliases_add(struct aliases *aliases, const char *from, const char *to);

/* Adds those of `others` that led to one of the destinations. */
void aliases_take(struct aliases *aliases, const struct aliases *others,
                  const struct address *destinations);

/*
 * What the sender wrote, of a destination that aliases may have led to. `except`: not what was written
 * to that node, where it was replaced before anybody knew of it; "": all the way. Borrowed.
 */
const char *aliases_written(const struct aliases *aliases, const char *destination,
                            const char *except);

/* Has it come to this destination by that address, or is it that one? */
bool aliases_came_by(const struct aliases *aliases, const char *destination, const char *address);

/* Without its waypoints. Borrowed from it. */
const char *aliases_user(const char *destination);

/* As one field of a transit. */
void alias_encode(const struct alias *alias, struct buffer *out);
bool alias_decode(struct alias *alias, struct span bytes);

#endif
