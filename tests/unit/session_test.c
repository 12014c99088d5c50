/*
 * session_test.c - two sessions talk to each other over a line in memory
 *
 * Each end has a little node: it confirms, takes every body into a buffer, checks its bytes
 * and acknowledges what is complete. The line hands over as many bytes at a time as the
 * dice say, and may be cut after any byte.
 */
#include "daemon/session/session.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/random.h"
#include "spool/wire/frame.h"
#include "tests/unit/unit.h"

enum { MESSAGES_MAX = 300, MINUTE_MS = 60000 };

struct end {
	struct session *session;
	struct buffer   line;   /* bytes on their way to the other end */
	uint64_t        resume; /* offer bodies are taken from here   */
	bool            holds;  /* acknowledges nothing               */

	uint64_t size[MESSAGES_MAX], got[MESSAGES_MAX]; /* of the other's offers, by stream */
	bool     complete[MESSAGES_MAX];
	uint32_t order[MESSAGES_MAX]; /* streams in the order of their completion */
	unsigned completed, withdrawn;

	enum session_verdict verdict[MESSAGES_MAX]; /* of our own, by key */
	bool                 answered[MESSAGES_MAX];
	unsigned             answers;
	bool                 ready, left, broken;
	int64_t              round_trip_ms;
	char                 text[256];
};

static struct end     a, b;
static struct instant now;

static void
setup(void)
{
	now = (struct instant){ 1000 };
	a = (struct end){ .session = session_new(name_of("a.oz.au"), name_of("b.oz.au"), "", now) };
	b = (struct end){ .session = session_new(name_of("b.oz.au"), name_of(""), "", now) };
}

static void
teardown(void)
{
	session_free(a.session);
	session_free(b.session);
	buffer_release(&a.line);
	buffer_release(&b.line);
}

static uint8_t
body_byte(uint64_t offset)
{
	return (uint8_t)(offset * 7 + (offset >> 8));
}

static void
take_body(struct end *end, const struct session_event *event)
{
	CU_ASSERT_EQUAL(event->offset, end->got[event->stream]);
	for (size_t i = 0; i < event->bytes.length; i++)
		if (event->bytes.data[i] != body_byte(event->offset + i)) {
			CU_FAIL("a byte of a body is another one");
			break;
		}
	end->got[event->stream] += event->bytes.length;
}

static void
handle(struct end *end, const struct session_event *event)
{
	switch (event->kind) {
	case SESSION_GREETED:
		session_confirm(end->session, now);
		break;
	case SESSION_READY:
		end->ready = true;
		break;
	case SESSION_OFFERED:
		CU_ASSERT_EQUAL(event->heading.length, 7);
		end->size[event->stream] = event->size;
		end->got[event->stream]  = end->resume < event->size ? end->resume : event->size;
		session_accept(end->session, event->stream, end->got[event->stream]);
		break;
	case SESSION_BODY:
		take_body(end, event);
		break;
	case SESSION_COMPLETE:
		CU_ASSERT_EQUAL(end->got[event->stream], end->size[event->stream]);
		end->complete[event->stream] = true;
		end->order[end->completed++] = event->stream;
		if (!end->holds)
			session_acknowledge(end->session, event->stream, SESSION_TAKEN, NULL);
		break;
	case SESSION_WITHDRAWN:
		end->withdrawn++;
		break;
	case SESSION_ACKNOWLEDGED:
		CU_ASSERT_FALSE(end->answered[event->key]);
		end->answered[event->key] = true;
		end->verdict[event->key]  = event->verdict;
		end->answers++;
		break;
	case SESSION_ROUND_TRIP:
		end->round_trip_ms = event->round_trip_ms;
		break;
	case SESSION_IDLE_CLOSE:
		end->left = true;
		break;
	case SESSION_BROKEN:
		end->broken = true;
		break;
	default:
		break;
	}
	if (event->text[0] != '\0')
		memcpy(end->text, event->text, sizeof(end->text));
}

