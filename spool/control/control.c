/*
 * control.c - the frames of the control socket, read and written
 */
#include "spool/control/control.h"

#include "spool/base/field.h"

enum frame_type {
	FRAME_REQUEST = 1,
	FRAME_SUBMIT,
	FRAME_DATA,
	FRAME_END,
	FRAME_OUTPUT,
	FRAME_ERRORS,
	FRAME_DONE,
	FRAME_FEED,
	FRAME_CANCEL,
};

enum { DONE_MAX = 4096, DONE_CODE = 1, DONE_ID, DONE_FITS };

static const struct frame_rule rules[] = {
	[FRAME_REQUEST] = { CONTROL_REQUEST_MAX, true, false },
	[FRAME_SUBMIT]  = { CONTROL_SUBMIT_MAX, true, false },
	[FRAME_DATA]    = { CONTROL_PIECE_MAX, true, true },
	[FRAME_END]     = { 0, true, false },
	[FRAME_OUTPUT]  = { CONTROL_PIECE_MAX, true, true },
	[FRAME_ERRORS]  = { CONTROL_PIECE_MAX, true, true },
	[FRAME_DONE]    = { DONE_MAX, true, false },
	[FRAME_FEED]    = { CONTROL_REQUEST_MAX, true, false },
	[FRAME_CANCEL]  = { 0, true, false },
};

static const struct frame_table table = { rules, sizeof(rules) / sizeof(rules[0]) };

static const enum control_kind kinds[] = {
	[FRAME_REQUEST] = CONTROL_REQUEST, [FRAME_SUBMIT] = CONTROL_SUBMIT,
	[FRAME_DATA] = CONTROL_DATA,       [FRAME_END] = CONTROL_END,
	[FRAME_OUTPUT] = CONTROL_OUTPUT,   [FRAME_ERRORS] = CONTROL_ERRORS,
	[FRAME_DONE] = CONTROL_DONE,       [FRAME_FEED] = CONTROL_FEED,
	[FRAME_CANCEL] = CONTROL_CANCEL,
};

static uint32_t allowed_now(const struct control_reader *reader);
static void     append_pieces(struct buffer *out, uint8_t type, struct span bytes);
static bool     decode_done_field(struct control_done *done, const struct field *field);

void
control_reader_init(struct control_reader *reader, enum control_side side)
{
	*reader = (struct control_reader){ .side = side };
	frame_reader_init(&reader->frames, &table, allowed_now(reader));
}

void
control_reader_release(struct control_reader *reader)
{
	frame_reader_release(&reader->frames);
}

void
control_read(struct control_reader *reader, struct span *input, struct control_item *item,
             struct diagnostic *diagnostic)
{
	struct frame      frame;
	enum frame_result result;

	*item = (struct control_item){ .kind = CONTROL_BROKEN };
	if (reader->broken)
		return;
	result = frame_read(&reader->frames, input, &frame, diagnostic);
	if (result == FRAME_BROKEN) {
		reader->broken = true;
		return;
	}
	if (result == FRAME_NOTHING) {
		item->kind = CONTROL_NOTHING;
		return;
	}
	*item = (struct control_item){ kinds[frame.type], frame.bytes };
	if (item->kind == CONTROL_SUBMIT || item->kind == CONTROL_FEED)
		reader->submitting = true;
	if (item->kind == CONTROL_END || item->kind == CONTROL_CANCEL)
		reader->submitting = false;
	reader->feeding = reader->submitting && (reader->feeding || item->kind == CONTROL_FEED);
	reader->frames.allowed = allowed_now(reader);
}

bool
control_reader_complete(const struct control_reader *reader)
{
	return !reader->broken && !reader->submitting && frame_reader_between(&reader->frames);
}

static void
append_request(struct buffer *out, uint8_t type, const struct control_request *request)
{
	struct buffer fields;

	buffer_init(&fields);
	control_request_encode(request, &fields);
	frame_append(out, type, buffer_span(&fields));
	buffer_release(&fields);
}

void
control_append_request(struct buffer *out, const struct control_request *request)
{
	append_request(out, FRAME_REQUEST, request);
}

