/*
 * node_sender.h - whose message a program of this machine submits
 */
#ifndef DAEMON_NODE_NODE_SENDER_H
#define DAEMON_NODE_NODE_SENDER_H

#include "daemon/node/node_state.h"

/* May it name any sender? */
bool node_sender_brings(const struct node *node, const struct node_client *client);
/* Sets `sender` and `report`. */
void node_sender_set(const struct node *node, const struct node_client *client,
                     const struct control_submission *submission, struct envelope *envelope);

#endif