/* Puts the next piece on the line; false if there was none. */
static bool
write_piece(struct end *end)
{
	struct session_piece piece = { .key = 0 };
	bool                 wrote = session_write(end->session, &piece, now);

	buffer_append_span(&end->line, buffer_span(&piece.header));
	for (uint64_t i = 0; i < piece.length; i++)
		buffer_append_u8(&end->line, body_byte(piece.offset + i));
	buffer_release(&piece.header);
	return wrote;
}

/* Hands at most `most` bytes of the line to the other end. */
static void
deliver(struct end *from, struct end *to, size_t most)
{
	struct session_event event;
	struct span          input = buffer_span(&from->line);
	size_t               length;

	input.length = length = input.length < most ? input.length : most;
	do {
		session_read(to->session, &input, now, &event);
		handle(to, &event);
	} while (event.kind != SESSION_NOTHING && event.kind != SESSION_BROKEN);
	buffer_drop_front(&from->line, length);
}

static void
talk(void)
{
	bool more = true;

	while (more) {
		more = write_piece(&a);
		more = write_piece(&b) || more;
		deliver(&a, &b, SIZE_MAX);
		deliver(&b, &a, SIZE_MAX);
	}
}

static void
offer(struct end *end, int64_t key, unsigned priority, uint64_t size, bool eager)
{
	session_offer(end->session, key, priority, span_of_text("heading"), span_of_text("transit"),
	              size, eager);
}

static void
nothing_is_offered_before_both_have_confirmed(void)
{
	struct session_event event;
	struct span          input;

	setup();
	write_piece(&a);
	write_piece(&b);
	deliver(&b, &a, SIZE_MAX); /* a confirms */
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_GREETING);
	CU_ASSERT_FALSE(session_may_offer(a.session, 0));
	input = buffer_span(&a.line);
	session_read(b.session, &input, now, &event);
	CU_ASSERT_EQUAL(event.kind, SESSION_GREETED);
	CU_ASSERT_STRING_EQUAL(event.name.text, "a.oz.au");
	CU_ASSERT_FALSE(write_piece(&b)); /* it has not confirmed */
	session_confirm(b.session, now);
	buffer_clear(&a.line);
	talk();
	CU_ASSERT_TRUE(a.ready && b.ready);
	CU_ASSERT_TRUE(session_may_offer(a.session, 0));
	CU_ASSERT_EQUAL(session_state(b.session), SESSION_UP);
	teardown();
}

static void
a_node_that_is_not_known_is_told_so(void)
{
	struct session_event event;
	struct span          input;

	setup();
	write_piece(&a);
	input = buffer_span(&a.line);
	session_read(b.session, &input, now, &event);
	session_close(b.session, "no link to\ta.oz.au", now);
	write_piece(&b);
	CU_ASSERT_EQUAL(session_state(b.session), SESSION_CLOSED);
	deliver(&b, &a, SIZE_MAX);
	CU_ASSERT_TRUE(a.left);
	CU_ASSERT_STRING_EQUAL(a.text, "no link to?a.oz.au");
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_CLOSED);
	teardown();
}

static void
bodies_arrive_whole_however_the_line_cuts_them(void)
{
	static const uint64_t sizes[] = { 0, 1, 127, 70000, 5, 200000, 65536, 0 };

	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct random random;

		random_seed_number(&random, seed);
		setup();
		a.resume = seed % 3 == 0 ? 100 : 0;
		talk();
		for (int64_t i = 0; i < 8; i++) {
			offer(&a, i + 1, (unsigned)random_below(&random, 4), sizes[i], i % 2 == 0);
			offer(&b, i + 1, (unsigned)random_below(&random, 4), sizes[i], i % 3 == 0);
		}
		for (unsigned idle = 0; idle < 20; idle++) {
			struct end *end = random_below(&random, 2) == 0 ? &a : &b;

			if ((end->line.length < 9000 && write_piece(end)) ||
			    a.line.length + b.line.length > 0)
				idle = 0;
			deliver(&a, &b, random_below(&random, 20000) + 1);
			deliver(&b, &a, random_below(&random, seed % 2 == 0 ? 900 : 40000) + 1);
		}
		CU_ASSERT_FALSE(a.broken || b.broken);
		CU_ASSERT_EQUAL(a.answers, 8);
		CU_ASSERT_EQUAL(b.answers, 8);
		CU_ASSERT_EQUAL(a.completed + b.completed, 16);
		teardown();
	}
}

