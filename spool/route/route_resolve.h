/*
 * route_resolve.h - where a message goes from here, and why
 *
 * The one function behind the daemon's forwarding, `mulga explain` and the simulator's
 * checkers: lookup (D14), broadcasts (D18), explicit addresses (D17), multicasts split
 * by next hop. It reads sealed tables only.
 */
#ifndef SPOOL_ROUTE_ROUTE_RESOLVE_H
#define SPOOL_ROUTE_ROUTE_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/name/address.h"
#include "spool/name/name.h"
#include "spool/route/route.h"

enum route_match_kind {
	ROUTE_MATCH_NONE,    /* nothing matches: no route                         */
	ROUTE_MATCH_HOME,    /* it is this node                                   */
	ROUTE_MATCH_ENTRY,   /* a table entry                                     */
	ROUTE_MATCH_OWN,     /* no such name in a region of my own: no route (D7) */
	ROUTE_MATCH_PIN,     /* an operator's `route`                             */
	ROUTE_MATCH_DEFAULT, /* an operator's `default`                           */
	ROUTE_MATCH_GATEWAY, /* an operator's `gateway`: leaves the network here  */
	ROUTE_MATCH_LEAF,    /* `leaf via`                                        */
};

struct route_match {
	enum route_match_kind kind;
	const char           *next_hop; /* NULL: no route; home's name: mine, or by my gateway */
	const char           *matched;  /* the region or pattern that decided; NULL: none */
	uint64_t              delay_ms; /* 0 unless a table entry gave the hop */
	uint64_t              cost;
	bool                  pseudolink;
};

/*
 * Looks one name up. Texts in the answer are borrowed from `tables`. Steps in words are
 * appended to *steps, a line each, where it is not NULL.
 */
struct route_match route_lookup(const struct route_tables *tables, enum route_preference preference,
                                const char *name, struct buffer *steps);

/* The stable token of why a lookup gave no hop: "no-route" or "not-in-region". Static. */
const char *route_match_reason(const struct route_match *match);

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
	struct forwarding_next *next; /* in name order of the neighbor */
	size_t                  next_count;
	size_t                  next_capacity;
	struct forwarding_failure *unroutable;
	size_t                     unroutable_count;
	size_t                     unroutable_capacity;
};

void forwarding_init(struct forwarding *forwarding);
void forwarding_release(struct forwarding *forwarding);

/*
 * Splits an address. A leading own name is stripped, so what goes on or stays is the
 * address as it travels from here (D17). `history` are the nodes that the message has
 * been through: a broadcast goes to none of them. Fills an initialised *out; matches in
 * it borrow from `tables`.
 */
void route_resolve(const struct route_tables *tables, enum route_preference preference,
                   const struct address *address, const struct name *history, size_t history_count,
                   struct forwarding *out, struct buffer *steps);

#endif
