/*
 * route_line.h - an explicit or pinned route as its operator has laid it down
 *
 * `explicit REGION = a ! b ! *` and `route REGION via NEIGHBOR` of the description, one value
 * for both: what the spool remembers, and what `mulga routes --table explicit` shows. Routing
 * itself reads them as lists of ids (route_options.h).
 */
#ifndef SPOOL_ROUTE_ROUTE_LINE_H
#define SPOOL_ROUTE_ROUTE_LINE_H

#include "spool/base/buffer.h"
#include "spool/base/instant.h"
#include "spool/description/description.h"

enum { ROUTE_LINE_EXPLICIT = 0 }; /* preference of an explicit route: it is for every message */

struct route_line {
	struct name   region;
	int           preference; /* ROUTE_LINE_EXPLICIT, or enum description_preference: pinned */
	struct buffer way;        /* explicit: `a!b!*`; pinned: the neighbor; owned              */
	struct walltime since;    /* in force; 0 = not known                                     */
};

void route_line_init(struct route_line *line);
void route_line_release(struct route_line *line);

/* How many lines a description has. */
size_t route_line_count(const struct description_node *node);

/* One of them into an initialised *line, in force since nobody knows when. */
void route_line_get(const struct description_node *node, size_t index, struct route_line *line);

#endif
