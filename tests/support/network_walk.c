/*
 * network_walk.c - each node asked in turn: what would you do with this?
 */
#include "tests/support/network_walk.h"

#include <string.h>

#include "spool/route/route_repair.h"

/* The message as it is under way. */
struct message {
	enum route_preference preference;
	struct name           history[NETWORK_WALK_MAX];
	struct address        was[NETWORK_WALK_MAX]; /* its address when it came there */
	struct address        address;               /* as it comes to the next node */
};

static bool step(struct network_walk *walk, struct message *message,
                 const struct network_view *view, struct name *next);

void
network_walk_make(struct network_walk *walk, struct network_views *views,
                  enum route_preference preference, uint32_t from, uint32_t to)
{
	struct message message = { .preference = preference };
	struct name    next    = views->network->names[from];
	bool           goes_on = true;

	*walk = (struct network_walk){ .count = 0 };
	address_init(&message.address);
	address_add_text(&message.address, views->network->names[to].text, NULL);
	while (goes_on && walk->count < NETWORK_WALK_MAX) {
		uint32_t at = network_views_number(views, next.text);

		walk->nodes[walk->count] = at;
		goes_on = step(walk, &message, network_views_get(views, at), &next);
	}
	for (size_t i = 0; i < walk->count; i++)
		address_release(&message.was[i]);
	address_release(&message.address);
}

/* Where does it go from there? False: nowhere. */
static bool
step(struct network_walk *walk, struct message *message, const struct network_view *view,
     struct name *next)
{
	const struct route_tables *tables = &view->tables;
	struct route_past          past   = { .nodes = message->history, .count = walk->count };
	struct forwarding          forwarding;
	struct route_ways          ways;
	bool                       goes_on;

	for (size_t i = 0; i < walk->count && past.before == NULL; i++)
		if (strcmp(message->history[i].text, tables->home) == 0)
			past.before = &message->was[i];
	forwarding_init(&forwarding);
	route_resolve(tables, message->preference, &message->address, &past, &forwarding, NULL);
	if (forwarding.unroutable_count > 0) {
		walk->repaired = true;
		walk->circled =
		    walk->circled || strcmp(forwarding.unroutable[0].reason, ROUTE_LOOP) == 0;
		route_ways_init(&ways, &view->topology, tables->home);
		route_repair(&ways, tables, message->preference, &past, &forwarding, NULL);
		route_ways_release(&ways);
	}
	walk->arrived             = forwarding.here.count > 0;
	goes_on                   = !walk->arrived && forwarding.next_count > 0;
	message->was[walk->count] = message->address;
	memcpy(message->history[walk->count++].text, tables->home, strlen(tables->home) + 1);
	address_init(&message->address);
	if (goes_on) {
		*next = forwarding.next[0].neighbor;
		address_add(&message->address, &forwarding.next[0].destinations.destinations[0]);
	}
	forwarding_release(&forwarding);
	return goes_on;
}
