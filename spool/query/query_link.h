/*
 * query_link.h - what a copy for a neighbor waits for: the links there, and their windows
 */
#ifndef SPOOL_QUERY_QUERY_LINK_H
#define SPOOL_QUERY_QUERY_LINK_H

#include "spool/base/buffer.h"
#include "spool/query/query.h"

/*
 * A line for each link to the neighbor, each after `indent`: its state, if a daemon runs, and
 * when its schedules open it. Nothing where neither is known.
 */
void query_link_print(const struct query *query, const char *neighbor, const char *indent,
                      struct buffer *out);

#endif
