/*
 * node_order.h - services that are `ordered`
 */
#ifndef DAEMON_NODE_NODE_ORDER_H
#define DAEMON_NODE_NODE_ORDER_H

#include "daemon/node/node_state.h"

/* A message of this node is about to be accepted: names its predecessor, and is the next one's. */
void node_order_stamp(struct node *node, struct node_arrival *arrival);
/* Its predecessor has not ended here: the copy is put off, and says so. */
bool node_order_waits(struct node *node, struct stored_copy *copy,
                      const struct node_message *message);
/* The operator's word: it goes past its predecessor. False: it does not wait for one. */
bool node_order_release(struct node *node, struct stored_copy *copy);
/* Is it a delivery here, and may others wait for it? */
bool node_order_matters(const struct node *node, const struct stored_copy *copy);
/* A delivery here has ended: who waits for that message goes on. */
void node_order_ended(struct node *node, const struct message_id *id);

#endif
