/*
 * node_held.h - what stands behind a call, and must be let go of before the next
 */
#ifndef DAEMON_NODE_NODE_HELD_H
#define DAEMON_NODE_NODE_HELD_H

#include "daemon/node/node_state.h"

/* What stands behind a call, dialled, that is not over the network: until it is let go there is no
 * other to that link. */
struct node_held {
	uint64_t call;
	char    *link;  /* "after:NEIGHBOR LABEL", a name of the settings; owned */
	bool     after; /* something runs then                                  */
};

/* Of calls that an end of the daemon has cut: lets go of what stood behind them. */
void node_helds_start(struct node *node);
void node_helds_free(struct node *node);
bool node_held_is(const struct node *node, const struct node_link *link);
/* A call is opened by that action. */
void node_held_take(struct node *node, const struct node_link *link, struct action *action);
void node_held_released(struct node *node, uint64_t call);
/* What drives the line has said something of it. */
void node_call_status(struct node_call *call, const char *line);
/* How long the greeting may take, and silence, where the transport says how slow it is. */
void node_held_be_patient(struct session *session, const struct node_link *link, int64_t dial_ms);

#endif
