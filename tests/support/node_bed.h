/*
 * node_bed.h - one node alone, driven event by event
 *
 * A bed is a node on a database in memory, its description and its clocks. A test hands it
 * events and looks at its actions and its spool; the far end of a call is a real session.
 */
#ifndef TESTS_SUPPORT_NODE_BED_H
#define TESTS_SUPPORT_NODE_BED_H

#include "daemon/node/node.h"
#include "daemon/session/session.h"
#include "spool/control/control.h"
#include "spool/message/envelope.h"
#include "spool/message/transit.h"
#include "spool/store/store_message.h"
#include "spool/topology/record.h"

struct bed {
	struct store   *store;
	struct node    *node;
	struct actions  actions;
	struct now      now;
	uint64_t        last_client;
	struct walltime far_clock; /* what callers say that theirs shows; 0 = nothing */
};

/* The far end of a call that b.oz.au has made. */
struct caller {
	uint64_t        id; /* of its call */
	struct session *session;
	uint64_t        offered_bytes; /* to it, headings and all */
	struct buffer   transit;       /* of the last mail that it was offered, and took */
};

void bed_open_node(struct bed *bed, const char *description);

void bed_make(struct bed *bed, const char *description);

void bed_release(struct bed *bed);

void bed_step(struct bed *bed, const struct event *events, size_t count);

void bed_pass(struct bed *bed, int64_t ms);

/* One more program, root's, says these bytes. */
void bed_say(struct bed *bed, const struct buffer *bytes);

void bed_begin(struct control_submission *said, const char *service, const char *address,
               uint8_t token);

/* The id that this node makes of such a token. */
void bed_make_id(struct message_id *id, uint8_t token);

/* The whole submission with a body of `size` bytes; releases *said. */
void bed_append_message(struct buffer *out, struct control_submission *said, size_t size);

void bed_submit(struct bed *bed, const char *service, const char *address, uint8_t token);

void bed_ask(struct bed *bed, const char *const *words);

const struct action *bed_find_action(const struct bed *bed, enum action_kind kind);

/* The exit code of the last answer that the program of the last step got; -1 = none. */
int bed_answered(const struct bed *bed);

size_t bed_count_copies(struct bed *bed, struct stored_copy *last);

/* The program says that it failed for good: the copy is held. */
void bed_fail_delivery(struct bed *bed);

/* Those of messages of one service. */
size_t bed_count_of(struct bed *bed, const char *service, struct stored_copy *copy);

/* All bodies whose sync the last step asked for are durable. */
void bed_bodies_synced(struct bed *bed);

void caller_make(struct caller *caller, struct bed *bed);

/* By a link of that label; the node may have none of it. Ids are odd. */
void caller_make_by(struct caller *caller, struct bed *bed, uint64_t id, const char *label);

void caller_release(struct caller *caller);

/* Time passes, in the node's own steps; whatever it says is answered `round_trip_ms` later. */
void caller_pass(struct caller *caller, struct bed *bed, int64_t ms, int64_t round_trip_ms);

/* Offers a file of that size, of which no byte will come. */
void caller_offer(struct caller *caller, struct bed *bed, uint8_t token, uint64_t size);

/* Sends a message of its own, whose id and size it fills in. */
void caller_send(struct caller *caller, struct bed *bed, uint8_t token, struct envelope *envelope,
                 const struct transit *transit, struct span body);

/* Tells records in one message, as a neighbor does that has news. */
void caller_tell(struct caller *caller, struct bed *bed, uint8_t token,
                 const struct record *records, size_t count);

/* Did the node say that word in the last step? */
bool bed_says(const struct bed *bed, const char *word);
/* ... or answer a program with those? */
bool bed_answers(const struct bed *bed, const char *words);

#define ASK(bed, ...) bed_ask((bed), (const char *const[]){ __VA_ARGS__, NULL })

#endif
