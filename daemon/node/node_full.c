/*
 * node_full.c - all that a hub knows, for a node that asked for it (D29)
 *
 * `database full-from HUB`. Records travel only to the nodes that they concern (D23); a node
 * that wants more asks a hub, by "ask-database", and gets all of the hub's records by
 * "database", then once a day those that have come there since, and all again once a week, so
 * that what nobody knows any more is forgotten in two. A hub answers whom it would tell its
 * table: neighbors, and nodes that it is wider than.
 *
 * Such foreign data takes part in no calculation of tables, whose lawful paths need records
 * that both sides know (D5). It lies apart, in a table and a topology of its own, and serves
 * repairs only: where no lawful way leads, a way through all that is known says to which node
 * a message can be handed over (E1). That topology is put together when one is looked for.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_topology.h"
#include "spool/base/field.h"
#include "spool/base/log.h"

#define TITLE_ASK      "ask-database"
#define TITLE_DATABASE "database"

enum {
	FIELD_RECORD = 1, /* of an answer: record.h, any number of them                    */
	FIELD_SINCE  = 2, /* of both: the hub's walltime, up to which the asker knows all  */
};

#define SETTING_HUB   "database-hub"   /* who was asked                              */
#define SETTING_ASKED "database-asked" /* walltime, here                             */
#define SETTING_WHOLE "database-whole" /* walltime here, when all of it was asked for */
#define SETTING_SINCE "database-since" /* as FIELD_SINCE of the last answer          */

#define ASK_MS    NODE_DAY_MS
#define WHOLE_MS  (7 * NODE_DAY_MS)
#define FORGET_MS (15 * NODE_DAY_MS)

static void     forget(struct node *node, const char *hub);
static bool     is_due(const struct node *node, const char *setting, int64_t pause_ms);
static void     ask(struct node *node, const char *hub, uint64_t since);
static void     answer(struct node *node, const char *asker, struct span body);
static void     send_database(struct node *node, const char *asker, struct buffer *records);
static void     take(struct node *node, const char *hub, struct span body);
static void     take_record(struct node *node, const char *hub, struct span bytes);
static uint64_t since_of(struct span body);

void
node_full_run(struct node *node)
{
	const char *hub = node->home->database_full_from.text;

	forget(node, hub);
	if (hub[0] == '\0' || !is_due(node, SETTING_ASKED, ASK_MS))
		return;
	store_setting_put_number(node->store, SETTING_ASKED, node->now.wall.ms);
	if (is_due(node, SETTING_WHOLE, WHOLE_MS)) {
		store_setting_put_number(node->store, SETTING_WHOLE, node->now.wall.ms);
		store_setting_put_number(node->store, SETTING_SINCE, 0);
	}
	ask(node, hub, (uint64_t)store_setting_number(node->store, SETTING_SINCE, 0));
}

bool
node_full_control(struct node *node, const char *title, const char *origin, struct span body)
{
	if (strcmp(title, TITLE_ASK) == 0)
		answer(node, origin, body);
	else if (strcmp(title, TITLE_DATABASE) == 0)
		take(node, origin, body);
	else
		return false;
	return true;
}

const struct topology *
node_full_topology(struct node *node)
{
	struct stored_record stored;
	struct record        record;

	if (node->home->database_full_from.text[0] == '\0')
		return &node->topology;
	if (node->full_is_new)
		return &node->full;
	topology_release(&node->full);
	topology_init(&node->full);
	stored_record_init(&stored);
	record_init(&record);
	while (store_foreign_next(node->store, stored.node.text, &stored))
		if (record_decode(&record, buffer_span(&stored.bytes), NULL) == STATUS_OK)
			topology_put(&node->full, &record);
	stored.node.text[0] = '\0';
	while (store_record_next(node->store, stored.node.text, &stored))
		if (record_decode(&record, buffer_span(&stored.bytes), NULL) == STATUS_OK)
			topology_put(&node->full, &record);
	node_topology_own(node, &record);
	topology_put(&node->full, &record);
	record_release(&record);
	stored_record_release(&stored);
	node->full_is_new = true;
	return &node->full;
}

/* What another hub told, and what was not told again. */
static void
forget(struct node *node, const char *hub)
{
	struct buffer asked;

	buffer_init(&asked);
	if (!store_setting_get(node->store, SETTING_HUB, &asked) ||
	    strcmp(buffer_text(&asked), hub) != 0) {
		store_setting_put(node->store, SETTING_HUB, span_of_text(hub));
		store_setting_put_number(node->store, SETTING_ASKED, 0);
		store_setting_put_number(node->store, SETTING_WHOLE, 0);
	}
	buffer_release(&asked);
	if (store_foreign_purge(node->store, hub,
	                        (struct walltime){ node->now.wall.ms - FORGET_MS }) > 0)
		node->full_is_new = false;
}

