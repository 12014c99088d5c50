/*
 * route_learn.h - pseudolinks: what a table of another node adds to the topology
 *
 * D20-D22. What is learned from a table message (route_message.h) stands in for data that
 * this node may never get, so it goes as soon as something better is there.
 */
#ifndef SPOOL_ROUTE_ROUTE_LEARN_H
#define SPOOL_ROUTE_ROUTE_LEARN_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/base/instant.h"
#include "spool/route/route.h"
#include "spool/route/route_message.h"
#include "spool/topology/topology.h"

/*
 * Adds the pseudolinks that home may have from this table, and refreshes those it has
 * already; returns how many are new. Nothing is taken from a sender that no record
 * mentions, or that is neither wider than home nor a neighbor of its. Regions that are no
 * names are passed over.
 */
size_t route_learn(struct topology *topology, const char *home, const struct route_message *message,
                   struct walltime now);

/* The same from the tables of the sender themselves, where no message passes between the two. */
size_t route_learn_tables(struct topology *topology, const char *home,
                          const struct route_tables *teacher, struct walltime now);

/*
 * D22, after each change: drops the pseudolinks whose end is genuinely reached, those of
 * nodes that are not wider where a wider one's serves, and those that home is no longer
 * entitled to. Returns how many; tables computed before are then out of date.
 */
size_t route_forget(struct topology *topology, const char *home);

/*
 * D24: the nearest node wider than home by this preference, to be asked for its table (neighbors
 * are asked anyway); of those less near than `after`, if that is not NULL. NULL: nobody can be
 * asked. Borrowed from the topology.
 */
const char *route_learn_from(const struct topology *topology, const char *home,
                             enum route_preference preference, const char *after);

/*
 * Is there a region above its visible one that home, with these tables, does not reach, or not by
 * what its teacher says? What others say of it may rest on that teacher, and lead back here. Then
 * the teacher is asked again, and the next ones. The tables are of that topology.
 */
bool route_learn_misses(const struct topology *topology, const struct route_tables *tables);

#endif
