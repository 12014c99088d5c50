/*
 * link_delay.c - a smoothed number, and the rule that says when it is news
 */
#include "daemon/mesh/link_delay.h"

#include <assert.h>

enum {
	UNIT         = 256, /* of the smoothed delay: 1/256 ms              */
	WEIGHT       = 16,  /* of a sample, out of 256                      */
	NEWS_PERCENT = 33,  /* off by so much of what was told, ...         */
	NEWS_MS      = 10,  /* ... and by so much ...                       */
	NEWS_SAMPLES = 4,   /* ... for so many samples                      */
	SPIKE        = 4,   /* a sample counts as so many smoothed delays at most, ... */
	SPIKE_MS     = 100, /* ... or as that and so much more, for the short ones     */
	TOGETHER_MS  = 1000,
	SOON_MS      = 15000,
	LATER_MS     = 60000,
	IDLE         = 64, /* a line measures for one of so many moments at most */
};

static bool is_far(const struct link_delay *delay, int64_t ms);

void
link_delay_init(struct link_delay *delay, int64_t told_ms)
{
	*delay = (struct link_delay){ .told_ms = told_ms };
}

void
link_delay_resume(struct link_delay *delay, int64_t told_ms)
{
	*delay = (struct link_delay){
		.smoothed = told_ms * UNIT,
		.told_ms  = told_ms,
		.samples  = NEWS_SAMPLES,
	};
}

void
link_delay_sample(struct link_delay *delay, int64_t sample_ms)
{
	int64_t most_ms = SPIKE * delay->smoothed / UNIT + SPIKE_MS;

	assert(sample_ms >= 0);
	if (delay->samples == 0)
		delay->smoothed = 2 * sample_ms * UNIT;
	else
		delay->smoothed +=
		    ((sample_ms < most_ms ? sample_ms : most_ms) * UNIT - delay->smoothed) *
		    WEIGHT / UNIT;
	if (delay->samples < NEWS_SAMPLES)
		delay->samples++;
	delay->restless = is_far(delay, sample_ms);
	if (!is_far(delay, link_delay_ms(delay)))
		delay->apart = 0;
	else if (delay->apart < NEWS_SAMPLES)
		delay->apart++;
}

int64_t
link_delay_ms(const struct link_delay *delay)
{
	return delay->samples == 0 ? -1 : (delay->smoothed + UNIT / 2) / UNIT;
}

int64_t
link_delay_pause_ms(const struct link_delay *delay)
{
	int64_t round_trips_ms = IDLE * 2 * delay->smoothed / UNIT;
	bool    settled  = delay->samples == NEWS_SAMPLES && !delay->restless && delay->apart == 0;
	int64_t pause_ms = settled ? LATER_MS : SOON_MS;

	return round_trips_ms > pause_ms ? round_trips_ms : pause_ms;
}

bool
link_delay_is_news(const struct link_delay *delay)
{
	return delay->apart == NEWS_SAMPLES;
}

struct instant
link_delay_due(struct instant free, struct instant now)
{
	struct instant together = instant_after(now, TOGETHER_MS);

	return free.ms > together.ms ? free : together;
}

int64_t
link_delay_tell(struct link_delay *delay)
{
	int64_t steps = (link_delay_ms(delay) + LINK_DELAY_STEP_MS - 1) / LINK_DELAY_STEP_MS;

	delay->told_ms = (steps > 0 ? steps : 1) * LINK_DELAY_STEP_MS;
	delay->apart   = 0;
	return delay->told_ms;
}

static bool
is_far(const struct link_delay *delay, int64_t ms)
{
	int64_t off_ms;

	ms     = ms > LINK_DELAY_STEP_MS ? ms : LINK_DELAY_STEP_MS; /* less is never told */
	off_ms = ms > delay->told_ms ? ms - delay->told_ms : delay->told_ms - ms;
	return off_ms >= NEWS_MS && off_ms * 100 >= delay->told_ms * NEWS_PERCENT;
}
