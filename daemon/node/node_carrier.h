/*
 * node_carrier.h - by which link a message leaves, and how much one takes: of node_state.h
 */
#ifndef DAEMON_NODE_NODE_CARRIER_H
#define DAEMON_NODE_NODE_CARRIER_H

#include "daemon/session/session.h"
#include "spool/message/envelope.h"
#include "spool/route/route_carrier.h"
#include "spool/route/route_resolve.h"
#include "spool/store/store_message.h"

struct node;
struct node_arrival;
struct node_call;
struct node_link;
struct node_message;

/* --- node_resolve.c */
/* Where these destinations of a message go from here. Fills an initialised *out. */
void node_resolve(struct node *node, const struct node_message *message,
                  const struct address *destinations, bool forgiven, struct forwarding *out);
/* In words, why a destination is unroutable for the reason `carry` or `limit`. */
void node_resolve_explain(struct node *node, const struct node_message *message,
                          const struct destination *destination, struct buffer *why);

/* --- node_carrier.c: by which of several links to its neighbor a copy leaves */
struct node_cargo {
	struct route_cargo route;
	bool               own; /* what nodes tell each other */
};
/* Borrows all. */
void node_cargo_init(const struct node_message *message, const struct address *destinations,
                     enum priority priority, struct node_cargo *cargo);
/* After a calculation: what the tables count of each link, and what it takes. */
void node_carriers_weigh(struct node *node);
/* Does no link to that neighbor ever take it? Then the token why, with words in *why. */
const char *node_carrier_none(const struct node *node, const char *neighbor,
                              const struct node_cargo *cargo, struct buffer *why);
/* May it leave by this link, which is up, now? */
bool node_carrier_may_go(const struct node *node, const struct node_link *link,
                         const struct node_cargo *cargo);
/* Is the link called for this copy, which waits for its neighbor? */
bool node_carrier_is_called(struct node *node, struct node_link *link, struct stored_copy *copy);
/* Does the operator let it leave by this link, and do its limits? */
bool node_carrier_carries(struct node *node, const struct node_link *link,
                          const struct stored_copy *copy);
/* What is to be expected of a link to that neighbor has changed: all copies are looked at. */
void node_carriers_wake(struct node *node, const char *neighbor);

/* --- node_limit.c: how much a link takes */
bool node_limit_exempts(const struct envelope *envelope, uint64_t size);
/* Would a submission of that size go? 0, or the exit code with the reason in *diagnostic. */
int node_limit_submission(struct node *node, const struct node_arrival *arrival,
                          uint64_t size_bytes, struct diagnostic *diagnostic);
/* How large one that is too large may be at most to go, its other parts beside it; 0: not at all. */
uint64_t node_limit_fits(struct node *node, const struct node_arrival *arrival,
                         uint64_t size_bytes);
/* The same of an offer, before its body: TAKEN, or REFUSED or LATER with the reason. `taken_bytes`: of
 * the call so far, which this adds to; NULL: it comes on a stick. */
enum session_verdict node_limit_offer(struct node *node, const struct node_link *link,
                                      uint64_t *taken_bytes, const struct node_arrival *arrival,
                                      uint64_t size, struct diagnostic *diagnostic);
/* Would so many bytes more be too many for this call? Then it makes no more offers. */
bool node_limit_call_is_spent(struct node *node, struct node_call *call,
                              const struct node_message *message, uint64_t bytes);
/* May so many more go today? */
bool           node_limit_day_admits(struct node *node, struct node_link *link,
                                     const struct node_message *message, uint64_t bytes);
void           node_limit_day_spend(struct node *node, struct node_link *link, uint64_t bytes);
void           node_limit_day_refund(struct node *node, struct node_link *link, uint64_t bytes);
struct instant node_limit_deadline(const struct node *node);
void           node_limit_run(struct node *node);

#endif
