/*
 * route_teacher.h - who among the wider nodes is asked first, and believed before others
 *
 * A node asks the nearest of the nodes that are wider than itself for its table (D24), by each of
 * its two tables, and believes it (D32). All on the shortest way there have the same nearest one.
 */
#ifndef SPOOL_ROUTE_ROUTE_TEACHER_H
#define SPOOL_ROUTE_ROUTE_TEACHER_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_label.h"

/* By the labels of a search; of two that are equally near the bytewise lesser name. */
bool route_teacher_nearer(const struct route_graph *graph, const struct route_label *labels,
                          uint32_t a, uint32_t b);

/*
 * The nearest wider node that can be asked, of those that are less near than `after`, which
 * REGION_TREE_NONE says of all. REGION_TREE_NONE: there is none.
 */
uint32_t route_teacher_find(const struct route_graph *graph, const struct route_label *labels,
                            uint32_t after);

#endif
