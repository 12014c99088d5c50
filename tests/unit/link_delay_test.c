/*
 * link_delay_test.c - what is news, how soon, and how seldom
 *
 * The last test is a synthetic day of links like those that the rule was measured with
 * (mesh-and-paths.md B.3: 4.3 tellings a link and day, 17 % off in the mean, where every change
 * of a smoothed delay would be thousands).
 */
#include "daemon/mesh/link_delay.h"

#include "spool/base/random.h"
#include "tests/unit/unit.h"

enum { DAY_MS = 86400000, LINKS = 200 };

static struct link_delay delay;
static struct instant    now, free_again;

static void
setup(void)
{
	link_delay_init(&delay, 1000);
	now        = (struct instant){ 0 };
	free_again = now;
}

/* The next sample, in its time; true if that is news, which is told. */
static bool
sample(int64_t ms)
{
	now = instant_after(now, link_delay_pause_ms(&delay));
	link_delay_sample(&delay, ms);
	if (!link_delay_is_news(&delay) || !instant_reached(free_again, now))
		return false;
	free_again = instant_after(now, LINK_DELAY_HOLD_MS);
	link_delay_tell(&delay);
	return true;
}

static unsigned
samples(unsigned count, int64_t ms)
{
	unsigned news = 0;

	while (count-- > 0)
		news += sample(ms);
	return news;
}

static void
the_first_sample_counts_double(void)
{
	CU_ASSERT_EQUAL(link_delay_ms(&delay), -1);
	link_delay_sample(&delay, 100);
	CU_ASSERT_EQUAL(link_delay_ms(&delay), 200);
	link_delay_sample(&delay, 100);
	CU_ASSERT_EQUAL(link_delay_ms(&delay), 194);
}

static void
four_samples_in_a_row_are_news(void)
{
	CU_ASSERT_EQUAL(samples(3, 100), 0);
	CU_ASSERT_TRUE(sample(100));
	CU_ASSERT_EQUAL(delay.told_ms, 190); /* of 182, on its way down */
	CU_ASSERT_EQUAL(samples(400, 100), 1);
	CU_ASSERT_EQUAL(delay.told_ms, 130);
	CU_ASSERT_TRUE(link_delay_ms(&delay) <= 101);
}

static void
less_than_a_third_or_10_ms_is_no_news(void)
{
	link_delay_resume(&delay, 100);
	CU_ASSERT_EQUAL(samples(500, 132), 0);
	CU_ASSERT_EQUAL(samples(500, 68), 0);
	link_delay_resume(&delay, 10);
	CU_ASSERT_EQUAL(samples(500, 19), 0);
	CU_ASSERT_EQUAL(samples(500, 1), 0);
	CU_ASSERT_EQUAL(samples(500, 22), 1);
}

static void
what_was_told_is_no_news_again(void)
{
	for (int64_t ms = 0; ms < 200; ms++) {
		link_delay_resume(&delay, ms);
		link_delay_tell(&delay);
		CU_ASSERT_EQUAL(samples(20, ms), 0);
	}
}

static void
one_bad_moment_is_no_news(void)
{
	link_delay_resume(&delay, 50);
	for (int day = 0; day < 10; day++) {
		CU_ASSERT_FALSE(sample(3600000));
		CU_ASSERT_EQUAL(samples(50, 50), 0);
	}
}

/* Even if something was told just before it: 300 s, and the next sample. */
static void
a_doubled_round_trip_is_seen_in_316_s(void)
{
	link_delay_resume(&delay, 100);
	free_again = instant_after(now, LINK_DELAY_HOLD_MS);
	while (!sample(200) && now.ms < DAY_MS)
		;
	CU_ASSERT_TRUE(now.ms > LINK_DELAY_HOLD_MS && now.ms <= 316000);
	CU_ASSERT_TRUE(delay.told_ms >= 150 && delay.told_ms <= 200);
}

static void
a_slow_line_is_not_kept_busy_with_measuring(void)
{
	link_delay_resume(&delay, 10000);
	CU_ASSERT_EQUAL(link_delay_pause_ms(&delay), 64 * 20000);
	link_delay_resume(&delay, 10);
	CU_ASSERT_EQUAL(link_delay_pause_ms(&delay), 60000);
	samples(1, 1000);
	CU_ASSERT_EQUAL(link_delay_pause_ms(&delay), 15000);
}

/* About `base_ms`, a fifth more in the mean: always some jitter, now and then a queue. */
static int64_t
jittered(struct random *random, int64_t base_ms)
{
	int64_t ms = base_ms + (int64_t)random_below(random, (uint64_t)base_ms / 4 + 1);

	if (random_below(random, 50) == 0)
		ms += (int64_t)random_below(random, (uint64_t)base_ms * 8);
	return ms;
}

static void
a_synthetic_day_has_few_news(void)
{
	struct random random;
	uint64_t      news = 0, changes = 0, error_percent = 0, count = 0;

	random_seed_number(&random, 1);
	for (unsigned link = 0; link < LINKS; link++) {
		int64_t base_ms = 30 + (int64_t)random_below(&random, 200);
		int64_t true_ms = base_ms, mean_ms = 0, seen_ms = 0, change = 0;

		if (random_below(&random, 100) < 3)
			base_ms *= 8;
		setup();
		while (now.ms < DAY_MS) {
			if (now.ms >= change) { /* the way below it, or the load, is another one */
				true_ms =
				    base_ms + (int64_t)random_below(&random, (uint64_t)base_ms);
				change = now.ms + DAY_MS / 48 +
				         (int64_t)random_below(&random, DAY_MS / 3);
			}
			news += sample(jittered(&random, true_ms));
			changes += link_delay_ms(&delay) != seen_ms;
			seen_ms = link_delay_ms(&delay);
			mean_ms = true_ms * 6 / 5;
			error_percent +=
			    (uint64_t)(delay.told_ms > mean_ms ? delay.told_ms - mean_ms
			                                       : mean_ms - delay.told_ms) *
			    100 / (uint64_t)mean_ms;
			count++;
		}
	}
	CU_ASSERT_TRUE(news >= 3 * LINKS && news <= 6 * LINKS);
	CU_ASSERT_TRUE(changes >= 500 * LINKS);
	CU_ASSERT_TRUE(error_percent / count <= 20);
}

static void
news_of_several_links_is_told_together(void)
{
	CU_ASSERT_EQUAL(link_delay_due((struct instant){ 0 }, (struct instant){ 5000 }).ms, 6000);
	CU_ASSERT_EQUAL(link_delay_due((struct instant){ 9000 }, (struct instant){ 5000 }).ms,
	                9000);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_first_sample_counts_double),
	UNIT_TEST(four_samples_in_a_row_are_news),
	UNIT_TEST(less_than_a_third_or_10_ms_is_no_news),
	UNIT_TEST(what_was_told_is_no_news_again),
	UNIT_TEST(one_bad_moment_is_no_news),
	UNIT_TEST(a_doubled_round_trip_is_seen_in_316_s),
	UNIT_TEST(a_slow_line_is_not_kept_busy_with_measuring),
	UNIT_TEST(a_synthetic_day_has_few_news),
	UNIT_TEST(news_of_several_links_is_told_together),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo link_delay_suite = UNIT_SUITE("mesh/link_delay", setup, NULL, tests);
