/*
 * node.c - one step: events in, one transaction, actions out
 *
 * This file only dispatches. What an event means is in the file of its kind; a step that
 * changed no row commits nothing and costs no sync (architecture section 3).
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_body.h"
#include "daemon/node/node_calling.h"
#include "daemon/node/node_chat.h"
#include "daemon/node/node_fetch.h"
#include "daemon/node/node_foreign.h"
#include "daemon/node/node_held.h"
#include "daemon/node/node_notice.h"
#include "daemon/node/node_stick.h"
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/description/description_parse.h"

#define SETTING_SPOOL_MS "spool-ms" /* how long this spool has been served */
#define SETTING_NAME     "name"     /* whose spool it is                   */

static enum status parse_description(struct span text, struct description *description,
                                     struct diagnostic *diagnostic);
static enum status adopt_spool(struct node *node, struct diagnostic *diagnostic);
static void        dispatch(struct node *node, const struct event *event);
static void        greet_neighbors(struct node *node);
static void        speak_again(struct node *node);
static void        finish_step(struct node *node);
static void        settle(struct node *node);
static enum status commit(struct node *node);
static void        listening(struct node *node, const char *text);
static void        forget_listening(struct node *node);
static void        say_link_changes(const struct description_node *before,
                                    const struct description_node *after, struct buffer *out);
static void        say_link_change(const struct description_link *link, const char *how,
                                   struct buffer *out);
static void        keep_calls(struct node *node, struct node_link *old, size_t old_count);

enum status
node_open(struct node **out, struct store *store, struct span description, const uint8_t seed[32],
          struct now now, struct actions *actions, struct diagnostic *diagnostic)
{
	struct node *node = memory_new(1, sizeof(*node));
	enum status  status;

	node->store           = store;
	node->actions         = actions;
	node->now             = now;
	node->started         = now.instant;
	node->upkeep          = now.instant;
	node->purge           = now.instant;
	node->delivery_cursor = STORE_RANK_FIRST;
	node->unsettled       = true; /* an earlier run may have left some */
	node->full_due        = INSTANT_NEVER;
	random_seed(&node->random, seed);
	node_carry_start(node);
	description_init(&node->description);
	topology_init(&node->topology);
	topology_init(&node->full);
	status = parse_description(description, &node->description, diagnostic);
	if (status == STATUS_OK)
		status = store_begin(store);
	if (status == STATUS_OK) {
		node->home = &node->description.nodes[0];
		node->name = node->home->name;
		status     = adopt_spool(node, diagnostic);
		if (status == STATUS_OK) {
			node_links_start(node);
			node_helds_start(node);
			node_topology_load(node);
			node_learn_load(node);
			node_topology_compute(node);
			node_topology_announce(node);
			node_rename_tell(node);
			node_lines_keep(node);
			node_full_run(node);
			greet_neighbors(node);
			node_learn_changed(node);
			node_retell_changed(node);
			settle(node);
			node_arrivals_start(node);
			node_deliver_resume(node);
			finish_step(node);
			status = commit(node);
		} else {
			store_rollback(store);
		}
	}
	if (status != STATUS_OK) {
		node_close(node);
		return status;
	}
	*out = node;
	return STATUS_OK;
}

void
node_close(struct node *node)
{
	node_clients_free(node);
	node_carry_release(node);
	node_calls_free(node);
	node_helds_free(node);
	while (node->arrivals != NULL)
		node_arrival_free(node, node->arrivals);
	forget_listening(node);
	node_links_release(node->links, node->link_count);
	zone_release(&node->zone);
	free(node->changes);
	for (size_t i = 0; i < node->delivery_count; i++)
		free(node->deliveries[i].target);
	free(node->deliveries);
	free(node->orphans);
	route_tables_release(&node->tables);
	route_tables_release(&node->former);
	node_topology_release(node);
	description_release(&node->description);
	free(node);
}

enum status
node_step(struct node *node, struct now now, const struct event *events, size_t count,
          struct actions *actions)
{
	enum status status = store_begin(node->store);

	actions_clear(actions);
	if (status != STATUS_OK)
		return status;
	node->actions = actions;
	node->now     = now;
	for (size_t i = 0; i < count; i++)
		dispatch(node, &events[i]);
	finish_step(node);
	return commit(node);
}

struct instant
node_deadline(const struct node *node)
{
	return node->deadline;
}

