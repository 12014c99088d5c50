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
#include "spool/route/route_past.h"

/* The reason of what would go round in a loop: see route_past_allows. */
#define ROUTE_LOOP "loop"

struct forwarding_next {
	struct name        neighbor;
	struct address     destinations; /* only those that go there */
	struct route_match match;        /* of the first destination that went there */
};

struct forwarding_failure {
	struct destination destination;
	const char        *reason; /* a stable token, static; ROUTE_LOOP: there is a way, but ... */
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

/* D18: a broadcast that nobody known asks for is not unroutable, but it goes nowhere. */
bool forwarding_lacks_audience(const struct forwarding_failure *failure);

void forwarding_init(struct forwarding *forwarding);
void forwarding_release(struct forwarding *forwarding);
/*
 * Splits an address. A leading own name is stripped, so what goes on or stays is the
 * address as it travels from here (D17). From where it spreads a broadcast goes to none of the
 * nodes of the `past`, and may so go nowhere; what else goes on, goes where that allows it. Fills an initialised *out; matches in it borrow from `tables`. Steps in
 * words are appended to *steps where it is not NULL.
 */
void route_resolve(const struct route_tables *tables, enum route_preference preference,
                   const struct address *address, const struct route_past *past,
                   struct forwarding *out, struct buffer *steps);

/* Adds a destination to what goes to match->next_hop. */
void forwarding_send(struct forwarding *out, const struct destination *destination,
                     const struct route_match *match);

/* Adds one that goes nowhere. `matched`: the region that ended the search, or NULL. */
void forwarding_fail(struct forwarding *out, const struct destination *destination,
                     const char *matched, const char *reason);

#endif
