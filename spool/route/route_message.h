/*
 * route_message.h - a node's table as it tells it to others, and the bytes of that
 *
 * D20: who gets it learns what regions its sender reaches, by which hop and on what ground
 * (struct route has all three), and the sender's visible region, for there may be no record
 * of the sender. What becomes of it is route_learn.h's business.
 *
 * The bytes are fields (spool/base/field.h): the visible region, the hops in byte order, and
 * the rows in byte order of their regions, each with its class and the number of its hop; then
 * the other hops of the rows that have two.
 * They are canonical: bytes that would not come out again the same are refused. Fields of a
 * later version come behind these and are passed over, because a table is told by its own
 * node and handed on by nobody.
 */
#ifndef SPOOL_ROUTE_ROUTE_MESSAGE_H
#define SPOOL_ROUTE_ROUTE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/arena.h"
#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/route/route.h"

/* A table of more rows, or bytes, is told in several messages: each row stands for itself. */
enum { ROUTE_MESSAGE_MAX_BYTES = 24 << 10, ROUTE_MESSAGE_MAX_ROWS = 4096 };

struct route_told {
	const char *region;
	const char *next_hop; /* the sender's, by its fastest table */
	enum route_class class;
	const char *cheapest_hop; /* by its cheapest table, where that is another; else NULL */
};

/* What a table message says; borrowed. */
struct route_message {
	const char              *sender;  /* of whose hand it is: not in the bytes */
	const char              *visible; /* the sender's */
	const struct route_told *rows;
	size_t                   count;
};

/* What the node of these tables tells of the row `index` of its fastest one; borrowed from them. */
struct route_told route_told_of(const struct route_tables *tables, size_t index);

/* Does it lead by that node, with either preference? */
bool route_told_by(const struct route_told *told, const char *node);

/*
 * Appends the bytes of the rows from `first` on, as many as one message bears, and returns
 * the row to go on from: message->count when all are told. An empty table is one message.
 */
size_t route_message_encode(const struct route_message *message, size_t first, struct buffer *out);

/*
 * Reads what came from outside; everything is copied into the arena, the sender's name too.
 * STATUS_TOO_BIG or STATUS_INVALID with the reason in *diagnostic (which may be NULL): then
 * the message is empty.
 */
enum status route_message_decode(struct route_message *message, const char *sender,
                                 struct span bytes, struct arena *arena,
                                 struct diagnostic *diagnostic);

#endif
