/*
 * node_topology.c - what this node tells of itself, and what it believes of others
 *
 * Records travel as messages of service "control" (D23): a new version of our own goes to
 * `*.R` for each region that contains us within our visible region, and to our neighbors.
 * When a call comes up, each end says what it has ("have": its own record, by which the
 * other knows what it may be told, then names and serials) and the other sends what is
 * newer and may be told ("records"). What is learnt that way is
 * handed on to the other neighbors who may have it, so that a partition that heals, or a
 * newcomer's record, does not stop at the first node.
 */
#include "daemon/node/node_topology.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_stick.h"
#include "spool/base/field.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/route/route_options.h"
#include "spool/topology/local_record.h"

enum {
	FIELD_RECORD = 1, /* of both bodies: record.h                          */
	FIELD_SAID   = 2, /* of a "have": a serial and the name it belongs to */
};

#define TITLE_RECORDS "records"
#define TITLE_HAVE    "have"

static void store_record(struct node *node, const struct record *record, struct span bytes,
                         const char *from);
static void tell_audience(struct node *node, enum priority priority, const char *about,
                          struct span bytes);
static void tell_neighbor(struct node *node, const char *title, enum priority priority,
                          const char *neighbor, struct span body);
static void answer_have(struct node *node, const char *neighbor, struct span body);
static bool has_news(const struct node *node, struct span body);
static void take_records(struct node *node, const char *neighbor, struct span body, bool hand_on);
static void hear_of_ourselves(struct node *node, const struct record *record, struct span bytes);
static void show_itself(struct node *node, enum priority priority, const struct record *record,
                        struct span bytes);
static void hand_on_record(struct node *node, const char *from, enum priority priority,
                           const struct record *record, const char *visible, struct span bytes);
static uint64_t said_serial(struct span body, const char *wanted);
static bool next_said(struct reader *reader, uint32_t *last, uint64_t *serial, struct span *name);
static bool is_other_word(struct span body, const struct stored_record *stored,
                          const char *speaker);

void
node_topology_load(struct node *node)
{
	struct stored_record stored;
	struct record        record;
	struct diagnostic    diagnostic;

	stored_record_init(&stored);
	record_init(&record);
	for (char after[NAME_MAX_BYTES + 1] = ""; store_record_next(node->store, after, &stored);
	     snprintf(after, sizeof(after), "%s", stored.node.text)) {
		diagnostic_init(&diagnostic);
		if (strcmp(stored.node.text, node->name.text) == 0)
			node->own_serial = stored.serial;
		else if (record_decode(&record, buffer_span(&stored.bytes), &diagnostic) ==
		         STATUS_OK)
			topology_put(&node->topology, &record);
		else
			log_line(LOG_ERROR, "the spool's record of %s does not decode: %s",
			         stored.node.text, diagnostic.text);
	}
	record_release(&record);
	stored_record_release(&stored);
	node->topology_changed  = true;
	node->unmentioned_again = INSTANT_NEVER;
}

void
node_topology_announce(struct node *node)
{
	struct stored_record told;
	struct record        record;
	struct buffer        bytes;
	struct diagnostic    diagnostic;
	enum priority        priority;
	bool                 changed;

	diagnostic_init(&diagnostic);
	stored_record_init(&told);
	record_init(&record);
	buffer_init(&bytes);

	/* What differs is found by saying it again under the serial of what was told last. */
	changed         = !store_record_get(node->store, node->name.text, &told) || node->own_again;
	node->own_again = false;
	if (local_record_from_description(node->home, node->own_serial + changed, &record,
	                                  &diagnostic) != STATUS_OK)
		log_line(LOG_ERROR, "%s: %s", diagnostic.path, diagnostic.text);
	node_links_tell(node, &record);
	if (record_encode(&record, &bytes) != STATUS_OK)
		log_line(LOG_ERROR, "this node has too many links to tell about");
	else if (changed || !span_equal(buffer_span(&bytes), buffer_span(&told.bytes))) {
		node->own_serial += 1;
		record.serial = node->own_serial;
		buffer_clear(&bytes);
		record_encode(&record, &bytes);
		priority = node_news_priority(node, &record);
		store_record(node, &record, buffer_span(&bytes), "");
		tell_audience(node, priority, node->name.text, buffer_span(&bytes));
		node_retell_told(node);
	}
	buffer_release(&bytes);
	record_release(&record);
	stored_record_release(&told);
}