const struct route_tables *
node_tables(const struct node *node)
{
	return &node->tables;
}

const struct topology *
node_topology(const struct node *node)
{
	return &node->topology;
}

bool
node_wants_body(struct node *node, int64_t key)
{
	bool has = store_message_has_file(node->store, key);

	return has || store_failure(node->store) != STATUS_OK; /* who cannot tell deletes nothing */
}

int64_t
node_spool_ms(const struct node *node)
{
	return node->now.instant.ms + node->spool_offset_ms;
}

int64_t
node_retain_ms(const struct node *node)
{
	int64_t said_ms = node->home->retain_delivered_ms;

	return said_ms != DESCRIPTION_UNSET ? said_ms : NODE_RETAIN_MS;
}

void
node_note_spool_ms(struct node *node)
{
	store_setting_put_number(node->store, SETTING_SPOOL_MS, node_spool_ms(node));
}

void
node_reload(struct node *node, struct span text, struct buffer *out)
{
	struct description description;
	struct diagnostic  diagnostic;
	struct node_link  *old_links = node->links;
	size_t             old_count = node->link_count;
	struct description old       = node->description;

	diagnostic_init(&diagnostic);
	description_init(&description);
	if (parse_description(text, &description, &diagnostic) != STATUS_OK ||
	    strcmp(description.nodes[0].name.text, node->name.text) != 0) {
		buffer_append_text(out,
		                   "The new description is for another node; nothing changed.\n");
		description_release(&description);
		return;
	}
	say_link_changes(node->home, &description.nodes[0], out);
	node->description = description;
	node->home        = &node->description.nodes[0];
	forget_listening(node);
	node_links_note(node);
	node_links_start(node);
	store_copy_wake_reason(node->store, COPY_REASON_LIMIT); /* a limit may be another one */
	node->retry_ms = 0;
	keep_calls(node, old_links, old_count);
	node_trust_judge(node);
	node_links_release(old_links, old_count);
	description_release(&old);
	node_topology_compute(node);
	node_topology_announce(node);
	node_rename_tell(node);
	node_lines_keep(node);
	node_full_run(node);
	greet_neighbors(node);         /* who is visible further may be told more */
	node->topology_changed = true; /* twice calculated: every copy is routed anew */
	buffer_append_text(out, "The description is in force.\n");
}

static enum status
parse_description(struct span text, struct description *description, struct diagnostic *diagnostic)
{
	struct description_sources sources;
	struct description_report  report;
	enum status                status;

	description_sources_init(&sources);
	description_report_init(&report);
	description_sources_add(&sources, "node.topo", (const char *)text.data, text.length);
	status = description_parse(description, &sources, NULL, &report);
	if (status == STATUS_OK && description->node_count != 1)
		status = STATUS_INVALID;
	if (status != STATUS_OK)
		diagnostic_set(diagnostic, "the description does not describe one node");
	description_report_release(&report);
	description_sources_release(&sources);
	return status;
}

/* The spool remembers whose it is, and how long it has been served. */
static enum status
adopt_spool(struct node *node, struct diagnostic *diagnostic)
{
	struct buffer owner;
	enum status   status = STATUS_OK;

	buffer_init(&owner);
	if (!store_setting_get(node->store, SETTING_NAME, &owner)) {
		store_setting_put(node->store, SETTING_NAME, span_of_text(node->name.text));
	} else if (node_rename_was(node, buffer_text(&owner))) {
		log_line(LOG_INFO, "the spool of %s is this node's: it is renamed",
		         buffer_text(&owner));
		store_setting_put(node->store, SETTING_NAME, span_of_text(node->name.text));
	} else if (strcmp(buffer_text(&owner), node->name.text) != 0) {
		diagnostic_set(diagnostic, "this spool belongs to %s, the description is for %s",
		               buffer_text(&owner), node->name.text);
		status = STATUS_INVALID;
	}
	buffer_release(&owner);
	node->spool_offset_ms =
	    store_setting_number(node->store, SETTING_SPOOL_MS, 1) - node->now.instant.ms;
	return status;
}

