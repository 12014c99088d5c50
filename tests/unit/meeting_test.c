/*
 * meeting_test.c - two ends find each other in what a line says besides
 */
#include "daemon/line/meeting.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct meeting caller, answerer;
static struct instant now;
static struct buffer  forth, back; /* on the line */

static void
setup(void)
{
	now = (struct instant){ 5000 };
	meeting_init(&caller, true, true, true, now);
	meeting_init(&answerer, false, true, false, now);
	buffer_init(&forth);
	buffer_init(&back);
}

static void
teardown(void)
{
	meeting_release(&caller);
	meeting_release(&answerer);
	buffer_release(&forth);
	buffer_release(&back);
}

/* Whatever is said arrives, a byte at a time, until nobody has anything more to say. */
static void
exchange(void)
{
	for (int i = 0; i < 10; i++) {
		meeting_output(&caller, &forth, now);
		meeting_output(&answerer, &back, now);
		for (size_t j = 0; j < back.length; j++)
			meeting_receive(&caller, (struct span){ back.data + j, 1 }, now);
		for (size_t j = 0; j < forth.length; j++)
			meeting_receive(&answerer, (struct span){ forth.data + j, 1 }, now);
		buffer_clear(&forth);
		buffer_clear(&back);
	}
}

static void
they_meet_behind_whatever_else_was_said(void)
{
	buffer_append_text(&back, " 9600\r\n\r\nWelcome to mulga\r\nLast login: never\r\n");
	buffer_append_text(&forth, "\r\n\r\nUsyd\r");
	exchange();
	CU_ASSERT_TRUE(caller.met && caller.said && answerer.met && answerer.said);
	CU_ASSERT_EQUAL(caller.above.length, 0);
	CU_ASSERT_EQUAL(answerer.above.length, 0);
	meeting_receive(&answerer, span_of_text("\rmulga?\rTLS"), now); /* it is the line's now */
	CU_ASSERT_TRUE(span_equal(buffer_span(&answerer.above), span_of_text("\rmulga?\rTLS")));
	CU_ASSERT_EQUAL(meeting_deadline(&caller).ms, INSTANT_NEVER.ms);
}

static void
who_comes_late_is_asked_again(void)
{
	struct buffer lost;

	buffer_init(&lost);
	meeting_output(&caller, &lost, now); /* a shell that starts throws it away */
	meeting_output(&answerer, &lost, now);
	exchange();
	CU_ASSERT_FALSE(caller.met);
	now = meeting_deadline(&caller);
	CU_ASSERT_EQUAL(now.ms, 5000 + MEETING_ASK_MS);
	exchange();
	CU_ASSERT_TRUE(caller.met && answerer.met);
	buffer_release(&lost);
}

static void
an_echo_is_nobody(void)
{
	for (int i = 0; i < 100 && meeting_tick(&caller, now) == STATUS_OK; i++) {
		meeting_output(&caller, &forth, now);
		meeting_receive(&caller, buffer_span(&forth), now);
		buffer_clear(&forth);
		CU_ASSERT_FALSE(caller.said || caller.met);
		now = meeting_deadline(&caller);
	}
	CU_ASSERT_EQUAL(now.ms, 5000 + MEETING_LIMIT_MS);
	CU_ASSERT_PTR_NOT_NULL(strstr(caller.why, "no mulga answers on the line, heard \""));
	CU_ASSERT_PTR_NOT_NULL(strstr(caller.why, "\\rmulga?\\r"));
}

static void
silence_is_said_to_be_one(void)
{
	now = instant_after(now, MEETING_LIMIT_MS);
	CU_ASSERT_EQUAL(meeting_tick(&answerer, now), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(answerer.why, "no mulga answers on the line, nothing was heard");
}

static void
no_carrier_ends_it(void)
{
	exchange();
	meeting_receive(&caller, span_of_text("data\r\nNO CAR"), now);
	CU_ASSERT_TRUE(span_equal(buffer_span(&caller.above), span_of_text("data\r\n")));
	CU_ASSERT_EQUAL(meeting_receive(&caller, span_of_text("RIER\r\nan echo"), now),
	                STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(caller.why, "the modem says NO CARRIER");
}

static void
who_hangs_up_before_they_met_is_not_waited_for(void)
{
	CU_ASSERT_EQUAL(meeting_receive(&answerer, span_of_text("\r\nNO CARRIER\r\n"), now),
	                STATUS_OK);
	CU_ASSERT_EQUAL(meeting_receive(&caller, span_of_text("\r\nNO CARRIER"), now), STATUS_OK);
	CU_ASSERT_EQUAL(meeting_receive(&caller, span_of_text("\r\nRING"), now), STATUS_INVALID);
	CU_ASSERT_STRING_EQUAL(caller.why, "the modem says NO CARRIER");
}

static void
what_is_not_quite_that_is_data(void)
{
	static const char *const cases[] = {
		"\r\n\r\nNO CARRIES", "\r\r\nN",          "\r\nNO CARRIER\r\r\nNO", "x\r\nNO",
		"\r\r\r\n\n\r\nNO C", "\r\nNO CARRIER\r", "\r\nNO\r\nNO CARRIER",
	};

	exchange();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t at = 0; cases[i][at] != '\0'; at++)
			meeting_receive(&caller, (struct span){ (const uint8_t *)cases[i] + at, 1 },
			                now);
		now = instant_after(now, MEETING_CARRIER_MS);
		CU_ASSERT_EQUAL(meeting_tick(&caller, now), STATUS_OK);
		CU_ASSERT_TRUE(span_equal(buffer_span(&caller.above), span_of_text(cases[i])));
		buffer_clear(&caller.above);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(they_meet_behind_whatever_else_was_said),
	UNIT_TEST(who_comes_late_is_asked_again),
	UNIT_TEST(an_echo_is_nobody),
	UNIT_TEST(silence_is_said_to_be_one),
	UNIT_TEST(no_carrier_ends_it),
	UNIT_TEST(who_hangs_up_before_they_met_is_not_waited_for),
	UNIT_TEST(what_is_not_quite_that_is_data),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo meeting_suite = UNIT_SUITE("line/meeting", setup, teardown, tests);
