/*
 * node_forward.c - an accepted message becomes copies: one a next hop, one a delivery here
 *
 * The tables decide (spool/route); here their answer becomes rows. A destination that no
 * table knows is returned when the topology has settled (NODE_SETTLE_MS without news; beyond
 * the own visible region NODE_JOIN_MS, while wider nodes are asked for what is missing there):
 * a node that has just started, or joined, may hear of it any moment. A newcomer that has heard
 * of nobody yet holds it until it has. What is known but has no lawful way from here is handed
 * over to a node that it has one from, and what goes in a circle is led out of it, or held
 * (route_repair.h, node_loop.c). Reports, what had a route before, and what is for a node that
 * has told of itself are held as "unreachable" until there is one or their lifetime is over.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_foreign.h"
#include "daemon/node/node_seen.h"
#include "daemon/node/node_stick.h"
#include "daemon/node/node_topology.h"

/* Reasons of held copies. */
#define NO_ROUTE    "no-route"
#define UNREACHABLE "unreachable"

/* What becomes of a destination without a route. */
enum no_route {
	NO_ROUTE_SETTLE, /* returned once the topology has settled */
	NO_ROUTE_HOLD,   /* held until there is one                */
};

/* What is the same for all copies of a message that are made at once. */
struct placing {
	enum no_route no_route;
	enum priority priority;
	bool          forgiven; /* as in struct stored_copy */
};

static void place(struct node *node, const struct node_message *message,
                  const struct forwarding *forwarding, const struct placing *placing);
static void end_journey(struct node *node, const struct node_message *message,
                        const struct forwarding *forwarding, const struct placing *placing);
static void end_at(struct node *node, const struct node_message *message,
                   const struct destination *destination);
static void deliver_here(struct node *node, const struct node_message *message,
                         const struct address *here, const struct placing *placing);
static void add_copy(struct node *node, const struct node_message *message,
                     const struct placing *placing, const char *neighbor,
                     const struct address *destinations);
static void copy_begin(const struct node_message *message, const struct placing *placing,
                       enum copy_state state, const char *reason, struct stored_copy *copy);
static void without_route(struct node *node, const struct node_message *message,
                          const struct forwarding_failure *failure, const struct placing *placing);
static void explain_patience(const struct node *node, const struct destination *destination,
                             struct buffer *text);
static void explain_failure(const struct node *node, const struct forwarding_failure *failure,
                            struct buffer *text);
static void give_up(struct node *node, struct stored_copy *copy);
static bool resolve_copy(struct node *node, const struct stored_copy *copy,
                         struct node_message *message, struct address *destinations,
                         struct forwarding *forwarding);
static bool may_have_moved(const struct node *node, const struct stored_copy *copy);
static bool is_delivery(const struct stored_copy *copy, const struct forwarding *forwarding);
static bool is_excluded(const struct forwarding_failure *failure);
static void exclude(struct node *node, const struct node_message *message,
                    const struct destination *destination, struct stored_copy *copy);
static bool is_somewhere(const struct node *node, const char *name);
static bool is_newcomer(const struct node *node);
static bool is_settled(const struct node *node, const struct destination *destination);
static bool lacks_route(const struct stored_copy *copy);
static void forget_broadcasts(struct address *here);
static bool stays(const struct stored_copy *copy, const struct address *destinations,
                  const struct forwarding *forwarding);
static bool goes_round(const struct forwarding *forwarding);
static bool has_broadcast(const struct address *destinations);

void
node_forward(struct node *node, const struct node_message *message)
{
	struct stored_copy   copy;
	struct forwarding    forwarding;
	const struct placing placing = {
		.no_route = message->envelope.report ? NO_ROUTE_HOLD : NO_ROUTE_SETTLE,
		.priority = message->envelope.priority,
	};

	forwarding_init(&forwarding);
	node_resolve(node, message, &message->transit.destinations, false, &forwarding);
	if (message->transit.hop_count >= TRANSIT_MAX_HOPS)
		end_journey(node, message, &forwarding, &placing);
	else
		place(node, message, &forwarding, &placing);
	forwarding_release(&forwarding);
	stored_copy_init(&copy);
	if (!store_copy_next_of_message(node->store, message->stored.key, 0, &copy)) {
		store_passage_left(node->store, &message->stored.id, node->now.wall);
		node_message_drop(node, &message->stored);
	}
	stored_copy_release(&copy);
}

