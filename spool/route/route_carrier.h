/*
 * route_carrier.h - what of several links to one neighbor a message may leave by, and which
 * is the best
 *
 * The tables name a neighbor and count the best link to it (D30). Which link a message then
 * takes is a matter of home alone: the operator says what each link carries (`carry`), and both
 * ends how large a message may be. Of those that take it the best is the one that its preference
 * weighs least; restrictions come before weights, because what a restriction keeps out would be
 * refused at the far end.
 */
#ifndef SPOOL_ROUTE_ROUTE_CARRIER_H
#define SPOOL_ROUTE_ROUTE_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/description/description.h"
#include "spool/name/address.h"
#include "spool/route/route_link.h"

/* Stable tokens of why a message cannot leave by any link. */
#define ROUTE_CARRY "carry"
#define ROUTE_LIMIT "limit"

/* What of a message decides. */
struct route_cargo {
	const char                 *service;
	enum description_preference preference; /* one of them          */
	enum description_priority   priority;
	uint64_t                    size_bytes; /* of the body          */
	bool                  always; /* what nodes tell each other, and short reports: where no
	                                         link takes them, any one does */
	const struct address *destinations; /* NULL: nothing restricts them */
};

/* A link out of home, as the tables count it. */
struct route_carrier {
	const struct description_link *stated;
	struct route_link              link;
	struct name                    restrictions[2]; /* regions, as both ends say; "": none */
};

/* NULL, or the token of why the link never takes it; why in words is appended to *why, which may
 * be NULL: "the link to b.oz.au takes at most 64 K a message; this one has 81 K". */
const char *route_carrier_excludes(const struct route_carrier *carrier,
                                   const struct route_cargo *cargo, struct buffer *why);

/* Less than 0: the first is better; 0: neither. Of two that take it. */
int route_carrier_compare(const struct route_carrier *a, const struct route_carrier *b,
                          const struct route_cargo *cargo);

/* The same by the preference's own weight alone. */
bool route_carrier_is_better(const struct route_carrier *a, const struct route_carrier *b,
                             const struct route_cargo *cargo);

/* Bytes for people: "81 KiB", "20000 bytes"; rounded up, or down where they are a limit. */
void route_carrier_size(struct buffer *out, uint64_t bytes, bool limit);

/* "NEIGHBOR" or "NEIGHBOR as LABEL" */
void route_carrier_name(struct buffer *out, const struct description_link *link);

/* Fills in what the topology says of a link of home's. */
void route_carrier_find(struct route_carrier *carrier, const struct topology *topology,
                        const char *home, const struct description_link *stated);

#endif
