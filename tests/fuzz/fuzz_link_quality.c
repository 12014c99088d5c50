/*
 * fuzz_link_quality.c - any lines of a program about its line: nothing goes out of its bounds
 */
#include <assert.h>
#include <string.h>

#include "daemon/mesh/link_quality.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct link_quality *quality);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link_quality quality = { .rate_bits = 0 }, before;

	for (size_t at = 0, end; at < size; at = end + 1) {
		for (end = at; end < size && data[end] != '\n';)
			end++;
		before = quality;
		if (link_quality_take(&quality, (struct span){ data + at, end - at }) != STATUS_OK)
			assert(memcmp(&before, &quality, sizeof(quality)) == 0);
		check(&quality);
	}
	return 0;
}

static void
check(const struct link_quality *quality)
{
	struct buffer words;

	assert(quality->rate_bits >= 0 && quality->rate_bits <= LINK_QUALITY_RATE_MAX_BITS);
	assert(quality->round_trip_ms >= 0 && quality->round_trip_ms <= LINK_QUALITY_TRIP_MAX_MS);
	assert(quality->percent >= 0 && quality->percent <= 101);
	buffer_init(&words);
	link_quality_print(quality, &words);
	for (size_t i = 0; i < words.length; i++)
		assert(words.data[i] >= ' ' && words.data[i] <= '~');
	assert(words.length < 256);
	buffer_release(&words);
}
