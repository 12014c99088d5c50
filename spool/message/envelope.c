/*
 * envelope.c - the heading as fields
 *
 * A field that is empty or zero is left out. Numbers from FIELD_NEWER on belong to later
 * versions; because numbers never descend they are the tail of the heading, and are
 * kept as the bytes that came. Decoding ends by encoding again and comparing, so no rule
 * of the encoding can be forgotten here: what has a second spelling is refused.
 */
#include "spool/message/envelope.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/field.h"

enum field_number {
	FIELD_NONE, /* the heading as a whole */
	FIELD_ID,
	FIELD_SERVICE,
	FIELD_SENDER,
	FIELD_TITLE,
	FIELD_PREFERENCE,
	FIELD_PRIORITY,
	FIELD_RECEIPT,
	FIELD_REPORT,
	FIELD_MODE,
	FIELD_MODIFIED,
	FIELD_CREATED,
	FIELD_LIFETIME,
	FIELD_SIZE,
	FIELD_DIGEST,
	FIELD_ABOUT,
	FIELD_END,
	FIELD_OUTCOME,
	FIELD_REASON,
	FIELD_NOTIFY, /* the first of NOTIFY_FIELDS numbers */
	FIELD_AFTER = FIELD_NOTIFY + NOTIFY_FIELDS,
	FIELD_AFTER_LEFT,
	FIELD_PART,
	FIELD_PART_NUMBER,
	FIELD_PART_COUNT,
	FIELD_NEWER,
};

enum { MODE_BITS = 07777 };

static const char *const field_names[FIELD_NEWER] = {
	[FIELD_NONE]        = "heading",
	[FIELD_ID]          = "id",
	[FIELD_SERVICE]     = "service",
	[FIELD_SENDER]      = "sender",
	[FIELD_TITLE]       = "title",
	[FIELD_PREFERENCE]  = "preference",
	[FIELD_PRIORITY]    = "priority",
	[FIELD_RECEIPT]     = "receipt",
	[FIELD_REPORT]      = "report",
	[FIELD_MODE]        = "mode",
	[FIELD_MODIFIED]    = "modified",
	[FIELD_CREATED]     = "created",
	[FIELD_LIFETIME]    = "lifetime",
	[FIELD_SIZE]        = "size",
	[FIELD_DIGEST]      = "digest",
	[FIELD_ABOUT]       = "about",
	[FIELD_END]         = "end",
	[FIELD_OUTCOME]     = "outcome",
	[FIELD_REASON]      = "reason",
	[FIELD_NOTIFY]      = "notify",
	[FIELD_NOTIFY + 1]  = "return",
	[FIELD_NOTIFY + 2]  = "envid",
	[FIELD_NOTIFY + 3]  = "language",
	[FIELD_NOTIFY + 4]  = "recipients",
	[FIELD_AFTER]       = "after",
	[FIELD_AFTER_LEFT]  = "after-left",
	[FIELD_PART]        = "part",
	[FIELD_PART_NUMBER] = "part-number",
	[FIELD_PART_COUNT]  = "part-count",
};

static const char *const preference_names[] = { "fastest", "cheapest" };
static const char *const priority_names[]   = { "urgent", "high", "normal", "low" };
static const char *const outcome_names[] = { "", "delivered", "returned", "expired", "cancelled" };

enum { PREFERENCE_COUNT = 2, PRIORITY_COUNT = 4, OUTCOME_COUNT = 5 };

static void        append_line(struct buffer *out, uint32_t number, const char *text);
static void        append_count(struct buffer *out, uint32_t number, int64_t value);
static int64_t     outcome_number(const char *outcome);
static enum status decode_fields(struct envelope *envelope, struct span bytes,
                                 struct diagnostic *diagnostic);
static bool        decode_field(struct envelope *envelope, const struct field *field);
static bool        decode_number(struct envelope *envelope, const struct field *field);
static bool        decode_id(struct message_id *id, const struct field *field);
static enum status check_whole(const struct envelope *envelope, struct span bytes,
                               struct diagnostic *diagnostic);
static enum status refuse(struct diagnostic *diagnostic, uint32_t number, const char *text);

void
envelope_init(struct envelope *envelope)
{
	*envelope = (struct envelope){ .size_bytes = 0 };
}

void
envelope_release(struct envelope *envelope)
{
	notify_release(&envelope->notify);
	buffer_release(&envelope->unknown);
	envelope_init(envelope);
}