static void
dispatch(struct node *node, const struct event *event)
{
	switch (event->kind) {
	case EVENT_CLIENT_OPENED:
	case EVENT_CLIENT_BYTES:
	case EVENT_CLIENT_ENDED:
	case EVENT_CLIENT_CLOSED:
		node_client_event(node, event);
		break;
	case EVENT_CALL_ANSWERED:
	case EVENT_CALL_CONNECTED:
	case EVENT_CALL_BYTES:
	case EVENT_CALL_DRAINED:
	case EVENT_CALL_ENDED:
	case EVENT_CALL_STATUS:
	case EVENT_CALL_RELEASED:
		node_call_event(node, event);
		break;
	case EVENT_BODY_READ:
		if (node_fetch_piece(node, event))
			break;
		node_carry_event(node, event);
		break;
	case EVENT_CLIENT_DRAINED:
		node_carry_event(node, event);
		break;
	case EVENT_MEDIUM_FOUND:
	case EVENT_VISIT_ENDED:
		node_visit_event(node, event);
		break;
	case EVENT_BODY_SYNCED:
		node_body_synced(node, event);
		break;
	case EVENT_BODY_FAILED:
		node_body_failed(node, event);
		break;
	case EVENT_DELIVERY_PREPARED:
	case EVENT_DELIVERY_ENDED:
		node_deliver_event(node, event);
		break;
	case EVENT_DESCRIPTION:
		node_control_description(node, event);
		break;
	case EVENT_CHAT_LINE:
	case EVENT_CHAT_ENDED:
		node_chat_event(node, event);
		break;
	case EVENT_LISTENING:
		listening(node, event->text);
		break;
	case EVENT_SPOOL_WAS_FULL:
		node_notice_full(node);
		break;
	case EVENT_ZONE:
		node_windows_zone(node, event);
		break;
	default:
		break;
	}
}

static void
greet_neighbors(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++) {
		if (!node->links[i].first)
			continue;
		node_link_greet(node, &node->links[i]);
		node_learn_greet(node, node->links[i].description->neighbor.text);
	}
}

/* What others believed of us decided what they told us: they may have withheld something. */
static void
speak_again(struct node *node)
{
	node_topology_announce(node);
	for (size_t i = 0; i < node->link_count; i++)
		node->links[i].greet = node->now.instant;
	greet_neighbors(node);
}

/* What follows from the events: tables, expiries, calls, deliveries, the next deadline. */
static void
finish_step(struct node *node)
{
	int64_t now_ms = node_spool_ms(node), next_ms;
	bool    due    = node->retry_ms <= now_ms || node->expiry_ms <= now_ms;

	node_learn_run(node);
	node_retell_run(node);
	node_links_run(node);
	node_unmentioned_run(node);
	if (node->topology_changed) {
		node_topology_compute(node);
		if (node->own_again)
			speak_again(node);
		node_learn_changed(node);
		node_retell_changed(node);
		settle(node);
		node_forward_again(node);
	} else if (node->unsettled && instant_reached(node->settle_due, node->now.instant)) {
		node_forward_settled(node);
	}
	if (node->expiry_ms <= now_ms)
		node_expire_copies(node);
	if (instant_reached(node->upkeep, node->now.instant))
		node_upkeep(node);
	if (node->retry_ms <= now_ms) { /* a copy that was put off is due: look from the start */
		node->delivery_cursor = STORE_RANK_FIRST;
		for (struct node_call *call = node->calls; call != NULL; call = call->next)
			call->cursor = STORE_RANK_FIRST;
		for (size_t i = 0; i < node->link_count; i++)
			node->links[i].look = true;
	}
	node_bodies_run(node);
	node_carry_run(node);
	node_visits_run(node);
	node_notice_run(node);
	node_calls_run(node);
	node_foreign_run(node);
	node_deliver_run(node);

	if (due || store_changed(node->store)) {
		node->retry_ms  = store_copy_first_try(node->store, now_ms);
		node->expiry_ms = store_copy_first_expiry(node->store);
	}
	next_ms        = node->expiry_ms < node->retry_ms ? node->expiry_ms : node->retry_ms;
	node->deadline = instant_earlier(node_calls_deadline(node), node->upkeep);
	node->deadline = instant_earlier(node->deadline, node_learn_deadline(node));
	node->deadline = instant_earlier(node->deadline, node_links_deadline(node));
	node->deadline = instant_earlier(node->deadline, node_carry_deadline(node));
	node->deadline = instant_earlier(node->deadline, node_bodies_deadline(node));
	node->deadline = instant_earlier(node->deadline, node_visits_deadline(node));
	node->deadline = instant_earlier(node->deadline, node_notice_deadline(node));
	node->deadline = instant_earlier(node->deadline, node->unmentioned_again);
	node->deadline = instant_earlier(node->deadline, node->retell_due);
	if (node->unsettled && !instant_reached(node->settle_due, node->now.instant))
		node->deadline = instant_earlier(node->deadline, node->settle_due);
	if (next_ms < INT64_MAX)
		node->deadline = instant_earlier(
		    node->deadline, (struct instant){ next_ms - node->spool_offset_ms });
}

