/*
 * route_lookup.h - where one name leads, and what decided it
 *
 * D14: the operator's pins, the table's deepest entry, the operator's defaults, the
 * world's entry. The answer says which of them it was, so that `mulga explain` and the
 * daemon can never disagree.
 */
#ifndef SPOOL_ROUTE_ROUTE_LOOKUP_H
#define SPOOL_ROUTE_ROUTE_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/name/address.h"
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
	ROUTE_MATCH_DETOUR,  /* no table: a way around a loop (route_detour.h)    */
};

struct route_match {
	enum route_match_kind kind;
	const char           *next_hop; /* NULL: no route; home's name: mine, or by my gateway */
	const char           *matched;  /* the region or pattern that decided; NULL: none */
	const char           *toward;   /* the node that a default names; NULL: the name itself */
	uint64_t              delay_ms; /* 0 unless a table entry gave the hop */
	uint64_t              cost;
	bool                  pseudolink;
};

/*
 * Texts in the answer are borrowed from `tables`. Steps in words are appended to *steps,
 * a line each, where it is not NULL.
 */
struct route_match route_lookup(const struct route_tables *tables, enum route_preference preference,
                                const char *name, struct buffer *steps);

/*
 * Would what is for this address leave by the same hops by both tables, with either preference?
 * Lines that the description adds to addresses are not compared.
 */
bool route_lookup_same(const struct route_tables *a, const struct route_tables *b,
                       const struct address *address);

/* The stable token of why there is no hop: "no-route" or "not-in-region". Static. */
const char *route_match_reason(const struct route_match *match);

#endif
