/*
 * node_fetch.h - files that wait here until their user takes them
 *
 * A service with `deliver hold` gives its messages to nobody: their copies are held with the reason
 * COPY_REASON_FETCH, their bodies stay where they are, and the user is told by mail. `mulga fetch`
 * asks for the bytes piece by piece, each with a request of its own, so a slow reader keeps nobody
 * waiting; what it took, it says when its file is durable. Only then has the message arrived.
 */
#ifndef DAEMON_NODE_NODE_FETCH_H
#define DAEMON_NODE_NODE_FETCH_H

#include "daemon/node/node_state.h"

/* There is such a user: it waits, if there is room, and the user is told. */
void node_fetch_hold(struct node *node, struct stored_copy *copy);
/* `fetch open|read|done|refuse`; false: another verb, or a word that changes nothing. */
bool node_fetch_request(struct node *node, struct node_client *client,
                        const struct control_request *request);
/* The client is gone. */
void node_fetch_forget(struct node_client *client);
/* A piece that was read for a client; false: it was for somebody else. */
bool node_fetch_piece(struct node *node, const struct event *event);

#endif
