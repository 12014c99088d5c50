/*
 * ledger.h - what was promised, kept outside of every node
 *
 * One line for each submission: what a client was told, which nodes it is for, and how often
 * it was seen at each. The checkers read it: nothing accepted is lost, nothing is anywhere
 * twice or where it does not belong.
 */
#ifndef TESTS_SIM_LEDGER_H
#define TESTS_SIM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/control/control.h"

/* One node that a submission is for. */
struct ledger_due {
	unsigned    node;
	unsigned    seen;   /* times it appeared there               */
	unsigned    taken;  /* of them, by a reader                  */
	bool        unsure; /* the power went while a reader took it */
	const char *as;     /* its name in the address, borrowed; NULL: its own */
	int64_t     at_ms;  /* when it was first seen                */
};

struct submission {
	unsigned              from; /* index of a node                               */
	uint8_t               token[MESSAGE_TOKEN_BYTES];
	struct buffer         address; /* as its sender writes it; owned                */
	bool                  broadcast;
	bool                  may_return; /* with a report, even where all else is in order */
	struct ledger_due    *dues;       /* owned                                         */
	size_t                due_count, due_capacity;
	const char           *service; /* mail, file or news; static                    */
	uint64_t              size_bytes;
	uint64_t              content;     /* seed of its body                              */
	uint64_t              client;      /* id of the attempt under way                   */
	struct control_reader reader;      /* of the daemon's answer                        */
	bool                  accepted;    /* DONE 0 was sent                               */
	int64_t               accepted_ms; /* when                                       */
	bool                  known;       /* and those it is for were known to all then    */
	unsigned              reports;     /* its sender has about it                       */
	unsigned              attempts;
};

struct ledger {
	struct submission *items;
	size_t             count, capacity;
	size_t            *slots; /* 1 + index, by token; 0 = free */
	size_t             slot_count, indexed;
};

void               ledger_init(struct ledger *ledger);
void               ledger_release(struct ledger *ledger);
struct submission *ledger_add(struct ledger *ledger);
/* The id that a new attempt of this line has as a client, and the line behind such an id:
 * NULL if it has begun another attempt since. */
uint64_t           ledger_client(const struct ledger *ledger, const struct submission *line);
struct submission *ledger_of_client(struct ledger *ledger, uint64_t client);
/* By the random part of a message id; NULL: not ours (a report, a record). Tokens that are set
 * stay as they are from the first search on. */
struct submission *ledger_find(struct ledger *ledger, const char *id);

/* It is for this node, too; once however often this is said. */
void submission_add_due(struct submission *submission, unsigned node);
/* NULL: it is not for this node. Borrowed until the next due is added. */
struct ledger_due *submission_due(const struct submission *submission, unsigned node);
/* The bytes of its body, the same at every attempt. */
void submission_body(const struct submission *submission, struct buffer *out);

#endif
