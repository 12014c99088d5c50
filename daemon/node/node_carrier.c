/*
 * node_carrier.c - by which of several links to its neighbor a copy leaves, and when
 *
 * A copy waits for its neighbor, not for a link. A link that is up takes it if the operator lets
 * it (`carry`), both ends' limits do, and no other link that takes it is better by its preference
 * and to be expected: so what goes the cheap way does not leave by a dear link that happens to be
 * open, and what goes the fast way does not wait for a link that nobody answers. A link is called
 * for a copy by the same rule, but only the first of several that weigh the same.
 *
 * To be expected is, for the fastest, a link that is up, or is called on demand and was answered
 * when it was called last; for the cheapest, one that is not given up as down.
 *
 * What nodes tell each other takes the cheapest link that is up.
 */
#include "daemon/node/node_carrier.h"

#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_state.h"

static bool takes(const struct node_link *link, const struct route_cargo *cargo);
static bool is_alive(const struct node_link *link);
static bool is_expected(const struct node *node, const struct node_link *link,
                        const struct route_cargo *cargo);
static bool precedes(const struct node *node, const struct node_link *a, const struct node_link *b,
                     const struct route_cargo *cargo);

void
node_carriers_weigh(struct node *node)
{
	node->limited = route_link_limits_known(&node->topology);
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];
		bool              takes_all;

		route_carrier_find(&link->carrier, &node->topology, node->name.text,
		                   link->description);
		takes_all = !link->description->carry.stated &&
		            !record_limits_any(&link->carrier.link.limits);
		link->simple  = takes_all && link->first && node_link_next(node, link) == NULL;
		node->limited = node->limited || !takes_all;
	}
}

void
node_cargo_init(const struct node_message *message, const struct address *destinations,
                enum priority priority, struct node_cargo *cargo)
{
	const struct envelope *envelope = &message->envelope;

	*cargo = (struct node_cargo){
		.own   = strcmp(envelope->service, "control") == 0,
		.route = { .service      = envelope->service,
		           .preference   = envelope->preference == PREFERENCE_CHEAPEST
		                               ? DESCRIPTION_CHEAPEST
		                               : DESCRIPTION_FASTEST,
		           .priority     = (enum description_priority)(PRIORITY_LOW - priority),
		           .size_bytes   = message->stored.size_bytes,
		           .destinations = destinations },
	};
	cargo->route.always = node_limit_exempts(envelope, cargo->route.size_bytes);
	if (cargo->own)
		cargo->route.preference = DESCRIPTION_CHEAPEST;
}

const char *
node_carrier_none(const struct node *node, const char *neighbor, const struct node_cargo *cargo,
                  struct buffer *why)
{
	const char             *reason = NULL, *here;
	const struct node_link *shown  = NULL;

	for (const struct node_link *link = node_link_find(node, neighbor); link != NULL;
	     link                         = node_link_next(node, link)) {
		if (link->description->direction == LINK_ONE_WAY_IN)
			continue;
		here = route_carrier_excludes(&link->carrier, &cargo->route, NULL);
		if (here == NULL)
			return NULL;
		if (reason == NULL || strcmp(here, ROUTE_LIMIT) == 0) {
			reason = here; /* a limit says more than what is not carried at all */
			shown  = link;
		}
	}
	if (reason != NULL && why != NULL)
		route_carrier_excludes(&shown->carrier, &cargo->route, why);
	return reason;
}

bool
node_carrier_may_go(const struct node *node, const struct node_link *link,
                    const struct node_cargo *cargo)
{
	if (link->simple)
		return true;
	if (!takes(link, &cargo->route))
		return false;
	for (const struct node_link *other = node_link_find(node, link->description->neighbor.text);
	     other != NULL; other          = node_link_next(node, other))
                if (other != link && takes(other, &cargo->route) &&
                    route_carrier_is_better(&other->carrier, &link->carrier, &cargo->route) &&
                    (cargo->own ? node_link_up(node, other)
		                         : is_expected(node, other, &cargo->route)))
                        return false;
	return true;
}

bool
node_carrier_is_called(struct node *node, struct node_link *link, struct stored_copy *copy)
{
	struct node_message message;
	struct node_cargo   cargo;
	struct address      destinations;
	bool                called = true;

	if (link->simple)
		return true;
	node_message_init(&message);
	address_init(&destinations);
	address_add_text(&destinations, buffer_text(&copy->destinations), NULL);
	if (node_message_get(node, copy->message, &message)) {
		node_cargo_init(&message, &destinations, copy->priority, &cargo);
		called = takes(link, &cargo.route) &&
		         node_limit_day_admits(node, link, &message, cargo.route.size_bytes);
		for (const struct node_link *other =
		         node_link_find(node, link->description->neighbor.text);
		     called && other != NULL; other = node_link_next(node, other))
			called =
			    other == link || !takes(other, &cargo.route) ||
			    !precedes(node, other, link, &cargo.route) ||
			    !(cargo.own ? is_alive(other) : is_expected(node, other, &cargo.route));
	}
	address_release(&destinations);
	node_message_release(&message);
	return called;
}

bool
node_carrier_carries(struct node *node, const struct node_link *link,
                     const struct stored_copy *copy)
{
	struct node_message message;
	struct node_cargo   cargo;
	bool                carries = true;

	if (link->simple)
		return true;
	node_message_init(&message);
	if (node_message_get(node, copy->message, &message)) {
		node_cargo_init(&message, NULL, copy->priority, &cargo);
		carries = takes(link, &cargo.route);
	}
	node_message_release(&message);
	return carries;
}

void
node_carriers_wake(struct node *node, const char *neighbor)
{
	for (struct node_link *link = node_link_find(node, neighbor); link != NULL;
	     link                   = node_link_next(node, link)) {
		struct node_call *call = node_call_find(node, link->call);

		link->look = true;
		if (call != NULL)
			call->cursor = STORE_RANK_FIRST;
	}
}

static bool
takes(const struct node_link *link, const struct route_cargo *cargo)
{
	return link->description->direction != LINK_ONE_WAY_IN &&
	       route_carrier_excludes(&link->carrier, cargo, NULL) == NULL;
}

static bool
is_alive(const struct node_link *link)
{
	return !link->operator_down && link->life == LINK_ALIVE;
}

static bool
is_expected(const struct node *node, const struct node_link *link, const struct route_cargo *cargo)
{
	bool answered = link->failures <= 1; /* one is an end that was as it should be */

	if (!is_alive(link))
		return false;
	if (node_link_up(node, link))
		return true;
	return cargo->preference == DESCRIPTION_CHEAPEST || (node_demand_applies(link) && answered);
}

/* In the one order that all links of a neighbor have; for our own words, those that are up first. */
static bool
precedes(const struct node *node, const struct node_link *a, const struct node_link *b,
         const struct route_cargo *cargo)
{
	bool own  = strcmp(cargo->service, "control") == 0;
	int  up   = (int)node_link_up(node, b) - (int)node_link_up(node, a);
	int  best = route_carrier_compare(&a->carrier, &b->carrier, cargo);

	if (own && up != 0)
		return up < 0;
	return best != 0 ? best < 0 : a < b;
}
