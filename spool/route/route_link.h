/*
 * route_link.h - one link between two nodes as both ends state it, and what a way lets pass
 *
 * The graph joins the statements of all links at once (D16, D26, D30); here the same is asked
 * of one link or of the few of one way: what a carrier weighs in the tables, and how large a
 * message may be that goes that way.
 */
#ifndef SPOOL_ROUTE_ROUTE_LINK_H
#define SPOOL_ROUTE_ROUTE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/route/route_table.h"
#include "spool/route/route_way.h"
#include "spool/topology/topology.h"

struct route_link {
	bool                 counts;          /* an edge: both know it, neither calls it dead */
	uint32_t             delay_ms;        /* as its end says                              */
	uint32_t             cost;            /* as its start says                            */
	uint32_t             restrictions[2]; /* ids, as start and end say; REGION_TREE_NONE  */
	struct record_limits limits;          /* of each the lesser                           */
};

/* The link of that label between two names; `counts` false: there is none. */
struct route_link route_link_find(const struct topology *topology, uint32_t from, uint32_t to,
                                  const char *label);

/* The most bytes that one message may have to go straight from one to the other, by the best
 * of their links; UINT64_MAX: any number, or nothing is known. */
uint64_t route_link_most(const struct topology *topology, uint32_t from, uint32_t to);

/* Where a way lets no message of that size pass. */
struct route_narrow {
	const char *from, *to; /* borrowed from the topology */
	uint64_t    most_bytes;
};

/* False: every link takes it. The narrowest is told. */
bool route_way_is_narrow(const struct topology *topology, const struct route_way *way,
                         uint64_t size_bytes, struct route_narrow *narrow);

/*
 * The same of the way that `name` has by the tables, from its second link on: what leaves home
 * is home's to know. False also where home does not see that way: beyond a pseudolink, or where
 * the tables do not follow the best lawful way, as by an operator's pin.
 */
bool route_ways_are_narrow(struct route_ways *ways, enum route_preference preference,
                           const char *name, const char *next_hop, uint64_t size_bytes,
                           struct route_narrow *narrow);

/* Does any link that the topology knows of limit its messages? */
bool route_link_limits_known(const struct topology *topology);

#endif
