/*
 * record.c - local data to bytes and back, bit by bit the same
 *
 * Known fields come first, so unknown ones, whose numbers are larger, are a tail that is
 * kept whole. Decoding checks what memory needs (lengths, limits, order) on the way and
 * then encodes what it read: a difference is the proof that the bytes were not canonical,
 * and no rule of the encoding has to be written twice.
 */
#include "spool/topology/record.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum field {
	FIELD_NODE = 1,
	FIELD_VISIBLE,
	FIELD_SERIAL,
	FIELD_LINKS,
	FIELD_CONTACT,
	FIELD_RENAMED,
	FIELD_LIMITS
};

enum link_flag {
	LINK_INBOUND    = 1,
	LINK_RESTRICTED = 2,
	LINK_DEAD       = 4,
	LINK_DOWN       = 8,
	LINK_FLAGS      = LINK_INBOUND | LINK_RESTRICTED | LINK_DEAD | LINK_DOWN,
};

static bool        record_valid(const struct record *record);
static bool        link_valid(const struct record *record, const struct record_link *link);
static bool        label_valid(const char *label);
static void        encode_field(struct buffer *out, enum field number, struct span bytes);
static void        encode_links(struct buffer *out, const struct record *record);
static void        encode_renamed(struct buffer *out, const struct record *record);
static void        encode_limits(struct buffer *out, const struct record *record);
static void        encode_short_text(struct buffer *out, const char *text);
static enum status decode_fields(struct record *record, struct span bytes, const char **reason);
static const char *decode_field(struct record *record, unsigned number, struct span bytes);
static bool        decode_name(struct span bytes, struct name *name);
static const char *decode_links(struct record *record, struct span bytes);
static const char *decode_limits(struct record *record, struct span bytes);
static bool        decode_link(struct reader *reader, struct record_link *link);
static bool        decode_short_text(struct reader *reader, char *text, size_t size);

void
record_init(struct record *record)
{
	*record = (struct record){ .serial = 0 };
	buffer_init(&record->contact);
	buffer_init(&record->unknown);
}

void
record_release(struct record *record)
{
	free(record->links);
	buffer_release(&record->contact);
	buffer_release(&record->unknown);
	record_init(record);
}

void
record_clear(struct record *record)
{
	record->node          = (struct name){ .text = "" };
	record->visible       = (struct name){ .text = "" };
	record->serial        = 0;
	record->link_count    = 0;
	record->renamed       = (struct name){ .text = "" };
	record->renamed_until = (struct walltime){ 0 };
	buffer_clear(&record->contact);
	buffer_clear(&record->unknown);
}

void
record_copy(struct record *to, const struct record *from)
{
	record_clear(to);
	to->node          = from->node;
	to->visible       = from->visible;
	to->serial        = from->serial;
	to->renamed       = from->renamed;
	to->renamed_until = from->renamed_until;
	to->links =
	    memory_grow(to->links, &to->link_capacity, from->link_count, sizeof(to->links[0]));
	for (size_t i = 0; i < from->link_count; i++)
		to->links[i] = from->links[i];
	to->link_count = from->link_count;
	buffer_append_span(&to->contact, buffer_span(&from->contact));
	buffer_append_span(&to->unknown, buffer_span(&from->unknown));
}

int
record_link_compare(const struct record_link *a, const struct record_link *b)
{
	int order = name_compare(&a->to, &b->to);

	if (order == 0)
		order = (int)a->direction - (int)b->direction;
	return order != 0 ? order : strcmp(a->label, b->label);
}

enum status
record_add_link(struct record *record, const struct record_link *link)
{
	size_t low = 0, high = record->link_count; /* its place is in [low, high] */

	if (!link_valid(record, link))
		return STATUS_INVALID;
	if (record->link_count == RECORD_MAX_LINKS)
		return STATUS_TOO_BIG;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int    order  = record_link_compare(link, &record->links[middle]);

		if (order == 0)
			return STATUS_EXISTS;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	record->links = memory_grow(record->links, &record->link_capacity, record->link_count + 1,
	                            sizeof(record->links[0]));
	memmove(&record->links[low + 1], &record->links[low],
	        (record->link_count - low) * sizeof(record->links[0]));
	record->links[low] = *link;
	record->link_count++;
	return STATUS_OK;
}

