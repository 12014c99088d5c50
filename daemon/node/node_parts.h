/*
 * node_parts.h - files that came in parts, joined where they end
 *
 * Its origin cuts a file that is too large for some link of its way (`mulga send`); each part is a
 * message like any other, with its own id, and may go its own way. Here each is held until all are
 * here. Then the first stands for the whole: it is delivered with the bodies of the others behind
 * its own, and they end as it ends. A part that never comes lets the others wait until their time
 * is over; the sender is told once.
 */
#ifndef DAEMON_NODE_NODE_PARTS_H
#define DAEMON_NODE_NODE_PARTS_H

#include "daemon/node/node_state.h"

/*
 * A copy is to be delivered here. False: it is whole, or stands for a whole whose parts are all
 * here. True: it waits, or has ended, and nothing is to be done with it.
 */
bool node_parts_wait(struct node *node, struct stored_copy *copy,
                     const struct node_message *message);

/*
 * Of the whole that this copy stands for: the keys of the messages with its parts 2, 3, ..., which
 * are envelope.part.count - 1. False: one of them is missing.
 */
bool node_parts_list(struct node *node, const struct stored_copy *first,
                     const struct node_message *message, int64_t *keys);
/* Bytes of all that it stands for. */
uint64_t node_parts_bytes(struct node *node, const struct stored_copy *first,
                          const struct node_message *message);

/*
 * The end of one copy, which is not written down yet, is that of the parts with it: only the one
 * that is told of is reported, the others are remembered to have ended the same way.
 */
void node_parts_end(struct node *node, const struct stored_copy *copy,
                    const struct node_message *message, const char *outcome, const char *text);

#endif
