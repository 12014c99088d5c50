/*
 * node_resolve.c - where a message goes from here: tables, and what no link takes
 *
 * The tables decide (route_resolve.h), and what they lead nowhere is repaired (route_repair.h).
 * Then each destination is held against the links: if none to its next hop takes such a message,
 * or the database knows of a link behind it that is too narrow, it goes another way if every link of
 * that takes it (route_around.h); else it is unroutable, with the reason `carry` or `limit`. So it is
 * refused where it is submitted, and returned where it is on its way, by the first node that knows.
 */
#include <string.h>

#include "daemon/node/node_topology.h"
#include "spool/route/route_around.h"
#include "spool/route/route_repair.h"

/* One message at its next hops. */
struct passing {
	struct node               *node;
	const struct node_message *message;
	enum route_preference      preference;
	const struct route_past   *past;
	struct route_ways         *ways;
	struct forwarding         *out;
};

static const char *line_of(const struct node *node, const struct node_message *message,
                           const struct address *destinations);
static void        pass_all(struct passing *passing);
static void        pass(struct passing *passing, const struct destination *destination,
                        const struct route_match *match);
static const char *obstacle(const struct passing *passing, const struct destination *destination,
                            const char *next_hop, bool *behind, struct buffer *why);

static enum route_preference
preference_of(const struct node_message *message)
{
	return message->envelope.preference == PREFERENCE_CHEAPEST ? ROUTE_CHEAPEST : ROUTE_FASTEST;
}

void
node_resolve(struct node *node, const struct node_message *message,
             const struct address *destinations, bool forgiven, struct forwarding *out)
{
	struct node_past   past;
	struct route_ways  ways;
	struct route_match line    = { .kind     = ROUTE_MATCH_ENTRY,
		                       .next_hop = line_of(node, message, destinations) };
	struct passing     passing = { .node       = node,
		                       .message    = message,
		                       .preference = preference_of(message),
		                       .ways       = &ways,
		                       .out        = out };

	node_past_find(node, message, forgiven, &past);
	passing.past = &past.past;
	if (line.next_hop != NULL)
		forwarding_send(out, &destinations->destinations[0], &line);
	else
		route_resolve(&node->tables, passing.preference, destinations, &past.past, out,
		              NULL);
	if (out->unroutable_count > 0 || node->limited) {
		route_ways_init(&ways, node_full_topology(node), node->name.text);
		route_repair(&ways, &node->tables, passing.preference, &past.past, out, NULL);
		if (node->limited)
			pass_all(&passing);
		route_ways_release(&ways);
	}
	node_past_release(&past);
}

void
node_resolve_explain(struct node *node, const struct node_message *message,
                     const struct destination *destination, struct buffer *why)
{
	struct route_ways  ways;
	struct passing     passing = { .node       = node,
		                       .message    = message,
		                       .preference = preference_of(message),
		                       .ways       = &ways };
	struct route_match match =
	    route_lookup(&node->tables, passing.preference, destination_leg(destination), NULL);
	bool behind;

	route_ways_init(&ways, node_full_topology(node), node->name.text);
	if (match.next_hop == NULL ||
	    obstacle(&passing, destination, match.next_hop, &behind, why) == NULL)
		buffer_append_text(why, "no link of any way there takes it");
	route_ways_release(&ways);
}

/*
 * What nodes tell each other goes to a neighbor on the line by that line, whatever the tables
 * say: they may still believe its old word that the link is dead, and no other way may be
 * left for the new one. NULL: the tables decide.
 */
static const char *
line_of(const struct node *node, const struct node_message *message,
        const struct address *destinations)
{
	const struct destination *only = &destinations->destinations[0];

	if (strcmp(message->envelope.service, "control") != 0 || destinations->count != 1 ||
	    only->broadcast || only->waypoint_count > 0)
		return NULL;
	return node_neighbor_up(node, only->node.text)
	           ? node_link_find(node, only->node.text)->description->neighbor.text
	           : NULL;
}

/* Sorts what goes on anew; what stays here or goes nowhere is as it was. */
static void
pass_all(struct passing *passing)
{
	struct forwarding before = *passing->out, *out = passing->out;

	forwarding_init(out);
	out->here                = before.here;
	out->unroutable          = before.unroutable;
	out->unroutable_count    = before.unroutable_count;
	out->unroutable_capacity = before.unroutable_capacity;
	address_init(&before.here);
	before.unroutable       = NULL;
	before.unroutable_count = before.unroutable_capacity = 0;
	for (size_t i = 0; i < before.next_count; i++) {
		const struct forwarding_next *next = &before.next[i];

		for (size_t j = 0; j < next->destinations.count; j++)
			pass(passing, &next->destinations.destinations[j], &next->match);
	}
	forwarding_release(&before);
}

static void
pass(struct passing *passing, const struct destination *destination,
     const struct route_match *match)
{
	bool               behind = false;
	const char        *next_hop;
	const char        *reason = obstacle(passing, destination, match->next_hop, &behind, NULL);
	struct destination by;
	struct route_match around = { .kind = ROUTE_MATCH_DETOUR };
	bool               goes   = false;

	if (reason == NULL) {
		forwarding_send(passing->out, destination, match);
		return;
	}
	destination_init(&by);
	if (!destination->broadcast || destination->waypoint_count > 0)
		goes = route_around(passing->ways, passing->preference, destination,
		                    behind ? NULL : match->next_hop, passing->past,
		                    passing->message->stored.size_bytes, &by, &next_hop) &&
		       node_link_find(passing->node, next_hop) != NULL &&
		       obstacle(passing, &by, next_hop, &behind, NULL) == NULL;
	if (goes) {
		around.next_hop = next_hop;
		forwarding_send(passing->out, &by, &around);
	} else {
		forwarding_fail(passing->out, destination, NULL, reason);
	}
	destination_release(&by);
}

/* Why it does not go by that neighbor, NULL: it does. *behind: for a link that is not home's. */
static const char *
obstacle(const struct passing *passing, const struct destination *destination, const char *next_hop,
         bool *behind, struct buffer *why)
{
	struct node        *node = passing->node;
	struct node_cargo   cargo;
	struct route_narrow narrow;
	const char         *reason;
	uint64_t            size = passing->message->stored.size_bytes;

	*behind = false;
	node_cargo_init(passing->message, NULL, passing->message->envelope.priority, &cargo);
	if (cargo.route.always)
		return NULL;
	reason = node_carrier_none(node, next_hop, &cargo, why);
	if (reason != NULL || (destination->broadcast && destination->waypoint_count == 0))
		return reason;
	*behind = route_ways_are_narrow(passing->ways, passing->preference,
	                                destination_leg(destination), next_hop, size, &narrow);
	if (!*behind)
		return NULL;
	if (why != NULL) {
		buffer_append_format(why, "the link from %s to %s takes at most ", narrow.from,
		                     narrow.to);
		route_carrier_size(why, narrow.most_bytes, true);
		buffer_append_text(why, " a message; this one has ");
		route_carrier_size(why, size, false);
	}
	return ROUTE_LIMIT;
}