/* Returns how many bytes went from a to b before the cut. */
static size_t
talk_until(size_t cut)
{
	size_t gone = 0;
	bool   more = true;

	while (more && gone < cut) {
		if (session_may_offer(a.session, 0) && a.size[0]++ == 0)
			for (int64_t key = 1; key <= 4; key++)
				offer(&a, key, 0, (uint64_t)key * 40 - 40, key % 2 == 0);
		more = write_piece(&a);
		more = write_piece(&b) || more;
		while (a.line.length > 0 && gone < cut) {
			deliver(&a, &b, 1);
			gone++;
		}
		deliver(&b, &a, SIZE_MAX);
	}
	return gone;
}

static void
what_was_acknowledged_is_there_wherever_the_line_is_cut(void)
{
	bool   whole = false;
	size_t cut;

	for (cut = 0; !whole; cut++) {
		setup();
		whole = talk_until(cut) < cut;
		for (unsigned i = 1; i <= 4; i++)
			CU_ASSERT_TRUE(!a.answered[i] || b.complete[i]);
		CU_ASSERT_FALSE(a.broken || b.broken);
		if (whole)
			CU_ASSERT_EQUAL(a.answers, 4);
		teardown();
	}
	CU_ASSERT_TRUE(cut > 300);
}

static void
a_short_message_overtakes_a_long_one(void)
{
	setup();
	talk();
	offer(&a, 1, 2, 4 << 20, true);
	write_piece(&a);
	write_piece(&a);
	offer(&a, 2, 2, 100, true);
	offer(&a, 3, 1, 5000, true);
	talk();
	CU_ASSERT_EQUAL(b.completed, 3);
	CU_ASSERT_EQUAL(b.order[0], 3); /* the better priority */
	CU_ASSERT_EQUAL(b.order[1], 2);
	CU_ASSERT_EQUAL(b.order[2], 1);
	teardown();
}

/* A line of so many bytes a second takes them as they come, and a little later the answers. */
static uint32_t
longest_frame_at(int64_t bytes_per_s, unsigned priority, uint64_t *most_under_way)
{
	size_t longest = 0;

	setup();
	talk();
	offer(&a, 1, priority, 8 << 20, true);
	*most_under_way = 0;
	for (int i = 0; i < 200; i++) {
		size_t first = a.line.length, last = first;

		while (write_piece(&a)) {
			longest = a.line.length - last > longest ? a.line.length - last : longest;
			last    = a.line.length;
			first   = first == 0 ? last : first;
		}
		if (last > *most_under_way)
			*most_under_way = last;
		now = instant_after(now, (int64_t)first * 1000 / bytes_per_s);
		deliver(&a, &b, first); /* one frame more has come; its answer goes back at once */
		while (write_piece(&b))
			continue;
		deliver(&b, &a, SIZE_MAX);
	}
	teardown();
	return (uint32_t)longest;
}

static void
frames_are_short_on_a_slow_line_and_long_on_a_fast_one(void)
{
	uint64_t under_way;
	uint32_t longest = longest_frame_at(960, 3, &under_way);

	CU_ASSERT_TRUE(longest > 256 && longest < 800);
	CU_ASSERT_TRUE(under_way > 600 && under_way < 2 * 960);
	longest = longest_frame_at(960, 1, &under_way);
	CU_ASSERT_TRUE(longest > 2048 && longest < 3100);
	longest = longest_frame_at(10 << 20, 3, &under_way);
	CU_ASSERT_TRUE(longest >= SESSION_FRAME_BYTES);
}

