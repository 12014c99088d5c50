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
#include "spool/route/route_label.h"

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
