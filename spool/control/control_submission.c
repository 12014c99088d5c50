/*
 * control_submission.c - what a submitter says of a message, as fields
 *
 * A drop file may wait for a newer or an older daemon: fields that this version does not
 * know are passed over, absent ones have their zero meaning. Address, service and
 * token must be there.
 */
#include <string.h>

#include "spool/base/field.h"
#include "spool/control/control.h"

enum field_number {
	FIELD_ADDRESS = 1,
	FIELD_SERVICE,
	FIELD_SENDER,
	FIELD_TITLE,
	FIELD_PREFERENCE,
	FIELD_PRIORITY, /* one more than its value: absent means the usual one */
	FIELD_LIFETIME,
	FIELD_RECEIPT,
	FIELD_MODE,
	FIELD_MODIFIED,
	FIELD_TOKEN,
	FIELD_REPORT,
	FIELD_DECLARED,
	FIELD_NOTIFY, /* the first of NOTIFY_FIELDS numbers */
	FIELD_PART = FIELD_NOTIFY + NOTIFY_FIELDS,
	FIELD_PART_NUMBER,
	FIELD_PART_COUNT,
	FIELD_NEWER,
};

enum { MODE_BITS = 07777 };

static void append_set(struct buffer *out, uint32_t number, int64_t value);
static void append_line(struct buffer *out, uint32_t number, const char *text);
static bool decode_field(struct control_submission *submission, const struct field *field);
static bool decode_number(struct control_submission *submission, const struct field *field);
static bool decode_address(struct buffer *address, const struct field *field);

void
control_submission_init(struct control_submission *submission)
{
	*submission = (struct control_submission){ .preference = PREFERENCE_FASTEST };
}

void
control_submission_release(struct control_submission *submission)
{
	buffer_release(&submission->address);
	notify_release(&submission->notify);
	control_submission_init(submission);
}

void
control_submission_encode(const struct control_submission *submission, struct buffer *out)
{
	append_line(out, FIELD_ADDRESS, buffer_text(&submission->address));
	append_line(out, FIELD_SERVICE, submission->service);
	append_line(out, FIELD_SENDER, submission->sender);
	append_line(out, FIELD_TITLE, submission->title);
	append_set(out, FIELD_PREFERENCE, submission->preference);
	append_set(out, FIELD_PRIORITY,
	           submission->has_priority ? (int64_t)submission->priority + 1 : 0);
	append_set(out, FIELD_LIFETIME, submission->lifetime_ms);
	append_set(out, FIELD_RECEIPT, submission->receipt);
	append_set(out, FIELD_MODE, submission->mode);
	append_set(out, FIELD_MODIFIED, submission->modified.ms);
	field_append(out, FIELD_TOKEN, (struct span){ submission->token, MESSAGE_TOKEN_BYTES });
	append_set(out, FIELD_REPORT, submission->report);
	append_set(out, FIELD_DECLARED,
	           submission->declared_bytes > INT64_MAX ? INT64_MAX
	                                                  : (int64_t)submission->declared_bytes);
	notify_encode(&submission->notify, FIELD_NOTIFY, out);
	append_line(out, FIELD_PART, submission->part.set);
	append_set(out, FIELD_PART_NUMBER, submission->part.number);
	append_set(out, FIELD_PART_COUNT, submission->part.count);
}

enum status
control_submission_decode(struct control_submission *submission, struct span bytes,
                          struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          good = true, token = false;

	control_submission_release(submission);
	reader_init(&reader, bytes);
	while (good && field_next(&reader, &last, &field)) {
		good  = decode_field(submission, &field);
		token = token || field.number == FIELD_TOKEN;
	}
	if (good && !reader.failed && token && submission->address.length > 0 &&
	    submission->service[0] != '\0' && envelope_part_valid(&submission->part))
		return STATUS_OK;
	control_submission_release(submission);
	if (good)
		diagnostic_set(diagnostic, "the submission is malformed or lacks a field");
	else
		diagnostic_set(diagnostic, "field %u of the submission breaks its limits",
		               field.number);
	return STATUS_INVALID;
}

static void
append_set(struct buffer *out, uint32_t number, int64_t value)
{
	if (value > 0)
		field_append_number(out, number, (uint64_t)value);
}

static void
append_line(struct buffer *out, uint32_t number, const char *text)
{
	if (text[0] != '\0')
		field_append_text(out, number, text);
}

static bool
decode_field(struct control_submission *submission, const struct field *field)
{
	switch (field->number) {
	case FIELD_ADDRESS:
		return decode_address(&submission->address, field);
	case FIELD_SERVICE:
		return field_line(field, submission->service, sizeof(submission->service)) &&
		       service_valid(submission->service);
	case FIELD_SENDER:
		return field_line(field, submission->sender, sizeof(submission->sender));
	case FIELD_TITLE:
		return field_line(field, submission->title, sizeof(submission->title));
	case FIELD_PART:
		return field_line(field, submission->part.set, sizeof(submission->part.set));
	case FIELD_TOKEN:
		if (field->value.length != MESSAGE_TOKEN_BYTES)
			return false;
		memcpy(submission->token, field->value.data, MESSAGE_TOKEN_BYTES);
		return true;
	default:
		if (field->number >= FIELD_NEWER)
			return true;
		return field->number >= FIELD_NOTIFY && field->number < FIELD_PART
		           ? notify_decode_field(&submission->notify, FIELD_NOTIFY, field)
		           : decode_number(submission, field);
	}
}

static bool
decode_number(struct control_submission *submission, const struct field *field)
{
	uint64_t value;

	if (!field_number(field, &value) || value > INT64_MAX)
		return false;
	switch (field->number) {
	case FIELD_PREFERENCE:
		submission->preference = value == 1 ? PREFERENCE_CHEAPEST : PREFERENCE_FASTEST;
		return value <= 1;
	case FIELD_PRIORITY:
		if (value < 1 || value > PRIORITY_LOW + 1)
			return false;
		submission->has_priority = true;
		submission->priority     = (enum priority)(value - 1);
		return true;
	case FIELD_LIFETIME:
		submission->lifetime_ms = (int64_t)value;
		return true;
	case FIELD_RECEIPT:
		submission->receipt = value != 0;
		return true;
	case FIELD_REPORT:
		submission->report = value != 0;
		return true;
	case FIELD_DECLARED:
		submission->declared_bytes = value;
		return true;
	case FIELD_MODE:
		submission->mode = (uint32_t)(value & MODE_BITS);
		return value <= MODE_BITS;
	case FIELD_PART_NUMBER:
		submission->part.number = (uint32_t)(value % (ENVELOPE_PARTS_MAX + 1));
		return value <= ENVELOPE_PARTS_MAX;
	case FIELD_PART_COUNT:
		submission->part.count = (uint32_t)(value % (ENVELOPE_PARTS_MAX + 1));
		return value <= ENVELOPE_PARTS_MAX;
	case FIELD_MODIFIED:
		submission->modified.ms = (int64_t)value;
		return true;
	default:
		return false;
	}
}

static bool
decode_address(struct buffer *address, const struct field *field)
{
	if (field->value.length == 0 || field->value.length > CONTROL_ADDRESS_MAX ||
	    memchr(field->value.data, '\0', field->value.length) != NULL)
		return false;
	buffer_clear(address);
	buffer_append_span(address, field->value);
	return true;
}
