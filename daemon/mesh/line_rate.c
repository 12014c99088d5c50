/*
 * line_rate.c - a moving average, in whole bytes
 */
#include "daemon/mesh/line_rate.h"

enum { SAMPLE_MS = 1000, SAMPLE_MIN_MS = 100, SAMPLE_MIN_BYTES = 1024, WEIGHT = 4 };

void
line_rate_note(struct line_rate *rate, uint64_t bytes, bool busy, struct instant now)
{
	int64_t  took_ms = now.ms - rate->since.ms;
	uint64_t carried = bytes - rate->bytes, sample;

	if (rate->busy && carried >= SAMPLE_MIN_BYTES &&
	    took_ms >= (busy ? SAMPLE_MS : SAMPLE_MIN_MS)) {
		sample = carried * 1000 / (uint64_t)took_ms;
		if (rate->bytes_per_s == 0)
			rate->bytes_per_s = sample;
		else
			rate->bytes_per_s = (rate->bytes_per_s * (WEIGHT - 1) + sample) / WEIGHT;
		rate->busy = false;
	}
	if (!rate->busy && busy) {
		rate->since = now;
		rate->bytes = bytes;
	}
	rate->busy = busy;
}

int64_t
line_rate_ms(uint64_t bytes_per_s, uint64_t bytes)
{
	if (bytes_per_s == 0)
		return -1;
	if (bytes / bytes_per_s > INT64_MAX / 2000)
		return INT64_MAX / 2;
	return (int64_t)(bytes / bytes_per_s * 1000 + bytes % bytes_per_s * 1000 / bytes_per_s);
}
