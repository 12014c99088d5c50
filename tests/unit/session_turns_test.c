/*
 * session_turns_test.c - two sessions on a radio: what it costs is turns
 *
 * Both ends, with the real line below them (daemon/line), on 1,200 bits a second and twelve seconds
 * there and back, one end at a time. A turn is six seconds in which nobody says anything.
 */
#include <string.h>

#include "daemon/line/line.h"
#include "daemon/session/session.h"
#include "tests/support/channel.h"
#include "tests/unit/unit.h"

enum { RATE = 150, WAY_MS = 6000, STEP_MS = 20, LIMIT_MS = 3600000, UNSENT = 16384 };

struct side {
	struct session *session;
	struct line    *line;
	struct channel  out; /* to the other */
	struct buffer   unsent;
	unsigned        taken, acknowledged;
};

static const struct name ann = { "ann.oz.au" }, ben = { "ben.oz.au" }, nobody = { "" };
static struct side       sides[2];
static struct instant    now;
static unsigned          turns;
static const void       *speaker;

static void
setup(void)
{
	const struct channel_options way = { .bytes_per_s = RATE,
		                             .delay_us    = WAY_MS * 1000,
		                             .buffer      = 2 * LINE_OUTPUT_BYTES };

	now     = (struct instant){ 1000 };
	turns   = 0;
	speaker = NULL;
	for (unsigned i = 0; i < 2; i++) {
		const struct line_options line = { .number        = 7 + i,
			                           .calls         = i == 0,
			                           .half_duplex   = true,
			                           .rate_bytes    = RATE,
			                           .round_trip_ms = 2 * WAY_MS };

		sides[i] = (struct side){ .line = line_new(&line, now) };
		channel_init(&sides[i].out, &way);
		buffer_init(&sides[i].unsent);
		sides[i].session =
		    i == 0 ? session_new(&ann, &ben, "", now) : session_new(&ben, &nobody, "", now);
		session_be_patient(sides[i].session, 10 * WAY_MS, 10 * WAY_MS);
	}
}

static void
teardown(void)
{
	for (unsigned i = 0; i < 2; i++) {
		session_free(sides[i].session);
		line_free(sides[i].line);
		channel_release(&sides[i].out);
		buffer_release(&sides[i].unsent);
	}
}

static void
offer(struct side *side, uint64_t size)
{
	const struct span heading = span_of_text("heading"), transit = span_of_text("transit");

	session_offer(side->session, 1, 1, heading, transit, size, true);
}

static void
said(struct side *side, const struct session_event *event)
{
	switch (event->kind) {
	case SESSION_GREETED:
		session_confirm(side->session, now);
		break;
	case SESSION_READY:
		offer(side, side == &sides[0] ? 20000 : 2000);
		break;
	case SESSION_COMPLETE:
		side->taken++;
		session_acknowledge(side->session, event->stream, SESSION_TAKEN, "");
		break;
	case SESSION_ACKNOWLEDGED:
		side->acknowledged++;
		break;
	case SESSION_BROKEN:
		CU_FAIL_FATAL("broken");
		break;
	default:
		break;
	}
}

static void
hear(struct side *side, struct side *other)
{
	uint8_t bytes[4096];
	size_t  length = channel_take(&other->out, bytes, sizeof(bytes), now.ms * 1000);

	if (length > 0)
		CU_ASSERT_EQUAL(line_receive(side->line, (struct span){ bytes, length }, now),
		                STATUS_OK);
	while (line_read(side->line, bytes, sizeof(bytes), &length) == STATUS_OK && length > 0) {
		struct span          span = { bytes, length };
		struct session_event event;

		do {
			session_read(side->session, &span, now, &event);
			said(side, &event);
		} while (event.kind != SESSION_NOTHING);
	}
}

static void
say(struct side *side)
{
	static const uint8_t body[SESSION_FRAME_BYTES];
	struct session_piece piece = { .key = 0 };
	struct buffer        medium;
	size_t               length;

	buffer_init(&piece.header);
	while (side->unsent.length < UNSENT && session_write(side->session, &piece, now)) {
		buffer_append_span(&side->unsent, buffer_span(&piece.header));
		buffer_append(&side->unsent, body, piece.length);
	}
	buffer_release(&piece.header);
	length = line_room(side->line);
	length = length < side->unsent.length ? length : side->unsent.length;
	line_write(side->line, (struct span){ side->unsent.data, length }, now);
	buffer_drop_front(&side->unsent, length);
	buffer_init(&medium);
	if (channel_room(&side->out, now.ms * 1000) >= LINE_OUTPUT_BYTES)
		line_output(side->line, &medium, now);
	turns += medium.length > 0 && speaker != side;
	speaker = medium.length > 0 ? side : speaker;
	channel_put(&side->out, medium.data, medium.length, now.ms * 1000);
	buffer_release(&medium);
}

/* Until both messages are acknowledged: the turns that it took. */
static unsigned
run(void)
{
	const char *why = "";

	while (sides[0].acknowledged + sides[1].acknowledged < 2 && now.ms < LIMIT_MS) {
		for (unsigned i = 0; i < 2; i++) {
			if (instant_reached(line_deadline(sides[i].line), now))
				CU_ASSERT_EQUAL(line_tick(sides[i].line, now), STATUS_OK);
			if (instant_reached(session_deadline(sides[i].session), now))
				CU_ASSERT_TRUE_FATAL(session_tick(sides[i].session, now, &why));
			hear(&sides[i], &sides[1 - i]);
			say(&sides[i]);
		}
		now.ms += STEP_MS;
	}
	CU_ASSERT_EQUAL(sides[0].taken, 1);
	CU_ASSERT_EQUAL(sides[1].taken, 1);
	return turns;
}

static void
a_radio_is_turned_around_rarely(void)
{
	session_take_turns(sides[0].session);
	session_take_turns(sides[1].session);
	CU_ASSERT_TRUE(run() <= 6);
}

static void
who_asks_what_has_arrived_pays_for_it(void)
{
	CU_ASSERT_TRUE(run() > 6);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_radio_is_turned_around_rarely),
	UNIT_TEST(who_asks_what_has_arrived_pays_for_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo session_turns_suite = UNIT_SUITE("session/session_turns", setup, teardown, tests);
