/*
 * session.c - a session's life: its state, what is read, what is written, when
 */
#include "daemon/session/session.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/session/session_inside.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/message/envelope.h"
#include "spool/message/transit.h"

enum {
	SMALL_MAX       = 1024, /* frames of a few fields, with room for newer ones */
	OFFER_MAX       = ENVELOPE_MAX_BYTES + TRANSIT_MAX_BYTES + SMALL_MAX,
	DATA_MAX        = VARINT_U32_MAX + SESSION_FRAME_BYTES,
	ACKNOWLEDGE_MAX = SESSION_WINDOW_OFFERS * (SESSION_TEXT_MAX + 17),
};

static const struct frame_rule rules[] = {
	[FRAME_HELLO]       = { SMALL_MAX, true, false },
	[FRAME_READY]       = { SMALL_MAX, true, false },
	[FRAME_OFFER]       = { OFFER_MAX, true, false },
	[FRAME_ACCEPT]      = { SMALL_MAX, true, false },
	[FRAME_DATA]        = { DATA_MAX, true, true },
	[FRAME_ACKNOWLEDGE] = { ACKNOWLEDGE_MAX, true, false },
	[FRAME_WITHDRAW]    = { SMALL_MAX, true, false },
	[FRAME_PING]        = { SMALL_MAX, true, false },
	[FRAME_PONG]        = { SMALL_MAX, true, false },
	[FRAME_BYE]         = { SMALL_MAX, true, false },
};

static const struct frame_table table = { rules, sizeof(rules) / sizeof(rules[0]) };

static const char *const state_names[] = { "greeting", "up", "closing", "closed" };

static void read_frames(struct session *session, struct span *input, struct instant now,
                        struct session_event *event);
static void read_frame(struct session *session, const struct frame *frame, struct instant now,
                       struct session_event *event);
static void settle(struct session *session, struct instant now);

struct session *
session_new(const struct name *home, const struct name *expected, const char *label,
            struct instant now)
{
	struct session *session = memory_new(1, sizeof(*session));

	session->home     = *home;
	session->expected = *expected;
	session->probe    = INSTANT_NEVER;
	pace_init(&session->pace);

	session->greeting_limit_ms = SESSION_GREETING_LIMIT_MS;
	session->silence_ms        = SESSION_SILENCE_MS;
	frame_reader_init(&session->frames, &table, FRAME_BIT(FRAME_HELLO));
	session_enter(session, SESSION_GREETING, now);
	session->ration = UINT64_MAX;
	snprintf(session->label, sizeof(session->label), "%s", label);
	session_write_hello(session);
	return session;
}

void
session_free(struct session *session)
{
	if (session == NULL)
		return;
	frame_reader_release(&session->frames);
	buffer_release(&session->out);
	buffer_release(&session->verdicts);
	buffer_release(&session->answers);
	free(session->sendings);
	free(session->receivings);
	free(session);
}

enum session_state
session_state(const struct session *session)
{
	return session->state;
}

void
session_read(struct session *session, struct span *input, struct instant now,
             struct session_event *event)
{
	assert(session->state != SESSION_GREETING || session->confirmed == session->greeted);
	*event = (struct session_event){ .kind = SESSION_NOTHING };
	if (input->length > 0)
		session_heard(session, now);
	if (session->state == SESSION_CLOSED ||
	    (session->state == SESSION_CLOSING && !session->was_up))
		input->length = 0;
	else
		read_frames(session, input, now, event);
	if (event->kind == SESSION_BROKEN)
		session_enter(session, SESSION_CLOSED, now);
	settle(session, now);
}

bool
session_write(struct session *session, struct session_piece *piece, struct instant now)
{
	struct buffer data;

	piece->key    = 0;
	piece->apart  = false;
	piece->offset = 0;
	piece->length = 0;
	buffer_clear(&piece->header);
	if (session->state == SESSION_CLOSED)
		return false;
	buffer_move(&piece->header, &session->out);
	session_write_answers(session, &piece->header);
	buffer_init(&data);
	session_write_data(session, piece, &data, now);
	pace_wrote(&session->pace, piece->header.length + data.length + piece->length);
	session_write_pings(session, &piece->header, now);
	buffer_append_span(&piece->header, buffer_span(&data));
	buffer_release(&data);
	settle(session, now);
	if (piece->header.length == 0)
		return false;
	session->written = now;
	return true;
}

