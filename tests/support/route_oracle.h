/*
 * route_oracle.h - the routes of a small network, by the definitions taken literally
 *
 * Every simple path from home is walked, kept if routing.md calls it lawful, and weighed; the
 * best one to each name is its label. Nothing is shared with the product but names, and
 * nothing here is clever: no levels, no runs, no order of settling. Its time is exponential.
 *
 * A test draws a network and tells the product of it, or reads one from what a node believes.
 */
#ifndef TESTS_SUPPORT_ROUTE_ORACLE_H
#define TESTS_SUPPORT_ROUTE_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/name/name.h"
#include "spool/route/route_table.h"
#include "spool/topology/topology.h"

enum {
	ROUTE_ORACLE_NODES       = 16,
	ROUTE_ORACLE_EDGES       = 80,
	ROUTE_ORACLE_PSEUDOLINKS = 96,
	ROUTE_ORACLE_NAMES       = 96,
};

struct oracle_edge {
	unsigned    from, to;
	uint32_t    delay, cost;
	uint32_t    near_delay;       /* as the start states it (D33) */
	const char *restrictions[2];  /* of the start's and of the end's record; NULL: none */
	bool        dead, unanswered; /* the end's record does not list it */
};

struct oracle_node {
	struct name name;
	struct name visible; /* by its record, or by its table (D20); else its own name (D11) */
	bool        recorded;
};

struct oracle_label {
	bool        reached, pseudolink;
	uint64_t    weights[2]; /* primary, secondary */
	unsigned    hops;
	const char *hop;
};

/* Names are borrowed from whoever drew or told of them. */
struct route_oracle {
	struct oracle_node node[ROUTE_ORACLE_NODES]; /* the first is home */
	unsigned           node_count;
	struct oracle_edge edge[ROUTE_ORACLE_EDGES];
	unsigned           edge_count;
	struct {
		unsigned    from;
		const char *to;
	} pseudolink[ROUTE_ORACLE_PSEUDOLINKS];
	unsigned    pseudolink_count;
	bool        offered[ROUTE_ORACLE_PSEUDOLINKS]; /* by a wider node that a way leads to */
	bool        taken[ROUTE_ORACLE_PSEUDOLINKS];   /* D32, by whatever way */
	bool        judged;                            /* that is known */
	const char *name[ROUTE_ORACLE_NAMES];          /* all that are deducible */
	unsigned    name_count;
	enum route_preference preference;
	struct oracle_label   label[ROUTE_ORACLE_NAMES];
};

/* The name and the regions above it; false if there is no room for them. */
bool route_oracle_add_name(struct route_oracle *oracle, const char *name);

/*
 * What the topology says, seen from home; borrows from it. False: the network is larger than
 * an oracle can be asked about.
 */
bool route_oracle_read(struct route_oracle *oracle, const struct topology *topology,
                       const char *home);

/* Fills the labels. */
void route_oracle_weigh(struct route_oracle *oracle, enum route_preference preference);

/* D12: where a name leads, home's own name if nowhere (D7) or if it stays. */
const char *route_oracle_hop(const struct route_oracle *oracle, const char *name);

#endif
