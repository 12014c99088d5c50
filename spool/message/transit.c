/*
 * transit.c - destinations, age and hops as fields
 *
 * Destinations are repeated texts in the order of address.h, a hop is a list of fields
 * inside a field. A hop takes no unknown fields: what a later version wants to say of
 * hops goes into a field of its own, which is kept. As with the heading, decoding
 * ends by encoding again and comparing.
 */
#include "spool/message/transit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/field.h"
#include "spool/base/memory.h"

enum field_number {
	FIELD_DESTINATION = 1,
	FIELD_AGE,
	FIELD_HOP,
	FIELD_FORGIVEN,
	FIELD_ALIAS,
	FIELD_NEWER
};
enum hop_field_number { HOP_NODE = 1, HOP_ARRIVED, HOP_LEFT };

enum {
	DESTINATION_MAX_BYTES =
	    (ADDRESS_MAX_WAYPOINTS + 1) * (NAME_MAX_BYTES + 1) + ADDRESS_USER_MAX_BYTES + 1 + 2,
};

static void        encode_hop(const struct hop *hop, struct buffer *out);
static void        append_count(struct buffer *out, uint32_t number, int64_t value);
static enum status decode_fields(struct transit *transit, struct span bytes,
                                 struct diagnostic *diagnostic);
static enum status decode_field(struct transit *transit, const struct field *field,
                                struct diagnostic *diagnostic);
static enum status decode_destination(struct transit *transit, const struct field *field,
                                      struct diagnostic *diagnostic);
static bool        decode_hop(struct hop *hop, struct span bytes);
static bool        decode_hop_field(struct hop *hop, const struct field *field);
static enum status check_whole(const struct transit *transit, struct span bytes,
                               struct diagnostic *diagnostic);
static enum status refuse(struct diagnostic *diagnostic, const char *text);

void
transit_init(struct transit *transit)
{
	*transit = (struct transit){ .age_ms = 0 };
	address_init(&transit->destinations);
}

void
transit_release(struct transit *transit)
{
	address_release(&transit->destinations);
	free(transit->hops);
	aliases_release(&transit->aliases);
	buffer_release(&transit->unknown);
	transit_init(transit);
}

void
transit_add_hop(struct transit *transit, const struct hop *hop)
{
	struct hop copy     = *hop;               /* it may be one of those that move */
	size_t     capacity = transit->hop_count; /* or more; there are few hops */

	if (transit->hop_count == TRANSIT_MAX_HOPS)
		return;
	transit->hops =
	    memory_grow(transit->hops, &capacity, transit->hop_count + 1, sizeof(transit->hops[0]));
	transit->hops[transit->hop_count++] = copy;
}

unsigned
transit_visits(const struct transit *transit, const struct name *node)
{
	unsigned visits = 0;

	for (size_t i = 0; i < transit->hop_count; i++)
		visits += name_compare(&transit->hops[i].node, node) == 0;
	return visits;
}

void
transit_encode(const struct transit *transit, struct buffer *out)
{
	struct buffer part;

	buffer_init(&part);
	for (size_t i = 0; i < transit->destinations.count; i++) {
		buffer_clear(&part);
		destination_format(&transit->destinations.destinations[i], &part);
		field_append(out, FIELD_DESTINATION, buffer_span(&part));
	}
	append_count(out, FIELD_AGE, transit->age_ms);
	for (size_t i = 0; i < transit->hop_count; i++) {
		buffer_clear(&part);
		encode_hop(&transit->hops[i], &part);
		field_append(out, FIELD_HOP, buffer_span(&part));
	}
	append_count(out, FIELD_FORGIVEN, (int64_t)transit->forgiven);
	for (size_t i = 0; i < transit->aliases.count; i++) {
		buffer_clear(&part);
		alias_encode(&transit->aliases.items[i], &part);
		field_append(out, FIELD_ALIAS, buffer_span(&part));
	}
	buffer_append_span(out, buffer_span(&transit->unknown));
	buffer_release(&part);
}

enum status
transit_decode(struct transit *transit, struct span bytes, struct diagnostic *diagnostic)
{
	enum status status;

	transit_release(transit);
	if (bytes.length > TRANSIT_MAX_BYTES)
		return refuse(diagnostic, "the transit part is too long");
	status = decode_fields(transit, bytes, diagnostic);
	if (status == STATUS_OK)
		status = check_whole(transit, bytes, diagnostic);
	if (status != STATUS_OK)
		transit_release(transit);
	return status;
}

static void
encode_hop(const struct hop *hop, struct buffer *out)
{
	field_append_text(out, HOP_NODE, hop->node.text);
	append_count(out, HOP_ARRIVED, hop->arrived.ms);
	append_count(out, HOP_LEFT, hop->left.ms);
}

