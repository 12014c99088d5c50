/*
 * node_foreign.h - links to neighbors that do not speak our protocol
 */
#ifndef DAEMON_NODE_NODE_FOREIGN_H
#define DAEMON_NODE_NODE_FOREIGN_H

#include "daemon/node/node_state.h"

/* The link is due: begins to hand over what waits for its neighbor. */
void node_foreign_begin(struct node *node, struct node_link *link);
void node_foreign_run(struct node *node); /* goes on with those that were begun */
/* A delivery has ended, which may have been one of these; its copy is decided on by then. */
void node_foreign_ended(struct node *node, const struct event *event);

/* Is that a neighbor to which nodes have nothing to tell? */
bool node_foreign_is(const struct node *node, const char *neighbor);
/* Is there any link over which other nodes can be heard? */
bool node_foreign_not_alone(const struct node *node);

#endif