bool
record_reaches_alike(const struct record *a, const struct record *b)
{
	if (name_compare(&a->node, &b->node) != 0 || name_compare(&a->visible, &b->visible) != 0 ||
	    name_compare(&a->renamed, &b->renamed) != 0 || a->link_count != b->link_count ||
	    !span_equal(buffer_span(&a->unknown), buffer_span(&b->unknown)))
		return false;
	for (size_t i = 0; i < a->link_count; i++) {
		const struct record_link *one = &a->links[i], *other = &b->links[i];

		if (record_link_compare(one, other) != 0 || one->dead != other->dead ||
		    one->restricted != other->restricted ||
		    name_compare(&one->restriction, &other->restriction) != 0 ||
		    !record_limits_equal(&one->limits, &other->limits))
			return false;
	}
	return true;
}

enum status
record_encode(const struct record *record, struct buffer *out)
{
	size_t        before = out->length;
	struct buffer number;

	if (!record_valid(record))
		return STATUS_INVALID;
	buffer_init(&number);
	buffer_append_u64(&number, record->serial);
	encode_field(out, FIELD_NODE, span_of_text(record->node.text));
	encode_field(out, FIELD_VISIBLE, span_of_text(record->visible.text));
	encode_field(out, FIELD_SERIAL, buffer_span(&number));
	buffer_release(&number);
	if (record->link_count > 0)
		encode_links(out, record);
	if (record->contact.length > 0)
		encode_field(out, FIELD_CONTACT, buffer_span(&record->contact));
	if (record->renamed.text[0] != '\0')
		encode_renamed(out, record);
	encode_limits(out, record);
	buffer_append_span(out, buffer_span(&record->unknown));
	if (out->length - before > RECORD_MAX_BYTES) {
		out->length            = before;
		out->data[out->length] = 0;
		return STATUS_TOO_BIG;
	}
	return STATUS_OK;
}

enum status
record_decode(struct record *record, struct span bytes, struct diagnostic *diagnostic)
{
	const char   *reason = NULL;
	enum status   status;
	struct buffer again;

	record_clear(record);
	status = decode_fields(record, bytes, &reason);
	buffer_init(&again);
	if (status == STATUS_OK && record_encode(record, &again) != STATUS_OK) {
		status = STATUS_INVALID;
		reason = "a field is missing or breaks a rule";
	}
	if (status == STATUS_OK && !span_equal(bytes, buffer_span(&again))) {
		status = STATUS_INVALID;
		reason = "not the canonical bytes of this record";
	}
	buffer_release(&again);
	if (status != STATUS_OK) {
		diagnostic_set(diagnostic, "%s", reason);
		record_clear(record);
	}
	return status;
}

static bool
record_valid(const struct record *record)
{
	struct name name;

	if (name_parse(&name, record->node.text, NULL) != STATUS_OK ||
	    name_compare(&name, &record->node) != 0)
		return false;
	if (!name_within(record->node.text, record->visible.text))
		return false;
	if (record->serial == 0 || record->serial > INT64_MAX ||
	    record->link_count > RECORD_MAX_LINKS)
		return false;
	if (record->renamed.text[0] != '\0' &&
	    (name_parse(&name, record->renamed.text, NULL) != STATUS_OK ||
	     name_compare(&name, &record->renamed) != 0 ||
	     name_compare(&record->renamed, &record->node) == 0 || record->renamed_until.ms < 0))
		return false;
	if (record->contact.length > RECORD_CONTACT_MAX_BYTES ||
	    (record->contact.length > 0 &&
	     memchr(record->contact.data, 0, record->contact.length) != NULL))
		return false;
	for (size_t i = 0; i < record->link_count; i++)
		if (!link_valid(record, &record->links[i]) ||
		    (i > 0 && record_link_compare(&record->links[i - 1], &record->links[i]) >= 0))
			return false;
	return true;
}