void
node_topology_tell_again(struct node *node)
{
	struct stored_record told;

	stored_record_init(&told);
	if (store_record_get(node->store, node->name.text, &told))
		tell_audience(node, PRIORITY_HIGH, node->name.text, buffer_span(&told.bytes));
	stored_record_release(&told);
}

void
node_topology_say(struct node *node, const struct record *record)
{
	struct buffer bytes;

	buffer_init(&bytes);
	if (record_encode(record, &bytes) == STATUS_OK) {
		topology_put(&node->topology, record);
		store_record(node, record, buffer_span(&bytes), "");
		tell_audience(node, PRIORITY_URGENT, record->node.text, buffer_span(&bytes));
	}
	buffer_release(&bytes);
}

void
node_topology_own(struct node *node, struct record *record)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	if (local_record_for_home(node->home, node->own_serial > 0 ? node->own_serial : 1, record,
	                          &diagnostic) != STATUS_OK)
		log_line(LOG_ERROR, "%s: %s", diagnostic.path, diagnostic.text);
	node_links_tell(node, record);
}

/* Home's own links are what its tables start from. */
void
node_topology_compute(struct node *node)
{
	struct route_options options;
	struct record        record;

	record_init(&record);
	node_topology_own(node, &record);
	topology_put(&node->topology, &record);
	record_release(&record);
	node->full_is_new = false;
	node_learn_forget(node);
	topology_renames_expire(&node->topology, node->now.wall);

	route_options_from_description(node->home, &options);
	if (node->computed++ == 0)
		node->former = node->tables;
	else
		route_tables_release(&node->tables);
	route_tables_compute(&node->topology, node->name.text, &options, &node->tables);
	route_options_release(&options);
	node_carriers_weigh(node);
	node->topology_changed = false;
}

void
node_topology_greet(struct node *node, const char *neighbor)
{
	struct stored_record stored;
	struct buffer        body, entry;

	stored_record_init(&stored);
	buffer_init(&body);
	buffer_init(&entry);
	if (store_record_get(node->store, node->name.text, &stored))
		field_append(&body, FIELD_RECORD, buffer_span(&stored.bytes));
	for (char after[NAME_MAX_BYTES + 1] = ""; store_record_next(node->store, after, &stored);
	     snprintf(after, sizeof(after), "%s", stored.node.text)) {
		if (!topology_entitled(&node->topology, stored.node.text, neighbor) &&
		    strcmp(stored.node.text, neighbor) != 0)
			continue;
		buffer_clear(&entry);
		varint_append(&entry, stored.serial);
		buffer_append_text(&entry, stored.node.text);
		if (body.length + entry.length > NODE_CONTROL_BODY)
			break; /* what is not said here may be sent again: a waste, not an error */
		field_append(&body, FIELD_SAID, buffer_span(&entry));
	}
	tell_neighbor(node, TITLE_HAVE, PRIORITY_URGENT, neighbor, buffer_span(&body));
	buffer_release(&entry);
	buffer_release(&body);
	stored_record_release(&stored);
}

void
node_topology_control(struct node *node, const struct envelope *envelope, const char *neighbor,
                      bool broadcast, struct span body)
{
	struct name origin;

	message_id_origin(&envelope->id, &origin);
	if (strcmp(origin.text, node->name.text) == 0)
		return; /* our own broadcast, to ourselves */
	if (strcmp(envelope->title, TITLE_RECORDS) == 0) {
		take_records(node, neighbor, body,
		             !broadcast || strcmp(origin.text, neighbor) == 0);
	} else if (strcmp(envelope->title, TITLE_HAVE) == 0 &&
	           node_link_find(node, origin.text) != NULL) {
		take_records(node, neighbor, body, true);
		answer_have(node, origin.text, body);
		if (has_news(node, body))
			node_link_greet_again(node, origin.text);
	} else if (!node_carry_control(node, envelope->title, origin.text, body) &&
	           !node_learn_control(node, envelope->title, origin.text, body) &&
	           !node_full_control(node, envelope->title, origin.text, body)) {
		log_line(LOG_DEBUG, "control message \"%s\" of %s is not for this version",
		         envelope->title, origin.text);
	}
}

