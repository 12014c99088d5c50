/*
 * query_link.h - what a copy for a neighbor waits for: the links there, and their windows
 */
#ifndef SPOOL_QUERY_QUERY_LINK_H
#define SPOOL_QUERY_QUERY_LINK_H

#include "spool/base/buffer.h"
#include "spool/query/json.h"
#include "spool/query/query.h"

/*
 * A line for each link to the neighbor, each after `indent`: its state, if a daemon runs, and
 * when its schedules open it. Nothing where neither is known.
 */
void query_link_print(const struct query *query, const char *neighbor, const char *indent,
                      struct buffer *out);

/* What is known of a link at this moment; NULL: no daemon runs. Members of the open object. */
void query_link_json(const struct query_link *live, struct json *json);
/* The same for people, each line after two spaces: what it waits for, or how its call goes. */
void query_link_live_print(const struct query *query, const struct query_link *live,
                           struct buffer *out);

/* What is expected of a copy that waits: members of the open object; a sentence, or nothing. */
void query_forecast_json(const struct query_forecast *forecast, struct json *json);
void query_forecast_print(const struct query *query, const struct query_forecast *forecast,
                          struct buffer *out);

#endif