void
envelope_encode(const struct envelope *envelope, struct buffer *out)
{
	append_line(out, FIELD_ID, envelope->id.text);
	append_line(out, FIELD_SERVICE, envelope->service);
	append_line(out, FIELD_SENDER, envelope->sender);
	append_line(out, FIELD_TITLE, envelope->title);
	append_count(out, FIELD_PREFERENCE, envelope->preference);
	append_count(out, FIELD_PRIORITY, envelope->priority);
	append_count(out, FIELD_RECEIPT, envelope->receipt);
	append_count(out, FIELD_REPORT, envelope->report);
	append_count(out, FIELD_MODE, envelope->mode);
	append_count(out, FIELD_MODIFIED, envelope->modified.ms);
	append_count(out, FIELD_CREATED, envelope->created.ms);
	append_count(out, FIELD_LIFETIME, envelope->lifetime_ms);
	append_count(out, FIELD_SIZE, (int64_t)envelope->size_bytes);
	field_append(out, FIELD_DIGEST, (struct span){ envelope->digest, ENVELOPE_DIGEST_BYTES });
	append_line(out, FIELD_ABOUT, envelope->about.id.text);
	append_line(out, FIELD_END, envelope->about.destination);
	append_count(out, FIELD_OUTCOME, outcome_number(envelope->about.outcome));
	append_line(out, FIELD_REASON, envelope->about.reason);
	notify_encode(&envelope->notify, FIELD_NOTIFY, out);
	append_line(out, FIELD_AFTER, envelope->after.id.text);
	append_count(out, FIELD_AFTER_LEFT, envelope->after.left_ms);
	append_line(out, FIELD_PART, envelope->part.set);
	append_count(out, FIELD_PART_NUMBER, envelope->part.number);
	append_count(out, FIELD_PART_COUNT, envelope->part.count);
	buffer_append_span(out, buffer_span(&envelope->unknown));
}

enum status
envelope_decode(struct envelope *envelope, struct span bytes, struct diagnostic *diagnostic)
{
	enum status status;

	envelope_release(envelope);
	if (bytes.length > ENVELOPE_MAX_BYTES)
		return refuse(diagnostic, FIELD_NONE, "the heading is too long");
	status = decode_fields(envelope, bytes, diagnostic);
	if (status == STATUS_OK)
		status = check_whole(envelope, bytes, diagnostic);
	if (status != STATUS_OK)
		envelope_release(envelope);
	return status;
}

