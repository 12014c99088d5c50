/*
 * fuzz_transit.c - any bytes as a transit: refused, or the same bytes come back
 */
#include <assert.h>

#include "spool/message/transit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_aliases(const struct transit *transit);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct transit transit;
	struct buffer  again;

	transit_init(&transit);
	if (transit_decode(&transit, (struct span){ data, size }, NULL) == STATUS_OK) {
		buffer_init(&again);
		transit_encode(&transit, &again);
		assert(span_equal(buffer_span(&again), (struct span){ data, size }));
		assert(transit.destinations.count > 0 && transit.age_ms >= 0);
		assert(transit.destinations.count <= ADDRESS_MAX_DESTINATIONS);
		assert(transit.hop_count <= TRANSIT_MAX_HOPS);
		for (size_t i = 0; i < transit.hop_count; i++)
			assert(transit_visits(&transit, &transit.hops[i].node) > 0);
		check_aliases(&transit);
		buffer_release(&again);
	}
	transit_release(&transit);
	return 0;
}

/* Whatever leads to what, a walk ends; and what led to a destination is not more than there is. */
static void
check_aliases(const struct transit *transit)
{
	struct aliases led = { .count = 0 };

	assert(transit->aliases.count <= ALIASES_MAX);
	for (size_t i = 0; i < transit->aliases.count; i++) {
		const struct alias *alias = &transit->aliases.items[i];
		const char         *first = aliases_written(&transit->aliases, alias->to, "");

		assert(first[0] != '\0');
		assert(aliases_came_by(&transit->aliases, alias->to, alias->to));
	}
	aliases_take(&led, &transit->aliases, &transit->destinations);
	assert(led.count <= transit->aliases.count);
	aliases_release(&led);
}
