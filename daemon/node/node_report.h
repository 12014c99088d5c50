/*
 * node_report.h - ends of messages, and who hears of them: of node_state.h
 */
#ifndef DAEMON_NODE_NODE_REPORT_H
#define DAEMON_NODE_NODE_REPORT_H

#include <stdint.h>

#include "spool/message/envelope.h"
#include "spool/store/store_message.h"

struct node;
struct node_message;

/* --- node_report.c */
/* An outcome: taken by a server that tells the sender what it wants to hear (RFC 3461 section 5.2.2). */
#define NODE_REPORT_BEYOND "delivered beyond"
/* One destination has ended: remember it, and tell the origin unless it was delivered. */
void node_report_end(struct node *node, const struct node_message *message, const char *destination,
                     const char *outcome, const char *text);
/* It has not ended, but is held, and will be for a while: tells the origin, if it wants reports. */
void node_report_held(struct node *node, const struct node_message *message,
                      const char *destination, const char *text);
/* A copy waits, and goes on: tells the origin of each destination, if it wants to hear of that. */
void node_report_delayed(struct node *node, const struct node_message *message,
                         const struct stored_copy *copy);
/* The same for every destination of a copy, which ends with it. */
void node_report_copy(struct node *node, const struct stored_copy *copy, const char *outcome,
                      const char *text);
/*
 * A report has come home: how one destination of a message from here ended. A broadcast,
 * which ends at every node, stays open.
 */
void node_report_learn(struct node *node, const struct envelope *report);

/* --- node_expire.c */
void node_expire_copies(struct node *node); /* lifetimes that are over           */
/* When a new copy is looked at: at its end, or before it when its sender wants to hear of a delay. */
int64_t node_expire_first_ms(const struct node_message *message);
void    node_upkeep(struct node *node); /* once an hour, if only to age a spool */

#endif
