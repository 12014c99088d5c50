/*
 * session_alive.c - silence, and what to make of it
 *
 * Who has heard nothing for a while asks; who has said nothing for a while says
 * something, because on a slow line the other end may be busy for minutes with one long
 * body and must not take our listening for death. Both are a PING. Anything heard counts
 * as an answer.
 *
 * A PING has a number, and the PONG that brings it back says how long the round trip is: both
 * stand in the queues of both ends like everything else. The node may ask for one that
 * silence has no need of; nobody dies of its being late.
 */
#include "daemon/session/session_inside.h"

static void     write_numbered(struct buffer *out, uint8_t type, uint64_t number);
static uint64_t read_number(struct span payload);

void
session_probe(struct session *session, struct instant at)
{
	session->probe = at;
}

void
session_expect_line(struct session *session, int64_t rate, int64_t round_trip_ms)
{
	if (session->pace.mark_count == 0 && !session->pace.known && rate > 0)
		pace_guess(&session->pace, rate, round_trip_ms);
}

void
session_take_turns(struct session *session)
{
	session->pace.turns = true;
}

bool
session_line(const struct session *session, int64_t *rate, int64_t *round_trip_ms)
{
	*rate          = session->pace.rate;
	*round_trip_ms = session->pace.round_trip_ms;
	return session->pace.known;
}

void
session_be_patient(struct session *session, int64_t more_ms, int64_t silence_ms)
{
	int64_t limit_ms = SESSION_GREETING_LIMIT_MS + more_ms;

	session->greeting_limit =
	    instant_after(session->greeting_limit, limit_ms - session->greeting_limit_ms);
	session->greeting_limit_ms = limit_ms;
	session->silence_ms        = silence_ms > 0 ? silence_ms : SESSION_SILENCE_MS;
}

void
session_begin(struct session *session, struct instant now)
{
	session->greeting_limit = instant_after(now, session->greeting_limit_ms);
}

void
session_heard(struct session *session, struct instant now)
{
	session->heard      = now;
	session->unanswered = 0;
}

void
session_write_pings(struct session *session, struct buffer *out, struct instant now)
{
	if (session->ping_due || pace_wants_ping(&session->pace)) {
		write_numbered(out, FRAME_PING, ++session->ping_number);
		pace_pinged(&session->pace, session->ping_number, now);
	}
	if (session->ping_due) {
		session->probe_number  = session->ping_number;
		session->probe_written = now;
	}
	if (session->pong_due)
		write_numbered(out, FRAME_PONG, session->ping_heard);
	session->ping_due = session->pong_due = false;
}

void
session_read_ping(struct session *session, struct span payload)
{
	session->pong_due   = true;
	session->ping_heard = read_number(payload);
}

/* Of several pings that waited only the last is answered, so a later number will do as well. */
void
session_read_pong(struct session *session, struct span payload, struct instant now,
                  struct session_event *event)
{
	uint64_t number = read_number(payload);

	pace_answered(&session->pace, number, now);
	if (session->probe_number == 0 || number < session->probe_number)
		return;
	session->probe_number = 0;
	event->kind           = SESSION_ROUND_TRIP;
	event->round_trip_ms  = now.ms - session->probe_written.ms;
}

struct instant
session_alive_deadline(const struct session *session)
{
	struct instant silent = instant_earlier(session->heard, session->written);

	if (silent.ms < session->pinged.ms)
		silent = session->pinged;
	return instant_earlier(session->probe, instant_after(silent, session->silence_ms));
}

bool
session_alive_tick(struct session *session, struct instant now)
{
	if (instant_reached(session->probe, now)) {
		session->probe    = INSTANT_NEVER;
		session->ping_due = true;
		return true;
	}
	if (session->unanswered == SESSION_PINGS_UNANSWERED)
		return false;
	session->unanswered++;
	session->ping_due = true;
	session->pinged   = now;
	return true;
}

/* A number of 0 is left out: it answers a ping of an older version. */
static void
write_numbered(struct buffer *out, uint8_t type, uint64_t number)
{
	struct buffer payload;

	buffer_init(&payload);
	if (number != 0)
		field_append_number(&payload, PING_NUMBER, number);
	frame_append(out, type, buffer_span(&payload));
	buffer_release(&payload);
}

static uint64_t
read_number(struct span payload)
{
	struct reader reader;
	struct field  field;
	uint32_t      last   = 0;
	uint64_t      number = 0;

	reader_init(&reader, payload);
	while (field_next(&reader, &last, &field))
		if (field.number == PING_NUMBER && !field_number(&field, &number))
			return 0;
	return number;
}
