/*
 * topology.h - what a node knows of the network, as a value
 *
 * The paper's topology database: records of nodes (record.h), and pseudolinks, which
 * stand for what a table of another node promises. Names are interned to dense ids, so
 * the route calculation (spool/route) works on arrays. Signed bytes, contacts and times
 * of arrival are the store's; here is only what routing needs, and it is rebuilt from
 * the store at start.
 *
 * One node's statement about a link is not yet an edge: route_graph.c joins what both
 * ends say (D16, D26, D30).
 */
#ifndef SPOOL_TOPOLOGY_TOPOLOGY_H
#define SPOOL_TOPOLOGY_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/instant.h"
#include "spool/base/status.h"
#include "spool/name/address.h"
#include "spool/name/name.h"
#include "spool/name/region_tree.h"
#include "spool/topology/record.h"

/* What a link's end says of it; ids are of topology->names. */
struct topology_link {
	uint32_t              far;
	enum record_direction direction;
	uint32_t              delay_ms;
	uint32_t              cost;
	uint32_t              restriction; /* id of a region; REGION_TREE_NONE: none */
	bool                  dead;
	bool                  down;   /* of a dead one */
	char                 *label;  /* NULL for the plain one; owned */
	struct record_limits *limits; /* NULL: none; owned */
};

/* One interned name: a node with a record, a node that others mention, or a region. */
struct topology_node {
	bool                  recorded; /* has local data; then the rest is filled */
	bool                  told;    /* no record, but a table of it came, which said `visible` */
	uint32_t              visible; /* id; the name itself if nothing said more, D11 */
	uint32_t              renamed; /* id of its present name; REGION_TREE_WORLD: the same */
	struct walltime       renamed_until;
	uint64_t              serial;
	struct topology_link *links; /* ascending by far id, outbound first, label; owned */
	uint32_t              link_count;
	uint32_t              mentions; /* links of other records that end here */
};

/* D20: how the node that told of a destination reaches it itself. */
enum pseudolink_class {
	PSEUDOLINK_GENUINE = 0, /* by real links                      */
	PSEUDOLINK_WIDER   = 1, /* by a pseudolink of a wider node    */
	PSEUDOLINK_OTHER   = 2, /* by another pseudolink; not learned */
};

/* `from` sent a table that names `to`: it is both the teacher and the start. */
struct topology_pseudolink {
	uint32_t from;
	uint32_t to;
	enum pseudolink_class class;
	struct walltime heard; /* when `from` last said so; dropped after 7 days */
};

struct topology {
	struct region_tree          names;
	struct topology_node       *nodes; /* by id; node_count of names.count are filled in */
	size_t                      node_count;
	size_t                      node_capacity;
	uint32_t                   *recorded; /* ids with a record, in name order */
	size_t                      recorded_count;
	size_t                      recorded_capacity;
	struct topology_pseudolink *pseudolinks; /* ascending by names of (from, to) */
	size_t                      pseudolink_count;
	size_t                      pseudolink_capacity;
};

void topology_init(struct topology *topology);
void topology_release(struct topology *topology);

/*
 * Enters or replaces the record of its node, whatever its serial: home's own, or the
 * store's. A link of it takes the place of a pseudolink to the same end.
 */
void topology_put(struct topology *topology, const struct record *record);

/*
 * D23, for what came from outside: taken if newer and its node already mentioned; the last
 * word of a name that was given up also if the present name is.
 * STATUS_STALE: not newer than what is there. STATUS_NOT_FOUND: nobody mentions the
 * node; it will be told again by those who reach it. Both leave the topology alone.
 */
enum status topology_take(struct topology *topology, const struct record *record);

/* Forgets the record and the pseudolinks from that node. STATUS_NOT_FOUND: there is none. */
enum status topology_remove(struct topology *topology, const char *node);

/* The node's entry if it has a record, else NULL; borrowed until the next change. */
const struct topology_node *topology_find(const struct topology *topology, const char *node);

/*
 * What the table of a node without a record says of its visible region (D20). An entry
 * with a record keeps that record's. STATUS_INVALID: the region does not contain it.
 */
enum status topology_visible_put(struct topology *topology, const char *node, const char *visible);

/* Forgets that: the node is again a name without data. */
void topology_visible_remove(struct topology *topology, const char *node);

/* Is such a table all that is there of the node? */
bool topology_has_told(const struct topology *topology, const char *node);

/* The visible region of a name: its record's, else its table's, else itself (D11). Borrowed. */
const char *topology_visible(const struct topology *topology, const char *name);

/*
 * D31: the name that the node of that name goes by now, over several changes; NULL if the
 * name was not given up, or the names lead round in a circle. Borrowed.
 */
const char *topology_renamed(const struct topology *topology, const char *name);

/* Former names whose day has come are nobody's any more; returns how many. */
size_t topology_renames_expire(struct topology *topology, struct walltime now);

/* Has it a record, or does a record's link or a pseudolink end there? */
bool topology_mentions(const struct topology *topology, const char *node);

/* D4: has it a record, or does a link of one end there? Then it is no region. */
bool topology_is_machine(const struct topology *topology, uint32_t id);

/* The pseudolink with these ends, or NULL; borrowed until the next change. */
const struct topology_pseudolink *topology_pseudolink_find(const struct topology *topology,
                                                           const char *from, const char *to);

/* Enters a pseudolink, or refreshes class and time of the one that is there. */
void        topology_pseudolink_put(struct topology *topology, const char *from, const char *to,
                                    enum pseudolink_class class, struct walltime heard);
enum status topology_pseudolink_remove(struct topology *topology, const char *from, const char *to);
/* Drops those last heard before `limit`; returns how many. */
size_t topology_pseudolinks_expire(struct topology *topology, struct walltime limit);

/*
 * D23, (a): where new local data of `node`, which has a record, go: `*.R` for every
 * region R that contains it within its visible region, and each neighbor that a living
 * outbound link of it names. Adds to *address.
 */
void topology_audience(const struct topology *topology, const char *node, struct address *address);

/*
 * D23, (b): may `receiver` have the record of `about`? If both are visible to each
 * other, or one of them lists the other as a neighbor.
 */
bool topology_entitled(const struct topology *topology, const char *about, const char *receiver);

/* Do the two take part in routing with each other: one region holds both, inside both's visible? */
bool topology_mutual(const struct topology *topology, const char *a, const char *b);
/* Would they, were `a` visible in that region? */
bool topology_mutual_as(const struct topology *topology, const char *a, const char *visible,
                        const char *b);

/* D25: the child of the node's visible region that contains it, for its table; NULL: none. Borrowed. */
const char *topology_table_region(const struct topology *topology, const char *node);

#endif
