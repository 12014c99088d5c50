/*
 * route_repair.c - the other table, around the loop, over to a node that knows
 */
#include "spool/route/route_repair.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_detour.h"
#include "spool/route/route_handover.h"

struct repair {
	struct route_ways         *ways;
	const struct route_tables *tables;
	enum route_preference      preference;
	const struct route_past   *past;
	struct forwarding         *out;
	struct buffer             *steps;
};

static bool repair_destination(struct repair *repair, const struct forwarding_failure *failure);
static bool by_other_table(struct repair *repair, const struct destination *destination);
static bool around_loop(struct repair *repair, const struct destination *destination);
static bool once_more(struct repair *repair, const struct destination *destination);
static bool hand_over(struct repair *repair, const struct destination *destination);

void
route_repair(struct route_ways *ways, const struct route_tables *tables,
             enum route_preference preference, const struct route_past *past,
             struct forwarding *forwarding, struct buffer *steps)
{
	struct repair repair = { ways, tables, preference, past, forwarding, steps };
	size_t        count = forwarding->unroutable_count, kept = 0;

	if (route_past_visits(past, tables->home) >= ROUTE_MAX_VISITS)
		return;
	for (size_t i = 0; i < count; i++) {
		struct forwarding_failure *failure = &forwarding->unroutable[i];

		if (repair_destination(&repair, failure))
			destination_release(&failure->destination);
		else
			forwarding->unroutable[kept++] = *failure;
	}
	forwarding->unroutable_count = kept;
}

static bool
repair_destination(struct repair *repair, const struct forwarding_failure *failure)
{
	const struct destination *destination = &failure->destination;

	if (by_other_table(repair, destination))
		return true;
	if (strcmp(failure->reason, ROUTE_LOOP) != 0 && hand_over(repair, destination))
		return true;
	if (strcmp(failure->reason, ROUTE_LOOP) != 0)
		return route_past_visits(repair->past, repair->tables->home) > 0 &&
		       around_loop(repair, destination);
	return around_loop(repair, destination) || once_more(repair, destination);
}

/* Out of a loop only by a neighbor outside it. */
static bool
by_other_table(struct repair *repair, const struct destination *destination)
{
	enum route_preference other =
	    repair->preference == ROUTE_FASTEST ? ROUTE_CHEAPEST : ROUTE_FASTEST;
	struct route_match match =
	    route_lookup(repair->tables, other, destination_leg(destination), NULL);

	if (match.next_hop == NULL || strcmp(match.next_hop, repair->tables->home) == 0 ||
	    route_past_visits(repair->past, match.next_hop) > 0)
		return false;
	if (repair->steps != NULL)
		buffer_append_format(repair->steps, "the %s table leads %s by %s\n",
		                     other == ROUTE_FASTEST ? "fastest" : "cheapest",
		                     destination_leg(destination), match.next_hop);
	forwarding_send(repair->out, destination, &match);
	return true;
}

/* What a default leads to a node goes by way of that one: others may not have the default. */
static bool
around_loop(struct repair *repair, const struct destination *destination)
{
	const char         *name  = destination_leg(destination);
	struct route_match  match = route_lookup(repair->tables, repair->preference, name, NULL);
	struct route_detour detour;
	struct destination  by;
	struct name         toward;
	bool                goes;

	if (!route_detour(repair->ways, repair->preference,
	                  match.toward != NULL ? match.toward : name, match.next_hop, repair->past,
	                  NULL, &detour) ||
	    destination->waypoint_count + detour.waypoint_count + (match.toward != NULL) >
	        ADDRESS_MAX_WAYPOINTS)
		return false;
	destination_init(&by);
	destination_copy(&by, destination);
	if (match.toward != NULL) {
		memcpy(toward.text, match.toward, strlen(match.toward) + 1);
		destination_visit_first(&by, &toward, 1);
	}
	destination_visit_first(&by, detour.waypoints, detour.waypoint_count);
	goes  = route_past_allows(repair->past, repair->tables->home, detour.next_hop, &by, false);
	match = (struct route_match){ .kind = ROUTE_MATCH_DETOUR, .next_hop = detour.next_hop };
	if (goes && repair->steps != NULL)
		buffer_append_format(repair->steps, "around the loop, %s goes by %s\n", name,
		                     detour.next_hop);
	if (goes)
		forwarding_send(repair->out, &by, &match);
	destination_release(&by);
	return goes;
}

/*
 * Whoever leads astray has not seen it yet: only here has the circle closed. By the same way each
 * node on it sees it, and may know another; who is at the end of one link never does.
 */
static bool
once_more(struct repair *repair, const struct destination *destination)
{
	struct route_match match =
	    route_lookup(repair->tables, repair->preference, destination_leg(destination), NULL);

	if (match.next_hop == NULL || strcmp(match.next_hop, repair->tables->home) == 0 ||
	    !route_past_allows(repair->past, repair->tables->home, match.next_hop, destination,
	                       false))
		return false;
	if (repair->steps != NULL)
		buffer_append_format(repair->steps,
		                     "no other way is known here: it goes round once more, as "
		                     "others on the circle may know one\n");
	forwarding_send(repair->out, destination, &match);
	return true;
}

/* The destination's next leg decides, as in route_resolve.c. */
static bool
hand_over(struct repair *repair, const struct destination *destination)
{
	const char        *name = destination_leg(destination);
	const char        *node = NULL;
	struct route_match match;
	struct name        waypoint;
	struct destination by;
	bool               goes;

	if (topology_mentions(repair->ways->topology, name))
		node = route_handover(repair->ways, repair->preference, name);
	if (node == NULL || destination->waypoint_count == ADDRESS_MAX_WAYPOINTS)
		return false;
	match = route_lookup(repair->tables, repair->preference, node, NULL);
	if (match.next_hop == NULL)
		return false;
	memcpy(waypoint.text, node, strlen(node) + 1);
	destination_init(&by);
	destination_copy(&by, destination);
	destination_visit_first(&by, &waypoint, 1);
	goes = route_past_allows(repair->past, repair->tables->home, match.next_hop, &by,
	                         route_past_again(repair->past, repair->tables->home, destination));
	if (goes && repair->steps != NULL)
		buffer_append_format(repair->steps,
		                     "%s has a way to %s, and takes it over; it is reached by %s\n",
		                     node, name, match.next_hop);
	if (goes)
		forwarding_send(repair->out, &by, &match);
	destination_release(&by);
	return goes;
}
