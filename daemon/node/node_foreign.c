/*
 * node_foreign.c - what is for a neighbor that does not speak our protocol is given to a program
 *
 * Such a link is called like any other: when something waits, when its window opens, when the operator
 * says so, after the pause that follows a failure. The call is no conversation. One message after the
 * other, each time the first of the queue, is given to the program of the link's transport, with its
 * service, its sender and what is left of its destinations as arguments, until nothing more may go or the
 * program says "later". Nobody over there answers us, so what the program took has been passed on
 * to another network: that is its outcome, as at a gateway. A copy goes as it is, all its destinations
 * at once, so that a body crosses a slow line once; and at least once, as with every program.
 *
 * What comes from there is submitted by the foreign neighbor's own programs (`submit by`).
 */
#include "daemon/node/node_foreign.h"

#include <stdio.h>
#include <string.h>

#include "daemon/node/node_calling.h"
#include "spool/base/memory.h"

enum { ARGUMENTS_OURS = 2 }; /* service and sender */

static void go_on(struct node *node, struct node_link *link);
static bool next_copy(struct node *node, const struct node_link *link, struct stored_copy *copy);
static bool may_go(struct node *node, const struct node_link *link, const struct stored_copy *copy);
static bool hand_over(struct node *node, struct node_link *link, const struct stored_copy *copy);
static const char *const *arguments_of(struct node *node, const struct node_link *link,
                                       const struct node_message *message,
                                       const struct address      *destinations);
static void               recipient(const struct destination *destination, const char *neighbor,
                                    struct buffer *out);
static void end(struct node *node, struct node_link *link, bool orderly, const char *text);

void
node_foreign_begin(struct node *node, struct node_link *link)
{
	link->handover = (struct node_handover){
		.open     = true,
		.overtime = link->operator_call,
	};
	link->operator_call = false;
	link->contact       = (struct node_contact){ INSTANT_NEVER, NODE_WAITS_NOT };
	node_device_taken(node, link);
	link_enter(node, link, "calling", "handing over");
}

void
node_foreign_run(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].handover.open && node->links[i].handover.copy == 0)
			go_on(node, &node->links[i]);
}

void
node_foreign_ended(struct node *node, const struct event *event)
{
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];

		if (link->handover.copy == 0 || (uint64_t)link->handover.copy != event->id)
			continue;
		link->handover.copy = 0;
		if (event->verdict == DELIVERY_LATER || event->verdict == DELIVERY_FAILED)
			end(node, link, false, event->text != NULL ? event->text : "");
		else
			link->handover.count++;
	}
}

bool
node_foreign_is(const struct node *node, const char *neighbor)
{
	const struct node_link *link = node_link_find(node, neighbor);

	return link != NULL && link->description->foreign;
}

bool
node_foreign_not_alone(const struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (!node->links[i].description->foreign)
			return true;
	return false;
}

/* The next one, or the end. With no place for another program it waits for one to end. */
static void
go_on(struct node *node, struct node_link *link)
{
	struct stored_copy copy;
	char               text[128];

	stored_copy_init(&copy);
	if (link->operator_down) {
		end(node, link, true, "taken down by the operator");
	} else if (next_copy(node, link, &copy)) {
		if (hand_over(node, link, &copy))
			link->handover.copy = copy.key;
	} else {
		snprintf(text, sizeof(text), "handed over %u message%s", link->handover.count,
		         link->handover.count == 1 ? "" : "s");
		end(node, link, true, text);
	}
	stored_copy_release(&copy);
}

static bool
next_copy(struct node *node, const struct node_link *link, struct stored_copy *copy)
{
	struct store_rank cursor = STORE_RANK_FIRST;

	while (store_copy_next_for(node->store, link->description->neighbor.text,
	                           node_spool_ms(node), &cursor, copy))
		if (!node_copy_busy(node, copy->key) && may_go(node, link, copy))
			return true;
	return false;
}

/* In this window, over this link. */
static bool
may_go(struct node *node, const struct node_link *link, const struct stored_copy *copy)
{
	struct instant now = node->now.instant;

	return (link->handover.overtime ||
	        instant_reached(node_window_opens(node, link, now, copy->priority), now)) &&
	       node_carrier_carries(node, link, copy);
}

