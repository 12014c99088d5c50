/*
 * store_route.h - the operator's explicit and pinned routes on disk, and since when they hold
 *
 * Facts of their own, not a copy for convenience: the description says what is to be in
 * force, these rows say what is, and since when.
 */
#ifndef SPOOL_STORE_STORE_ROUTE_H
#define SPOOL_STORE_STORE_ROUTE_H

#include "spool/route/route_line.h"
#include "spool/store/store.h"

/* Takes the place of a line for the same region and preference. */
void store_route_put(struct store *store, const struct route_line *line);
void store_route_delete(struct store *store, const char *region, int preference);
bool store_route_get(struct store *store, const char *region, int preference,
                     struct route_line *line);
/* The next in the order of region and preference; "" and -1 start. */
bool store_route_next(struct store *store, const char *region, int preference,
                      struct route_line *line);

#endif