void
node_forward_again(struct node *node)
{
	struct stored_copy copy;
	int64_t            now_ms = node_spool_ms(node);

	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(node->store, NULL, after, &copy);
	     after         = copy.key) {
		bool waits = copy.state == COPY_QUEUED && copy.neighbor[0] != '\0' &&
		             !node_copy_is_carried(&copy);

		if ((lacks_route(&copy) || (waits && may_have_moved(node, &copy))) &&
		    !node_copy_busy(node, copy.key))
			node_forward_copy(node, &copy, copy.next_try_ms <= now_ms);
	}
	stored_copy_release(&copy);
	route_tables_release(&node->former);
	node->computed = 0;
}

/* Do the tables that it was routed by, if they are still there, say something else than the new? */
static bool
may_have_moved(const struct node *node, const struct stored_copy *copy)
{
	struct address destinations;
	bool           same;

	if (node->limited || node->computed != 1 || node->former.home == NULL)
		return true;
	address_init(&destinations);
	same =
	    address_add_text(&destinations, buffer_text(&copy->destinations), NULL) == STATUS_OK &&
	    route_tables_is_neighbor(&node->tables, copy->neighbor) &&
	    route_lookup_same(&node->former, &node->tables, &destinations);
	address_release(&destinations);
	return !same;
}

void
node_forward_settled(struct node *node)
{
	struct stored_copy copy;
	struct address     destinations;

	node->unsettled = is_newcomer(node);
	if (node->unsettled)
		return;
	stored_copy_init(&copy);
	for (int64_t after = 0; store_copy_next(node->store, "", after, &copy); after = copy.key) {
		if (copy.state != COPY_HELD || strcmp(copy.reason, NO_ROUTE) != 0)
			continue;
		address_init(&destinations);
		if (address_add_text(&destinations, buffer_text(&copy.destinations), NULL) ==
		        STATUS_OK &&
		    is_settled(node, &destinations.destinations[0]))
			give_up(node, &copy);
		else
			node->unsettled = true;
		address_release(&destinations);
	}
	node->settle_due = node->joined;
	stored_copy_release(&copy);
}

/* What it waited for is said no longer, but what is known by now. */
static void
give_up(struct node *node, struct stored_copy *copy)
{
	struct node_message message;
	struct address      destinations;
	struct forwarding   forwarding;

	node_message_init(&message);
	address_init(&destinations);
	forwarding_init(&forwarding);
	if (resolve_copy(node, copy, &message, &destinations, &forwarding) &&
	    forwarding.unroutable_count > 0) {
		buffer_clear(&copy->text);
		explain_failure(node, &forwarding.unroutable[0], &copy->text);
	}
	forwarding_release(&forwarding);
	address_release(&destinations);
	node_message_release(&message);
	node_report_copy(node, copy, "returned", buffer_text(&copy->text));
}

void
node_forward_copy(struct node *node, struct stored_copy *copy, bool forgive)
{
	struct node_message message;
	struct address      destinations;
	struct forwarding   forwarding;
	struct placing      placing = {
		     .no_route = strcmp(copy->reason, NO_ROUTE) == 0 ? NO_ROUTE_SETTLE : NO_ROUTE_HOLD,
		     .priority = copy->priority,
		     .forgiven = copy->forgiven,
	};

	node_message_init(&message);
	address_init(&destinations);
	forwarding_init(&forwarding);
	if (resolve_copy(node, copy, &message, &destinations, &forwarding) &&
	    (lacks_route(copy) || !is_delivery(copy, &forwarding))) {
		forget_broadcasts(&forwarding.here);
		if (forgive && node_loop_held(copy) && stays(copy, &destinations, &forwarding)) {
			forwarding_release(&forwarding);
			placing.forgiven = true;
			node_resolve(node, &message, &destinations, true, &forwarding);
		}
		if (!stays(copy, &destinations, &forwarding)) {
			place(node, &message, &forwarding, &placing);
			node_copy_end(node, copy);
		}
	}
	forwarding_release(&forwarding);
	address_release(&destinations);
	node_message_release(&message);
}

