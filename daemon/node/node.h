/*
 * node.h - the whole node: a function of its store, the events and the time
 *
 * Ring 1: no clock, no file, no socket. The driver gathers events, calls node_step, which
 * is exactly one transaction, and performs the actions only when it returns STATUS_OK.
 * Any other status: drop the actions, hang up all calls, close the node and the store and
 * open both again from the disk (STATUS_NO_SPACE included: the facts are unchanged).
 */
#ifndef DAEMON_NODE_NODE_H
#define DAEMON_NODE_NODE_H

#include "daemon/node/node_event.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/route/route.h"
#include "spool/store/store.h"

struct node;

/*
 * Starts on an open store, which the node borrows. `description` is the canonical text of
 * the node's own description (description_print), `seed` comes from the kernel or the
 * simulator. The first actions (prepared deliveries to finish, calls to open) are added.
 */
enum status node_open(struct node **node, struct store *store, struct span description,
                      const uint8_t seed[32], struct now now, struct actions *actions,
                      struct diagnostic *diagnostic);
void        node_close(struct node *node);

/* The seed of the node's own key, with which it signs what is carried by hand and opens what is sealed
 * to it. Without one nothing can be carried. */
void node_set_key(struct node *node, const uint8_t seed[32]);

/* One step, one transaction. `count` may be 0: then only deadlines are looked at. Clears
 * *actions first. */
enum status node_step(struct node *node, struct now now, const struct event *events, size_t count,
                      struct actions *actions);

/* When the next step is due even if nothing happens; INSTANT_NEVER = no timer. */
struct instant node_deadline(const struct node *node);

/* What it computed last, and from what; borrowed until the next step. */
const struct route_tables *node_tables(const struct node *node);
const struct topology     *node_topology(const struct node *node);

/* Is this body file wanted? The driver removes the others at the start. */
bool node_wants_body(struct node *node, int64_t key);

#endif
