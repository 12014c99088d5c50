/*
 * allowance.c - what was spent, and since when
 */
#include "daemon/mesh/allowance.h"

#define DAY_MS INT64_C(86400000)

void
allowance_turn(struct allowance *allowance, uint64_t limit, int64_t now_ms)
{
	while (limit > 0 && allowance->spent > 0 && now_ms - allowance->begun_ms >= DAY_MS) {
		allowance->spent = allowance->spent > limit ? allowance->spent - limit : 0;
		allowance->begun_ms += DAY_MS;
	}
}

bool
allowance_admits(const struct allowance *allowance, uint64_t limit, uint64_t size, bool waited)
{
	if (size <= limit && allowance->spent <= limit - size)
		return true;
	return limit > 0 && (allowance->spent == 0 || (waited && allowance->spent < limit));
}

void
allowance_spend(struct allowance *allowance, uint64_t size, int64_t now_ms)
{
	if (allowance->spent == 0)
		allowance->begun_ms = now_ms;
	allowance->spent += size;
}

int64_t
allowance_next_ms(const struct allowance *allowance, int64_t now_ms)
{
	bool runs = allowance->spent > 0 && now_ms - allowance->begun_ms < DAY_MS;

	return (runs ? allowance->begun_ms : now_ms) + DAY_MS;
}
