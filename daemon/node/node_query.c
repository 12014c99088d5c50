/*
 * node_query.c - what only a running node knows, for the answers of spool/query
 *
 * Links as they are at this moment, what is on the line, and what its operator should look at.
 */
#include "spool/query/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_state.h"
#include "spool/base/memory.h"
#include "spool/query/query_text.h"

static void            show_link(const struct node *node, const struct node_link *link,
                                 struct query_link *shown);
static struct walltime wall_of(const struct node *node, int64_t spool_ms);
static bool warn(const struct node *node, const struct node_link *link, struct buffer *text);
static bool sending(const void *context, int64_t copy);

int
node_query(struct node *node, const struct node_client *client,
           const struct control_request *request, struct buffer *out, struct buffer *errors)
{
	struct query_link *links    = memory_new(node->link_count, sizeof(*links));
	struct buffer     *texts    = memory_new(node->link_count, sizeof(*texts));
	const char       **warnings = memory_new(node->link_count, sizeof(*warnings));
	struct query_live  live     = {
		     .links           = links,
		     .link_count      = node->link_count,
		     .listening       = (const char *const *)node->listening,
		     .listening_count = node->listening_count,
		     .warnings        = warnings,
		     .uptime_ms       = node->now.instant.ms - node->started.ms,
		     .sending         = sending,
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
	int code;

	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];

		show_link(node, link, &links[i]);
		if (warn(node, link, &texts[i]))
			warnings[live.warning_count++] = buffer_text(&texts[i]);
	}
	code =
	    query_run(&query, (const char *const *)request->arguments, request->count, out, errors);
	for (size_t i = 0; i < node->link_count; i++)
		buffer_release(&texts[i]);
	free(warnings);
	free(texts);
	free(links);
	return code;
}

static void
show_link(const struct node *node, const struct node_link *link, struct query_link *shown)
{
	const struct node_call *call = node_call_find(node, link->call);

	snprintf(shown->neighbor, sizeof(shown->neighbor), "%s", link->description->neighbor.text);
	snprintf(shown->label, sizeof(shown->label), "%s", link->description->label);
	snprintf(shown->text, sizeof(shown->text), "%s", link->text);
	shown->state       = node_link_state(link);
	shown->since       = link->since;
	shown->heard       = wall_of(node, link->heard_ms);
	shown->measured_ms = link_delay_ms(&link->delay);
	if (call != NULL) {
		shown->sent_bytes     = call->sent_bytes;
		shown->received_bytes = call->received_bytes;
	} else if (link->retry.ms > node->now.instant.ms) {
		shown->next_contact.ms = node->now.wall.ms + link->retry.ms - node->now.instant.ms;
	}
}

/* By today's clock, and as if the node had been served since. */
static struct walltime
wall_of(const struct node *node, int64_t spool_ms)
{
	return (struct walltime){ node->now.wall.ms - (node_spool_ms(node) - spool_ms) };
}

/* What the operator should know of the link; false: nothing. */
static bool
warn(const struct node *node, const struct node_link *link, struct buffer *text)
{
	const char *neighbor = link->description->neighbor.text;
	int64_t     limit    = link->description->limit.topology_per_day_bytes;
	uint64_t    waiting  = 0;

	if (limit != DESCRIPTION_UNSET)
		waiting = store_copy_count_reason(node->store, neighbor, COPY_REASON_LIMIT);
	if (link->life != LINK_ALIVE) {
		buffer_append_format(text, "the link to %s is %s: nothing was heard from it for ",
		                     neighbor, node_link_state(link));
		query_text_duration(text, node_spool_ms(node) - link->heard_ms);
	} else if (waiting > 0) {
		buffer_append_format(text,
		                     "%llu messages about the network wait for tomorrow: the link "
		                     "to %s takes %lld bytes of them a day",
		                     (unsigned long long)waiting, neighbor, (long long)limit);
	}
	return text->length > 0;
}

static bool
sending(const void *context, int64_t copy)
{
	return node_copy_busy(context, copy);
}
