/*
 * node_alias.h - mail for users of this node who stand for others: of node_state.h
 */
#ifndef DAEMON_NODE_NODE_ALIAS_H
#define DAEMON_NODE_NODE_ALIAS_H

#include "daemon/node/node_state.h"

/*
 * In the place of each destination of a mail that is a user of this node and forwarded by the
 * description: those who have it then, unless they were taken before. They are remembered until
 * that spool time.
 */
void node_alias_follow(struct node *node, struct node_arrival *arrival, int64_t forget_ms);

/* What the sender wrote of a destination: aliases may have led to it. Borrowed from either. */
const char *node_alias_written(const struct node_message *message, const char *destination);
/* What the node knows it by where the message began. Borrowed from either. */
const char *node_alias_known(const struct node_message *message, const char *destination);

#endif
