/*
 * node_chat.h - dialogues that are tried for a client
 */
#ifndef DAEMON_NODE_NODE_CHAT_H
#define DAEMON_NODE_NODE_CHAT_H

#include "daemon/node/node_state.h"

/* False: it cannot be, and *errors says why. Else the client is answered when it has ended. */
bool node_chat_start(struct node *node, struct node_client *client, const struct node_link *link,
                     struct buffer *errors);

/* The client goes. */
void node_chat_forget(struct node *node, const struct node_client *client);

void node_chat_event(struct node *node, const struct event *event);

#endif
