/*
 * local_record.c - one link statement becomes a link out, a link in, or both
 */
#include "spool/topology/local_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/buffer.h"

enum scope { SCOPE_TOLD, SCOPE_HOME };

static enum status fill(const struct description_node *node, enum scope scope, uint64_t serial,
                        struct record *record, struct diagnostic *diagnostic);
static uint64_t    limit_of(int64_t stated);
static enum status add_link(const struct description_link *link, struct record *record,
                            struct diagnostic *diagnostic);
static enum status add_direction(const struct description_link *link,
                                 enum record_direction direction, int64_t delay_ms,
                                 const struct name *restriction, const struct record_limits *limits,
                                 struct record *record, struct diagnostic *diagnostic);
static void        add_contact(const struct description_contact *contact, struct buffer *text);
static void format_location(const struct description_contact *contact, char *text, size_t size);
static void add_contact_line(struct buffer *text, const char *title, const char *value);
/* Those that `home` is told of; NULL: all of them. */
static void put_formers(const struct description *network, const struct description_node *node,
                        const char *home, const struct topology *everything,
                        struct topology *topology);

enum status
local_record_from_description(const struct description_node *node, uint64_t serial,
                              struct record *record, struct diagnostic *diagnostic)
{
	return fill(node, SCOPE_TOLD, serial, record, diagnostic);
}

enum status
local_record_for_home(const struct description_node *node, uint64_t serial, struct record *record,
                      struct diagnostic *diagnostic)
{
	return fill(node, SCOPE_HOME, serial, record, diagnostic);
}

enum status
local_record_network(const struct description *network, struct topology *everything,
                     struct diagnostic *diagnostic)
{
	struct record record;
	enum status   status = STATUS_OK;

	record_init(&record);
	for (size_t i = 0; status == STATUS_OK && i < network->node_count; i++) {
		status = fill(&network->nodes[i], SCOPE_TOLD, 1, &record, diagnostic);
		if (status == STATUS_OK)
			topology_put(everything, &record);
	}
	for (size_t i = 0; status == STATUS_OK && i < network->node_count; i++)
		put_formers(network, &network->nodes[i], NULL, everything, everything);
	record_release(&record);
	return status;
}

enum status
local_record_topology(const struct description *network, const struct topology *everything,
                      const char *home, struct topology *topology, struct diagnostic *diagnostic)
{
	struct record record;
	enum status   status = STATUS_OK;

	record_init(&record);
	for (size_t i = 0; status == STATUS_OK && i < network->node_count; i++) {
		const struct description_node *node = &network->nodes[i];
		bool                           own  = strcmp(node->name.text, home) == 0;

		if (!own && !topology_entitled(everything, node->name.text, home))
			continue;
		status = fill(node, own ? SCOPE_HOME : SCOPE_TOLD, 1, &record, diagnostic);
		if (status == STATUS_OK)
			topology_put(topology, &record);
	}
	for (size_t i = 0; status == STATUS_OK && i < network->node_count; i++)
		put_formers(network, &network->nodes[i], home, everything, topology);
	record_release(&record);
	return status;
}

void
local_record_of_former(const struct description_node *node, const struct description_former *former,
                       const char *visible, uint64_t serial, struct record *record)
{
	record_clear(record);
	record->node   = former->name;
	record->serial = serial;
	snprintf(record->visible.text, sizeof(record->visible.text), "%s", visible);
	record->renamed       = node->name;
	record->renamed_until = former->until;
}

const char *
local_record_former_visible(const struct description_node *node, const char *former)
{
	return name_within(former, node->visible.text) ? node->visible.text : name_parent(former);
}

/* Names that the node had, which no node of the network bears. */
static void
put_formers(const struct description *network, const struct description_node *node,
            const char *home, const struct topology *everything, struct topology *topology)
{
	struct record record;

	record_init(&record);
	for (size_t i = 0; i < node->former_count; i++) {
		const char *former = node->formers[i].name.text;

		if (description_find_node(network, former) != NULL)
			continue;
		local_record_of_former(node, &node->formers[i],
		                       local_record_former_visible(node, former), 1, &record);
		if (home == NULL || strcmp(node->name.text, home) == 0 ||
		    topology_entitled(everything, former, home))
			topology_put(topology, &record);
	}
	record_release(&record);
}

enum status
local_record_full(const struct description *network, const struct topology *everything,
                  const struct description_node *home, struct topology *topology,
                  struct diagnostic *diagnostic)
{
	const char *hub    = home->database_full_from.text;
	enum status status = STATUS_OK;

	if (description_find_node(network, hub) != NULL)
		status = local_record_topology(network, everything, hub, topology, diagnostic);
	if (status == STATUS_OK)
		status = local_record_topology(network, everything, home->name.text, topology,
		                               diagnostic);
	return status;
}

