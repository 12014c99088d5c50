/*
 * session_send.c - our offers, from the offer to the far end's verdict
 *
 * Bodies go out in frames of a bounded time, and before each the stream with the best
 * rank is chosen anew, so a short message overtakes a long one within a frame. The
 * session sees no body: it writes a frame's header and names the bytes that follow.
 */
#include <assert.h>
#include <string.h>

#include "daemon/session/session_inside.h"
#include "spool/base/memory.h"

enum {
	OUT_ENOUGH = 65536, /* bytes of unwritten offers: make no more         */
	RATION_MIN = 1024,  /* less of a body is not begun, unless it is all */
	CRUMB      = 5,     /* what would be left goes along, if it is no more than such a part */
};

static struct sending *find_stream(struct session *session, uint32_t stream);
static struct sending *find_key(struct session *session, int64_t key);
static struct sending *next_body(struct session *session);
static bool            goes_before(const struct sending *a, const struct sending *b);
static void            remove_sending(struct session *session, struct sending *sending);
static bool decode_verdict(struct session_event *event, struct span value, uint32_t *stream);

bool
session_may_offer(const struct session *session, uint64_t eager_bytes)
{
	return session->state == SESSION_UP && session->sending_count < SESSION_WINDOW_OFFERS &&
	       session->last_sent < UINT32_MAX && session->out.length < OUT_ENOUGH &&
	       eager_bytes <= SESSION_WINDOW_BYTES - session->eager_bytes;
}

bool
session_is_busy(const struct session *session, unsigned priority, uint64_t size)
{
	struct sending like = { .priority = priority, .size = size, .stream = UINT32_MAX };
	uint64_t       more = session->out.length;

	for (size_t i = 0; i < session->sending_count; i++) {
		const struct sending *sending = &session->sendings[i];

		if (sending->accepted && !sending->finished && goes_before(sending, &like))
			more += sending->size - sending->offset;
	}
	return pace_is_full(&session->pace, more);
}

void
session_offer(struct session *session, int64_t key, unsigned priority, struct span heading,
              struct span transit, uint64_t size, enum session_eagerness eager)
{
	struct buffer payload;

	assert(key > 0 && find_key(session, key) == NULL);
	assert(session_may_offer(session, eager != SESSION_ASKED ? size : 0));
	session->sendings = memory_grow(session->sendings, &session->sending_capacity,
	                                session->sending_count + 1, sizeof(session->sendings[0]));
	session->sendings[session->sending_count++] = (struct sending){
		.stream   = ++session->last_sent,
		.key      = key,
		.priority = priority,
		.size     = size,
		.eager    = eager != SESSION_ASKED,
		.accepted = eager != SESSION_ASKED,
	};
	session->eager_bytes += eager != SESSION_ASKED ? size : 0;
	buffer_init(&payload);
	field_append_number(&payload, OFFER_STREAM, session->last_sent);
	field_append(&payload, OFFER_HEADING, heading);
	field_append(&payload, OFFER_TRANSIT, transit);
	field_append_number(&payload, OFFER_SIZE, size);
	field_append_number(&payload, OFFER_EAGER, eager);
	frame_append(&session->out, FRAME_OFFER, buffer_span(&payload));
	buffer_release(&payload);
}

bool
session_may_be_bare(const struct session *session)
{
	return session->version >= VERSION_BARE;
}

void
session_withdraw(struct session *session, int64_t key)
{
	struct sending *sending = find_key(session, key);
	struct buffer   payload;

	if (sending == NULL || sending->withdrawn || session->state == SESSION_CLOSED)
		return;
	sending->withdrawn = true;
	buffer_init(&payload);
	field_append_number(&payload, WITHDRAW_STREAM, sending->stream);
	frame_append(&session->out, FRAME_WITHDRAW, buffer_span(&payload));
	buffer_release(&payload);
}

void
session_ration(struct session *session, uint64_t bytes)
{
	session->ration = bytes;
}

void
session_in_flight(const struct session *session, uint64_t *offers, uint64_t *bytes_left)
{
	*offers     = session->sending_count;
	*bytes_left = 0;
	for (size_t i = 0; i < session->sending_count; i++)
		*bytes_left += session->sendings[i].size - session->sendings[i].offset;
}

void
session_progress(const struct session *session, struct session_progress *out,
                 struct session_progress *in)
{
	*out = (struct session_progress){ .messages = session->sending_count };
	*in  = (struct session_progress){ .messages = session->receiving_count };
	for (size_t i = 0; i < session->sending_count; i++) {
		out->bytes += session->sendings[i].size;
		out->left_bytes += session->sendings[i].size - session->sendings[i].offset;
	}
	for (size_t i = 0; i < session->receiving_count; i++) {
		in->bytes += session->receivings[i].size;
		in->left_bytes += session->receivings[i].size - session->receivings[i].offset;
	}
}

void
session_write_data(struct session *session, struct session_piece *piece, struct buffer *out,
                   struct instant now)
{
	struct sending *sending = next_body(session);
	struct buffer   stream;
	uint64_t        left;
	uint32_t        most;