bool
service_valid(const char *service)
{
	size_t length = strlen(service);

	return length > 0 && length <= ENVELOPE_SERVICE_MAX &&
	       strspn(service, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool
envelope_part_valid(const struct envelope_part *part)
{
	if (part->set[0] == '\0')
		return part->number == 0 && part->count == 0;
	return strlen(part->set) == MESSAGE_TOKEN_TEXT &&
	       strspn(part->set, "abcdefghijklmnopqrstuvwxyz234567") == MESSAGE_TOKEN_TEXT &&
	       part->count >= 2 && part->count <= ENVELOPE_PARTS_MAX && part->number >= 1 &&
	       part->number <= part->count;
}

const char *
preference_text(enum preference preference)
{
	return preference_names[preference];
}

const char *
priority_text(enum priority priority)
{
	return priority_names[priority];
}

enum status
priority_parse(enum priority *priority, const char *text)
{
	for (unsigned i = 0; i < PRIORITY_COUNT; i++)
		if (strcmp(text, priority_names[i]) == 0) {
			*priority = (enum priority)i;
			return STATUS_OK;
		}
	return STATUS_INVALID;
}

enum priority
priority_usual(const char *service, uint64_t size_bytes)
{
	if (strcmp(service, "control") == 0)
		return PRIORITY_URGENT;
	if (strcmp(service, "mail") == 0)
		return size_bytes < 16384 ? PRIORITY_HIGH : PRIORITY_NORMAL;
	if (strcmp(service, "file") == 0 || strcmp(service, "news") == 0)
		return PRIORITY_LOW;
	return PRIORITY_NORMAL;
}

static void
append_line(struct buffer *out, uint32_t number, const char *text)
{
	if (text[0] != '\0')
		field_append_text(out, number, text);
}

static int64_t
outcome_number(const char *outcome)
{
	int64_t number = 0;

	while (strcmp(outcome_names[number], outcome) != 0)
		number++;
	return number;
}

/* A clock before 1970 counts as one that was never set. */
static void
append_count(struct buffer *out, uint32_t number, int64_t value)
{
	if (value > 0)
		field_append_number(out, number, (uint64_t)value);
}

static enum status
decode_fields(struct envelope *envelope, struct span bytes, struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	size_t        tail = 0; /* where the fields of newer versions begin */

	reader_init(&reader, bytes);
	while (field_next(&reader, &last, &field)) {
		if (field.number >= FIELD_NEWER)
			continue;
		if (!decode_field(envelope, &field))
			return refuse(diagnostic, field.number, "a field breaks its limits");
		tail = reader.position;
	}
	if (reader.failed)
		return refuse(diagnostic, FIELD_NONE, "the heading is not a list of fields");
	if (tail < bytes.length)
		buffer_append(&envelope->unknown, bytes.data + tail, bytes.length - tail);
	return STATUS_OK;
}

static bool
decode_field(struct envelope *envelope, const struct field *field)
{
	switch (field->number) {
	case FIELD_ID:
		return decode_id(&envelope->id, field);
	case FIELD_AFTER:
		return decode_id(&envelope->after.id, field);
	case FIELD_ABOUT:
		return decode_id(&envelope->about.id, field);
	case FIELD_PART:
		return field_line(field, envelope->part.set, sizeof(envelope->part.set));
	case FIELD_END:
		return field_line(field, envelope->about.destination,
		                  sizeof(envelope->about.destination));
	case FIELD_REASON:
		return field_line(field, envelope->about.reason, sizeof(envelope->about.reason));
	case FIELD_SERVICE:
		return field_line(field, envelope->service, sizeof(envelope->service)) &&
		       service_valid(envelope->service);
	case FIELD_SENDER:
		return field_line(field, envelope->sender, sizeof(envelope->sender));
	case FIELD_TITLE:
		return field_line(field, envelope->title, sizeof(envelope->title));
	case FIELD_DIGEST:
		if (field->value.length != ENVELOPE_DIGEST_BYTES)
			return false;
		memcpy(envelope->digest, field->value.data, ENVELOPE_DIGEST_BYTES);
		return true;
	default:
		return decode_number(envelope, field);
	}
}

static bool
decode_number(struct envelope *envelope, const struct field *field)
{
	uint64_t value;

	if (field->number >= FIELD_NOTIFY && field->number < FIELD_AFTER)
		return notify_decode_field(&envelope->notify, FIELD_NOTIFY, field);
	if (!field_number(field, &value) || value > INT64_MAX)
		return false;
	switch (field->number) {
	case FIELD_PREFERENCE:
		envelope->preference = (enum preference)(value % PREFERENCE_COUNT);
		return value < PREFERENCE_COUNT;
	case FIELD_PRIORITY:
		envelope->priority = (enum priority)(value % PRIORITY_COUNT);
		return value < PRIORITY_COUNT;
	case FIELD_RECEIPT:
		envelope->receipt = true;
		return value == 1;
	case FIELD_REPORT:
		envelope->report = true;
		return value == 1;
	case FIELD_MODE:
		envelope->mode = (uint32_t)(value & MODE_BITS);
		return value <= MODE_BITS;
	case FIELD_MODIFIED:
		envelope->modified.ms = (int64_t)value;
		return true;
	case FIELD_CREATED:
		envelope->created.ms = (int64_t)value;
		return true;
	case FIELD_LIFETIME:
		envelope->lifetime_ms = (int64_t)value;
		return true;
	case FIELD_AFTER_LEFT:
		envelope->after.left_ms = (int64_t)value;
		return true;
	case FIELD_PART_NUMBER:
		envelope->part.number = (uint32_t)(value % (ENVELOPE_PARTS_MAX + 1));
		return value <= ENVELOPE_PARTS_MAX;
	case FIELD_PART_COUNT:
		envelope->part.count = (uint32_t)(value % (ENVELOPE_PARTS_MAX + 1));
		return value <= ENVELOPE_PARTS_MAX;
	case FIELD_SIZE:
		envelope->size_bytes = value;
		return true;
	case FIELD_OUTCOME:
		snprintf(envelope->about.outcome, sizeof(envelope->about.outcome), "%s",
		         outcome_names[value % OUTCOME_COUNT]);
		return value > 0 && value < OUTCOME_COUNT;
	default:
		return false;
	}
}

static bool
decode_id(struct message_id *id, const struct field *field)
{
	char text[MESSAGE_ID_MAX_BYTES + 1];

	return field_line(field, text, sizeof(text)) &&
	       message_id_parse(id, text, NULL) == STATUS_OK;
}

static enum status
check_whole(const struct envelope *envelope, struct span bytes, struct diagnostic *diagnostic)
{
	struct buffer again;
	bool          same;

	if (envelope->id.text[0] == '\0')
		return refuse(diagnostic, FIELD_ID, "a field is missing");
	if (envelope->service[0] == '\0')
		return refuse(diagnostic, FIELD_SERVICE, "a field is missing");
	if (envelope->lifetime_ms == 0)
		return refuse(diagnostic, FIELD_LIFETIME, "a field is missing");
	if (!envelope_part_valid(&envelope->part))
		return refuse(diagnostic, FIELD_PART, "a part of nothing");
	buffer_init(&again);
	envelope_encode(envelope, &again);
	same = span_equal(buffer_span(&again), bytes);
	buffer_release(&again);
	if (!same) /* a repeated or an empty field, or no digest */
		return refuse(diagnostic, FIELD_NONE, "the heading is not in its one encoding");
	return STATUS_OK;
}

static enum status
refuse(struct diagnostic *diagnostic, uint32_t number, const char *text)
{
	if (diagnostic == NULL)
		return STATUS_INVALID;
	snprintf(diagnostic->path, sizeof(diagnostic->path), "%s", field_names[number]);
	diagnostic_set(diagnostic, "%s", text);
	return STATUS_INVALID;
}