static void
a_body_is_resumed_where_the_receiver_says(void)
{
	setup();
	b.resume = 90000;
	talk();
	offer(&a, 1, 0, 100000, false);
	offer(&a, 2, 0, 90000, false); /* nothing is missing */
	offer(&a, 3, 0, 95000, true);
	talk();
	CU_ASSERT_EQUAL(b.completed, 3);
	CU_ASSERT_EQUAL(a.answers, 3);
	teardown();
}

static void
the_window_counts_offers_and_eager_bytes(void)
{
	uint64_t offers, bytes;

	setup();
	b.holds = true;
	talk();
	offer(&a, 1, 0, SESSION_WINDOW_BYTES - 10, true);
	CU_ASSERT_TRUE(session_may_offer(a.session, 10));
	CU_ASSERT_FALSE(session_may_offer(a.session, 11));
	for (int64_t key = 2; key <= SESSION_WINDOW_OFFERS; key++)
		offer(&a, key, 0, 1, false);
	CU_ASSERT_FALSE(session_may_offer(a.session, 0));
	session_in_flight(a.session, &offers, &bytes);
	CU_ASSERT_EQUAL(offers, SESSION_WINDOW_OFFERS);
	CU_ASSERT_EQUAL(bytes, SESSION_WINDOW_BYTES - 10 + 255);
	talk();
	CU_ASSERT_EQUAL(b.completed, SESSION_WINDOW_OFFERS);
	session_acknowledge(b.session, 1, SESSION_TAKEN, NULL);
	talk();
	CU_ASSERT_TRUE(session_may_offer(a.session, SESSION_WINDOW_BYTES));
	CU_ASSERT_EQUAL(a.answers, 1);
	teardown();
}

static void
acknowledgements_of_one_commit_share_a_frame(void)
{
	struct session_piece piece = { .key = 0 };

	setup();
	b.holds = true;
	talk();
	for (int64_t key = 1; key <= 3; key++)
		offer(&a, key, 0, 9, true);
	talk();
	session_acknowledge(b.session, 1, SESSION_TAKEN, NULL);
	session_acknowledge(b.session, 2, SESSION_REFUSED, "no such service");
	session_acknowledge(b.session, 3, SESSION_LATER, "full");
	CU_ASSERT_TRUE(session_write(b.session, &piece, now));
	CU_ASSERT_EQUAL(piece.header.data[0], 6);
	CU_ASSERT_EQUAL((size_t)piece.header.data[1] + 2, piece.header.length);
	buffer_append_span(&b.line, buffer_span(&piece.header));
	buffer_release(&piece.header);
	deliver(&b, &a, SIZE_MAX);
	CU_ASSERT_EQUAL(a.answers, 3);
	CU_ASSERT_EQUAL(a.verdict[2], SESSION_REFUSED);
	CU_ASSERT_EQUAL(a.verdict[3], SESSION_LATER);
	CU_ASSERT_STRING_EQUAL(a.text, "full");
	teardown();
}

static void
the_rest_of_a_refused_body_is_dropped(void)
{
	setup();
	b.holds = true;
	talk();
	offer(&a, 1, 0, 200000, true);
	write_piece(&a);
	deliver(&a, &b, SIZE_MAX);
	write_piece(&a); /* under way when the refusal is said */
	session_acknowledge(b.session, 1, SESSION_REFUSED, "too long");
	talk();
	CU_ASSERT_FALSE(a.broken || b.broken);
	CU_ASSERT_EQUAL(a.verdict[1], SESSION_REFUSED);
	CU_ASSERT_FALSE(b.complete[1]);
	CU_ASSERT_TRUE(b.got[1] < 200000);
	teardown();
}

