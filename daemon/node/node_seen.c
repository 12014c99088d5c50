/*
 * node_seen.c - what was taken before is not taken again
 *
 * Duplicates are known by (id, destination, how often the message had been here before):
 * a neighbor that repeats an offer after a lost acknowledgement, and two relays that both
 * carried it, give the same triple; a message that comes back through a loop does not.
 * A broadcast is taken once by those that it is for, whatever its way: the paper's broadcast
 * database, kept by (id, region), because the parts of `*.cs.su.oz.au,*.su.oz.au` travel apart
 * (D19). A triple is purged when the message's lifetime and a week are over.
 */
#include "daemon/node/node_seen.h"

#include <stdio.h>

#include "spool/route/route_waypoints.h"

static bool     was_seen_formerly(struct node *node, const struct node_arrival *arrival,
                                  const struct destination *destination);
static bool     seen_key(const struct node *node, const struct destination *destination,
                         const char *own, struct buffer *key);
static unsigned visit_of(const struct node *node, const struct node_arrival *arrival,
                         const struct destination *destination);

bool
node_seen_is_news(struct node *node, const struct node_arrival *arrival)
{
	const struct address    *address = &arrival->transit.destinations;
	const struct message_id *id      = &arrival->envelope.id;
	struct buffer            key;
	bool                     any = false;

	buffer_init(&key);
	for (size_t i = 0; i < address->count && !any; i++) {
		const struct destination *destination = &address->destinations[i];

		seen_key(node, destination, node->name.text, &key);
		any = !store_seen_has(node->store, id, buffer_text(&key),
		                      visit_of(node, arrival, destination)) &&
		      !was_seen_formerly(node, arrival, destination);
	}
	buffer_release(&key);
	return any;
}

void
node_seen_take(struct node *node, struct node_arrival *arrival, int64_t forget_ms)
{
	struct address *address = &arrival->transit.destinations;
	size_t          kept    = 0;

	for (size_t i = 0; i < address->count; i++) {
		struct destination *destination = &address->destinations[i];

		if (node_seen_add(node, arrival, destination, forget_ms))
			address->destinations[kept++] = *destination;
		else
			destination_release(destination);
	}
	address->count = kept;
}

bool
node_seen_add(struct node *node, const struct node_arrival *arrival,
              const struct destination *destination, int64_t forget_ms)
{
	struct buffer key;
	bool          news;

	buffer_init(&key);
	seen_key(node, destination, node->name.text, &key);
	news = store_seen_add(node->store, &arrival->envelope.id, buffer_text(&key),
	                      visit_of(node, arrival, destination), forget_ms) &&
	       !was_seen_formerly(node, arrival, destination);
	buffer_release(&key);
	return news;
}

bool
node_seen_wants(struct node *node, const struct message_id *id, const char *user, int64_t forget_ms)
{
	struct destination here;
	struct buffer      key;
	bool               wants;

	destination_init(&here);
	buffer_init(&key);
	here.node = node->name;
	snprintf(here.user, sizeof(here.user), "%s", user);
	destination_format(&here, &key);
	wants = store_seen_add(node->store, id, buffer_text(&key), 0, forget_ms);
	buffer_release(&key);
	destination_release(&here);
	return wants;
}

/* Under a name that this node had then: who repeats it knows the present one, perhaps (D31). */
static bool
was_seen_formerly(struct node *node, const struct node_arrival *arrival,
                  const struct destination *destination)
{
	struct buffer key;
	bool          seen = false;

	buffer_init(&key);
	for (size_t i = 0; i < node->home->former_count && !seen; i++)
		seen = seen_key(node, destination, node->home->formers[i].name.text, &key) &&
		       store_seen_has(node->store, &arrival->envelope.id, buffer_text(&key),
		                      visit_of(node, arrival, destination));
	buffer_release(&key);
	return seen;
}

/*
 * The destination without this node's names in front, and with `own` for any of them at its
 * end; true if it is for this node.
 */
static bool
seen_key(const struct node *node, const struct destination *destination, const char *own,
         struct buffer *key)
{
	struct destination rest;
	bool               ours;

	buffer_clear(key);
	destination_init(&rest);
	destination_copy(&rest, destination);
	route_waypoints_strip(&node->tables, &rest);
	ours = rest.waypoint_count == 0 && !rest.broadcast &&
	       route_tables_is_home(&node->tables, rest.node.text);
	if (ours)
		snprintf(rest.node.text, sizeof(rest.node.text), "%s", own);
	destination_format(&rest, key);
	destination_release(&rest);
	return ours;
}

/* On its way to those that it is for a broadcast may come round again, as any message may. */
static unsigned
visit_of(const struct node *node, const struct node_arrival *arrival,
         const struct destination *destination)
{
	struct destination rest;
	bool               spreads;

	destination_init(&rest);
	destination_copy(&rest, destination);
	route_waypoints_strip(&node->tables, &rest);
	spreads = rest.broadcast && rest.waypoint_count == 0 &&
	          route_tables_takes_part(&node->tables, rest.node.text);
	destination_release(&rest);
	return spreads ? 0 : transit_visits(&arrival->transit, &node->name);
}
