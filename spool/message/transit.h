/*
 * transit.h - the part of a message that changes on its way
 *
 * One per copy: the destinations that this copy serves, the time the message has spent in
 * spools so far, and the nodes it has visited (the paper's "link history", by which loops
 * are seen). Encoded after the heading in every offer; unknown fields are passed on.
 */
#ifndef SPOOL_MESSAGE_TRANSIT_H
#define SPOOL_MESSAGE_TRANSIT_H

#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/message/alias.h"
#include "spool/name/address.h"

enum { TRANSIT_MAX_HOPS = 64, TRANSIT_MAX_BYTES = 1 << 20 };

struct hop {
	struct name     node;
	struct walltime arrived; /* that node's clock, for display     */
	struct walltime left;    /* 0 while it is still there          */
};

struct transit {
	struct address destinations;
	int64_t        age_ms; /* residence so far, all nodes together */
	struct hop    *hops;   /* the origin first; owned              */
	size_t         hop_count;
	/* Of them, the first so many show no loop: a node has held the message until the network
	 * had changed. For TRANSIT_MAX_HOPS they count all the same. */
	size_t         forgiven;
	struct aliases aliases; /* that led to the destinations */
	struct buffer  unknown; /* fields of newer versions; owned      */
};

void transit_init(struct transit *transit);
void transit_release(struct transit *transit);
/* A full history stays as it is: whoever gets it sees a loop in that it is full (trust T15),
 * and what an operator sends on all the same must still be a transit. */
void transit_add_hop(struct transit *transit, const struct hop *hop);
/* How often this node is among the hops. */
unsigned transit_visits(const struct transit *transit, const struct name *node);
/* Decoding fills an initialised transit; STATUS_INVALID leaves it empty. It refuses what
 * transit_encode would not write: one transit, one encoding. */
void        transit_encode(const struct transit *transit, struct buffer *out);
enum status transit_decode(struct transit *transit, struct span bytes,
                           struct diagnostic *diagnostic);

#endif