static void
a_withdrawn_offer_is_forgotten_unless_it_is_complete(void)
{
	struct session_piece piece = { .key = 0 };

	setup();
	b.holds = true;
	talk();
	offer(&a, 1, 0, 200000, true);
	offer(&a, 2, 0, 10, true);
	write_piece(&a); /* the offers, and all of the second body */
	session_withdraw(a.session, 1);
	session_withdraw(a.session, 2);
	session_withdraw(a.session, 9);
	session_write(a.session, &piece, now);
	CU_ASSERT_EQUAL(piece.key, 0); /* nothing more of its body */
	buffer_append_span(&a.line, buffer_span(&piece.header));
	buffer_release(&piece.header);
	session_withdraw(a.session, 1); /* it was said already */
	CU_ASSERT_FALSE(write_piece(&a));
	deliver(&a, &b, SIZE_MAX);
	talk();
	CU_ASSERT_EQUAL(b.withdrawn, 1);
	CU_ASSERT_EQUAL(a.verdict[1], SESSION_LATER);
	CU_ASSERT_STRING_EQUAL(a.text, "withdrawn");
	CU_ASSERT_FALSE(a.answered[2]);
	session_acknowledge(b.session, 1, SESSION_TAKEN, NULL); /* decided before it came */
	session_acknowledge(b.session, 2, SESSION_TAKEN, NULL);
	talk();
	CU_ASSERT_EQUAL(a.answers, 2);
	CU_ASSERT_EQUAL(a.verdict[2], SESSION_TAKEN);
	teardown();
}

static void
a_goodbye_waits_for_what_is_in_flight(void)
{
	setup();
	b.holds = true;
	talk();
	offer(&a, 1, 0, 100, false);
	offer(&b, 1, 0, 100, false);
	session_close(a.session, "enough", now);
	CU_ASSERT_FALSE(session_may_offer(a.session, 0));
	talk();
	CU_ASSERT_TRUE(a.left && b.left);
	CU_ASSERT_STRING_EQUAL(b.text, "enough");
	CU_ASSERT_FALSE(session_may_offer(b.session, 0));
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_CLOSING);
	session_acknowledge(b.session, 1, SESSION_TAKEN, NULL);
	talk();
	CU_ASSERT_EQUAL(a.answers, 1);
	CU_ASSERT_EQUAL(b.answers, 1);
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_CLOSED);
	CU_ASSERT_EQUAL(session_state(b.session), SESSION_CLOSED);
	CU_ASSERT_EQUAL(session_deadline(a.session).ms, INT64_MAX);
	teardown();
}

static void
silence_is_asked_about_and_then_believed(void)
{
	const char *text = NULL;

	setup();
	talk();
	for (unsigned i = 1; i <= SESSION_PINGS_UNANSWERED; i++) {
		CU_ASSERT_EQUAL(session_deadline(a.session).ms, 1000 + i * MINUTE_MS);
		now.ms = 1000 + i * MINUTE_MS;
		CU_ASSERT_TRUE(session_tick(a.session, now, &text));
		CU_ASSERT_TRUE(write_piece(&a));
	}
	now.ms = 1000 + 5 * MINUTE_MS - 1;
	CU_ASSERT_TRUE(session_tick(a.session, now, &text));
	now.ms++;
	CU_ASSERT_FALSE(session_tick(a.session, now, &text));
	CU_ASSERT_STRING_EQUAL(text, "the far end does not answer any more");
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_CLOSED);
	teardown();
}

static void
an_answer_keeps_a_silent_link(void)
{
	const char *text = NULL;

	setup();
	talk();
	for (int i = 0; i < 20; i++) {
		now = session_deadline(a.session);
		CU_ASSERT_TRUE_FATAL(session_tick(a.session, now, &text));
		talk();
	}
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_UP);
	teardown();
}

