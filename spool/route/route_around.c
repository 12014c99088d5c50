/*
 * route_around.c - a detour without the links that do not do
 */
#include "spool/route/route_around.h"

#include <string.h>

#include "spool/route/route_detour.h"

bool
route_around(struct route_ways *ways, enum route_preference preference,
             const struct destination *destination, const char *hop, const struct route_past *past,
             uint64_t size_bytes, struct destination *by, const char **next_hop)
{
	const struct route_bounds bounds = { .closed = hop, .size_bytes = size_bytes };
	struct route_detour       detour;
	bool                      goes;

	goes = route_past_visits(past, ways->home) < ROUTE_MAX_VISITS &&
	       route_detour(ways, preference, destination_leg(destination),
	                    hop != NULL ? hop : ways->home, past, &bounds, &detour) &&
	       (hop == NULL || strcmp(detour.next_hop, hop) != 0) &&
	       destination->waypoint_count + detour.waypoint_count <= ADDRESS_MAX_WAYPOINTS;
	if (goes) {
		destination_copy(by, destination);
		destination_visit_first(by, detour.waypoints, detour.waypoint_count);
		*next_hop = detour.next_hop;
		goes      = route_past_allows(past, ways->home, *next_hop, by, false);
	}
	return goes;
}