void
node_forward_release(struct node *node, struct stored_copy *copy)
{
	struct node_message message;
	struct address      destinations;
	struct forwarding   forwarding;
	bool                known = true;

	if (node_loop_held(copy)) {
		node_forward_copy(node, copy, true);
		return;
	}
	node_message_init(&message);
	address_init(&destinations);
	forwarding_init(&forwarding);
	if (copy->neighbor[0] == '\0')
		known = resolve_copy(node, copy, &message, &destinations, &forwarding) &&
		        is_delivery(copy, &forwarding);
	forwarding_release(&forwarding);
	address_release(&destinations);
	node_message_release(&message);
	buffer_clear(&copy->text);
	if (!known)
		buffer_append_text(&copy->text, "no way leads there now");
	snprintf(copy->reason, sizeof(copy->reason), "%s", known ? "waiting" : UNREACHABLE);
	copy->state       = known ? COPY_QUEUED : COPY_HELD;
	copy->next_try_ms = 0;
	store_copy_update(node->store, copy);
	if (known)
		node_copy_queued(node, copy);
	node_forward_copy(node, copy, false);
}

/* The decoded halves of a copy's message, and what the tables say of its destinations now. */
static bool
resolve_copy(struct node *node, const struct stored_copy *copy, struct node_message *message,
             struct address *destinations, struct forwarding *forwarding)
{
	struct address now;
	bool           good;

	address_init(&now);
	good = node_message_get(node, copy->message, message) &&
	       address_add_text(&now, buffer_text(&copy->destinations), NULL) == STATUS_OK;
	for (size_t i = 0; good && i < now.count; i++)
		address_add(destinations,
		            node_message_destination(node, message, &now.destinations[i]));
	if (good)
		node_resolve(node, message, destinations, copy->forgiven, forwarding);
	address_release(&now);
	return good;
}

/* Without a neighbor: to be delivered here, or to be held for want of a route? */
static bool
is_delivery(const struct stored_copy *copy, const struct forwarding *forwarding)
{
	return copy->neighbor[0] == '\0' && forwarding->here.count > 0;
}

/* Makes the copies that the tables ask for. */
static void
place(struct node *node, const struct node_message *message, const struct forwarding *forwarding,
      const struct placing *placing)
{
	deliver_here(node, message, &forwarding->here, placing);
	for (size_t i = 0; i < forwarding->next_count; i++)
		add_copy(node, message, placing, forwarding->next[i].neighbor.text,
		         &forwarding->next[i].destinations);
	for (size_t i = 0; i < forwarding->unroutable_count; i++)
		without_route(node, message, &forwarding->unroutable[i], placing);
}

/* Its history is full: what is not for this node goes no further. */
static void
end_journey(struct node *node, const struct node_message *message,
            const struct forwarding *forwarding, const struct placing *placing)
{
	deliver_here(node, message, &forwarding->here, placing);
	for (size_t i = 0; i < forwarding->next_count; i++)
		for (size_t j = 0; j < forwarding->next[i].destinations.count; j++)
			end_at(node, message, &forwarding->next[i].destinations.destinations[j]);
	for (size_t i = 0; i < forwarding->unroutable_count; i++)
		end_at(node, message, &forwarding->unroutable[i].destination);
}

/* A broadcast that spreads has been to many by now, and ends well. */
static void
end_at(struct node *node, const struct node_message *message, const struct destination *destination)
{
	struct buffer text;

	if (destination->broadcast && destination->waypoint_count == 0 &&
	    route_tables_takes_part(&node->tables, destination->node.text))
		return;
	buffer_init(&text);
	destination_format(destination, &text);
	node_report_end(node, message, buffer_text(&text), "returned",
	                "it has been at 64 nodes: their tables do not agree on the way");
	buffer_release(&text);
}

static void
deliver_here(struct node *node, const struct node_message *message, const struct address *here,
             const struct placing *placing)
{
	struct address one;
	struct buffer  body;

	if (here->count > 0 && strcmp(message->envelope.service, "control") == 0) {
		buffer_init(&body);
		store_message_body(node->store, message->stored.key, &body);
		node_topology_control(node, &message->envelope, message->stored.neighbor,
		                      has_broadcast(here), buffer_span(&body));
		buffer_release(&body);
		return;
	}
	if (here->count > 0 && message->envelope.report)
		node_report_learn(node, &message->envelope);
	for (size_t i = 0; i < here->count; i++) {
		const struct destination *destination = &here->destinations[i];

		if (destination->broadcast &&
		    !node_seen_wants(node, &message->stored.id, destination->user,
		                     message->stored.expires_ms + NODE_SEEN_MS))
			continue;
		address_init(&one);
		address_add(&one, destination);
		add_copy(node, message, placing, "", &one);
		address_release(&one);
	}
}