void
node_tell(struct node *node, const char *title, enum priority priority, const struct address *to,
          struct span body)
{
	struct envelope envelope;
	struct transit  transit;

	envelope_init(&envelope);
	transit_init(&transit);
	snprintf(envelope.service, sizeof(envelope.service), "control");
	snprintf(envelope.title, sizeof(envelope.title), "%s", title);
	envelope.priority    = priority;
	envelope.report      = true; /* no report is made about it */
	envelope.lifetime_ms = 7 * NODE_DAY_MS;
	for (size_t i = 0; i < to->count; i++)
		address_add(&transit.destinations, &to->destinations[i]);
	node_accept_own(node, &envelope, &transit, body);
	envelope_release(&envelope);
	transit_release(&transit);
}

uint64_t
node_record_told(struct node *node, const struct node_message *message, struct name *about)
{
	struct reader reader;
	struct field  field;
	struct record record;
	struct buffer body;
	uint32_t      last = 0;
	uint64_t      told = 0;

	if (strcmp(message->envelope.service, "control") != 0 ||
	    strcmp(message->envelope.title, TITLE_RECORDS) != 0)
		return 0;
	buffer_init(&body);
	record_init(&record);
	store_message_body(node->store, message->stored.key, &body);
	reader_init(&reader, buffer_span(&body));
	if (field_next(&reader, &last, &field) && field.number == FIELD_RECORD &&
	    reader_left(&reader) == 0 && record_decode(&record, field.value, NULL) == STATUS_OK) {
		told   = record.serial;
		*about = record.node;
	}
	record_release(&record);
	buffer_release(&body);
	return told;
}

void
node_tell_forget(struct node *node, const char *title, const char *neighbor)
{
	struct stored_copy  copy;
	struct node_message message;

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(node->store, neighbor, after, &copy);
	     after         = copy.key) {
		if (copy.priority != PRIORITY_URGENT || node_copy_busy(node, copy.key))
			continue;
		node_message_init(&message);
		if (node_message_get(node, copy.message, &message) &&
		    strcmp(message.envelope.service, "control") == 0 &&
		    strcmp(message.envelope.title, title) == 0)
			node_copy_end(node, &copy);
		node_message_release(&message);
	}
	stored_copy_release(&copy);
}

static void
store_record(struct node *node, const struct record *record, struct span bytes, const char *from)
{
	struct stored_record stored;

	stored_record_init(&stored);
	stored.node   = record->node;
	stored.serial = record->serial;
	stored.taken  = node->now.wall;
	snprintf(stored.from, sizeof(stored.from), "%s", from);
	buffer_append_span(&stored.bytes, bytes);
	store_record_put(node->store, &stored);
	stored_record_release(&stored);
	node->topology_changed = true;
}

/*
 * D23: to the regions and neighbors that the record of `about` names. Who saw its node, and does
 * so no longer, hears of it from neighbor to neighbor (hand_on_record).
 */
static void
tell_audience(struct node *node, enum priority priority, const char *about, struct span bytes)
{
	struct address audience;
	struct buffer  body;

	node_topology_compute(node);
	address_init(&audience);
	buffer_init(&body);
	topology_audience(&node->topology, about, &audience);
	field_append(&body, FIELD_RECORD, bytes);
	if (audience.count > 0)
		node_tell(node, TITLE_RECORDS, priority, &audience, buffer_span(&body));
	buffer_release(&body);
	address_release(&audience);
}

/* To one neighbor; of records each counts, of inventories the last. */
static void
tell_neighbor(struct node *node, const char *title, enum priority priority, const char *neighbor,
              struct span body)
{
	struct address to;

	if (strcmp(title, TITLE_HAVE) == 0)
		node_tell_forget(node, title, neighbor);
	address_init(&to);
	if (address_add_text(&to, neighbor, NULL) == STATUS_OK)
		node_tell(node, title, priority, &to, body);
	address_release(&to);
}

