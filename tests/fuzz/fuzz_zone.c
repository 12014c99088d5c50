/*
 * fuzz_zone.c - any bytes as a zone: refused, or every moment has a sane distance from UTC
 */
#include <assert.h>

#include "spool/schedule/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t moments[] = { INT64_MIN, INT64_C(-3000000000000), 0,
		                           INT64_C(1795171200000), INT64_MAX };
	struct zone          zone;

	zone_init(&zone);
	if (zone_parse(&zone, (struct span){ data, size }, NULL) != STATUS_OK)
		assert(zone.count == 0 && zone.changes == NULL && !zone.has_rule);
	for (size_t i = 1; i < zone.count; i++)
		assert(zone.changes[i - 1].at.ms < zone.changes[i].at.ms);
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		struct walltime wall      = { moments[i] }, until;
		int64_t         offset_ms = zone_offset_ms(&zone, wall, &until);

		assert(offset_ms >= -26 * INT64_C(3600000) && offset_ms <= 26 * INT64_C(3600000));
		assert(until.ms > wall.ms || wall.ms == INT64_MAX);
	}
	zone_release(&zone);
	return 0;
}