void
control_append_feed(struct buffer *out, const struct control_request *request)
{
	append_request(out, FRAME_FEED, request);
}

void
control_append_submission(struct buffer *out, const struct control_submission *submission)
{
	struct buffer fields;

	buffer_init(&fields);
	control_submission_encode(submission, &fields);
	frame_append(out, FRAME_SUBMIT, buffer_span(&fields));
	buffer_release(&fields);
}

void
control_append_data(struct buffer *out, struct span bytes)
{
	append_pieces(out, FRAME_DATA, bytes);
}

void
control_append_end(struct buffer *out)
{
	frame_append_header(out, FRAME_END, 0);
}

void
control_append_cancel(struct buffer *out)
{
	frame_append_header(out, FRAME_CANCEL, 0);
}

void
control_append_output(struct buffer *out, struct span bytes)
{
	append_pieces(out, FRAME_OUTPUT, bytes);
}

void
control_append_errors(struct buffer *out, struct span bytes)
{
	append_pieces(out, FRAME_ERRORS, bytes);
}

void
control_append_done(struct buffer *out, const struct control_done *done)
{
	struct buffer fields;

	buffer_init(&fields);
	if (done->exit_code != 0)
		field_append_number(&fields, DONE_CODE, (uint64_t)done->exit_code);
	if (done->id.text[0] != '\0')
		field_append_text(&fields, DONE_ID, done->id.text);
	if (done->fits_bytes != 0)
		field_append_number(&fields, DONE_FITS, done->fits_bytes);
	frame_append(out, FRAME_DONE, buffer_span(&fields));
	buffer_release(&fields);
}

enum status
control_done_decode(struct control_done *done, struct span bytes, struct diagnostic *diagnostic)
{
	struct reader reader;
	struct field  field;
	uint32_t      last = 0;
	bool          good = true;

	*done = (struct control_done){ .exit_code = 0 };
	reader_init(&reader, bytes);
	while (good && field_next(&reader, &last, &field))
		good = decode_done_field(done, &field);
	if (good && !reader.failed)
		return STATUS_OK;
	diagnostic_set(diagnostic, "the daemon's answer is malformed");
	return STATUS_INVALID;
}

/* A body belongs to the SUBMIT or FEED before it, and nothing else comes before its END. */
static uint32_t
allowed_now(const struct control_reader *reader)
{
	if (reader->side == CONTROL_DAEMON)
		return FRAME_BIT(FRAME_OUTPUT) | FRAME_BIT(FRAME_ERRORS) | FRAME_BIT(FRAME_DONE) |
		       FRAME_UNKNOWN;
	if (reader->submitting)
		return FRAME_BIT(FRAME_DATA) | FRAME_BIT(FRAME_END) | FRAME_UNKNOWN |
		       (reader->feeding ? 0 : FRAME_BIT(FRAME_CANCEL));
	return FRAME_BIT(FRAME_REQUEST) | FRAME_BIT(FRAME_SUBMIT) | FRAME_BIT(FRAME_FEED) |
	       FRAME_UNKNOWN;
}

static void
append_pieces(struct buffer *out, uint8_t type, struct span bytes)
{
	while (bytes.length > 0) {
		size_t length = bytes.length < CONTROL_PIECE_MAX ? bytes.length : CONTROL_PIECE_MAX;

		frame_append(out, type, (struct span){ bytes.data, length });
		bytes.data += length;
		bytes.length -= length;
	}
}

static bool
decode_done_field(struct control_done *done, const struct field *field)
{
	char     text[MESSAGE_ID_MAX_BYTES + 1];
	uint64_t code;

	switch (field->number) {
	case DONE_CODE:
		if (!field_number(field, &code) || code > 255)
			return false;
		done->exit_code = (int)code;
		return true;
	case DONE_ID:
		return field_line(field, text, sizeof(text)) &&
		       message_id_parse(&done->id, text, NULL) == STATUS_OK;
	case DONE_FITS:
		return field_number(field, &done->fits_bytes);
	default:
		return true; /* of a newer version */
	}
}
