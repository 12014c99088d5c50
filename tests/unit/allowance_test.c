/*
 * allowance_test.c - days, debts, and nothing that waits for ever
 */
#include "daemon/mesh/allowance.h"

#include "tests/unit/unit.h"

#define DAY_MS INT64_C(86400000)

enum { LIMIT = 2048 };

static struct allowance allowance;

static void
setup(void)
{
	allowance = (struct allowance){ .spent = 0 };
}

static bool
go(uint64_t size, bool waited, int64_t now_ms)
{
	allowance_turn(&allowance, LIMIT, now_ms);
	if (!allowance_admits(&allowance, LIMIT, size, waited))
		return false;
	allowance_spend(&allowance, size, now_ms);
	return true;
}

static void
a_day_takes_what_fits_and_no_more(void)
{
	CU_ASSERT_TRUE(go(2000, false, 5 * DAY_MS));
	CU_ASSERT_FALSE(go(49, false, 5 * DAY_MS + 1));
	CU_ASSERT_TRUE(go(48, false, 5 * DAY_MS + 2));
	CU_ASSERT_FALSE(go(1, true, 5 * DAY_MS + 3));
	CU_ASSERT_EQUAL(allowance_next_ms(&allowance, 5 * DAY_MS + 3), 6 * DAY_MS);
	CU_ASSERT_FALSE(go(1, false, 6 * DAY_MS - 1));
	CU_ASSERT_TRUE(go(2048, false, 6 * DAY_MS));
}

static void
a_day_begins_with_its_first_byte(void)
{
	CU_ASSERT_TRUE(go(2048, false, 10));
	CU_ASSERT_TRUE(go(1000, false, 3 * DAY_MS));
	CU_ASSERT_EQUAL(allowance_next_ms(&allowance, 3 * DAY_MS), 4 * DAY_MS);
}

static void
what_is_larger_than_a_day_is_paid_for_by_the_next(void)
{
	CU_ASSERT_TRUE(go(5000, false, 0));
	CU_ASSERT_FALSE(go(1, true, DAY_MS));
	CU_ASSERT_TRUE(go(1144, false, 2 * DAY_MS));
	CU_ASSERT_FALSE(go(1, true, 2 * DAY_MS));
	CU_ASSERT_TRUE(go(1, false, 3 * DAY_MS));
}

/* Small ones come first every day, and what is too large for the rest goes on the second. */
static void
what_has_waited_goes_before_the_day_is_full(void)
{
	CU_ASSERT_TRUE(go(200, false, 0));
	CU_ASSERT_FALSE(go(2000, false, 1));
	CU_ASSERT_TRUE(go(200, false, DAY_MS));
	CU_ASSERT_TRUE(go(2000, true, DAY_MS));
	CU_ASSERT_FALSE(go(1, true, DAY_MS + 1));
	CU_ASSERT_TRUE(go(2048 - 152, false, 2 * DAY_MS));
}

static void
nothing_is_a_limit_too(void)
{
	allowance_turn(&allowance, 0, DAY_MS);
	CU_ASSERT_FALSE(allowance_admits(&allowance, 0, 1, true));
	CU_ASSERT_EQUAL(allowance_next_ms(&allowance, DAY_MS), 2 * DAY_MS);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_day_takes_what_fits_and_no_more),
	UNIT_TEST(a_day_begins_with_its_first_byte),
	UNIT_TEST(what_is_larger_than_a_day_is_paid_for_by_the_next),
	UNIT_TEST(what_has_waited_goes_before_the_day_is_full),
	UNIT_TEST(nothing_is_a_limit_too),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo allowance_suite = UNIT_SUITE("mesh/allowance", setup, NULL, tests);
