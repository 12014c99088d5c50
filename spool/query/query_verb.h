/*
 * query_verb.h - what the verbs of query_run share: their arguments and their exits
 */
#ifndef SPOOL_QUERY_QUERY_VERB_H
#define SPOOL_QUERY_QUERY_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/message/message_id.h"
#include "spool/query/query.h"
#include "spool/store/store_message.h"

enum query_exit {
	QUERY_DONE     = 0,
	QUERY_NEGATIVE = 1,  /* no route, nothing matches             */
	QUERY_USAGE    = 64, /* and what this version does not have   */
	QUERY_DATA     = 65, /* an address or an id that cannot be one */
};

/* One call of one verb. */
struct query_call {
	const struct query *query;
	const char         *verb;
	const char        **words; /* what is neither the verb nor an option; owned */
	size_t              word_count;
	struct buffer      *out;
	struct buffer      *errors;
};

/* `--name`, with a value or without: exactly one of the two is not NULL. */
struct query_option {
	const char  *name;
	const char **value;
	bool        *flag;
};

typedef int query_verb_function(struct query_call *call);

/*
 * Takes the options out of `call->words`, sets their values and flags; at most `most`
 * words may be left. False after a sentence on call->errors: QUERY_USAGE.
 */
bool query_options(struct query_call *call, const struct query_option *options, size_t count,
                   size_t most);

/* Appends one sentence, "mulga VERB: ..." and a newline; what it quotes is made safe. */
void query_complain(struct query_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The message that `text` names: a whole id, its beginning, or the beginning of what follows
 * home's name in an id of ours, if only one message begins so. Otherwise complains.
 */
enum status query_find_id(struct query_call *call, const char *text, struct message_id *id);

/* May the asker see it? The operator everything, a user what was submitted by that user. */
bool query_may_see(const struct query *query, const struct message_id *id);

/* A moment of spool time as the wall clock tells it; 0 (not known) for "never". */
struct walltime query_walltime(const struct query *query, int64_t spool_ms);

query_verb_function query_routes;
query_verb_function query_explain;
query_verb_function query_queue;
query_verb_function query_sent;
query_verb_function query_why;
query_verb_function query_trace;
query_verb_function query_status;
query_verb_function query_links;
query_verb_function query_topology;
query_verb_function query_watch;
query_verb_function query_map;
query_verb_function query_carry;
query_verb_function query_fetch;
query_verb_function query_uustat;

#endif
