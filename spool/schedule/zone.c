/*
 * zone.c - which change was the last one
 */
#include "spool/schedule/zone.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

static size_t changes_until(const struct zone *zone, struct walltime wall);

void
zone_init(struct zone *zone)
{
	*zone = (struct zone){ .changes = NULL };
}

void
zone_release(struct zone *zone)
{
	free(zone->changes);
	zone_init(zone);
}

enum status
zone_parse(struct zone *zone, struct span bytes, struct diagnostic *diagnostic)
{
	static const char magic[] = { 'T', 'Z', 'i', 'f' };

	if (bytes.length == 0)
		return STATUS_OK;
	if (bytes.length >= sizeof(magic) && memcmp(bytes.data, magic, sizeof(magic)) == 0)
		return zone_file_decode(zone, bytes, diagnostic);
	zone->has_rule = zone_rule_parse(&zone->rule, bytes);
	if (zone->has_rule)
		return STATUS_OK;
	zone_release(zone);
	diagnostic_set(diagnostic, "it is neither a zone file nor a rule such as \"EST5EDT,M3.2.0,"
	                           "M11.1.0\"");
	return STATUS_INVALID;
}

int64_t
zone_offset_ms(const struct zone *zone, struct walltime wall, struct walltime *until)
{
	size_t count = changes_until(zone, wall);

	if (count == zone->count && zone->has_rule)
		return zone_rule_offset_ms(&zone->rule, wall, until);
	until->ms = count < zone->count ? zone->changes[count].at.ms : INT64_MAX;
	return count > 0 ? zone->changes[count - 1].offset_ms : zone->first_ms;
}

/* How many changes have been by then. */
static size_t
changes_until(const struct zone *zone, struct walltime wall)
{
	size_t low = 0, high = zone->count; /* the answer is in [low, high] */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->changes[middle].at.ms <= wall.ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