/* False: there is no place for another program. */
static bool
hand_over(struct node *node, struct node_link *link, const struct stored_copy *copy)
{
	const struct description_transport *transport = &link->description->transports[0];
	struct node_outlet                  outlet    = { .kind      = DELIVERY_COMMAND,
		                                          .path      = "",
		                                          .arguments = &transport->arguments,
		                                          .beyond    = true };
	struct node_message                 message;
	struct address                      destinations;
	bool                                begun = false;

	node_message_init(&message);
	address_init(&destinations);
	if (node_message_get(node, copy->message, &message) &&
	    address_add_text(&destinations, buffer_text(&copy->destinations), NULL) == STATUS_OK)
		begun =
		    node_deliver_begin(node, copy, &message, &destinations.destinations[0], &outlet,
		                       arguments_of(node, link, &message, &destinations));
	address_release(&destinations);
	node_message_release(&message);
	return begun;
}

/* The operator's words, then service, sender, and what is left of each destination. */
static const char *const *
arguments_of(struct node *node, const struct node_link *link, const struct node_message *message,
             const struct address *destinations)
{
	const struct description_texts *words     = &link->description->transports[0].arguments;
	const char                     *neighbor  = link->description->neighbor.text;
	struct arena                   *arena     = &node->actions->arena;
	const char                    **arguments = arena_new(
			       arena, words->count + ARGUMENTS_OURS + destinations->count + 1, sizeof(*arguments));
	struct name   origin;
	struct buffer text;
	size_t        count = 0;

	message_id_origin(&message->stored.id, &origin);
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];

		if (strcmp(word, "%n") == 0)
			word = neighbor;
		else if (strcmp(word, "%l") == 0)
			word = link->description->label;
		else if (strcmp(word, "%f") == 0)
			word = origin.text;
		arguments[count++] = arena_text(arena, word);
	}
	arguments[count++] = arena_text(arena, message->envelope.service);
	arguments[count++] = arena_text(arena, message->envelope.sender);
	buffer_init(&text);
	for (size_t i = 0; i < destinations->count; i++) {
		buffer_clear(&text);
		recipient(&destinations->destinations[i], neighbor, &text);
		if (text.length > 0)
			arguments[count++] = arena_text(arena, buffer_text(&text));
	}
	buffer_release(&text);
	return arguments;
}

/*
 * As that neighbor is to read it: `user` is its own, `user@node` is behind it, `a!node!user` goes by
 * way of a; so does `node!user` where the node has no name but a short one. "" is the neighbor itself.
 */
static void
recipient(const struct destination *destination, const char *neighbor, struct buffer *out)
{
	size_t first = 0;

	while (first < destination->waypoint_count &&
	       strcmp(destination->waypoints[first].text, neighbor) == 0)
		first++;
	if (!destination->broadcast && first == destination->waypoint_count &&
	    strcmp(destination->node.text, neighbor) == 0) {
		buffer_append_text(out, destination->user);
		return;
	}
	for (size_t i = first; i < destination->waypoint_count; i++)
		buffer_append_format(out, "%s!", destination->waypoints[i].text);
	if (destination->broadcast)
		buffer_append_format(out, "%s@*.%s", destination->user, destination->node.text);
	else if (first < destination->waypoint_count || strchr(destination->node.text, '.') == NULL)
		buffer_append_format(out, "%s!%s", destination->node.text, destination->user);
	else
		buffer_append_format(out, "%s@%s", destination->user, destination->node.text);
}

/* After a failure there is a pause, as after a call that failed. */
static void
end(struct node *node, struct node_link *link, bool orderly, const char *text)
{
	const struct description_link *description = link->description;
	int64_t pause_ms = orderly ? NODE_RETRY_MS : NODE_LATER_MS, most_ms = NODE_LATER_MAX_MS;

	if (!orderly && description->retry_ms > 0) {
		pause_ms = description->retry_ms;
		most_ms =
		    description->retry_max_ms > pause_ms ? description->retry_max_ms : pause_ms;
	}
	for (unsigned i = 0; !orderly && i < link->failures && pause_ms < most_ms; i++)
		pause_ms *= 2;
	link->handover = (struct node_handover){ .open = false };
	link->failures = orderly ? 0 : link->failures + 1;
	link->retry    = instant_after(node->now.instant, pause_ms < most_ms ? pause_ms : most_ms);
	node_demand_start(node, link);
	link_enter(node, link, link->operator_down ? "down" : "waiting", text);
}