	if (sending == NULL)
		return;
	left = sending->size - sending->offset;
	most = pace_frame_bytes(&session->pace, sending->priority);
	if ((session->ration < left && session->ration < RATION_MIN) ||
	    !pace_may_begin(&session->pace, sending->priority, left < most ? left : most))
		return;
	if (session->frame_full)
		pace_frame_took(&session->pace, now.ms - session->frame_written.ms);
	session->frame_written = now;
	piece->offset          = sending->offset;
	piece->length          = left - left / CRUMB <= most ? (uint32_t)left : most;
	if (piece->length > SESSION_FRAME_BYTES)
		piece->length = SESSION_FRAME_BYTES;
	if (piece->length > session->ration)
		piece->length = (uint32_t)session->ration;
	piece->key = piece->length > 0 ? sending->key : 0;
	buffer_init(&stream);
	varint_append(&stream, sending->stream);
	frame_append_header(out, FRAME_DATA, stream.length + piece->length);
	buffer_append_span(out, buffer_span(&stream));
	buffer_release(&stream);
	sending->offset += piece->length;
	sending->finished   = sending->offset == sending->size;
	session->frame_full = piece->length == SESSION_FRAME_BYTES;
	piece->apart        = !session->pace.fast;
}

void
session_read_accept(struct session *session, struct span payload, struct session_event *event)
{
	struct sending *sending = NULL;
	struct reader   reader;
	struct field    field;
	uint32_t        last   = 0;
	uint64_t        offset = 0;

	reader_init(&reader, payload);
	while (field_next(&reader, &last, &field))
		if (field.number == ACCEPT_OFFSET && !field_number(&field, &offset))
			reader.failed = true;
	if (!reader.failed)
		sending = find_stream(session, session_read_stream(payload));
	if (sending == NULL || sending->accepted) {
		session_break(event, "an offer was accepted that was not made");
		return;
	}
	if (offset > sending->size) {
		session_break(event, "an offer was accepted from byte %llu of %llu",
		              (unsigned long long)offset, (unsigned long long)sending->size);
		return;
	}
	sending->accepted = true;
	sending->offset   = offset;
	event->kind       = SESSION_ACCEPTED;
	event->key        = sending->key;
	event->offset     = offset;
}

void
session_read_acknowledge(struct session *session, struct span payload)
{
	session->verdicts_position = 0;
	buffer_clear(&session->verdicts);
	buffer_append_span(&session->verdicts, payload);
}

bool
session_next_verdict(struct session *session, struct session_event *event)
{
	struct sending *sending;
	struct reader   reader;
	struct field    field;
	uint32_t        last = session->verdicts_position > 0 ? ANSWER : 0, stream;

	reader_init(&reader, buffer_span(&session->verdicts));
	reader.position = session->verdicts_position;
	do {
		if (!field_next(&reader, &last, &field)) {
			buffer_clear(&session->verdicts);
			session->verdicts_position = 0;
			if (reader.failed)
				session_break(event, "an acknowledgement is malformed");
			return reader.failed;
		}
	} while (field.number != ANSWER);
	session->verdicts_position = reader.position;
	if (!decode_verdict(event, field.value, &stream)) {
		session_break(event, "an acknowledgement is malformed");
		return true;
	}
	sending = find_stream(session, stream);
	if (sending == NULL) {
		session_break(event, "an offer was acknowledged that was not made, or twice");
		return true;
	}
	event->kind = SESSION_ACKNOWLEDGED;
	event->key  = sending->key;
	remove_sending(session, sending);
	return true;
}

static struct sending *
find_stream(struct session *session, uint32_t stream)
{
	for (size_t i = 0; i < session->sending_count; i++)
		if (session->sendings[i].stream == stream)
			return &session->sendings[i];
	return NULL;
}

static struct sending *
find_key(struct session *session, int64_t key)
{
	for (size_t i = 0; i < session->sending_count; i++)
		if (session->sendings[i].key == key)
			return &session->sendings[i];
	return NULL;
}

static struct sending *
next_body(struct session *session)
{
	struct sending *best = NULL;

	for (size_t i = 0; i < session->sending_count; i++) {
		struct sending *sending = &session->sendings[i];

		if (!sending->accepted || sending->finished || sending->withdrawn)
			continue;
		if (best == NULL || goes_before(sending, best))
			best = sending;
	}
	return best;
}

static bool
goes_before(const struct sending *a, const struct sending *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority;
	if (a->size != b->size)
		return a->size < b->size;
	return a->stream < b->stream;
}

static void
remove_sending(struct session *session, struct sending *sending)
{
	size_t after = (size_t)(session->sendings + session->sending_count - sending) - 1;

	if (sending->eager)
		session->eager_bytes -= sending->size;
	memmove(sending, sending + 1, after * sizeof(*sending));
	session->sending_count--;
}

/* A verdict that this version does not know keeps the message here: LATER. */
static bool
decode_verdict(struct session_event *event, struct span value, uint32_t *stream)
{
	struct reader reader;
	struct field  text;
	uint64_t      number, verdict;

	reader_init(&reader, value);
	number  = reader_varint(&reader);
	verdict = reader_varint(&reader);
	if (reader.failed || number > UINT32_MAX)
		return false;
	text = (struct field){ ANSWER, reader_bytes(&reader, reader_left(&reader)) };
	if (!field_line(&text, event->text, sizeof(event->text)))
		return false;
	*stream        = (uint32_t)number;
	event->verdict = verdict <= SESSION_RESTART ? (enum session_verdict)verdict : SESSION_LATER;
	return true;
}
