/*
 * route_label.h - how a name is reached: weights and first hop, in the order of D8
 *
 * Every edge adds a hop, so a label grows along each edge even where weights are zero.
 * The functions are inline because comparing labels is most of what a search does.
 */
#ifndef SPOOL_ROUTE_ROUTE_LABEL_H
#define SPOOL_ROUTE_ROUTE_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_table.h"

/*
 * The fields stand in the order in which they are compared. Real sums stay far below 2^63
 * (record.h bounds a link), so that bit of the primary weight says that the way ends in a
 * pseudolink, which weighs more than any real way (D9). A primary of ROUTE_UNREACHED: no
 * way.
 */
struct route_label {
	uint64_t primary;   /* delay for the fastest table, cost for the cheapest */
	uint64_t secondary; /* the other one */
	uint32_t hops;
	uint32_t hop; /* 4 * h + enum route_class; h as graph->hops, 0: home itself */
};

#define ROUTE_UNREACHED  UINT64_MAX
#define ROUTE_PSEUDOLINK (UINT64_C(1) << 63)

static inline bool
route_label_less(const struct route_label *a, const struct route_label *b)
{
	if (a->primary != b->primary)
		return a->primary < b->primary;
	if (a->secondary != b->secondary)
		return a->secondary < b->secondary;
	if (a->hops != b->hops)
		return a->hops < b->hops;
	return a->hop < b->hop;
}

static inline bool
route_label_reached(const struct route_label *label)
{
	return label->primary != ROUTE_UNREACHED;
}

/* As graph->hops. */
static inline uint32_t
route_label_hop(const struct route_label *label)
{
	return label->hop / 4;
}

static inline enum route_class
route_label_class(const struct route_label *label)
{
	return (enum route_class)(label->hop % 4);
}

/* The weight proper, without the pseudolink's mark. */
static inline uint64_t
route_label_primary(const struct route_label *label)
{
	return label->primary & ~ROUTE_PSEUDOLINK;
}

/* The label of the edge's end; only home's own has no hop yet. */
static inline struct route_label
route_label_along(const struct route_label *label, const struct route_edge *edge,
                  const struct route_graph *graph, enum route_preference preference)
{
	bool fastest = preference == ROUTE_FASTEST;

	return (struct route_label){
		.primary   = label->primary + (fastest ? edge->delay_ms : edge->cost),
		.secondary = label->secondary + (fastest ? edge->cost : edge->delay_ms),
		.hops      = label->hops + 1,
		.hop       = label->hop != 0 ? label->hop : 4 * graph->hops[edge->to],
	};
}

#endif
