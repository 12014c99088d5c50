/*
 * query_copy.h - one message with its copies, as `queue` and `why` show it
 */
#ifndef SPOOL_QUERY_QUERY_COPY_H
#define SPOOL_QUERY_QUERY_COPY_H

#include "spool/base/buffer.h"
#include "spool/message/envelope.h"
#include "spool/query/json.h"
#include "spool/query/query.h"
#include "spool/store/store_message.h"

struct query_copy {
	struct stored_copy stored;
	const char        *state; /* arriving queued sending delivering held: static */
};

/* What arrives has one copy, made up, in state "arriving". */
struct query_message {
	struct stored_message stored;
	struct envelope       envelope;
	struct query_copy    *copies; /* owned */
	size_t                copy_count;
	size_t                copy_capacity;
};

void query_message_init(struct query_message *message);
void query_message_release(struct query_message *message);

/* Reads message `key` into an initialised *message; false if there is none. */
bool query_message_load(const struct query *query, int64_t key, struct query_message *message);

/* Of the most urgent copy: the operator may have expedited it. */
enum priority query_message_priority(const struct query_message *message);

/* The items of the array "copies"; `forecast`: with what is expected of those that wait. */
void query_message_copies_json(const struct query *query, const struct query_message *message,
                               bool forecast, struct json *json);
/* Of a copy that waits for a neighbor; false: it does not, or no daemon runs that could tell. */
bool query_copy_forecast(const struct query *query, const struct query_copy *copy,
                         struct query_forecast *forecast);

/* One sentence or two: where to, its state, the reason, the next try. No newline. */
void query_copy_print(const struct query *query, const struct query_copy *copy, struct buffer *out);

/* Is this word after `queue` one that changes messages? Those verbs are the daemon's. */
bool query_queue_changes(const char *word);

#endif
