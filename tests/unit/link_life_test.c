/*
 * link_life_test.c - the day, the week, and the weekly stick
 */
#include "daemon/mesh/link_life.h"

#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

static void
a_day_of_silence_is_down_and_seven_are_dead(void)
{
	CU_ASSERT_EQUAL(link_life_of(0, 1000), LINK_ALIVE);
	CU_ASSERT_EQUAL(link_life_of(DAY_MS - 1, 1000), LINK_ALIVE);
	CU_ASSERT_EQUAL(link_life_of(DAY_MS, 1000), LINK_DOWN);
	CU_ASSERT_EQUAL(link_life_of(7 * DAY_MS - 1, 1000), LINK_DOWN);
	CU_ASSERT_EQUAL(link_life_of(7 * DAY_MS, 1000), LINK_DEAD);
}

static void
a_slow_link_has_three_times_its_delay(void)
{
	CU_ASSERT_EQUAL(link_life_of(DAY_MS, 8 * HOUR_MS), LINK_DOWN);
	CU_ASSERT_EQUAL(link_life_of(DAY_MS, 9 * HOUR_MS), LINK_ALIVE);
	CU_ASSERT_EQUAL(link_life_of(27 * HOUR_MS, 9 * HOUR_MS), LINK_DOWN);
}

static void
a_weekly_stick_is_neither(void)
{
	for (int64_t days = 0; days < 21; days++)
		CU_ASSERT_EQUAL(link_life_of(days * DAY_MS, 7 * DAY_MS), LINK_ALIVE);
	CU_ASSERT_EQUAL(link_life_of(21 * DAY_MS, 7 * DAY_MS), LINK_DOWN);
	CU_ASSERT_EQUAL(link_life_of(147 * DAY_MS, 7 * DAY_MS), LINK_DEAD);
}

static void
what_is_left_is_up_to_the_next_change(void)
{
	CU_ASSERT_EQUAL(link_life_left_ms(HOUR_MS, 0), 23 * HOUR_MS);
	CU_ASSERT_EQUAL(link_life_left_ms(DAY_MS, 0), 6 * DAY_MS);
	CU_ASSERT_EQUAL(link_life_left_ms(7 * DAY_MS, 0), INT64_MAX);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_day_of_silence_is_down_and_seven_are_dead),
	UNIT_TEST(a_slow_link_has_three_times_its_delay),
	UNIT_TEST(a_weekly_stick_is_neither),
	UNIT_TEST(what_is_left_is_up_to_the_next_change),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo link_life_suite = UNIT_SUITE("mesh/link_life", NULL, NULL, tests);
