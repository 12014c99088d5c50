/*
 * node_body.h - the bytes of messages on their way in
 *
 * Until the last one is durable they promise nothing; what is durable of them is gone on with.
 */
#ifndef DAEMON_NODE_NODE_BODY_H
#define DAEMON_NODE_NODE_BODY_H

#include "daemon/node/node_state.h"

/* Forgets submissions that an end of the daemon cut: nobody can go on with them. */
void node_arrivals_start(struct node *node);
/* A body that is to be a file: from the start, from where an earlier call stopped, or not at all. */
void node_body_find(struct node *node, struct node_arrival *arrival,
                    const struct session_event *event);
void node_arrival_bytes(struct node *node, struct node_arrival *arrival, struct span bytes);
/* All bytes came. Accepts at once, or when the body file is durable. */
void node_arrival_finish(struct node *node, struct node_arrival *arrival);
/* Its call is gone: what came of a body in a file is made durable, for the next call. */
void node_arrival_abandon(struct node *node, struct node_arrival *arrival);
/* Is this body being written, or a sync of it under way? */
bool node_body_arrives(struct node *node, int64_t key);
void node_body_synced(struct node *node, const struct event *event);
void node_body_failed(struct node *node, const struct event *event);
/* Syncs what has come some time ago, so that a slow line loses little. */
void           node_bodies_run(struct node *node);
struct instant node_bodies_deadline(const struct node *node);

#endif
