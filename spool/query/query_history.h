/*
 * query_history.h - what this node knows of one message that passed or began here
 *
 * Joined from the passages (each carries the history that came with the message) and the
 * outcomes in the store: the hops in order, and every destination exactly once.
 */
#ifndef SPOOL_QUERY_QUERY_HISTORY_H
#define SPOOL_QUERY_QUERY_HISTORY_H

#include "spool/message/envelope.h"
#include "spool/message/transit.h"
#include "spool/query/json.h"
#include "spool/query/query.h"
#include "spool/store/store_message.h"

struct query_hop {
	struct name     node;
	struct name     from; /* "" = it was submitted there */
	struct walltime arrived;
	struct walltime left; /* 0 = it is still there, or nobody knows */
};

struct query_outcome {
	char                 *destination; /* owned */
	bool                  ended;       /* then `stored` says how */
	struct stored_outcome stored;
};

struct query_history {
	struct message_id     id;
	struct envelope       envelope; /* of the first passage                  */
	char                  owner[64];
	struct query_hop     *hops; /* owned, as are the outcomes */
	size_t                hop_count;
	size_t                hop_capacity;
	struct query_outcome *outcomes; /* in byte order of the destinations */
	size_t                outcome_count;
	size_t                outcome_capacity;
};

void query_history_init(struct query_history *history);
void query_history_release(struct query_history *history);

/* Replaces what an initialised *history holds; false if no message of that id passed. */
bool query_history_load(const struct query *query, const struct message_id *id,
                        struct query_history *history);

/* Has every destination an outcome? */
bool query_history_ended(const struct query_history *history);

/* The member "outcomes". */
void query_history_outcomes_json(const struct query_history *history, struct json *json);

/* One sentence about one destination, without a newline. */
void query_outcome_print(const struct query *query, const struct query_outcome *outcome,
                         struct buffer *out);

#endif
