/*
 * link_life.c - two thresholds on one number
 */
#include "daemon/mesh/link_life.h"

#define DAY_MS INT64_C(86400000)

enum { DELAYS_TO_DOWN = 3, DOWNS_TO_DEAD = 7 };

static int64_t
down_ms(int64_t delay_ms)
{
	int64_t by_delay_ms = DELAYS_TO_DOWN * delay_ms;

	return by_delay_ms > DAY_MS ? by_delay_ms : DAY_MS;
}

enum link_life
link_life_of(int64_t silent_ms, int64_t delay_ms)
{
	if (silent_ms < down_ms(delay_ms))
		return LINK_ALIVE;
	return silent_ms < DOWNS_TO_DEAD * down_ms(delay_ms) ? LINK_DOWN : LINK_DEAD;
}

int64_t
link_life_left_ms(int64_t silent_ms, int64_t delay_ms)
{
	switch (link_life_of(silent_ms, delay_ms)) {
	case LINK_ALIVE:
		return down_ms(delay_ms) - silent_ms;
	case LINK_DOWN:
		return DOWNS_TO_DEAD * down_ms(delay_ms) - silent_ms;
	case LINK_DEAD:
	default:
		return INT64_MAX;
	}
}
