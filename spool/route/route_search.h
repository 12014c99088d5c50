/*
 * route_search.h - the best lawful way from home to every name
 *
 * One shortest-path run for each level (region of home's within its visibility, D5), what
 * each restriction class (D16) adds to it, and one run over the neighbors of home; the
 * best label wins.
 */
#ifndef SPOOL_ROUTE_ROUTE_SEARCH_H
#define SPOOL_ROUTE_ROUTE_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_table.h"

/*
 * How a name is reached; the fields in the order of D8. Real sums stay far below 2^63
 * (record.h bounds a link), so that bit says that the way ends in a pseudolink, which
 * weighs more than any real way (D9). A primary of ROUTE_UNREACHED: no way.
 */
struct route_label {
	uint64_t primary;   /* delay for the fastest table, cost for the cheapest */
	uint64_t secondary; /* the other one */
	uint32_t hops;
	uint32_t hop; /* 4 * h + enum route_class; h as graph->hops, 0: home itself */
};

#define ROUTE_UNREACHED  UINT64_MAX
#define ROUTE_PSEUDOLINK (UINT64_C(1) << 63)

bool             route_label_less(const struct route_label *a, const struct route_label *b);
bool             route_label_reached(const struct route_label *label);
uint32_t         route_label_hop(const struct route_label *label); /* as graph->hops */
enum route_class route_label_class(const struct route_label *label);
/* The weight proper, without the pseudolink's mark. */
uint64_t route_label_primary(const struct route_label *label);

/*
 * A label for each name, by id, in the arena. *wider, if not NULL, becomes an array as
 * long: does some pseudolink of a wider node serve the name (D22)?
 */
struct route_label *route_search(const struct route_graph *graph, enum route_preference preference,
                                 struct arena *arena, bool **wider);

/*
 * The best way to one destination through all nodes known, lawful (D5) or not, for its
 * restriction class: each name's predecessor on the way there, by id, in the arena;
 * REGION_TREE_NONE for home and where no way leads.
 */
uint32_t *route_search_freely(const struct route_graph *graph, enum route_preference preference,
                              uint32_t destination, struct arena *arena);

#endif
