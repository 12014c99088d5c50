/*
 * node_query.c - what only a running node knows, for the answers of spool/query
 *
 * Links as they are at this moment, what is on the line, and what its operator should look at.
 */
#include "spool/query/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_carry.h"
#include "daemon/node/node_topology.h"
#include "spool/base/memory.h"
#include "spool/query/query_text.h"

static void forecast(const void *context, const struct stored_copy *copy,
                     struct query_forecast *found);
static bool sending(const void *context, int64_t copy);

int
node_query(struct node *node, const struct node_client *client,
           const struct control_request *request, struct buffer *out, struct buffer *errors)
{
	struct query_link *links    = memory_new(node->link_count, sizeof(*links));
	struct buffer     *texts    = memory_new(node->link_count + 1, sizeof(*texts));
	const char       **warnings = memory_new(node->link_count + 1, sizeof(*warnings));
	struct query_live  live     = {
		     .links           = links,
		     .link_count      = node->link_count,
		     .listening       = (const char *const *)node->listening,
		     .listening_count = node->listening_count,
		     .deaf            = node->deaf,
		     .warnings        = warnings,
		     .uptime_ms       = node->now.instant.ms - node->started.ms,
		     .sending         = sending,
		     .forecast        = forecast,
		     .context         = node,
	};
	struct query query = {
		.store       = node->store,
		.home        = node->home,
		.topology    = &node->topology,
		.full        = node_full_topology(node),
		.tables      = &node->tables,
		.live        = &live,
		.now         = node->now,
		.spool_ms    = node_spool_ms(node),
		.user        = client->user,
		.is_operator = client->trusted,
		.json        = request->json,
	};
	char key[SEAL_PUBLIC_TEXT];
	int  code;

	if (node->carrier->has_key) {
		seal_public_format(node->carrier->identity.public_key, key);
		query.key = key;
	}
	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];

		node_show_link(node, link, &links[i]);
		if (node_show_warning(node, link, &texts[i]))
			warnings[live.warning_count++] = buffer_text(&texts[i]);
	}
	if (node_show_clock(node, &texts[node->link_count]))
		warnings[live.warning_count++] = buffer_text(&texts[node->link_count]);
	if (request->count > 0 && strcmp(request->arguments[0], "watch") == 0)
		node_watch_show(node, client, &live);
	code =
	    query_run(&query, (const char *const *)request->arguments, request->count, out, errors);
	for (size_t i = 0; i <= node->link_count; i++)
		buffer_release(&texts[i]);
	free((void *)live.changes);
	free(warnings);
	free(texts);
	free(links);
	return code;
}

static bool
sending(const void *context, int64_t copy)
{
	return node_copy_busy(context, copy);
}

static void
forecast(const void *context, const struct stored_copy *copy, struct query_forecast *found)
{
	node_show_forecast(context, copy, found);
}
