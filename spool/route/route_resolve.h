/*
 * route_resolve.h - where a message goes from here, and why
 *
 * The one function behind the daemon's forwarding, `mulga explain` and the simulator's
 * checkers: explicit addresses (D17), broadcasts (D18), lookups (D14), and multicasts
 * split by next hop. It reads sealed tables only.
 */
#ifndef SPOOL_ROUTE_ROUTE_RESOLVE_H
#define SPOOL_ROUTE_ROUTE_RESOLVE_H

#include <stddef.h>

#include "spool/base/buffer.h"
#include "spool/name/address.h"
#include "spool/name/name.h"
#include "spool/route/route.h"
#include "spool/route/route_lookup.h"

struct forwarding_next {
	struct name        neighbor;
	struct address     destinations; /* only those that go there */
	struct route_match match;        /* of the first destination that went there */
};

struct forwarding_failure {
	struct destination destination;
	const char        *reason;  /* a stable token, static */
	struct name        matched; /* the region that ended the search; "" if none did */
};

struct forwarding {
	struct address          here; /* for this node; with another node's name: for my gateway */
	struct forwarding_next *next; /* in byte order of the neighbor */
	size_t                  next_count;
	size_t                  next_capacity;
	struct forwarding_failure *unroutable;
	size_t                     unroutable_count;
	size_t                     unroutable_capacity;
};

void forwarding_init(struct forwarding *forwarding);
void forwarding_release(struct forwarding *forwarding);
/* The destination goes to match->next_hop. */
void forwarding_send(struct forwarding *out, const struct destination *destination,
                     const struct route_match *match);

/*
 * Splits an address. A leading own name is stripped, so what goes on or stays is the
 * address as it travels from here (D17). `history` are the nodes that the message has
 * been through: a broadcast goes to none of them, and may so go nowhere without being
 * unroutable. Fills an initialised *out; matches in it borrow from `tables`. Steps in
 * words are appended to *steps where it is not NULL.
 */
void route_resolve(const struct route_tables *tables, enum route_preference preference,
                   const struct address *address, const struct name *history, size_t history_count,
                   struct forwarding *out, struct buffer *steps);

#endif
