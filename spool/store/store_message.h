/*
 * store_message.h - messages, their bodies and their copies
 *
 * A message row is the heading as it came plus what this node decided about it. A copy row
 * is what is still to be done with it: one for each next hop and one for each local
 * delivery, with the destinations it serves (architecture: "state is per destination
 * copy"). A message without copies is finished and goes, with its body.
 *
 * Times called *_ms are spool time: milliseconds that this spool has been served, by a
 * monotonic clock, over all restarts (doc/decisions). Functions that cannot fail for the
 * caller's reasons return void: a failing disk is seen by store_failure().
 */
#ifndef SPOOL_STORE_STORE_MESSAGE_H
#define SPOOL_STORE_STORE_MESSAGE_H

#include "spool/message/envelope.h"
#include "spool/message/transit.h"
#include "spool/store/store.h"

enum { STORE_INLINE_BODY_MAX = 32768 }; /* larger bodies are files (architecture section 3) */
enum { STORE_BEGINNING_MAX = 8192 };    /* bytes of a mail for its report */

enum message_state {
	MESSAGE_ARRIVING, /* not all of its body is durable: nobody was promised anything */
	MESSAGE_ACCEPTED, /* ours to deliver, forward or report                          */
};

struct stored_message {
	int64_t            key; /* row id, never used again; names the body file too */
	struct message_id  id;
	enum message_state state;
	struct buffer      heading;       /* envelope.h, the bytes as they came; owned */
	struct buffer      transit;       /* transit.h, as it came; owned              */
	bool               inline_body;   /* in its row; else a file named by key      */
	uint64_t           size_bytes;    /* of the body                               */
	uint64_t           durable_bytes; /* of a body file, while ARRIVING            */
	char               neighbor[NAME_MAX_BYTES + 1]; /* it came from; "" = submitted here */
	int64_t            arrived_ms; /* spool time                                */
	struct walltime    arrived;    /* for display                               */
	int64_t            expires_ms; /* spool time                                */
};

/* Reason of a copy that waits for its link's `limit { topology }`. */
#define COPY_REASON_LIMIT "limit"
/* ... of one that is held until its user takes it. */
#define COPY_REASON_FETCH "fetch"
/* ... of one that is a part and waits for the others: this, and what they have in common. */
#define COPY_REASON_PART "part "

enum copy_state { COPY_QUEUED, COPY_DELIVERING, COPY_PREPARED, COPY_HELD };

struct stored_copy {
	int64_t key;
	int64_t message;                      /* its key                                          */
	char    neighbor[NAME_MAX_BYTES + 1]; /* next hop; "" = delivery here or no route yet */
	struct buffer   destinations;         /* canonical address text, comma-separated; owned   */
	enum copy_state state;
	enum priority   priority; /* rank: priority, then size, then key              */
	uint64_t        size_bytes;
	int64_t         next_try_ms; /* spool time; 0 = now                              */
	int64_t         expires_ms;  /* spool time, the message's                        */
	bool            own;         /* what nodes tell each other                      */
	bool            forgiven;    /* the past that its message came with shows no loop */
	uint32_t        attempts;
	char            reason[32];     /* stable token: "no-route", "waiting", "busy", ... */
	struct buffer   text;           /* for people; owned                                */
	char about[NAME_MAX_BYTES + 1]; /* the node whose record it tells; "" = it does not */
};

void stored_message_init(struct stored_message *message);
void stored_message_release(struct stored_message *message);
void stored_copy_init(struct stored_copy *copy);
void stored_copy_release(struct stored_copy *copy);

/* Inserts and sets message->key. `body` is the inline body or NULL for a body file. */
void store_message_insert(struct store *store, struct stored_message *message,
                          const struct span *body);
bool store_message_get(struct store *store, int64_t key, struct stored_message *message);
/* By id; there may be several rows of one id (split multicasts): the least key above `after`. */
bool store_message_find(struct store *store, const struct message_id *id, int64_t after,
                        struct stored_message *message);
/* The ARRIVING row of this id, neighbor or not: to go on where a transfer stopped. */
bool store_message_find_arriving(struct store *store, const struct message_id *id,
                                 struct span heading, struct stored_message *message);
/* Reads an inline body, appending it to *body; false if there is no such row. */
bool store_message_body(struct store *store, int64_t key, struct buffer *body);

/* The first bytes of a mail whose body is a file, STORE_BEGINNING_MAX at most: kept, appended to *bytes where
 * there are such, and forgotten, with their message. */
void store_message_begin(struct store *store, int64_t key, struct span bytes);
void store_message_beginning(struct store *store, int64_t key, struct buffer *bytes);
void store_message_forget_beginning(struct store *store, int64_t key);
/*
 * ARRIVING -> ACCEPTED. The transit may have changed (destinations already seen left out), and
 * `arrived_ms` is the moment that its age belongs to, not that of the first byte.
 */
void store_message_accept(struct store *store, int64_t key, struct span heading,
                          struct span transit, uint64_t size_bytes, int64_t arrived_ms,
                          int64_t expires_ms);
void store_message_delete(struct store *store, int64_t key); /* with copies and chunks */
void store_message_set_durable(struct store *store, int64_t key, uint64_t durable_bytes,
                               uint64_t first_chunk, struct span digests);
/* All chunk digests of a body file, in order, appended to *digests. */
void store_message_chunks(struct store *store, int64_t key, struct buffer *digests);
/* The next ARRIVING or file-bodied row with key > after, for the start; false at the end. */
bool store_message_next_arriving(struct store *store, int64_t after,
                                 struct stored_message *message);
