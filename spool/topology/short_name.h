/*
 * short_name.h - what a sender of this node may leave out of an address
 *
 * `joe@cluster` means the nearest cluster: the name is completed with home's own regions
 * where that gives a name that the topology knows. An `alias` of the description is one
 * more name for home. A name that its node has given up becomes the present one (D31), so that
 * answers to old mail use it. What was completed is shown to the sender.
 */
#ifndef SPOOL_TOPOLOGY_SHORT_NAME_H
#define SPOOL_TOPOLOGY_SHORT_NAME_H

#include <stdbool.h>

#include "spool/description/description.h"
#include "spool/name/address.h"
#include "spool/topology/topology.h"

/*
 * Completes every waypoint and every node of `written` into the initialised *completed;
 * the region of a broadcast is taken as written. Returns true if that changed anything. What
 * was renamed is said in words in *steps where it is not NULL.
 */
bool short_name_complete(const struct address *written, const struct description_node *home,
                         const struct topology *topology, struct address *completed,
                         struct buffer *steps);

/* The same for one name, in place. */
bool short_name_complete_name(struct name *name, const struct description_node *home,
                              const struct topology *topology, struct buffer *steps);

#endif
