/*
 * route_waypoints.c - strip, explicit lines, former names; in this order
 */
#include "spool/route/route_waypoints.h"

#include <string.h>

static void   add_explicit_line(const struct route_tables *tables, const struct route_past *past,
                                struct destination *destination, struct buffer *steps);
static size_t count_visited(const struct route_explicit *line, const struct route_past *past);
static void   follow_rename(const struct route_tables *tables, struct destination *destination,
                            struct buffer *steps);

void
route_waypoints_apply(const struct route_tables *tables, const struct route_past *past,
                      struct destination *destination, bool with_explicit, struct buffer *steps)
{
	route_waypoints_strip(tables, destination);
	if (with_explicit && destination->waypoint_count == 0 && !destination->broadcast) {
		add_explicit_line(tables, past, destination, steps);
		route_waypoints_strip(tables, destination);
	}
	if (destination->waypoint_count == 0 && destination->broadcast)
		return;
	follow_rename(tables, destination, steps);
}

void
route_waypoints_strip(const struct route_tables *tables, struct destination *destination)
{
	size_t own = 0;

	while (own < destination->waypoint_count &&
	       route_tables_is_home(tables, destination->waypoints[own].text))
		own++;
	if (own == 0)
		return;
	destination->waypoint_count -= own;
	memmove(destination->waypoints, destination->waypoints + own,
	        destination->waypoint_count * sizeof(destination->waypoints[0]));
}

/*
 * An operator's `explicit` line for the destination, the longest region first. Where the message
 * has been it need not go again: it may come from there by the only way that there is.
 */
static void
add_explicit_line(const struct route_tables *tables, const struct route_past *past,
                  struct destination *destination, struct buffer *steps)
{
	for (size_t i = 0; i < tables->explicit_count; i++) {
		const struct route_explicit *line  = &tables->explicits[i];
		size_t                       count = line->waypoint_count;
		size_t                       first = count_visited(line, past);

		if (!name_within(destination->node.text, line->region.text))
			continue;
		if (steps != NULL)
			buffer_append_format(steps, "the explicit route for %s applies\n",
			                     line->region.text[0] == '\0' ? "the world"
			                                                  : line->region.text);
		if (!line->onward)
			destination->node = line->waypoints[--count];
		if (first < count)
			destination_visit_first(destination, line->waypoints + first,
			                        count - first);
		return;
	}
}

/* Up to the last of its nodes that the message has been at. */
static size_t
count_visited(const struct route_explicit *line, const struct route_past *past)
{
	size_t count = line->waypoint_count;

	while (count > 0 && route_past_visits(past, line->waypoints[count - 1].text) == 0)
		count--;
	return count;
}

static void
follow_rename(const struct route_tables *tables, struct destination *destination,
              struct buffer *steps)
{
	const char *name    = destination_leg(destination);
	const char *renamed = route_tables_renamed(tables, name);
	struct name present;

	if (renamed == NULL)
		return;
	if (steps != NULL)
		buffer_append_format(steps, "%s is renamed: it is %s now\n", name, renamed);
	if (strcmp(renamed, tables->home) == 0)
		return;
	memcpy(present.text, renamed, strlen(renamed) + 1);
	destination_visit_first(destination, &present, 1);
}
