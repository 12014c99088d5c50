/*
 * query_topology.h - what the words after `topology` share
 */
#ifndef SPOOL_QUERY_QUERY_TOPOLOGY_H
#define SPOOL_QUERY_QUERY_TOPOLOGY_H

#include "spool/query/query_verb.h"

/* Prints the records of a topology, or only that of `node` if it is not NULL; how many. */
size_t query_topology_print(struct query_call *call, const struct topology *topology,
                            const char *node);

query_verb_function query_topology_history; /* history [NODE] [--on TIME] [--since TIME] */
query_verb_function query_topology_diff;    /* diff [--since TIME] */

#endif
