/*
 * session_alive.c - silence, and what to make of it
 *
 * Who has heard nothing for a while asks; who has said nothing for a while says
 * something, because on a slow line the other end may be busy for minutes with one long
 * body and must not take our listening for death. Both are a PING. Anything heard counts
 * as an answer.
 */
#include "daemon/session/session_inside.h"

void
session_heard(struct session *session, struct instant now)
{
	session->heard      = now;
	session->unanswered = 0;
}

void
session_write_pings(struct session *session, struct buffer *out)
{
	if (session->ping_due)
		frame_append_header(out, FRAME_PING, 0);
	if (session->pong_due)
		frame_append_header(out, FRAME_PONG, 0);
	session->ping_due = session->pong_due = false;
}

struct instant
session_alive_deadline(const struct session *session)
{
	struct instant silent = instant_earlier(session->heard, session->written);

	if (silent.ms < session->pinged.ms)
		silent = session->pinged;
	return instant_after(silent, SESSION_SILENCE_MS);
}

bool
session_alive_tick(struct session *session, struct instant now)
{
	if (session->unanswered == SESSION_PINGS_UNANSWERED)
		return false;
	session->unanswered++;
	session->ping_due = true;
	session->pinged   = now;
	return true;
}
