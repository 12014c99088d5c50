/*
 * route_run.h - one shortest-path run: from home to all nodes of a level
 *
 * Dijkstra's algorithm with labels for distances. In a run only the nodes whose data are
 * used at its level hand messages on (D5); another machine that one of them leads to in a
 * last step gets a label and is no start of anything. What labels mean for regions and
 * pseudolinks is the business of route_search.c.
 *
 * A search of many nodes waits for memory more than for arithmetic. So all that a run
 * touches of a node lies in half a cache line, and nothing else is touched but its edges,
 * which lie side by side, and the queue.
 */
#ifndef SPOOL_ROUTE_ROUTE_RUN_H
#define SPOOL_ROUTE_ROUTE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_heap.h"
#include "spool/route/route_label.h"

struct route_vertex {
	struct route_label label;      /* the best so far */
	uint32_t           first;      /* of its edges; the next vertex's is where they end */
	bool               takes_part; /* hands on */
};

/* What a class made better: the label that stood there before. */
struct route_improvement {
	uint32_t           id;
	struct route_label before;
};

struct route_run {
	const struct route_graph *graph;
	enum route_preference     preference;
	uint32_t class;                /* edges are used that admit it; 0: unrestricted ones */
	struct route_edge   *edges;    /* the graph's, or a copy as the level sees them (D33) */
	struct route_vertex *vertices; /* by id, and one more; in the arena */
	uint32_t *before; /* in a free run: by id, the node before it; else NULL; in the arena */
	struct route_heap heap;

	struct route_improvement *improvements;
	size_t                    improvement_count;
	size_t                    improvement_capacity;
};

void route_run_init(struct route_run *run, const struct route_graph *graph,
                    enum route_preference preference, struct arena *arena);
void route_run_release(struct route_run *run);

/* Labels all nodes of the level, and those one step further, along unrestricted edges. */
void route_run_level(struct route_run *run, unsigned level);

/*
 * After that: what the restricted edges add that admit this class (D16). The run starts
 * from the labels of the level and settles anew only what becomes better, which it lists
 * in `improvements`, a node perhaps more than once. Undo it before the next one.
 */
void route_run_class(struct route_run *run, uint32_t class);
void route_run_undo(struct route_run *run);

/* Instead: through all nodes known, along edges that admit this class; fills `before`. */
void route_run_freely(struct route_run *run, uint32_t class, struct arena *arena);

#endif
