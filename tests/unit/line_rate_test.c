/*
 * line_rate_test.c - what is measured, and what is not
 */
#include "daemon/mesh/line_rate.h"

#include "tests/unit/unit.h"

static struct line_rate rate;

static void
setup(void)
{
	rate = (struct line_rate){ .busy = false };
}

static void
note(int64_t at_ms, uint64_t bytes, bool busy)
{
	line_rate_note(&rate, bytes, busy, (struct instant){ at_ms });
}

static void
a_busy_second_is_a_sample(void)
{
	note(0, 0, true);
	note(500, 600, true);
	CU_ASSERT_EQUAL(rate.bytes_per_s, 0);
	note(2000, 2400, true);
	CU_ASSERT_EQUAL(rate.bytes_per_s, 1200);
	note(3000, 4400, true);
	CU_ASSERT_EQUAL(rate.bytes_per_s, 1400); /* three quarters of 1200, one of 2000 */
}

static void
idle_time_does_not_count(void)
{
	note(0, 0, true);
	note(1000, 2000, false);
	note(1000000, 2000, true);
	note(1001000, 4000, false);
	CU_ASSERT_EQUAL(rate.bytes_per_s, 2000);
}

static void
a_few_bytes_say_nothing(void)
{
	note(0, 0, true);
	note(10000, 100, false);
	CU_ASSERT_EQUAL(rate.bytes_per_s, 0);
	CU_ASSERT_EQUAL(line_rate_ms(0, 100), -1);
}

static void
time_follows_from_it(void)
{
	CU_ASSERT_EQUAL(line_rate_ms(1200, 1800), 1500);
	CU_ASSERT_TRUE(line_rate_ms(1, UINT64_MAX) > INT64_MAX / 4);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_busy_second_is_a_sample),
	UNIT_TEST(idle_time_does_not_count),
	UNIT_TEST(a_few_bytes_say_nothing),
	UNIT_TEST(time_follows_from_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo line_rate_suite = UNIT_SUITE("mesh/line_rate", setup, NULL, tests);