static bool
link_valid(const struct record *record, const struct record_link *link)
{
	struct name name;

	if (name_parse(&name, link->to.text, NULL) != STATUS_OK ||
	    name_compare(&name, &link->to) != 0)
		return false;
	if (name_compare(&link->to, &record->node) == 0)
		return false;
	if (name_parse_region(&name, link->restriction.text, NULL) != STATUS_OK ||
	    name_compare(&name, &link->restriction) != 0)
		return false;
	return (link->direction == RECORD_OUTBOUND || link->direction == RECORD_INBOUND) &&
	       link->delay_ms <= RECORD_MAX_DELAY_MS && link->cost <= RECORD_MAX_COST &&
	       (link->restricted || link->restriction.text[0] == '\0') &&
	       (link->dead || !link->down) && label_valid(link->label);
}

static bool
label_valid(const char *label)
{
	for (; *label != '\0'; label++)
		if (*label <= ' ' || *label > '~')
			return false;
	return true;
}

static void
encode_field(struct buffer *out, enum field number, struct span bytes)
{
	buffer_append_u16(out, (uint16_t)number);
	buffer_append_u32(out, (uint32_t)bytes.length);
	buffer_append_span(out, bytes);
}

static void
encode_links(struct buffer *out, const struct record *record)
{
	struct buffer links;

	buffer_init(&links);
	for (size_t i = 0; i < record->link_count; i++) {
		const struct record_link *link  = &record->links[i];
		unsigned                  flags = 0;

		flags |= link->direction == RECORD_INBOUND ? LINK_INBOUND : 0U;
		flags |= link->restricted ? LINK_RESTRICTED : 0U;
		flags |= link->dead ? LINK_DEAD : 0U;
		flags |= link->down ? LINK_DOWN : 0U;
		encode_short_text(&links, link->to.text);
		buffer_append_u8(&links, (uint8_t)flags);
		encode_short_text(&links, link->label);
		buffer_append_u32(&links, link->delay_ms);
		buffer_append_u32(&links, link->cost);
		if (link->restricted)
			encode_short_text(&links, link->restriction.text);
	}
	encode_field(out, FIELD_LINKS, buffer_span(&links));
	buffer_release(&links);
}

static void
encode_renamed(struct buffer *out, const struct record *record)
{
	struct buffer renamed;

	buffer_init(&renamed);
	buffer_append_u64(&renamed, (uint64_t)record->renamed_until.ms);
	buffer_append_text(&renamed, record->renamed.text);
	encode_field(out, FIELD_RENAMED, buffer_span(&renamed));
	buffer_release(&renamed);
}

/* By the places of their links, which are fewer than 65536; left out if there is none. */
static void
encode_limits(struct buffer *out, const struct record *record)
{
	struct buffer limits;

	buffer_init(&limits);
	for (size_t i = 0; i < record->link_count; i++) {
		if (!record_limits_any(&record->links[i].limits))
			continue;
		buffer_append_u16(&limits, (uint16_t)i);
		record_limits_encode(&record->links[i].limits, &limits);
	}
	if (limits.length > 0)
		encode_field(out, FIELD_LIMITS, buffer_span(&limits));
	buffer_release(&limits);
}

/* Names and labels are below 256 bytes: struct name and record_link see to it. */
static void
encode_short_text(struct buffer *out, const char *text)
{
	buffer_append_u8(out, (uint8_t)strlen(text));
	buffer_append_text(out, text);
}

static enum status
decode_fields(struct record *record, struct span bytes, const char **reason)
{
	struct reader reader;
	unsigned      last = 0;

	if (bytes.length > RECORD_MAX_BYTES) {
		*reason = "more bytes than a record may have";
		return STATUS_TOO_BIG;
	}
	reader_init(&reader, bytes);
	while (reader_left(&reader) > 0) {
		unsigned    number = reader_u16(&reader);
		struct span field  = reader_bytes(&reader, reader_u32(&reader));

		if (reader.failed)
			*reason = "a field is cut short";
		else if (number <= last)
			*reason = "field numbers do not ascend";
		else
			*reason = decode_field(record, number, field);
		if (*reason != NULL)
			return STATUS_INVALID;
		last = number;
	}
	return STATUS_OK;
}

