/*
 * route_promise.h - what the pseudolinks of wider nodes offer, and whose offer is taken
 *
 * Each node hears the tables of some of the nodes that are wider than it (D24), not of all, and
 * those on the way to one of them have heard others. So a name that only one of them lists might
 * be sent towards that one by nodes that have heard it, and back by those that have not: a
 * circle. D32 prevents it: in each table the nearest of the wider nodes that have told is the
 * teacher, as it is for all on the way to it, and its silence about a name counts, too: then the
 * name goes as the region around it does. Another one's word serves by a link straight to it,
 * because nobody is between, and for what nothing else reaches.
 */
#ifndef SPOOL_ROUTE_ROUTE_PROMISE_H
#define SPOOL_ROUTE_ROUTE_PROMISE_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_label.h"

/* A name, as some wider node's pseudolink reaches it. */
struct route_promise {
	const struct topology_pseudolink *link; /* of the graph */
	struct route_label                label;
};

struct route_promises {
	struct route_promise *items;
	size_t                count;
	size_t                capacity;
};

void route_promises_init(struct route_promises *promises);
void route_promises_release(struct route_promises *promises);

void route_promises_add(struct route_promises *promises, const struct topology_pseudolink *link,
                        const struct route_label *label);

/*
 * Drops those that D32 does not take, given a label for each name that says how it is reached
 * without any of them.
 */
void route_promises_judge(struct route_promises *promises, const struct route_graph *graph,
                          const struct route_label *labels);

#endif