struct instant
session_deadline(const struct session *session)
{
	switch (session->state) {
	case SESSION_GREETING:
		return session->greeting_limit;
	case SESSION_UP:
	case SESSION_CLOSING:
		return session_alive_deadline(session);
	case SESSION_CLOSED:
	default:
		return INSTANT_NEVER;
	}
}

bool
session_tick(struct session *session, struct instant now, const char **text)
{
	if (!instant_reached(session_deadline(session), now))
		return true;
	if (session->state != SESSION_GREETING && session_alive_tick(session, now))
		return true;
	if (session->state != SESSION_GREETING)
		*text = "the far end does not answer any more";
	else if (session->greeted)
		*text = "the far end did not confirm us in time";
	else
		*text = "the far end did not say hello in time";
	session_enter(session, SESSION_CLOSED, now);
	return false;
}

void
session_enter(struct session *session, enum session_state state, struct instant now)
{
	log_line(LOG_DEBUG, "session with %s: %s -> %s",
	         session->greeted ? session->far.text : "a stranger", state_names[session->state],
	         state_names[state]);
	session->state          = state;
	session->greeting_limit = instant_after(now, session->greeting_limit_ms);
	session->heard          = now;
	session->written        = now;
}

void
session_break(struct session_event *event, const char *format, ...)
{
	va_list arguments;

	*event = (struct session_event){ .kind = SESSION_BROKEN };
	va_start(arguments, format);
	vsnprintf(event->text, sizeof(event->text), format, arguments);
	va_end(arguments);
}

void
session_clean_text(char clean[SESSION_TEXT_MAX + 1], const char *text)
{
	snprintf(clean, SESSION_TEXT_MAX + 1, "%s", text == NULL ? "" : text);
	for (char *at = clean; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
}

uint32_t
session_read_stream(struct span payload)
{
	struct reader reader;
	struct field  field;
	uint32_t      last   = 0;
	uint64_t      stream = 0;

	reader_init(&reader, payload);
	while (field_next(&reader, &last, &field))
		if (field.number == 1 && (!field_number(&field, &stream) || stream > UINT32_MAX))
			return 0;
	return reader.failed ? 0 : (uint32_t)stream;
}

static void
read_frames(struct session *session, struct span *input, struct instant now,
            struct session_event *event)
{
	struct diagnostic diagnostic;
	struct frame      frame;

	while (event->kind == SESSION_NOTHING && session->state != SESSION_CLOSED) {
		if (session_next_complete(session, event) || session_next_verdict(session, event))
			return;
		switch (frame_read(&session->frames, input, &frame, &diagnostic)) {
		case FRAME_NOTHING:
			return;
		case FRAME_READ:
			read_frame(session, &frame, now, event);
			break;
		case FRAME_BROKEN:
		default:
			session_break(event, session->greeted ? "%s" : "no hello of mulga's: %s",
			              diagnostic.text);
		}
	}
}

static void
read_frame(struct session *session, const struct frame *frame, struct instant now,
           struct session_event *event)
{
	switch (frame->type) {
	case FRAME_HELLO:
		session_read_hello(session, frame->bytes, event);
		break;
	case FRAME_READY:
		session_read_ready(session, event, now);
		break;
	case FRAME_OFFER:
		session_read_offer(session, frame->bytes, event);
		break;
	case FRAME_ACCEPT:
		session_read_accept(session, frame->bytes, event);
		break;
	case FRAME_DATA:
		session_read_data(session, frame, event);
		break;
	case FRAME_ACKNOWLEDGE:
		session_read_acknowledge(session, frame->bytes);
		break;
	case FRAME_WITHDRAW:
		session_read_withdraw(session, frame->bytes, event);
		break;
	case FRAME_PING:
		session_read_ping(session, frame->bytes);
		break;
	case FRAME_PONG:
		session_read_pong(session, frame->bytes, now, event);
		break;
	case FRAME_BYE:
		session_read_bye(session, frame->bytes, event, now);
		break;
	default:
		break;
	}
}

/* CLOSING ends when all that began has ended, and both have said that nothing new will. */
static void
settle(struct session *session, struct instant now)
{
	bool done = !session->was_up || (session->farewell_heard && session->sending_count == 0 &&
	                                 session->receiving_count == 0);

	if (session->state == SESSION_CLOSING && done && session->out.length == 0 &&
	    session->answer_count == 0)
		session_enter(session, SESSION_CLOSED, now);
}
