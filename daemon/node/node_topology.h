/*
 * node_topology.h - what a node knows of the network, learns of it, and tells
 *
 * Each part in its file: its own record and others' (D23), tables of other nodes (D20-D25), all that
 * a hub knows (D29), names that nodes had (D31), and when it is told again to whom.
 */
#ifndef DAEMON_NODE_NODE_TOPOLOGY_H
#define DAEMON_NODE_NODE_TOPOLOGY_H

#include "daemon/node/node_state.h"

/* --- node_topology.c */
void node_topology_load(struct node *node);
void node_topology_release(struct node *node);
void node_topology_announce(struct node *node); /* own record, if it differs from the last told */
void node_topology_compute(struct node *node);
/* Fills an initialised record with home's own links, those that are not announced too. */
void node_topology_own(struct node *node, struct record *record);
/* Takes a record that this node makes itself, and tells it to all who are to know it (D23). */
void node_topology_say(struct node *node, const struct record *record);
void node_topology_greet(struct node *node, const char *neighbor); /* at link-up: what we have */
/* A message of service control has arrived for this node, from it alone or broadcast. */
void node_topology_control(struct node *node, const struct envelope *envelope, const char *neighbor,
                           bool broadcast, struct span body);
/*
 * Takes a record if it is news. STATUS_NOT_FOUND: nobody mentions its node yet (D23), so it is
 * kept for when somebody does.
 */
enum status node_record_take(struct node *node, struct span bytes, const char *neighbor,
                             bool hand_on);
/* The serial of the one record that a message tells, and whose it is; 0: it tells none, or several. */
uint64_t node_record_told(struct node *node, const struct node_message *message,
                          struct name *about);
/* A message of service control. */
void node_tell(struct node *node, const char *title, enum priority priority,
               const struct address *to, struct span body);
/* Takes back those of that title which still wait for the neighbor. */
void node_tell_forget(struct node *node, const char *title, const char *neighbor);

/* Tells the record that was told last to all who are to know it. */
void node_topology_tell_again(struct node *node);

/* --- node_retell.c: told again to those who were not known */
void node_retell_told(struct node *node);    /* own record was told                       */
void node_retell_changed(struct node *node); /* the topology has changed                  */
void node_retell_run(struct node *node);     /* what is due; before tables are made again */

/* --- node_news.c: news of the network on its way out */
/* Of a record that is to take the place of the stored one. */
enum priority node_news_priority(struct node *node, const struct record *record);
/*
 * A copy is to be queued: if it tells a record, older ones that wait for the same neighbor and
 * destinations end. False: it is itself the older one.
 */
bool node_news_overtake(struct node *node, const struct node_message *message,
                        struct stored_copy *copy);
/* Of several records in one body for that neighbor. */
size_t node_news_body(const struct node *node, const char *neighbor);
/* Counts so many bytes that go over the link now; false: they must wait, and the copy says so. */
bool node_news_may_go(struct node *node, struct node_link *link, const struct node_message *message,
                      uint64_t bytes, struct stored_copy *copy);

/* --- node_unmentioned.c */
void node_unmentioned_keep(struct node *node, struct span bytes, const char *neighbor,
                           bool hand_on);
void node_unmentioned_try(struct node *node); /* there was news: somebody may be mentioned now */
void node_unmentioned_run(struct node *node);
void node_unmentioned_release(struct node *node);

/* --- node_rename.c: names that this node had (D31) */
bool node_rename_was(const struct node *node, const char *name);
/* What the description says of them and the network does not know. */
void node_rename_tell(struct node *node);
/* Somebody's record has come; perhaps it is of such a name. */
void node_rename_heard(struct node *node, const struct record *record);

/* --- node_lines.c: makes the spool's explicit and pinned routes those of the description */
void node_lines_keep(struct node *node);

/* --- node_learn.c: tables of other nodes (D20-D25) */
void node_learn_load(struct node *node);                        /* after the records           */
void node_learn_greet(struct node *node, const char *neighbor); /* at link-up: may it teach us? */
/* A message of service control from that node; false: it is not about tables. */
bool node_learn_control(struct node *node, const char *title, const char *origin, struct span body);
void node_learn_forget(struct node *node);  /* D22, before tables are computed    */
void node_learn_purge(struct node *node);   /* what teachers told long ago */
void node_learn_changed(struct node *node); /* D24, D25, when they are            */
void node_learn_missed(struct node *node);  /* who is visible here, and unheard of */
void node_learn_run(struct node *node);     /* what is due; before tables, too    */
struct instant node_learn_deadline(const struct node *node);

/* May that node have what this one's table and database hold? */
bool node_learn_may_ask(const struct node *node, const char *asker);

/* --- node_full.c: all that a hub knows (D29) */
void node_full_run(struct node *node); /* asks, if it is time to */
/* A message of service control from that node; false: it is not about databases. */
bool node_full_control(struct node *node, const char *title, const char *origin, struct span body);
/* The topology for repairs: the tables' own, and what the hub told. Until the next change. */
const struct topology *node_full_topology(struct node *node);

#endif
