/*
 * node_arrival.h - a user is told by mail that a file has come
 *
 * Where a file waits to be fetched, and where it was put into a folder of the user's: a `drop` with
 * `%u`. The mail is a message of this node, made in the step in which the file begins to wait or is
 * delivered, so it is made once. `quiet` in the description makes none; nor does a node without a
 * service for mail, nor mail itself, whatever its service delivers to.
 */
#ifndef DAEMON_NODE_NODE_ARRIVAL_H
#define DAEMON_NODE_NODE_ARRIVAL_H

#include "daemon/node/node_state.h"

/* It waits, with all its parts. */
void node_arrival_waits(struct node *node, const struct stored_copy *copy,
                        const struct node_message *message, const struct destination *destination);

/* The copy, still as it was prepared, is in its folder now, under that name ("" = not known). */
void node_arrival_dropped(struct node *node, const struct stored_copy *copy, const char *name);

#endif
