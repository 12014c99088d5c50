/*
 * query_status.h - one link as `links --json` shows it, for other verbs
 */
#ifndef SPOOL_QUERY_QUERY_STATUS_H
#define SPOOL_QUERY_QUERY_STATUS_H

#include "spool/description/description.h"
#include "spool/query/json.h"
#include "spool/query/query.h"

/* An object, with all that is known of the link. */
void query_status_link_json(const struct query *query, const struct description_link *stated,
                            struct json *json);

#endif
