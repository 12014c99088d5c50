/*
 * modem_test.c - the modem of our tests against what Hayes and V.250 say of one
 */
#include "tests/support/modem.h"

#include <string.h>

#include "tests/unit/unit.h"

enum { SECOND_US = 1000000 };

static struct modem modem;

static void
setup(void)
{
	modem_init(&modem, 9600);
}

static void
teardown(void)
{
	modem_release(&modem);
}

/* What it says to that. */
static const char *
answer(const char *text, int64_t now_us)
{
	static struct buffer said;

	modem_hear(&modem, text, strlen(text), now_us);
	buffer_clear(&said);
	buffer_append_span(&said, buffer_span(&modem.says));
	buffer_append_u8(&said, 0);
	buffer_clear(&modem.says);
	return buffer_text(&said);
}

static void
commands_are_obeyed_and_answered_as_it_was_told_to(void)
{
	CU_ASSERT_STRING_EQUAL(answer("AT\r", 0), "AT\r\r\nOK\r\n");
	CU_ASSERT_STRING_EQUAL(answer("ate0\r", 0), "ate0\r\r\nOK\r\n");
	CU_ASSERT_STRING_EQUAL(answer("rubbish AT S0=2 S0? \r", 0), "\r\n002\r\n\r\nOK\r\n");
	CU_ASSERT_STRING_EQUAL(answer("AT&C1&D2L0M1X3\r", 0), "\r\nOK\r\n");
	CU_ASSERT_STRING_EQUAL(answer("ATY\r", 0), "\r\nERROR\r\n");
	CU_ASSERT_STRING_EQUAL(answer("ATV0\r", 0), "0\r");
	CU_ASSERT_STRING_EQUAL(answer("A/", 0), "0\r");
	CU_ASSERT_STRING_EQUAL(answer("ATB\r", 0), "4\r");
	CU_ASSERT_STRING_EQUAL(answer("ATQ1\r", 0), "");
	CU_ASSERT_STRING_EQUAL(answer("ATZ\r", 0), "\r\nOK\r\n");
}

static void
a_number_is_dialled_and_what_came_of_it_is_told(void)
{
	answer("ATE0\r", 0);
	CU_ASSERT_STRING_EQUAL(answer("ATDT 03-555\r", 0), "");
	CU_ASSERT_EQUAL(modem.request, MODEM_WANTS_CALL);
	CU_ASSERT_STRING_EQUAL(modem.number, "03555");
	modem_failed(&modem, MODEM_BUSY);
	CU_ASSERT_STRING_EQUAL(answer("", 0), "\r\nBUSY\r\n");
	answer("ATX1DT1\r", 0); /* one that does not know what busy is */
	modem_failed(&modem, MODEM_BUSY);
	CU_ASSERT_STRING_EQUAL(answer("", 0), "\r\nNO CARRIER\r\n");
	answer("ATV0DT1\r", 0);
	modem_connected(&modem, 0);
	CU_ASSERT_STRING_EQUAL(answer("data", 0), "12\r");
	CU_ASSERT_TRUE(span_equal(buffer_span(&modem.data), span_of_text("data")));
}

static void
three_pluses_between_silences_escape_and_no_others(void)
{
	answer("ATE0DT1\r", 0);
	modem_connected(&modem, 0);
	answer("", 0);
	answer("+++", SECOND_US / 2); /* no silence before */
	CU_ASSERT_EQUAL(modem_due_us(&modem), MODEM_NEVER_US);
	answer("+++x", 3 * SECOND_US); /* none after */
	CU_ASSERT_EQUAL(modem_due_us(&modem), MODEM_NEVER_US);
	answer("+++", 5 * SECOND_US);
	CU_ASSERT_EQUAL(modem_due_us(&modem), 6 * SECOND_US);
	modem_tick(&modem, 6 * SECOND_US);
	CU_ASSERT_STRING_EQUAL(answer("", 6 * SECOND_US), "\r\nOK\r\n");
	CU_ASSERT_STRING_EQUAL(answer("ATO\r", 6 * SECOND_US), "\r\nCONNECT 9600\r\n");
	answer("+++", 8 * SECOND_US);
	modem_tick(&modem, 9 * SECOND_US);
	CU_ASSERT_STRING_EQUAL(answer("ATH\r", 9 * SECOND_US), "\r\nOK\r\n\r\nOK\r\n");
	CU_ASSERT_EQUAL(modem.request, MODEM_WANTS_END);
}

static void
it_answers_by_itself_after_as_many_rings_as_s0_says(void)
{
	answer("ATE0S0=2\r", 0);
	modem_ring(&modem);
	CU_ASSERT_EQUAL(modem.request, MODEM_WANTS_NOTHING);
	modem_ring(&modem);
	CU_ASSERT_EQUAL(modem.request, MODEM_WANTS_ANSWER);
	CU_ASSERT_STRING_EQUAL(answer("", 0), "\r\nRING\r\n\r\nRING\r\n");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(commands_are_obeyed_and_answered_as_it_was_told_to),
	UNIT_TEST(a_number_is_dialled_and_what_came_of_it_is_told),
	UNIT_TEST(three_pluses_between_silences_escape_and_no_others),
	UNIT_TEST(it_answers_by_itself_after_as_many_rings_as_s0_says),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo modem_suite = UNIT_SUITE("support/modem", setup, teardown, tests);
