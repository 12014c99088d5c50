/*
 * query_carrier.h - which of the links to its neighbor a copy waits for, and why not the others
 */
#ifndef SPOOL_QUERY_QUERY_CARRIER_H
#define SPOOL_QUERY_QUERY_CARRIER_H

#include "spool/query/query.h"
#include "spool/query/query_copy.h"
#include "spool/route/route_link.h"
#include "spool/route/route_resolve.h"

/* The best link that takes it and is not given up, as the daemon sees it. NULL: there is none. */
const struct description_link *query_carrier_best(const struct query         *query,
                                                  const struct query_message *message,
                                                  const struct stored_copy   *copy);

/* Sentences, a line each: what it waits for, and what each other link does not take. Nothing where
 * its neighbor has one link, which takes everything. */
void query_carrier_print(const struct query *query, const struct query_message *message,
                         const struct stored_copy *copy, struct buffer *out);

/* The largest message that goes that way, as far as is known, and the link that says so.
 * UINT64_MAX: any. */
uint64_t query_carrier_most(const struct query *query, enum route_preference preference,
                            const struct forwarding_next *next, struct route_narrow *narrow);

/* The statements of one link that keep messages out, each after "; it": for people. */
void query_carrier_limits(const struct query *query, const struct description_link *link,
                          struct buffer *out);

#endif