static enum status
fill(const struct description_node *node, enum scope scope, uint64_t serial, struct record *record,
     struct diagnostic *diagnostic)
{
	record_clear(record);
	record->node    = node->name;
	record->visible = node->visible;
	record->serial  = serial;
	add_contact(&node->contact, &record->contact);
	for (size_t i = 0; i < node->link_count; i++) {
		enum status status = STATUS_OK;

		if (node->links[i].announced || scope == SCOPE_HOME)
			status = add_link(&node->links[i], record, diagnostic);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

void
local_record_limits(const struct description_limit *stated, struct record_limits *limits)
{
	*limits = (struct record_limits){
		.message_bytes          = limit_of(stated->message_bytes),
		.queue_bytes            = limit_of(stated->queue_bytes),
		.per_call_bytes         = limit_of(stated->per_call_bytes),
		.per_day_bytes          = limit_of(stated->per_day_bytes),
		.topology_per_day_bytes = limit_of(stated->topology_per_day_bytes),
	};
}

/* A limit of nothing lets an empty message pass. */
static uint64_t
limit_of(int64_t stated)
{
	if (stated == DESCRIPTION_UNSET)
		return 0;
	return stated > 0 ? (uint64_t)stated : 1;
}

static enum status
add_link(const struct description_link *link, struct record *record, struct diagnostic *diagnostic)
{
	int64_t inbound_delay_ms =
	    link->inbound_delay_ms == DESCRIPTION_UNSET ? link->delay_ms : link->inbound_delay_ms;
	struct record_limits out = { .message_bytes = limit_of(link->limit.message_bytes) };
	struct record_limits in;
	enum status          status = STATUS_OK;

	local_record_limits(&link->inbound_limit, &in);
	if (link->direction != LINK_ONE_WAY_IN)
		status = add_direction(link, RECORD_OUTBOUND, link->delay_ms,
		                       &link->outbound_restrict, &out, record, diagnostic);
	if (status == STATUS_OK && link->direction != LINK_ONE_WAY_OUT)
		status = add_direction(link, RECORD_INBOUND, inbound_delay_ms,
		                       &link->inbound_restrict, &in, record, diagnostic);
	return status;
}

static enum status
add_direction(const struct description_link *link, enum record_direction direction,
              int64_t delay_ms, const struct name *restriction, const struct record_limits *limits,
              struct record *record, struct diagnostic *diagnostic)
{
	struct record_link added = {
		.to          = link->neighbor,
		.direction   = direction,
		.restricted  = restriction->text[0] != '\0',
		.restriction = *restriction,
		.limits      = *limits,
	};
	enum status status = STATUS_INVALID;
	size_t      label  = strlen(link->label);

	if (delay_ms >= 0 && delay_ms <= RECORD_MAX_DELAY_MS && link->cost >= 0 &&
	    link->cost <= RECORD_MAX_COST && label < sizeof(added.label)) {
		added.delay_ms = (uint32_t)delay_ms;
		added.cost     = (uint32_t)link->cost;
		memcpy(added.label, link->label, label);
		status = record_add_link(record, &added);
	}
	if (status == STATUS_TOO_BIG)
		diagnostic_set(diagnostic, "node %s has more than %d links", record->node.text,
		               RECORD_MAX_LINKS);
	else if (status != STATUS_OK)
		diagnostic_set(diagnostic, "the link from %s to %s cannot be told to others",
		               record->node.text, link->neighbor.text);
	return status;
}

/* A text for people, a line for each thing known, in the order of the description. */
static void
add_contact(const struct description_contact *contact, struct buffer *text)
{
	if (!contact->stated)
		return;
	add_contact_line(text, "person", contact->person);
	add_contact_line(text, "organisation", contact->organisation);
	add_contact_line(text, "email", contact->email);
	add_contact_line(text, "phone", contact->phone);
	for (size_t i = 0; i < contact->postal.count; i++)
		add_contact_line(text, "postal", contact->postal.items[i]);
	if (contact->located) {
		char location[64];

		format_location(contact, location, sizeof(location));
		add_contact_line(text, "location", location);
	}
}

/* Degrees with six places, north and east positive, as the description has them. */
static void
format_location(const struct description_contact *contact, char *text, size_t size)
{
	int32_t latitude = contact->latitude_udeg, longitude = contact->longitude_udeg;

	snprintf(text, size, "%s%d.%06d %s%d.%06d", latitude < 0 ? "-" : "",
	         abs(latitude / 1000000), abs(latitude % 1000000), longitude < 0 ? "-" : "",
	         abs(longitude / 1000000), abs(longitude % 1000000));
}

/* A line that does not fit any more is left out: a contact never keeps a node off the net. */
static void
add_contact_line(struct buffer *text, const char *title, const char *value)
{
	size_t length;

	if (value == NULL)
		return;
	length = strlen(title) + strlen(value) + strlen(": \n");
	if (text->length + length <= RECORD_CONTACT_MAX_BYTES)
		buffer_append_format(text, "%s: %s\n", title, value);
}
