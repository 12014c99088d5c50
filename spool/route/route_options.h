/*
 * route_options.h - the operator's own routing lines, from the description
 *
 * `route`, `default`, `gateway`, `explicit` and `leaf`, as route_tables_compute wants them.
 * Patterns are listed one by one; a gateway is a default whose node is home.
 */
#ifndef SPOOL_ROUTE_ROUTE_OPTIONS_H
#define SPOOL_ROUTE_ROUTE_OPTIONS_H

#include "spool/description/description.h"
#include "spool/route/route.h"

/*
 * Fills *options; release it. Waypoints borrow from `node`, which must outlive the
 * options (not the tables computed from them, which copy).
 */
void route_options_from_description(const struct description_node *node,
                                    struct route_options          *options);
void route_options_release(struct route_options *options);

#endif