/* To be sent, or delivered. */
static void
add_copy(struct node *node, const struct node_message *message, const struct placing *placing,
         const char *neighbor, const struct address *destinations)
{
	struct stored_copy copy;

	if (strcmp(message->envelope.service, "control") == 0 && node_foreign_is(node, neighbor))
		return; /* what nodes tell each other says nothing there */
	copy_begin(message, placing, COPY_QUEUED, "waiting", &copy);
	snprintf(copy.neighbor, sizeof(copy.neighbor), "%s", neighbor);
	address_format(destinations, &copy.destinations);
	if (neighbor[0] == '\0' || node_news_overtake(node, message, &copy)) {
		store_copy_insert(node->store, &copy);
		node_copy_queued(node, &copy);
	}
	stored_copy_release(&copy);
}

static void
copy_begin(const struct node_message *message, const struct placing *placing, enum copy_state state,
           const char *reason, struct stored_copy *copy)
{
	stored_copy_init(copy);
	copy->message    = message->stored.key;
	copy->state      = state;
	copy->priority   = placing->priority;
	copy->size_bytes = message->stored.size_bytes;
	copy->expires_ms = node_expire_first_ms(message);
	copy->forgiven   = placing->forgiven;
	copy->own        = strcmp(message->envelope.service, "control") == 0;
	snprintf(copy->reason, sizeof(copy->reason), "%s", reason);
}

static void
without_route(struct node *node, const struct node_message *message,
              const struct forwarding_failure *failure, const struct placing *placing)
{
	const struct destination *destination = &failure->destination;
	bool                      settling    = is_newcomer(node) || !is_settled(node, destination);
	bool                      known       = is_somewhere(node, destination->node.text);
	bool                      holds       = placing->no_route == NO_ROUTE_HOLD || known;
	bool                      loop        = strcmp(failure->reason, ROUTE_LOOP) == 0;
	bool                      excluded    = is_excluded(failure);
	struct stored_copy        copy;

	copy_begin(message, placing, COPY_HELD,
	           loop    ? ROUTE_LOOP
	           : holds ? UNREACHABLE
	                   : NO_ROUTE,
	           &copy);
	destination_format(destination, &copy.destinations);
	if (excluded)
		exclude(node, message, destination, &copy);
	if (excluded || (copy.own && destination->broadcast)) { /* told again: node_retell.c */
		stored_copy_release(&copy);
		return;
	}
	if (loop)
		node_loop_hold(node, message, destination, &copy);
	else if (settling && !holds)
		explain_patience(node, destination, &copy.text);
	else
		explain_failure(node, failure, &copy.text);
	node->unsettled = node->unsettled || (!loop && (holds || settling));
	if (loop || holds || settling)
		store_copy_insert(node->store, &copy);
	else
		node_report_end(node, message, buffer_text(&copy.destinations), "returned",
		                buffer_text(&copy.text));
	stored_copy_release(&copy);
}

/* No link takes such a message: see node_resolve.c. */
static bool
is_excluded(const struct forwarding_failure *failure)
{
	return strcmp(failure->reason, ROUTE_LIMIT) == 0 ||
	       strcmp(failure->reason, ROUTE_CARRY) == 0;
}

/* It comes back; of a broadcast, which goes on elsewhere, its sender hears. */
static void
exclude(struct node *node, const struct node_message *message,
        const struct destination *destination, struct stored_copy *copy)
{
	node_resolve_explain(node, message, destination, &copy->text);
	if (destination->broadcast)
		node_report_held(node, message, buffer_text(&copy->destinations),
		                 buffer_text(&copy->text));
	else
		node_report_end(node, message, buffer_text(&copy->destinations), "returned",
		                buffer_text(&copy->text));
}

