/*
 * local_record.h - what a node says about itself, from its operator's description
 *
 * The paper's local data: the region a node is visible in, whom to ask there, and each of
 * its links, both ways. Of a link A -> B, A states the cost and B, who receives and can
 * measure, the delay and the restriction; each end adds its guess of the other's half, which
 * counts until that end has spoken (D26). Several links to one neighbor stay apart by
 * their label (D30).
 */
#ifndef SPOOL_TOPOLOGY_LOCAL_RECORD_H
#define SPOOL_TOPOLOGY_LOCAL_RECORD_H

#include <stdint.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"
#include "spool/description/description.h"
#include "spool/topology/record.h"
#include "spool/topology/topology.h"

/*
 * Fills the initialised *record with what the node tells the network: links that say
 * `announce no` are left out. STATUS_INVALID or STATUS_TOO_BIG, with the link in
 * *diagnostic (which may be NULL), where a value is beyond what a record can say.
 */
enum status local_record_from_description(const struct description_node *node, uint64_t serial,
                                          struct record *record, struct diagnostic *diagnostic);

/* The same with every link: what the node itself computes its routes from. */
enum status local_record_for_home(const struct description_node *node, uint64_t serial,
                                  struct record *record, struct diagnostic *diagnostic);

/* The limits of one direction of a link, as its end has stated them. */
void local_record_limits(const struct description_limit *stated, struct record_limits *limits);

/*
 * Fills the initialised *record with the last word of a name that the node had (D31): no
 * links, and what it is called now.
 */
void local_record_of_former(const struct description_node   *node,
                            const struct description_former *former, const char *visible,
                            uint64_t serial, struct record *record);

/* The region that such a record is for, where nobody knows one of the name: borrowed. */
const char *local_record_former_visible(const struct description_node *node, const char *former);

/* Puts into the initialised *everything what all nodes of a network described whole tell. */
enum status local_record_network(const struct description *network, struct topology *everything,
                                 struct diagnostic *diagnostic);

/*
 * Puts into the initialised *topology what its node `home` comes to know of that (D23): its own
 * record, its neighbors' and those of the nodes that are mutually visible with it.
 */
enum status local_record_topology(const struct description *network,
                                  const struct topology *everything, const char *home,
                                  struct topology *topology, struct diagnostic *diagnostic);

/*
 * The same, with all that the hub knows of which `database full-from HUB` asks (D29): what
 * repairs look at. A hub that is not described knows nothing.
 */
enum status local_record_full(const struct description *network, const struct topology *everything,
                              const struct description_node *home, struct topology *topology,
                              struct diagnostic *diagnostic);

#endif
