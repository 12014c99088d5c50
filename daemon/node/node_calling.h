/*
 * node_calling.h - when links are called, for how long, and what is said of that
 *
 * The part of node_state.h that is about calls as such, and not about what goes over them.
 */
#ifndef DAEMON_NODE_NODE_CALLING_H
#define DAEMON_NODE_NODE_CALLING_H

#include "daemon/node/node_state.h"

/* --- node_dial.c: calls that we make */
void           node_dial_run(struct node *node);
struct instant node_dial_deadline(struct node *node);
bool           node_link_may_dial(const struct node_link *link);
/* Its call has ended: there is a pause. */
void node_link_ended(struct node *node, struct node_link *link, const struct node_call *call,
                     const char *text);

/* --- node_contact.c, node_device.c */
/* Sets link->contact; a device that it needs may still be in use. */
void        node_contact_find(struct node *node, struct node_link *link);
const char *node_wait_text(enum node_wait wait); /* a stable word; static */
/* May this one of those that are due be called now? */
bool node_device_grants(struct node *node, const struct node_link *link);
void node_device_taken(struct node *node, const struct node_link *link);
/* Does another link wait for the device of this one? */
bool node_device_wanted(const struct node *node, const struct node_link *link);

/* --- node_demand.c: links that are called on demand */
bool node_demand_applies(const struct node_link *link);
void node_demand_start(struct node *node, struct node_link *link); /* afresh, or a call ended */
void node_demand_look(struct node *node, struct node_link *link);  /* sets `wanted`           */
/* Is there nothing more to say? And when that is to be asked. */
bool           node_demand_is_over(struct node *node, struct node_call *call);
struct instant node_demand_over(const struct node *node, const struct node_call *call);

/* --- node_window.c: calls and windows */
void          node_windows_zone(struct node *node, const struct event *event);
enum priority node_priority_of(enum description_priority priority);
/* When something of that priority may go, from that instant on; INSTANT_NEVER: never. */
struct instant node_window_opens(const struct node *node, const struct node_link *link,
                                 struct instant from, enum priority priority);
bool           node_window_is_open(const struct node *node, const struct node_link *link);
void           node_call_begin(struct node *node, struct node_call *call);
/* What its end and its windows ask for now; false: it is gone. And when that is to be asked. */
bool           node_call_keep(struct node *node, struct node_call *call);
struct instant node_call_keep_due(const struct node_call *call);
/* So many bytes of bodies may still be begun, after `written` of this step. */
uint64_t node_call_ration(const struct node *node, const struct node_call *call, uint64_t written);
/* So many bytes were handed to the driver. */
void node_call_said(struct node *node, struct node_call *call, uint64_t bytes);
void node_call_hang_up(struct node *node, struct node_call *call);
/* Bytes a second, out: as measured, in this call if there is one, or as stated; 0: not known. */
uint64_t node_link_rate(const struct node_link *link, const struct node_call *call);

/* --- node_watch.c: what changes, for who looks on */
struct query_live;
/* Before the link enters that state. */
void node_watch_note(struct node *node, const struct node_link *link, const char *state,
                     const char *text);
/* Adds what has changed since the client looked last; live->changes is to be freed. */
void node_watch_show(const struct node *node, const struct node_client *client,
                     struct query_live *live);
void node_watch_looked(struct node *node, struct node_client *client);

/* --- node_clock.c: whose time windows follow */
void node_clock_start(struct node *node);
void node_clock_run(struct node *node);
void node_clock_greeted(struct node *node, struct node_call *call, struct walltime clock);
void node_clock_heard(struct node            *node,
                      const struct node_call *call); /* and it is its neighbor's */
/* How much further the neighbor's clock is than ours; false: not told. */
bool node_clock_skew(const struct node *node, const struct node_link *link, int64_t *skew_ms);

/* --- node_show.c: what `links`, `why` and `status` say of links */
struct query_link;
struct query_forecast;
void node_show_link(const struct node *node, const struct node_link *link,
                    struct query_link *shown);
/* What the operator should know of the link, of our clock; false: nothing. */
bool node_show_warning(const struct node *node, const struct node_link *link, struct buffer *text);
bool node_show_clock(const struct node *node, struct buffer *text);
void node_show_forecast(const struct node *node, const struct stored_copy *copy,
                        struct query_forecast *forecast);

#endif
