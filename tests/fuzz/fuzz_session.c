/*
 * fuzz_session.c - any bytes from the far end of a call
 *
 * The first byte chooses: an odd one has the greeting behind it and two offers of ours made,
 * the rest is the length of the pieces in which the bytes come. The node accepts,
 * refuses, acknowledges and withdraws by the numbers of the streams. Whatever comes, a
 * body's bytes are in order and within its size, nothing that was answered is heard of
 * again, and what is held is bounded by what came.
 */
#include <assert.h>

#include "daemon/session/session.h"
#include "spool/base/field.h"
#include "spool/wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STREAMS = 64, HELLO = 1, READY = 2 };

struct far_offer {
	bool     open, complete;
	uint64_t size, next;
};

static const struct name home = { "home.oz.au" }, nobody = { "" };

static struct far_offer offers[STREAMS]; /* by stream; what is beyond is only refused */
static bool             answered[3];     /* our offers, by key                        */

static void greet(struct session *session, struct instant now);
static bool hear(struct session *session, struct span input, struct instant now);
static void handle(struct session *session, const struct session_event *event, struct instant now);
static void handle_offer(struct session *session, const struct session_event *event);
static void say(struct session *session, struct instant now);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct instant  now     = { 0 };
	struct session *session = session_new(&home, &nobody, "", now);
	const char     *text    = NULL;
	size_t          step;

	for (size_t i = 0; i < STREAMS; i++)
		offers[i] = (struct far_offer){ .open = false };
	answered[1] = answered[2] = false;
	if (size > 0 && (data[0] & 1) != 0)
		greet(session, now);
	step = size > 0 ? data[0] / 2 + 1 : 1;
	for (size_t at = 1; at < size; at += step) {
		if (!hear(session, (struct span){ data + at, size - at < step ? size - at : step },
		          now))
			break;
		say(session, now);
		now = instant_after(now, (int64_t)data[at] * 100);
		if (!session_tick(session, now, &text))
			assert(text != NULL && session_state(session) == SESSION_CLOSED);
	}
	session_free(session);
	return 0;
}

static void
greet(struct session *session, struct instant now)
{
	struct buffer hello, payload;

	buffer_init(&hello);
	buffer_init(&payload);
	field_append_text(&payload, 1, "mulga link");
	field_append_number(&payload, 2, 1);
	field_append_number(&payload, 3, 1);
	field_append_text(&payload, 4, "far.oz.au");
	frame_append(&hello, HELLO, buffer_span(&payload));
	frame_append_header(&hello, READY, 0);
	assert(hear(session, buffer_span(&hello), now));
	assert(session_state(session) == SESSION_UP);
	session_offer(session, 1, 1, span_of_text("h"), span_of_text("t"), 100, true);
	session_offer(session, 2, 0, span_of_text("h"), span_of_text("t"), 100000, false);
	buffer_release(&hello);
	buffer_release(&payload);
}

/* False once the session is broken. */
static bool
hear(struct session *session, struct span input, struct instant now)
{
	struct session_event event;

	do {
		session_read(session, &input, now, &event);
		handle(session, &event, now);
	} while (event.kind != SESSION_NOTHING && event.kind != SESSION_BROKEN);
	assert(input.length == 0 || event.kind == SESSION_BROKEN);
	return event.kind != SESSION_BROKEN;
}

static void
handle(struct session *session, const struct session_event *event, struct instant now)
{
	struct far_offer *offer = &offers[event->stream % STREAMS];

	switch (event->kind) {
	case SESSION_GREETED:
		if (event->name.text[0] == 'x')
			session_close(session, "never heard of you", now);
		else
			session_confirm(session, now);
		break;
	case SESSION_OFFERED:
		handle_offer(session, event);
		break;
	case SESSION_BODY:
		assert(offer->open && !offer->complete && event->bytes.length > 0);
		assert(event->offset == offer->next);
		offer->next += event->bytes.length;
		assert(offer->next <= offer->size);
		break;
	case SESSION_COMPLETE:
		assert(offer->open && !offer->complete && offer->next == offer->size);
		offer->complete = true;
		if (event->stream % 3 != 0) {
			session_acknowledge(session, event->stream, SESSION_TAKEN, NULL);
			offer->open = false;
		}
		break;
	case SESSION_WITHDRAWN:
		assert(offer->open && !offer->complete);
		offer->open = false;
		break;
	case SESSION_ACCEPTED:
		assert(event->key == 2 && event->offset <= 100000 && !answered[2]);
		break;
	case SESSION_ACKNOWLEDGED:
		assert((event->key == 1 || event->key == 2) && !answered[event->key]);
		assert(event->verdict <= SESSION_RESTART);
		answered[event->key] = true;
		break;
	case SESSION_BROKEN:
		assert(event->text[0] != '\0' && session_state(session) == SESSION_CLOSED);
		break;
	default:
		break;
	}
}

static void
handle_offer(struct session *session, const struct session_event *event)
{
	struct far_offer *offer = &offers[event->stream % STREAMS];
	uint64_t          from  = event->stream % 5 == 0 ? event->size / 2 : 0;

	assert(event->heading.length > 0 && event->transit.length > 0 && event->size <= INT64_MAX);
	if (event->stream >= STREAMS || event->stream % 7 == 6) {
		session_acknowledge(session, event->stream, SESSION_REFUSED, "no\nmore");
		return;
	}
	*offer = (struct far_offer){ true, false, event->size, from };
	session_accept(session, event->stream, from);
	if (event->stream == 9)
		session_withdraw(session, 2);
	if (event->stream == 11)
		session_close(session, "enough", (struct instant){ 0 });
}

static void
say(struct session *session, struct instant now)
{
	struct session_piece piece = { .key = 0 };

	for (int i = 0; i < 3 && session_write(session, &piece, now); i++)
		assert(piece.length <= SESSION_FRAME_BYTES &&
		       (piece.key == 0) == (piece.length == 0));
	buffer_release(&piece.header);
}
