/*
 * route_prune.h - labels of all names become the rows of a table
 *
 * The paper's main idea: a region whose nodes all leave by the same hop needs one entry
 * (D12, D13).
 */
#ifndef SPOOL_ROUTE_ROUTE_PRUNE_H
#define SPOOL_ROUTE_ROUTE_PRUNE_H

#include <stdint.h>

#include "spool/base/arena.h"
#include "spool/route/route_graph.h"
#include "spool/route/route_search.h"
#include "spool/route/route_table.h"

/*
 * Adds what remains to *table, in `order`. hop_names[h] is the name of hop h as in
 * route_label_hop, and outlives the table. `arena` is for scratch.
 */
void route_prune(const struct route_graph *graph, const struct route_label *labels,
                 enum route_preference preference, const uint32_t *order,
                 const char *const *hop_names, struct arena *arena, struct route_table *table);

#endif
