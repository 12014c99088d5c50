/*
 * route_repair.c - find the node, see that a route leads there, put it before the address
 */
#include "spool/route/route_repair.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_handover.h"

static bool hand_over(const struct topology *topology, const struct route_tables *tables,
                      enum route_preference preference, const struct destination *destination,
                      struct forwarding *forwarding, struct buffer *steps);
static void visit_first(struct destination *destination, const char *node);

void
route_repair(const struct topology *topology, const struct route_tables *tables,
             enum route_preference preference, struct forwarding *forwarding, struct buffer *steps)
{
	size_t count = forwarding->unroutable_count, kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct forwarding_failure *failure = &forwarding->unroutable[i];

		if (hand_over(topology, tables, preference, &failure->destination, forwarding,
		              steps))
			destination_release(&failure->destination);
		else
			forwarding->unroutable[kept++] = *failure;
	}
	forwarding->unroutable_count = kept;
}

/* The destination's next leg decides, as in route_resolve.c. */
static bool
hand_over(const struct topology *topology, const struct route_tables *tables,
          enum route_preference preference, const struct destination *destination,
          struct forwarding *forwarding, struct buffer *steps)
{
	const char        *name = destination->waypoint_count > 0 ? destination->waypoints[0].text
	                                                          : destination->node.text;
	const char        *node = NULL;
	struct address     explicit_one;
	struct destination by;

	if (!destination->broadcast && topology_mentions(topology, name))
		node = route_handover(topology, tables->home, preference, name);
	if (node == NULL || route_lookup(tables, preference, node, NULL).next_hop == NULL)
		return false;
	if (steps != NULL)
		buffer_append_format(steps, "%s has a way to %s, and takes it over\n", node, name);
	destination_init(&by);
	address_init(&explicit_one);
	destination_copy(&by, destination);
	visit_first(&by, node);
	address_add(&explicit_one, &by);
	route_resolve(tables, preference, &explicit_one, NULL, 0, forwarding, steps);
	address_release(&explicit_one);
	destination_release(&by);
	return true;
}

static void
visit_first(struct destination *destination, const char *node)
{
	size_t       count     = destination->waypoint_count;
	struct name *waypoints = memory_new(count + 1, sizeof(waypoints[0]));

	memcpy(waypoints[0].text, node, strlen(node) + 1);
	if (count > 0)
		memcpy(&waypoints[1], destination->waypoints, count * sizeof(waypoints[0]));
	free(destination->waypoints);
	destination->waypoints      = waypoints;
	destination->waypoint_count = count + 1;
}
