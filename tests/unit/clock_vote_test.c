/*
 * clock_vote_test.c - who is believed
 */
#include "daemon/mesh/clock_vote.h"

#include "tests/unit/unit.h"

#define HOUR  INT64_C(3600000)
#define BUILT (INT64_C(490000) * HOUR)

static size_t
vote(int64_t own_h, int64_t b_h, int64_t c_h, size_t count)
{
	struct walltime clocks[] = { { own_h * HOUR }, { b_h * HOUR }, { c_h * HOUR } };

	return clock_vote(clocks, count, (struct walltime){ BUILT });
}

static void
the_most_win_and_of_equally_many_the_earlier(void)
{
	static const struct {
		int64_t own_h, b_h, c_h;
		size_t  count, winner;
	} cases[] = {
		{ 490100, 0, 0, 1, 0 },           /* alone                                    */
		{ 0, 0, 0, 1, 0 },                /* alone, and wrong: there is nobody to ask */
		{ 0, 490100, 0, 2, 1 },           /* 1970, and a neighbor that knows better   */
		{ 490100, 0, 0, 2, 0 },           /* a neighbor in 1970                       */
		{ 490100, 490100, 600000, 3, 0 }, /* two against one                          */
		{ 600000, 490100, 490100, 3, 1 }, /* ... and it is we                         */
		{ 490100, 600000, 0, 2, 0 },      /* one against one: the earlier             */
		{ 600000, 490100, 0, 2, 1 },
		{ 490005, 490004, 490006, 3, 1 }, /* three that differ: the earliest          */
		{ 0, 0, 0, 3, 0 },                /* nobody knows                             */
		{ -1, 490100, 0, 3, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(vote(cases[i].own_h, cases[i].b_h, cases[i].c_h, cases[i].count),
		                cases[i].winner);
}

static void
two_that_know_each_other_agree(void)
{
	for (int64_t a = 489999; a < 490003; a++)
		for (int64_t b = 489999; b < 490003; b++) {
			struct walltime here[]  = { { a * HOUR }, { b * HOUR } };
			struct walltime there[] = { { b * HOUR }, { a * HOUR } };
			struct walltime least   = { BUILT };

			CU_ASSERT_TRUE((a < 490000 && b < 490000) ||
			               here[clock_vote(here, 2, least)].ms ==
			                   there[clock_vote(there, 2, least)].ms);
		}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_most_win_and_of_equally_many_the_earlier),
	UNIT_TEST(two_that_know_each_other_agree),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo clock_vote_suite = UNIT_SUITE("mesh/clock_vote", NULL, NULL, tests);