/* There was news of the topology: what has no route waits for more. */
static void
settle(struct node *node)
{
	node->settled    = instant_after(node->now.instant, NODE_SETTLE_MS);
	node->joined     = instant_after(node->now.instant, NODE_JOIN_MS);
	node->settle_due = node->settled;
	if (!node->joining)
		node->joined = node->settled;
}

static enum status
commit(struct node *node)
{
	enum status status = store_failure(node->store);

	if (status == STATUS_OK && store_changed(node->store)) {
		node_note_spool_ms(node);
		status = store_failure(node->store);
	}
	if (status == STATUS_OK)
		return store_commit(node->store);
	log_line(LOG_ERROR, "the spool failed: %s", store_failure_text(node->store));
	store_rollback(node->store);
	return status;
}

static void
listening(struct node *node, const char *text)
{
	char **grown = memory_new(node->listening_count + 1, sizeof(*grown));

	if (node->listening_count > 0)
		memcpy(grown, node->listening, node->listening_count * sizeof(*grown));
	grown[node->listening_count++] = memory_copy_text(text);
	free(node->listening);
	node->listening = grown;
}

static void
forget_listening(struct node *node)
{
	for (size_t i = 0; i < node->listening_count; i++)
		free(node->listening[i]);
	free(node->listening);
	node->listening       = NULL;
	node->listening_count = 0;
	free(node->deaf);
	node->deaf = NULL;
}

static void
say_link_changes(const struct description_node *before, const struct description_node *after,
                 struct buffer *out)
{
	for (size_t i = 0; i < after->link_count; i++) {
		const struct description_link *link = &after->links[i];
		const struct description_link *old =
		    description_find_link(before, link->neighbor.text, link->label);

		if (old == NULL)
			say_link_change(link, "new", out);
		else if (!description_link_equal(old, link))
			say_link_change(link, "changed", out);
	}
	for (size_t i = 0; i < before->link_count; i++) {
		const struct description_link *link = &before->links[i];

		if (description_find_link(after, link->neighbor.text, link->label) == NULL)
			say_link_change(link, "gone; what waits for it is routed anew", out);
	}
}

static void
say_link_change(const struct description_link *link, const char *how, struct buffer *out)
{
	buffer_append_format(out, "link %s%s%s: %s\n", link->neighbor.text,
	                     link->label[0] == '\0' ? "" : " as ", link->label, how);
}

/* Calls to neighbors that are still neighbors go on under the new description. */
static void
keep_calls(struct node *node, struct node_link *old, size_t old_count)
{
	for (struct node_call *call = node->calls, *next; call != NULL; call = next) {
		struct node_link *link = NULL;

		next = call->next;
		if (call->link != NULL)
			link = node_link_get(node, call->link->description->neighbor.text,
			                     call->link->description->label);
		if (call->link != NULL && link == NULL) {
			call->link = NULL;
			node_call_close(node, call, "the link is gone from the description");
		} else if (link != NULL) {
			link->call  = call->id;
			link->state = call->link->state;
			link->since = call->link->since;
			memcpy(link->text, call->link->text, sizeof(link->text));
			call->link = link;
		}
	}
	for (size_t i = 0; i < old_count; i++) {
		struct node_link *link = node_link_get(node, old[i].description->neighbor.text,
		                                       old[i].description->label);

		if (link == NULL)
			continue;
		link->failures        = old[i].failures;
		link->clock_told      = old[i].clock_told;
		link->clock_offset_ms = old[i].clock_offset_ms;
		link->out_bytes_per_s = old[i].out_bytes_per_s;
		link->in_bytes_per_s  = old[i].in_bytes_per_s;
		link->visit           = old[i].visit;
	}
	node_clock_start(node);
}
