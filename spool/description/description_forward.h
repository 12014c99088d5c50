/*
 * description_forward.h - whose the mail for a user is: `forward USER to ADDRESS ...`
 */
#ifndef SPOOL_DESCRIPTION_DESCRIPTION_FORWARD_H
#define SPOOL_DESCRIPTION_DESCRIPTION_FORWARD_H

#include <stdbool.h>

#include "spool/description/description.h"
#include "spool/name/address.h"

/* The statement about that user of the node; NULL: what comes is hers. Borrowed. */
const struct description_forward *description_forward_find(const struct description_node *node,
                                                           const char                    *user);

/*
 * Adds all whom mail for that user of the node goes to in the end, and not who stands for others on
 * the way. A user who stands for herself, too, is among them. In a circle nobody is. Nothing is added
 * where description_forward_find finds nothing.
 */
void description_forward_expand(const struct description_node *node, const char *user,
                                struct address *out);

/* A statement that leads back to one that led to it; NULL: there is none. Borrowed. */
const struct description_forward *description_forward_circle(const struct description_node *node);

/* Is that a name of the node, as people there may write it? */
bool description_forward_is_home(const struct description_node *node, const char *name);

#endif