/* The words stay with the copy until it goes or comes back, so they are true all that time. */
static void
explain_patience(const struct node *node, const struct destination *destination,
                 struct buffer *text)
{
	if (is_newcomer(node))
		buffer_append_format(text,
		                     "%s had heard from nobody when this came; it learns where ",
		                     node->name.text);
	else
		buffer_append_format(text,
		                     "%s has not heard of all nodes yet; it may still learn where ",
		                     node->name.text);
	destination_format(destination, text);
	buffer_append_text(text,
	                   is_newcomer(node) ? " is from the first call with a neighbor" : " is");
	buffer_append_text(text, ", and else this comes back");
}

static void
explain_failure(const struct node *node, const struct forwarding_failure *failure,
                struct buffer *text)
{
	const struct destination *destination = &failure->destination;
	const char               *name        = destination->node.text;

	if (destination->broadcast) {
		buffer_append_format(text, "nobody that %s knows takes part in ", node->name.text);
		destination_format(destination, text);
	} else if (is_somewhere(node, name)) {
		buffer_append_format(text, "no way leads to %s now", name);
	} else if (failure->matched.text[0] != '\0') {
		buffer_append_format(text, "there is no node %s in the region %s", name,
		                     failure->matched.text);
	} else {
		buffer_append_format(text, "%s knows no way to %s", node->name.text, name);
	}
}

/* It has told of itself; but a last word without links, of a name given up, is of nobody. */
static bool
is_somewhere(const struct node *node, const char *name)
{
	const struct topology_node *found = topology_find(&node->topology, name);

	return found != NULL && found->link_count > 0;
}

/* Has links, and has not heard of anybody at their other ends. */
static bool
is_newcomer(const struct node *node)
{
	return node->topology.recorded_count <= 1 && node_foreign_not_alone(node);
}

/* Is news of that name no longer to be expected? */
static bool
is_settled(const struct node *node, const struct destination *destination)
{
	const char *name = destination_leg(destination);

	return instant_reached(name_within(name, node->tables.visible) ? node->settled
	                                                               : node->joined,
	                       node->now.instant);
}

static bool
lacks_route(const struct stored_copy *copy)
{
	return copy->state == COPY_HELD &&
	       (strcmp(copy->reason, NO_ROUTE) == 0 || strcmp(copy->reason, UNREACHABLE) == 0 ||
	        strcmp(copy->reason, ROUTE_LOOP) == 0);
}

/* This node had its own copy of a broadcast when it came; it gets no second one. */
static void
forget_broadcasts(struct address *here)
{
	struct address others;

	address_init(&others);
	for (size_t i = 0; i < here->count; i++)
		if (!here->destinations[i].broadcast)
			address_add(&others, &here->destinations[i]);
	address_release(here);
	*here = others;
}

/*
 * Do the tables still say what the copy says? A broadcast's copy is one of several: it stays
 * while its neighbor is one of those that the tables name. What had no way and would go in a
 * circle by now is held as such, since nothing but forgiveness will help it (node_loop.c).
 */
static bool
stays(const struct stored_copy *copy, const struct address *destinations,
      const struct forwarding *forwarding)
{
	const struct forwarding_next *next = forwarding->next;
	struct buffer                 text;
	bool                          same;

	if (forwarding->here.count > 0)
		return false;
	if (copy->state == COPY_HELD)
		return forwarding->next_count == 0 &&
		       (node_loop_held(copy) || !goes_round(forwarding));
	for (size_t i = 0; i < forwarding->next_count && has_broadcast(destinations); i++)
		if (strcmp(next[i].neighbor.text, copy->neighbor) == 0)
			return true;
	if (forwarding->next_count != 1 || forwarding->unroutable_count > 0 ||
	    strcmp(next->neighbor.text, copy->neighbor) != 0)
		return false;
	buffer_init(&text);
	address_format(&next->destinations, &text);
	same = strcmp(buffer_text(&text), buffer_text(&copy->destinations)) == 0;
	buffer_release(&text);
	return same;
}

static bool
goes_round(const struct forwarding *forwarding)
{
	for (size_t i = 0; i < forwarding->unroutable_count; i++)
		if (strcmp(forwarding->unroutable[i].reason, ROUTE_LOOP) == 0)
			return true;
	return false;
}

static bool
has_broadcast(const struct address *destinations)
{
	for (size_t i = 0; i < destinations->count; i++)
		if (destinations->destinations[i].broadcast)
			return true;
	return false;
}
