/*
 * node_stick.h - what the rest of the node asks of messages that travel by hand
 */
#ifndef DAEMON_NODE_NODE_STICK_H
#define DAEMON_NODE_NODE_STICK_H

#include "daemon/node/node_state.h"

/* --- node_carry.c, node_carry_out.c, node_carry_in.c: sticks (node_carry.h) */
void node_carry_start(struct node *node);
void node_carry_release(struct node *node);
/* A request `carry ...` that changes anything or has a stream: answers it, at once or later. False:
 * it is another. */
bool node_carry_request(struct node *node, struct node_client *client,
                        const struct control_request *request, bool feed);
void node_carry_bytes(struct node *node, const struct node_client *client, struct span bytes);
void node_carry_bytes_end(struct node *node, const struct node_client *client);
void node_carry_client_gone(struct node *node, uint64_t client);
void node_carry_event(struct node *node, const struct event *event);
/* The verdict on an item of a bundle. */
void node_carry_answered(struct node *node, const struct node_arrival *arrival,
                         enum session_verdict verdict, const char *text);
/* Is it being written at this moment? */
bool node_carry_holds(const struct node *node, int64_t copy);
/* Is it on a stick? */
bool node_copy_is_carried(const struct stored_copy *copy);
/* Takes it off its stick, as far as we go: it waits like any other. */
void node_copy_unload(struct node *node, struct stored_copy *copy);
/* A message of service control from that node; false: it acknowledges nothing. */
bool node_carry_control(struct node *node, const char *title, const char *origin, struct span body);
void node_carry_run(struct node *node);
struct instant node_carry_deadline(const struct node *node);

/* --- node_visit.c: folders that sticks come to */
/* Is the link served by a folder? The number of the transport from `from` on, or -1. */
int            node_visit_transport(const struct node_link *link, unsigned from);
void           node_visit_event(struct node *node, const struct event *event);
void           node_visits_run(struct node *node);
struct instant node_visits_deadline(struct node *node);

/* --- node_accept.c */
/*
 * An item of a bundle, from that neighbor: as an offer of a call, but that its body comes at once.
 * `travelled_ms` since it was written, as far as clocks tell. Answered by node_carry_answered.
 */
void node_accept_carried(struct node *node, uint64_t bundle, uint32_t item, struct node_link *link,
                         const struct session_event *event, int64_t travelled_ms);
struct node_arrival *node_arrival_of_item(struct node *node, uint64_t bundle, uint32_t item);

/* --- node_send.c */
/* The transit of the message as the neighbor gets it: the copy's destinations, our hop and residence. */
void node_copy_transit(struct node *node, const struct node_message *message,
                       const struct stored_copy *copy, struct buffer *out);

#endif