/* A time in the future, by a clock that was set back, is of unknown age. */
static bool
is_due(const struct node *node, const char *setting, int64_t pause_ms)
{
	int64_t last_ms = store_setting_number(node->store, setting, 0);

	return last_ms > node->now.wall.ms || last_ms <= node->now.wall.ms - pause_ms;
}

static void
ask(struct node *node, const char *hub, uint64_t since)
{
	struct address to;
	struct buffer  body;

	node_tell_forget(node, TITLE_ASK, hub);
	address_init(&to);
	buffer_init(&body);
	field_append_number(&body, FIELD_SINCE, since);
	if (address_add_text(&to, hub, NULL) == STATUS_OK)
		node_tell(node, TITLE_ASK, PRIORITY_URGENT, &to, buffer_span(&body));
	buffer_release(&body);
	address_release(&to);
}

/* In bodies of a bounded size; at least one, so that the asker knows that it was heard. */
static void
answer(struct node *node, const char *asker, struct span body)
{
	uint64_t             since = since_of(body);
	struct stored_record stored;
	struct buffer        records;

	if (!node_learn_may_ask(node, asker)) {
		log_line(LOG_INFO, "%s asks for the database, and is not to have it", asker);
		return;
	}
	if (since > (uint64_t)node->now.wall.ms)
		since = 0; /* this clock was set back: nobody knows what has come since */
	node_tell_forget(node, TITLE_DATABASE, asker);
	stored_record_init(&stored);
	buffer_init(&records);
	while (store_record_next(node->store, stored.node.text, &stored)) {
		if (strcmp(stored.node.text, asker) == 0 || (uint64_t)stored.taken.ms < since)
			continue;
		if (records.length > 0 && records.length + stored.bytes.length > NODE_CONTROL_BODY)
			send_database(node, asker, &records);
		field_append(&records, FIELD_RECORD, buffer_span(&stored.bytes));
	}
	send_database(node, asker, &records);
	buffer_release(&records);
	stored_record_release(&stored);
}

/* And empties *records. */
static void
send_database(struct node *node, const char *asker, struct buffer *records)
{
	struct address to;

	field_append_number(records, FIELD_SINCE, (uint64_t)node->now.wall.ms);
	address_init(&to);
	if (address_add_text(&to, asker, NULL) == STATUS_OK)
		node_tell(node, TITLE_DATABASE, PRIORITY_URGENT, &to, buffer_span(records));
	address_release(&to);
	buffer_clear(records);
}

static void
take(struct node *node, const char *hub, struct span body)
{
	struct reader reader;
	struct field  field;
	uint32_t      last  = 0;
	uint64_t      since = since_of(body);

	if (strcmp(hub, node->home->database_full_from.text) != 0) {
		log_line(LOG_INFO, "the database of %s was not asked for", hub);
		return;
	}
	reader_init(&reader, body);
	while (field_next(&reader, &last, &field))
		if (field.number == FIELD_RECORD)
			take_record(node, hub, field.value);
	if (since <= INT64_MAX)
		store_setting_put_number(node->store, SETTING_SINCE, (int64_t)since);
	node->full_is_new      = false;
	node->topology_changed = true; /* what has no route may have one past it now */
}

/* What is known by right is newer, or will be told again. */
static void
take_record(struct node *node, const char *hub, struct span bytes)
{
	struct record               record;
	struct stored_record        stored;
	struct diagnostic           diagnostic;
	const struct topology_node *known;

	record_init(&record);
	diagnostic_init(&diagnostic);
	if (record_decode(&record, bytes, &diagnostic) != STATUS_OK) {
		log_line(LOG_WARNING, "a record from %s does not decode: %s", hub, diagnostic.text);
		record_release(&record);
		return;
	}
	known = topology_find(&node->topology, record.node.text);
	if (known == NULL || known->serial < record.serial) {
		stored_record_init(&stored);
		stored.node   = record.node;
		stored.serial = record.serial;
		stored.taken  = node->now.wall;
		snprintf(stored.from, sizeof(stored.from), "%s", hub);
		buffer_append_span(&stored.bytes, bytes);
		store_foreign_put(node->store, &stored);
		stored_record_release(&stored);
	}
	record_release(&record);
}

/* 0: it says nothing. */
static uint64_t
since_of(struct span body)
{
	struct reader reader;
	struct field  field;
	uint32_t      last  = 0;
	uint64_t      since = 0;

	reader_init(&reader, body);
	while (field_next(&reader, &last, &field))
		if (field.number == FIELD_SINCE && !field_number(&field, &since))
			since = 0;
	return since;
}