/*
 * Sends the neighbor what it may have and does not, in bodies of a bounded size. Who has an
 * older version of a record gets the newer one in any case, as that may be its node's farewell;
 * and the neighbor its own, if the network knows a later one than it does.
 */
static void
answer_have(struct node *node, const char *neighbor, struct span body)
{
	struct stored_record stored;
	struct buffer        out;
	size_t               most = node_news_body(node, neighbor);

	stored_record_init(&stored);
	buffer_init(&out);
	for (char after[NAME_MAX_BYTES + 1] = ""; store_record_next(node->store, after, &stored);
	     snprintf(after, sizeof(after), "%s", stored.node.text)) {
		uint64_t said = said_serial(body, stored.node.text);

		if (said > stored.serial ||
		    (said == stored.serial && !is_other_word(body, &stored, neighbor)) ||
		    (said == 0 && strcmp(stored.node.text, neighbor) != 0 &&
		     !topology_entitled(&node->topology, stored.node.text, neighbor)))
			continue;
		if (out.length > 0 && out.length + stored.bytes.length > most) {
			tell_neighbor(node, TITLE_RECORDS, PRIORITY_URGENT, neighbor,
			              buffer_span(&out));
			buffer_clear(&out);
		}
		field_append(&out, FIELD_RECORD, buffer_span(&stored.bytes));
	}
	if (out.length > 0)
		tell_neighbor(node, TITLE_RECORDS, PRIORITY_URGENT, neighbor, buffer_span(&out));
	buffer_release(&out);
	stored_record_release(&stored);
}

/*
 * Takes what is news. `hand_on`: they were told to us, or by a node that may know nobody but
 * us; not by a broadcast that reaches everybody by itself.
 */
static void
take_records(struct node *node, const char *neighbor, struct span body, bool hand_on)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          news = false;

	reader_init(&reader, body);
	while (field_next(&reader, &last, &field))
		if (field.number == FIELD_RECORD &&
		    node_record_take(node, field.value, neighbor, hand_on) == STATUS_OK)
			news = true;
	if (news)
		node_unmentioned_try(node);
}

enum status
node_record_take(struct node *node, struct span bytes, const char *neighbor, bool hand_on)
{
	struct record     record;
	struct diagnostic diagnostic;
	enum priority     priority;
	enum status       status;
	struct name       visible;

	record_init(&record);
	diagnostic_init(&diagnostic);
	status = record_decode(&record, bytes, &diagnostic);
	if (status != STATUS_OK) {
		log_line(LOG_WARNING, "a record from %s does not decode: %s", neighbor,
		         diagnostic.text);
	} else if (strcmp(record.node.text, node->name.text) == 0) {
		hear_of_ourselves(node, &record, bytes);
	} else {
		snprintf(visible.text, sizeof(visible.text), "%s",
		         topology_visible(&node->topology, record.node.text));
		status = topology_take(&node->topology, &record);
		if (status == STATUS_NOT_FOUND) {
			node_unmentioned_keep(node, bytes, neighbor, hand_on);
			if (topology_mutual_as(&node->topology, record.node.text,
			                       record.visible.text, node->name.text))
				node_learn_missed(node);
		}
	}
	if (status == STATUS_OK && strcmp(record.node.text, node->name.text) != 0) {
		priority = node_news_priority(node, &record);
		store_record(node, &record, bytes, neighbor);
		log_line(LOG_DEBUG, "record %llu of %s from %s", (unsigned long long)record.serial,
		         record.node.text, neighbor);
		if (hand_on)
			hand_on_record(node, neighbor, priority, &record, visible.text, bytes);
		if (strcmp(neighbor, record.node.text) != 0 &&
		    node_link_find(node, record.node.text) != NULL)
			show_itself(node, priority, &record, bytes);
		node_rename_heard(node, &record);
	}
	record_release(&record);
	return status;
}

