/*
 * simulate.h - what the files of mulga-simulate share
 *
 * A simulation is a network that a description states, made into a world (tests/sim), with
 * traffic and changes drawn from a seed, and what was measured of it. Nothing here knows how a
 * node works: what is reported was seen at its edges, or read from its spool and its tables.
 */
#ifndef TOOLS_SIMULATE_SIMULATE_H
#define TOOLS_SIMULATE_SIMULATE_H

#include "spool/description/description.h"
#include "tests/sim/world.h"

#define SIMULATE_DAY_MS INT64_C(86400000)

enum simulate_mix { SIMULATE_MAIL, SIMULATE_PAPER };

struct simulate_options {
	char               *network;  /* path of the description                          */
	int64_t             days;     /* that are measured                                */
	int64_t             messages; /* that a node submits in ten days, on average      */
	enum simulate_mix   mix;      /* mail alone, or with news and files               */
	int64_t             changes;  /* of links, in the whole network in a week         */
	char               *newcomer; /* a node that starts when the others have settled  */
	struct world_faults faults;
	uint64_t            seed;
	bool                json;
	bool                each_node; /* report each node, too                            */
};

/* Some quantity: every value is kept, for its median. */
struct simulate_values {
	int64_t *items;
	size_t   count, capacity;
};

/* What is known of one node when all is over. */
struct simulate_node {
	size_t   links;
	size_t   table_entries; /* of the fastest table                    */
	uint64_t table_bytes;   /* of both                                 */
	size_t   records;       /* in its database, its own too            */
	size_t   pseudolinks;
	uint64_t database_bytes; /* of records and pseudolinks              */
	uint64_t record_bytes;   /* of its own                              */
	size_t   updates;        /* records taken while it was measured     */
	uint64_t sent_bytes;     /* over all its lines then                 */
};

/* Where a message went: the stated delays of its links together. */
struct simulate_way {
	unsigned from, to;
	uint64_t delay_ms;
};

struct simulation {
	struct simulate_options options;
	struct description      network;
	struct world            world; /* node i is that of network.nodes[i] */
	struct simulate_node   *nodes;
	int64_t                 start_ms, end_ms; /* of what is measured */

	struct topology        flat;     /* the network, but everybody is visible in the world */
	size_t                 measured; /* so many lines of the ledger                        */
	size_t                 accepted, owed, delivered, reported, looped;
	size_t                 changes;
	struct simulate_values latency_ms, hops;
	struct simulate_way   *ways; /* of what was for one node and has arrived           */
	size_t                 way_count, way_capacity;
	size_t                 compared, exact; /* of them; no longer than the shortest  */
	uint64_t               way_ms, best_ms; /* all together, and the shortest ones   */
	uint64_t               worst_permille;  /* the longest beside the shortest       */
	size_t                 calls;
	int64_t                first_ms, all_ms; /* a newcomer's first route; its route to all */
	int64_t                known_ms;         /* the others' to it; -1: never               */
};

/* --- simulate_network.c */
/* Reads the file; complaints go to stderr. Returns 0 or the exit code. */
int simulate_read(struct simulation *simulation);
/* Fills the world with the nodes of the network; nobody has power yet. And `flat`. */
void simulate_build(struct simulation *simulation);

/* --- simulate_run.c */
/* All days, from the start of the first node until all has come to rest. */
void simulate_run(struct simulation *simulation);

/* --- simulate_traffic.c */
struct simulate_regions;
/* Which nodes are in which region; free it with free(). */
struct simulate_regions *simulate_regions_new(const struct world *world);
void                     simulate_regions_free(struct simulate_regions *regions);
/* What is submitted on the day that begins now. */
void simulate_submit_day(struct simulation *simulation, const struct simulate_regions *regions);

/* --- simulate_measure.c */
/* What became of the ledger's lines; those that are under way are left for later if not `all`. */
void simulate_measure_messages(struct simulation *simulation, bool all);
/* How much longer their ways were than the shortest. */
void simulate_measure_ways(struct simulation *simulation);
/* What each node has and did. */
void simulate_measure_nodes(struct simulation *simulation);

/* --- simulate_report.c */
void simulate_report(struct simulation *simulation);

void simulate_values_add(struct simulate_values *values, int64_t value);
/* The value that so many of a hundred do not exceed; 0 without values. Sorts them. */
int64_t simulate_values_at(struct simulate_values *values, unsigned of_hundred);
int64_t simulate_values_mean(const struct simulate_values *values);

#endif
