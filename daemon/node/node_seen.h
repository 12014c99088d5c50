/*
 * node_seen.h - what was taken before is not taken again: of node_state.h
 */
#ifndef DAEMON_NODE_NODE_SEEN_H
#define DAEMON_NODE_NODE_SEEN_H

#include "daemon/node/node_state.h"

/* Has any of its destinations not been taken before? */
bool node_seen_is_news(struct node *node, const struct node_arrival *arrival);
/* Leaves only those in the arrival, and remembers them until that spool time. */
void node_seen_take(struct node *node, struct node_arrival *arrival, int64_t forget_ms);
/* The same for one; true: it was not taken before. */
bool node_seen_add(struct node *node, const struct node_arrival *arrival,
                   const struct destination *destination, int64_t forget_ms);
/*
 * Is this user to have the message that has come by a broadcast? Not if it came by another
 * one, or by name: the parts of an address overlap. Remembers it until that spool time.
 */
bool node_seen_wants(struct node *node, const struct message_id *id, const char *user,
                     int64_t forget_ms);

#endif
