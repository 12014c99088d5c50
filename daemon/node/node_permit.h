/*
 * node_permit.h - the operator's `allow` and `refuse`, and where a rule stands
 */
#ifndef DAEMON_NODE_NODE_PERMIT_H
#define DAEMON_NODE_NODE_PERMIT_H

#include "daemon/node/node_state.h"

enum { NODE_PERMIT_DENIED = 77 };

/* 0; or NODE_PERMIT_DENIED, and *diagnostic says what is not permitted and by which rule. */
int node_permit(const struct node *node, const struct node_client *client, const char *service,
                const struct address *destinations, struct diagnostic *diagnostic);

/* What was promised before anybody could refuse it goes back to its sender, and no further. */
void node_permit_return(struct node *node, const struct node_message *message, const char *why);

/* The operator's file in which a rule stands, as messages show it. Borrowed until a reload. */
const char *node_rule_path(const struct node *node, struct description_place place);

#endif
