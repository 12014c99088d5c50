/*
 * route_resolve.c - each destination by itself, gathered by next hop
 */
#include "spool/route/route_resolve.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_waypoints.h"

/* What stays the same while one address is split. */
struct resolve {
	const struct route_tables *tables;
	enum route_preference      preference;
	const struct route_past   *past;
	bool                       again; /* has this destination been here before? */
	struct forwarding         *out;
	struct buffer             *steps;
};

static void resolve_destination(struct resolve *resolve, struct destination *destination);
static void resolve_broadcast(struct resolve *resolve, const struct destination *destination);
static void resolve_name(struct resolve *resolve, const struct destination *destination,
                         const char *name);
static void go_on(struct resolve *resolve, const struct destination *destination,
                  const struct route_match *match);
static void fail(struct resolve *resolve, const struct destination *destination,
                 const struct route_match *match, const char *reason);

bool
forwarding_lacks_audience(const struct forwarding_failure *failure)
{
	return failure->destination.broadcast && failure->destination.waypoint_count == 0 &&
	       strcmp(failure->reason, ROUTE_LOOP) != 0;
}

void
forwarding_init(struct forwarding *forwarding)
{
	*forwarding = (struct forwarding){ .next = NULL };
	address_init(&forwarding->here);
}

void
forwarding_release(struct forwarding *forwarding)
{
	for (size_t i = 0; i < forwarding->next_count; i++)
		address_release(&forwarding->next[i].destinations);
	for (size_t i = 0; i < forwarding->unroutable_count; i++)
		destination_release(&forwarding->unroutable[i].destination);
	free(forwarding->next);
	free(forwarding->unroutable);
	address_release(&forwarding->here);
	forwarding_init(forwarding);
}

void
route_resolve(const struct route_tables *tables, enum route_preference preference,
              const struct address *address, const struct route_past *past, struct forwarding *out,
              struct buffer *steps)
{
	struct resolve resolve = {
		.tables = tables, .preference = preference, .past = past, .out = out, .steps = steps
	};

	for (size_t i = 0; i < address->count; i++) {
		struct destination destination;

		destination_init(&destination);
		destination_copy(&destination, &address->destinations[i]);
		resolve_destination(&resolve, &destination);
		destination_release(&destination);
	}
}

static void
resolve_destination(struct resolve *resolve, struct destination *destination)
{
	resolve->again = route_past_again(resolve->past, resolve->tables->home, destination);
	route_waypoints_apply(resolve->tables, resolve->past, destination, !resolve->again,
	                      resolve->steps);
	if (destination->waypoint_count == 0 && destination->broadcast)
		resolve_broadcast(resolve, destination);
	else
		resolve_name(resolve, destination, destination_leg(destination));
}

/* One leg: the next node to visit decides (D17). */
static void
resolve_name(struct resolve *resolve, const struct destination *destination, const char *name)
{
	struct route_match match =
	    route_lookup(resolve->tables, resolve->preference, name, resolve->steps);

	if (match.kind == ROUTE_MATCH_HOME || match.kind == ROUTE_MATCH_GATEWAY)
		address_add(&resolve->out->here, destination);
	else if (match.next_hop != NULL)
		go_on(resolve, destination, &match);
	else
		fail(resolve, destination, &match, route_match_reason(&match));
}

/* There is a way: unless the message has been along it, or too often at one end of it. */
static void
go_on(struct resolve *resolve, const struct destination *destination,
      const struct route_match *match)
{
	const struct route_past *past = resolve->past;
	const char              *home = resolve->tables->home;

	if (route_past_visits(past, home) < ROUTE_MAX_VISITS &&
	    route_past_allows(past, home, match->next_hop, destination, resolve->again)) {
		forwarding_send(resolve->out, destination, match);
		return;
	}
	if (resolve->steps != NULL)
		buffer_append_format(resolve->steps,
		                     "the message has been that way before: it goes in a circle\n");
	fail(resolve, destination, match, ROUTE_LOOP);
}

/*
 * D18. From where it spreads, a broadcast goes to all hops that it has not been at, and where there
 * is none it has ended well. Until then it is one message on its way to the region, like any other.
 */
static void
resolve_broadcast(struct resolve *resolve, const struct destination *destination)
{
	const struct route_tables        *tables = resolve->tables;
	const char                       *region = destination->node.text;
	const struct route_broadcast_row *row =
	    route_broadcast_find(&tables->broadcasts[resolve->preference], region);
	struct route_match match = { .kind = ROUTE_MATCH_ENTRY };

	if (!route_tables_spreads(tables, resolve->preference, region)) {
		resolve_name(resolve, destination, region);
		return;
	}
	if (route_tables_takes_part(tables, region))
		address_add(&resolve->out->here, destination);
	for (uint32_t i = 0; row != NULL && i < row->hop_count; i++) {
		match.matched  = row->region;
		match.next_hop = row->hops[i];
		if (route_past_visits(resolve->past, match.next_hop) == 0)
			forwarding_send(resolve->out, destination, &match);
	}
}

void
forwarding_send(struct forwarding *out, const struct destination *destination,
                const struct route_match *match)
{
	size_t place = 0;

	while (place < out->next_count &&
	       strcmp(out->next[place].neighbor.text, match->next_hop) < 0)
		place++;
	if (place == out->next_count ||
	    strcmp(out->next[place].neighbor.text, match->next_hop) != 0) {
		struct forwarding_next *next;

		out->next = memory_grow(out->next, &out->next_capacity, out->next_count + 1,
		                        sizeof(out->next[0]));
		next      = &out->next[place];
		memmove(next + 1, next, (out->next_count - place) * sizeof(*next));
		out->next_count++;
		*next = (struct forwarding_next){ .match = *match };
		memcpy(next->neighbor.text, match->next_hop, strlen(match->next_hop) + 1);
		address_init(&next->destinations);
	}
	address_add(&out->next[place].destinations, destination);
}

static void
fail(struct resolve *resolve, const struct destination *destination,
     const struct route_match *match, const char *reason)
{
	forwarding_fail(resolve->out, destination, match->matched, reason);
}

void
forwarding_fail(struct forwarding *out, const struct destination *destination, const char *matched,
                const char *reason)
{
	struct forwarding_failure *failure;

	out->unroutable = memory_grow(out->unroutable, &out->unroutable_capacity,
	                              out->unroutable_count + 1, sizeof(out->unroutable[0]));
	failure         = &out->unroutable[out->unroutable_count++];
	*failure        = (struct forwarding_failure){ .reason = reason };
	destination_init(&failure->destination);
	destination_copy(&failure->destination, destination);
	if (matched != NULL)
		memcpy(failure->matched.text, matched, strlen(matched) + 1);
}