static void
a_round_trip_is_measured_when_it_is_asked_for(void)
{
	const char *text = NULL;

	setup();
	talk();
	session_probe(a.session, instant_after(now, 7));
	now = instant_after(now, 7);
	CU_ASSERT_EQUAL(session_deadline(a.session).ms, now.ms);
	CU_ASSERT_TRUE(session_tick(a.session, now, &text));
	CU_ASSERT_TRUE(write_piece(&a));
	now.ms += 123;
	deliver(&a, &b, SIZE_MAX);
	talk();
	CU_ASSERT_EQUAL(a.round_trip_ms, 123);
	CU_ASSERT_EQUAL(b.round_trip_ms, 0);
	teardown();
}

/* b does nothing but listen to one frame that takes ten minutes. */
static void
who_listens_for_long_says_that_it_lives(void)
{
	const char *text = NULL;

	setup();
	talk();
	offer(&a, 1, 0, 60000, true);
	write_piece(&a);
	for (int second = 1; second <= 600; second++) {
		now = instant_after(now, 1000);
		deliver(&a, &b, 6);
		CU_ASSERT_TRUE_FATAL(session_tick(b.session, now, &text));
		CU_ASSERT_TRUE_FATAL(session_tick(a.session, now, &text));
		write_piece(&b);
		deliver(&b, &a, SIZE_MAX);
	}
	CU_ASSERT_EQUAL(session_state(a.session), SESSION_UP);
	teardown();
}

static void
a_greeting_has_its_deadline(void)
{
	const char *text = NULL;

	setup();
	now = instant_after(now, SESSION_GREETING_LIMIT_MS - 1);
	CU_ASSERT_TRUE(session_tick(a.session, now, &text));
	write_piece(&b);
	deliver(&b, &a, SIZE_MAX); /* a has greeted and confirmed, b never does */
	now = instant_after(now, 1);
	CU_ASSERT_FALSE(session_tick(b.session, now, &text));
	CU_ASSERT_STRING_EQUAL(text, "the far end did not say hello in time");
	CU_ASSERT_TRUE(session_tick(a.session, now, &text));
	now = instant_after(now, SESSION_GREETING_LIMIT_MS);
	CU_ASSERT_FALSE(session_tick(a.session, now, &text));
	CU_ASSERT_STRING_EQUAL(text, "the far end did not confirm us in time");
	teardown();
}

static CU_TestInfo tests[] = {
	UNIT_TEST(nothing_is_offered_before_both_have_confirmed),
	UNIT_TEST(a_node_that_is_not_known_is_told_so),
	UNIT_TEST(bodies_arrive_whole_however_the_line_cuts_them),
	UNIT_TEST(what_was_acknowledged_is_there_wherever_the_line_is_cut),
	UNIT_TEST(a_short_message_overtakes_a_long_one),
	UNIT_TEST(frames_are_short_on_a_slow_line_and_long_on_a_fast_one),
	UNIT_TEST(a_body_is_resumed_where_the_receiver_says),
	UNIT_TEST(the_window_counts_offers_and_eager_bytes),
	UNIT_TEST(acknowledgements_of_one_commit_share_a_frame),
	UNIT_TEST(the_rest_of_a_refused_body_is_dropped),
	UNIT_TEST(a_withdrawn_offer_is_forgotten_unless_it_is_complete),
	UNIT_TEST(a_goodbye_waits_for_what_is_in_flight),
	UNIT_TEST(silence_is_asked_about_and_then_believed),
	UNIT_TEST(an_answer_keeps_a_silent_link),
	UNIT_TEST(a_round_trip_is_measured_when_it_is_asked_for),
	UNIT_TEST(who_listens_for_long_says_that_it_lives),
	UNIT_TEST(a_greeting_has_its_deadline),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo session_suite = UNIT_SUITE("session/session", NULL, NULL, tests);