/* All messages here, those that still arrive included, and the bytes of their bodies. */
void store_message_count(struct store *store, uint64_t *count, uint64_t *bytes);
/* Is a body file of this key wanted? For removing row-less files at the start. */
bool store_message_has_file(struct store *store, int64_t key);

void store_copy_insert(struct store *store, struct stored_copy *copy); /* sets copy->key */
bool store_copy_get(struct store *store, int64_t key, struct stored_copy *copy);
void store_copy_update(struct store *store, const struct stored_copy *copy);
/* Deletes the copy; returns how many copies its message still has. */
uint64_t store_copy_delete(struct store *store, int64_t key);

/* A place in the order of a queue: rank after rank, without holding a statement open. */
struct store_rank {
	int      priority; /* -1 before the first */
	uint64_t size_bytes;
	int64_t  key;
	uint64_t end; /* of which state of the queues it was the end; 0 = not known to be one */
};
#define STORE_RANK_FIRST ((struct store_rank){ -1, 0, 0, 0 })

/*
 * The next QUEUED copy for this neighbor that may go now (next_try_ms <= now_ms), by rank. An
 * end that was met is remembered in *after, and the database not asked again before a copy was
 * inserted or updated; that one's time has come, STORE_RANK_FIRST finds out.
 */
bool store_copy_next_for(struct store *store, const char *neighbor, int64_t now_ms,
                         struct store_rank *after, struct stored_copy *copy);
/* The next copy of any state with key > after. `neighbor` NULL: of all. */
bool store_copy_next(struct store *store, const char *neighbor, int64_t after,
                     struct stored_copy *copy);
/* The greatest key, 0 = none: a walk that makes copies ends at those that were there. */
int64_t store_copy_last(struct store *store);
bool    store_copy_next_of_message(struct store *store, int64_t message, int64_t after,
                                   struct stored_copy *copy);
/* The next QUEUED copy for this neighbor that tells the record of that node, with key > after. */
bool store_copy_next_about(struct store *store, const char *neighbor, const char *about,
                           int64_t after, struct stored_copy *copy);
/* The next HELD copy of that reason, for any neighbor, with key > after. */
bool store_copy_next_held(struct store *store, const char *reason, int64_t after,
                          struct stored_copy *copy);
/* Those that wait with that reason: how many for a neighbor; they wait no more. */
uint64_t store_copy_count_reason(struct store *store, const char *neighbor, const char *reason);
void     store_copy_wake_reason(struct store *store, const char *reason);
/* The copy that expires or is to be tried first, for the node's deadline. */
int64_t store_copy_first_expiry(struct store *store);                /* INT64_MAX = none */
int64_t store_copy_first_try(struct store *store, int64_t after_ms); /* QUEUED only      */
bool    store_copy_next_expired(struct store *store, int64_t now_ms, struct stored_copy *copy);
/* Copies and their bytes waiting for a neighbor (NULL = all). */
void store_copy_count(struct store *store, const char *neighbor, uint64_t *count, uint64_t *bytes);
/* Those of them that may go now, of that priority and above; oldest_ms: when the first came here. */
struct store_load {
	uint64_t count, bytes;
	int64_t  oldest_ms; /* spool time; INT64_MAX = there are none */
};
void store_copy_load(struct store *store, const char *neighbor, int priority, int64_t now_ms,
                     struct store_load *load);
/* Bytes that go before this copy to its neighbor, its own included. */
uint64_t store_copy_ahead(struct store *store, const struct stored_copy *copy, int64_t now_ms);

/* The same bytes without what nodes tell each other: those that a limit of the queue counts. */
uint64_t store_copy_waiting_bytes(struct store *store, const char *neighbor);

/*
 * The memory of what was taken (D19 and duplicates): one row for (id, destination text,
 * how often this node had been visited before). Returns false if it was there already.
 */
bool store_seen_add(struct store *store, const struct message_id *id, const char *destination,
                    unsigned visit, int64_t forget_ms);
bool store_seen_has(struct store *store, const struct message_id *id, const char *destination,
                    unsigned visit);
void store_seen_purge(struct store *store, int64_t now_ms);

/*
 * What this node knows about messages that passed: for trace, why and sent. A passage is
 * one arrival; an outcome is the end of one destination, exactly one each.
 */
struct stored_passage {
	struct message_id id;
	char              from[NAME_MAX_BYTES + 1]; /* neighbor; "" = submitted here */
	struct buffer     heading, transit;         /* as they came; owned           */
	struct walltime   arrived, left;            /* left 0 = still here           */
	char              owner[64];                /* local user who submitted; "" = none */
};
struct stored_outcome {
	char            destination[1024];
	char            outcome[16]; /* delivered returned expired cancelled */
	struct walltime at;
	char            text[256];
};

void stored_passage_init(struct stored_passage *passage);
void stored_passage_release(struct stored_passage *passage);
void store_passage_add(struct store *store, const struct stored_passage *passage,
                       int64_t forget_ms);
void store_passage_left(struct store *store, const struct message_id *id, struct walltime left);
/* `index` 0, 1, ... of one id in order of arrival. */
bool store_passage_get(struct store *store, const struct message_id *id, unsigned index,
                       struct stored_passage *passage);
/* Ids whose text begins with `prefix` (a user may type the start): *id is the first above
 * `after` (NULL = from the start). */
bool store_passage_next_id(struct store *store, const char *prefix, const char *after,
                           struct message_id *id);
void store_outcome_add(struct store *store, const struct message_id *id,
                       const struct stored_outcome *outcome, int64_t forget_ms);
bool store_outcome_get(struct store *store, const struct message_id *id, unsigned index,
                       struct stored_outcome *outcome);
void store_history_purge(struct store *store, int64_t now_ms);

#endif