static void
append_count(struct buffer *out, uint32_t number, int64_t value)
{
	if (value > 0)
		field_append_number(out, number, (uint64_t)value);
}

static enum status
decode_fields(struct transit *transit, struct span bytes, struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	enum status   status;
	uint32_t      last = 0;
	size_t        tail = 0; /* where the fields of newer versions begin */

	reader_init(&reader, bytes);
	while (field_next(&reader, &last, &field)) {
		if (field.number >= FIELD_NEWER)
			continue;
		status = decode_field(transit, &field, diagnostic);
		if (status != STATUS_OK)
			return status;
		tail = reader.position;
	}
	if (reader.failed)
		return refuse(diagnostic, "the transit part is not a list of fields");
	if (tail < bytes.length)
		buffer_append(&transit->unknown, bytes.data + tail, bytes.length - tail);
	return STATUS_OK;
}

static enum status
decode_field(struct transit *transit, const struct field *field, struct diagnostic *diagnostic)
{
	uint64_t     number;
	struct hop   hop;
	struct alias alias;

	switch (field->number) {
	case FIELD_DESTINATION:
		return decode_destination(transit, field, diagnostic);
	case FIELD_AGE:
		if (!field_number(field, &number) || number > INT64_MAX)
			return refuse(diagnostic, "the age is no number");
		transit->age_ms = (int64_t)number;
		return STATUS_OK;
	case FIELD_FORGIVEN:
		if (!field_number(field, &number) || number > transit->hop_count)
			return refuse(diagnostic, "more hops are forgiven than there are");
		transit->forgiven = (size_t)number;
		return STATUS_OK;
	case FIELD_ALIAS:
		if (!alias_decode(&alias, field->value))
			return refuse(diagnostic, "an alias is malformed");
		if (!aliases_add(&transit->aliases, alias.from, alias.to))
			return refuse(diagnostic, "too many aliases");
		return STATUS_OK;
	default:
		if (transit->hop_count == TRANSIT_MAX_HOPS)
			return refuse(diagnostic, "too many hops");
		if (!decode_hop(&hop, field->value))
			return refuse(diagnostic, "a hop is malformed");
		transit_add_hop(transit, &hop);
		return STATUS_OK;
	}
}

static enum status
decode_destination(struct transit *transit, const struct field *field,
                   struct diagnostic *diagnostic)
{
	char               text[DESTINATION_MAX_BYTES + 1];
	struct destination destination;
	enum status        status;

	if (transit->destinations.count == ADDRESS_MAX_DESTINATIONS)
		return refuse(diagnostic, "too many destinations");
	if (!field_line(field, text, sizeof(text)))
		return refuse(diagnostic, "a destination is malformed");
	destination_init(&destination);
	status = destination_parse(&destination, text, diagnostic);
	if (status == STATUS_OK)
		address_add(&transit->destinations, &destination);
	destination_release(&destination);
	return status;
}

static bool
decode_hop(struct hop *hop, struct span bytes)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;

	*hop = (struct hop){ .arrived = { 0 } };
	reader_init(&reader, bytes);
	while (field_next(&reader, &last, &field))
		if (!decode_hop_field(hop, &field))
			return false;
	return !reader.failed && hop->node.text[0] != '\0';
}

static bool
decode_hop_field(struct hop *hop, const struct field *field)
{
	char     text[NAME_MAX_BYTES + 1];
	uint64_t ms;

	if (field->number == HOP_NODE)
		return field_line(field, text, sizeof(text)) &&
		       name_parse(&hop->node, text, NULL) == STATUS_OK;
	if (!field_number(field, &ms) || ms > INT64_MAX)
		return false;
	if (field->number == HOP_ARRIVED)
		hop->arrived.ms = (int64_t)ms;
	else if (field->number == HOP_LEFT)
		hop->left.ms = (int64_t)ms;
	else
		return false;
	return true;
}

static enum status
check_whole(const struct transit *transit, struct span bytes, struct diagnostic *diagnostic)
{
	struct buffer again;
	bool          same;

	if (transit->destinations.count == 0)
		return refuse(diagnostic, "there is no destination");
	buffer_init(&again);
	transit_encode(transit, &again);
	same = span_equal(buffer_span(&again), bytes);
	buffer_release(&again);
	if (!same)
		return refuse(diagnostic, "the transit part is not in its one encoding");
	return STATUS_OK;
}

static enum status
refuse(struct diagnostic *diagnostic, const char *text)
{
	if (diagnostic != NULL)
		snprintf(diagnostic->path, sizeof(diagnostic->path), "transit");
	diagnostic_set(diagnostic, "%s", text);
	return STATUS_INVALID;
}
