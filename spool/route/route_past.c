/*
 * route_past.c - questions to a history
 */
#include "spool/route/route_past.h"

#include <string.h>

static size_t own_waypoints(const char *home, const struct destination *destination);

const struct route_past ROUTE_PAST_NONE = { .nodes = NULL };

unsigned
route_past_visits(const struct route_past *past, const char *node)
{
	unsigned visits = 0;

	for (size_t i = 0; i < past->count; i++)
		visits += strcmp(past->nodes[i].text, node) == 0;
	return visits;
}

bool
route_past_travelled(const struct route_past *past, const char *from, const char *to)
{
	for (size_t i = 0; i + 1 < past->count; i++)
		if (strcmp(past->nodes[i].text, from) == 0 &&
		    strcmp(past->nodes[i + 1].text, to) == 0)
			return true;
	return false;
}

bool
route_past_again(const struct route_past *past, const char *home,
                 const struct destination *destination)
{
	size_t left = destination->waypoint_count - own_waypoints(home, destination);

	for (size_t i = 0; past->before != NULL && i < past->before->count; i++) {
		const struct destination *earlier = &past->before->destinations[i];

		if (strcmp(earlier->node.text, destination->node.text) == 0 &&
		    strcmp(earlier->user, destination->user) == 0 &&
		    earlier->waypoint_count - own_waypoints(home, earlier) <= left)
			return true;
	}
	return false;
}

bool
route_past_allows(const struct route_past *past, const char *home, const char *neighbor,
                  const struct destination *destination, bool again)
{
	bool stays =
	    destination->waypoint_count == 0 && strcmp(destination->node.text, neighbor) == 0;

	if (route_past_visits(past, neighbor) >= ROUTE_MAX_VISITS && !stays)
		return false;
	return !again || !route_past_travelled(past, home, neighbor);
}

/* Home's own name in front. */
static size_t
own_waypoints(const char *home, const struct destination *destination)
{
	size_t own = 0;

	while (own < destination->waypoint_count &&
	       strcmp(destination->waypoints[own].text, home) == 0)
		own++;
	return own;
}
