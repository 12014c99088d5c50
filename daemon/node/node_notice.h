/*
 * node_notice.h - what the operator of a station where nobody sits should hear of: of node_state.h
 */
#ifndef DAEMON_NODE_NODE_NOTICE_H
#define DAEMON_NODE_NODE_NOTICE_H

#include "daemon/node/node_state.h"

/*
 * Tells the operator, by mail to the user of `notify`, and in the log. `what` happened, and to whom,
 * is not told by mail again for a day; NULL: this is told once anyway.
 */
void node_notice(struct node *node, const char *what, const char *title, const char *text);

/* A mail of the node itself to a user here, in that language ("" = English): no report is made of it. */
void node_notice_mail(struct node *node, const struct destination *to, const char *title,
                      const char *language, struct span mail);

/* Not heard for too long: the tables lead by it no more. */
void node_notice_silent(struct node *node, const struct node_link *link);
/* The far end of a call holds another key than the description states for it; NULL: for anybody. */
void node_notice_key(struct node *node, const struct node_call *call, const struct node_link *link);
/* Windows follow the clock of node->followed, which shows `theirs`. */
void node_notice_clock(struct node *node, struct walltime theirs);
/* The disk of the spool was full just now: told when it has not been for a while. */
void           node_notice_full(struct node *node);
void           node_notice_run(struct node *node);
struct instant node_notice_deadline(const struct node *node);

#endif