/* Our own words from a life that this spool does not remember (T11), or a liar's. */
static void
hear_of_ourselves(struct node *node, const struct record *record, struct span bytes)
{
	struct stored_record own;
	bool                 known;

	if (record->serial < node->own_serial || record->serial >= INT64_MAX)
		return;
	stored_record_init(&own);
	known = record->serial == node->own_serial &&
	        (!store_record_get(node->store, node->name.text, &own) ||
	         span_equal(buffer_span(&own.bytes), bytes));
	stored_record_release(&own);
	if (known)
		return;
	log_line(LOG_WARNING,
	         "the network knows serial %llu of this node, the spool %llu: going "
	         "past it",
	         (unsigned long long)record->serial, (unsigned long long)node->own_serial);
	node->own_serial       = record->serial;
	node->own_again        = true;
	node->topology_changed = true;
}

void
node_topology_release(struct node *node)
{
	node_unmentioned_release(node);
	topology_release(&node->topology);
	topology_release(&node->full);
}

/* What others tell of a neighbor: it alone knows whether it said so. */
static void
show_itself(struct node *node, enum priority priority, const struct record *record,
            struct span bytes)
{
	struct buffer body;

	buffer_init(&body);
	field_append(&body, FIELD_RECORD, bytes);
	tell_neighbor(node, TITLE_RECORDS, priority, record->node.text, buffer_span(&body));
	buffer_release(&body);
}

/* To those who may have it, and those who saw its node while that was in `visible`: a farewell. */
static void
hand_on_record(struct node *node, const char *from, enum priority priority,
               const struct record *record, const char *visible, struct span bytes)
{
	struct buffer body;

	buffer_init(&body);
	field_append(&body, FIELD_RECORD, bytes);
	for (size_t i = 0; i < node->link_count; i++) {
		const char *neighbor = node->links[i].description->neighbor.text;

		if (node->links[i].first && strcmp(neighbor, from) != 0 &&
		    strcmp(neighbor, record->node.text) != 0 &&
		    (topology_entitled(&node->topology, record->node.text, neighbor) ||
		     topology_mutual_as(&node->topology, record->node.text, visible, neighbor)))
			tell_neighbor(node, TITLE_RECORDS, priority, neighbor, buffer_span(&body));
	}
	buffer_release(&body);
}

/* Does a "have" name a record that we do not have, or have an older one of? */
static bool
has_news(const struct node *node, struct span body)
{
	struct stored_record stored;
	struct reader        reader;
	struct span          name;
	uint32_t             last = 0;
	uint64_t             serial;
	bool                 news = false;

	stored_record_init(&stored);
	reader_init(&reader, body);
	while (!news && next_said(&reader, &last, &serial, &name)) {
		char text[NAME_MAX_BYTES + 1];

		if (name.length >= sizeof(text))
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)name.length, (const char *)name.data);
		news = !store_record_get(node->store, text, &stored) || stored.serial < serial;
	}
	stored_record_release(&stored);
	return news;
}

/* The serial that a "have" names for this node; 0 if it does not. */
static uint64_t
said_serial(struct span body, const char *wanted)
{
	struct reader reader;
	struct span   name;
	uint32_t      last = 0;
	uint64_t      serial;

	reader_init(&reader, body);
	while (next_said(&reader, &last, &serial, &name))
		if (span_equal(name, span_of_text(wanted)))
			return serial;
	return 0;
}

/* The next entry of a "have". */
static bool
next_said(struct reader *reader, uint32_t *last, uint64_t *serial, struct span *name)
{
	struct reader entry;
	struct field  field;

	while (field_next(reader, last, &field)) {
		if (field.number != FIELD_SAID)
			continue;
		reader_init(&entry, field.value);
		*serial = reader_varint(&entry);
		*name   = reader_bytes(&entry, reader_left(&entry));
		if (!entry.failed)
			return true;
	}
	return false;
}

/* Is what we have of the speaker not what its "have" says, though it has that serial? */
static bool
is_other_word(struct span body, const struct stored_record *stored, const char *speaker)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;

	if (strcmp(stored->node.text, speaker) != 0)
		return false;
	reader_init(&reader, body);
	return field_next(&reader, &last, &field) && field.number == FIELD_RECORD &&
	       !span_equal(field.value, buffer_span(&stored->bytes));
}