/* NULL, or what is wrong. */
static const char *
decode_field(struct record *record, unsigned number, struct span bytes)
{
	struct reader reader;

	reader_init(&reader, bytes);
	switch (number) {
	case FIELD_NODE:
		return decode_name(bytes, &record->node) ? NULL : "a name is none";
	case FIELD_VISIBLE:
		return decode_name(bytes, &record->visible) ? NULL : "a name is none";
	case FIELD_SERIAL:
		record->serial = reader_u64(&reader);
		return reader.failed || reader_left(&reader) > 0 ? "the serial is not 8 bytes"
		                                                 : NULL;
	case FIELD_LINKS:
		return decode_links(record, bytes);
	case FIELD_CONTACT:
		if (bytes.length > RECORD_CONTACT_MAX_BYTES)
			return "the contact is too long";
		buffer_append_span(&record->contact, bytes);
		return NULL;
	case FIELD_RENAMED:
		record->renamed_until.ms = (int64_t)reader_u64(&reader);
		return decode_name(reader_bytes(&reader, reader_left(&reader)), &record->renamed) &&
		               !reader.failed
		           ? NULL
		           : "a name is none";
	case FIELD_LIMITS:
		return decode_limits(record, bytes);
	default:
		buffer_append_u16(&record->unknown, (uint16_t)number);
		buffer_append_u32(&record->unknown, (uint32_t)bytes.length);
		buffer_append_span(&record->unknown, bytes);
		return NULL;
	}
}

static bool
decode_name(struct span bytes, struct name *name)
{
	if (bytes.length > NAME_MAX_BYTES ||
	    (bytes.length > 0 && memchr(bytes.data, 0, bytes.length) != NULL))
		return false;
	if (bytes.length > 0)
		memcpy(name->text, bytes.data, bytes.length);
	name->text[bytes.length] = '\0';
	return true;
}

static const char *
decode_links(struct record *record, struct span bytes)
{
	struct reader reader;

	reader_init(&reader, bytes);
	while (reader_left(&reader) > 0) {
		struct record_link link = { .restricted = false };

		if (!decode_link(&reader, &link))
			return "a link is cut short or has an unknown flag";
		if (record->link_count > 0 &&
		    record_link_compare(&record->links[record->link_count - 1], &link) >= 0)
			return "links do not ascend, or one is there twice";
		switch (record_add_link(record, &link)) {
		case STATUS_OK:
			break;
		case STATUS_TOO_BIG:
			return "more links than a record may have";
		default:
			return "a link breaks a rule";
		}
	}
	return NULL;
}

/* Order and repetition are seen by encoding again. */
static const char *
decode_limits(struct record *record, struct span bytes)
{
	struct reader reader;

	reader_init(&reader, bytes);
	while (reader_left(&reader) > 0) {
		size_t place = reader_u16(&reader);

		if (place >= record->link_count ||
		    !record_limits_decode(&record->links[place].limits, &reader))
			return "limits of no link, or cut short";
	}
	return NULL;
}

static bool
decode_link(struct reader *reader, struct record_link *link)
{
	unsigned flags;

	if (!decode_short_text(reader, link->to.text, sizeof(link->to.text)))
		return false;
	flags = reader_u8(reader);
	if ((flags & ~(unsigned)LINK_FLAGS) != 0 ||
	    !decode_short_text(reader, link->label, sizeof(link->label)))
		return false;
	link->direction  = (flags & LINK_INBOUND) != 0 ? RECORD_INBOUND : RECORD_OUTBOUND;
	link->restricted = (flags & LINK_RESTRICTED) != 0;
	link->dead       = (flags & LINK_DEAD) != 0;
	link->down       = (flags & LINK_DOWN) != 0;
	link->delay_ms   = reader_u32(reader);
	link->cost       = reader_u32(reader);
	if (link->restricted &&
	    !decode_short_text(reader, link->restriction.text, sizeof(link->restriction.text)))
		return false;
	return !reader->failed;
}

/* False if it is cut short, does not fit, or hides a NUL. */
static bool
decode_short_text(struct reader *reader, char *text, size_t size)
{
	struct span bytes = reader_bytes(reader, reader_u8(reader));

	if (reader->failed || bytes.length >= size)
		return false;
	if (bytes.length > 0 && memchr(bytes.data, 0, bytes.length) != NULL)
		return false;
	if (bytes.length > 0)
		memcpy(text, bytes.data, bytes.length);
	text[bytes.length] = '\0';
	return true;
}
