/*
 * node_dial.c - calls that we make: which are due, by which transport, and the pause after one
 *
 * node_contact.c says when a link is due, node_device.c whose turn it is. After a call that did not
 * go well there is a pause, which doubles, and is never quite the same: two ends that missed
 * each other do not miss each other again. A call that ended in good order is no failure.
 */
#include "daemon/node/node_calling.h"
#include "daemon/node/node_foreign.h"
#include "daemon/node/node_held.h"

enum { HANG_UP_PAUSE_MS = 60000 }; /* whom the operator has hung up is not called at once */

static void dial(struct node *node, struct node_link *link);
static int  dialable(const struct node_link *link, unsigned from);

void
node_dial_run(struct node *node)
{
	bool dialled;

	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].call == 0)
			node_contact_find(node, &node->links[i]);
	do { /* a turn may pass the first ones of the list, and come back to them */
		dialled = false;
		for (size_t i = 0; i < node->link_count; i++) {
			struct node_link *link = &node->links[i];

			if (link->call != 0 ||
			    !instant_reached(link->contact.due, node->now.instant) ||
			    !node_device_grants(node, link))
				continue;
			if (link->description->foreign)
				node_foreign_begin(node, link);
			else
				dial(node, link);
			dialled = true;
		}
	} while (dialled);
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];

		if (link->call == 0 && instant_reached(link->contact.due, node->now.instant))
			link->contact = (struct node_contact){ INSTANT_NEVER, NODE_WAITS_DEVICE };
	}
}

struct instant
node_dial_deadline(struct node *node)
{
	struct instant deadline = INSTANT_NEVER;

	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];

		if (link->call != 0)
			continue;
		if (link->look &&
		    link->contact.wait != NODE_WAITS_DEVICE) /* something came since */
			node_contact_find(node, link);
		deadline = instant_earlier(deadline, link->contact.due);
	}
	return deadline;
}

bool
node_link_may_dial(const struct node_link *link)
{
	return dialable(link, 0) >= 0;
}

void
node_link_ended(struct node *node, struct node_link *link, const struct node_call *call,
                const char *text)
{
	const struct description_link *description = link->description;
	bool    late     = call->orderly && description->call_time_ms > 0; /* others had to wait */
	int64_t pause_ms = NODE_RETRY_MS, most_ms = NODE_RETRY_MAX_MS;

	if (description->retry_ms > 0 && (!call->orderly || late)) {
		pause_ms = description->retry_ms;
		most_ms =
		    description->retry_max_ms > pause_ms ? description->retry_max_ms : pause_ms;
	}
	for (unsigned i = 0; i < link->failures && pause_ms < most_ms; i++)
		pause_ms *= 2;
	pause_ms = pause_ms > most_ms ? most_ms : pause_ms;
	if (call->hung_up.ms != INSTANT_NEVER.ms && pause_ms < HANG_UP_PAUSE_MS)
		pause_ms = HANG_UP_PAUSE_MS;
	pause_ms += (int64_t)random_below(&node->random, (uint64_t)pause_ms / 4 + 1);
	link->retry = instant_after(node->now.instant, pause_ms);
	if (call->ending && call->ends.ms != INSTANT_NEVER.ms && link->retry.ms < call->ends.ms)
		link->retry =
		    call->ends; /* what is left of its window is too short for another one */
	link->transport =
	    (unsigned)dialable(link, call->orderly ? 0 : link->transport + !call->busy);
	if (link->failures == 0) /* it had been up: they have heard of each other */
		node_demand_start(node, link);
	link->look     = true;
	link->failures = call->orderly ? 0 : link->failures + !call->busy;
	if (call->out.bytes_per_s > 0)
		link->out_bytes_per_s = call->out.bytes_per_s;
	if (call->in.bytes_per_s > 0)
		link->in_bytes_per_s = call->in.bytes_per_s;
	if (link->operator_down)
		link_enter(node, link, "down", "taken down by the operator");
	else
		link_enter(node, link, "waiting", text);
}

static void
dial(struct node *node, struct node_link *link)
{
	struct node_call *call = node_call_new(node, node->next_call += 2, true);
	struct action    *action;

	link->transport     = (unsigned)dialable(link, link->transport);
	call->overtime      = link->operator_call && !node_window_is_open(node, link);
	call->link          = link;
	call->session       = session_new(&node->name, &link->description->neighbor,
	                                  link->description->label, node->now.instant);
	link->operator_call = false;
	link->call          = call->id;
	node_device_taken(node, link);
	link_enter(node, link, "calling", "");
	action         = actions_add(node->actions, ACTION_CALL_OPEN, call->id);
	action->text   = link->description->neighbor.text;
	action->label  = link->description->label;
	action->number = link->transport;
	node_held_take(node, link, action);
	if (action->held)
		node_held_be_patient(call->session, link, NODE_DIAL_MS);
	node_call_keep(node, call); /* its end is waited for, even if nothing is heard of it */
}

/* The first transport from `from` on, around the list, that we can call by; -1: none. */
static int
dialable(const struct node_link *link, unsigned from)
{
	const struct description_transport *transports = link->description->transports;
	size_t                              count      = link->description->transport_count;

	for (size_t i = 0; i < count; i++) {
		const struct description_transport *transport = &transports[(from + i) % count];

		if (transport->kind != TRANSPORT_DIRECTORY && !transport->listen)
			return (int)(transport - transports);
	}
	return -1;
}
