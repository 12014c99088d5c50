/*
 * node_visit.c - links that are served by a folder: when to look what is in it
 *
 * A visit is what `mulga carry visit` does there: it reads what somebody brought, and writes what
 * waits. The driver knows whether the folder is there; the node knows whether it matters. A
 * visit is made when the folder appears or changes, when something waits for the neighbor, and
 * once in `poll`. While the folder is away nobody asks for it.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_stick.h"
#include "spool/base/log.h"

enum {
	PAUSE_MS       = 2000,    /* between two visits: what comes meanwhile goes together     */
	FAILED_MS      = 60000,   /* after a failed one, doubling ...                           */
	FAILED_MAX_MS  = 3600000, /* ... up to here                                             */
	EXIT_NO_FOLDER = 69,
};

static struct instant visit_due(struct node *node, struct node_link *link);
static struct instant in_window(const struct node *node, const struct node_link *link,
                                struct instant wanted, enum priority priority);
static void           begin_visit(struct node *node, struct node_link *link);
static void end_visit(struct node *node, struct node_link *link, int code, const char *text);
static bool is_called(const struct node_link *link);

int
node_visit_transport(const struct node_link *link, unsigned from)
{
	for (size_t i = from; i < link->description->transport_count; i++)
		if (link->description->transports[i].kind == TRANSPORT_DIRECTORY)
			return (int)i;
	return -1;
}

void
node_visit_event(struct node *node, const struct event *event)
{
	if (event->kind == EVENT_MEDIUM_FOUND) {
		struct node_link *link = node_link_get(node, event->text, event->label);

		if (link == NULL || node_visit_transport(link, 0) < 0)
			return;
		link->visit.found = true;
		link->visit.free  = link->visit.id == 0 ? node->now.instant : link->visit.free;
		return;
	}
	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].visit.id == event->id && event->id != 0)
			end_visit(node, &node->links[i], event->code, event->text);
}

void
node_visits_run(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (instant_reached(visit_due(node, &node->links[i]), node->now.instant))
			begin_visit(node, &node->links[i]);
}

struct instant
node_visits_deadline(struct node *node)
{
	struct instant deadline = INSTANT_NEVER;

	for (size_t i = 0; i < node->link_count; i++)
		deadline = instant_earlier(deadline, visit_due(node, &node->links[i]));
	return deadline;
}

static struct instant
visit_due(struct node *node, struct node_link *link)
{
	struct instant due = INSTANT_NEVER;

	if (link->visit.id != 0 || link->operator_down || node_visit_transport(link, 0) < 0)
		return INSTANT_NEVER;
	if (link->visit.found || link->operator_call)
		return link->visit.free; /* what is here is read and written at any time */
	if (link->description->call.kind == CALL_NEVER)
		return INSTANT_NEVER;
	if (!is_called(link)) {
		node_demand_look(node, link);
		for (int i = PRIORITY_URGENT; i <= PRIORITY_LOW; i++)
			due = instant_earlier(
			    due, in_window(node, link, link->wanted[i], (enum priority)i));
	}
	return instant_earlier(due, in_window(node, link, link->poll, PRIORITY_URGENT));
}

/* Not before we are free for the folder, nor outside the windows of the link. */
static struct instant
in_window(const struct node *node, const struct node_link *link, struct instant wanted,
          enum priority priority)
{
	struct instant from = wanted.ms > link->visit.free.ms ? wanted : link->visit.free;

	return node_window_opens(node, link, from, priority);
}

/* By another transport of the link, which takes what waits. */
static bool
is_called(const struct node_link *link)
{
	for (size_t i = 0; i < link->description->transport_count; i++)
		if (link->description->transports[i].kind != TRANSPORT_DIRECTORY)
			return true;
	return false;
}

static void
begin_visit(struct node *node, struct node_link *link)
{
	int            number = node_visit_transport(link, 0);
	struct action *action = actions_add(node->actions, ACTION_VISIT, node->next_call += 2);
	char           text[256];

	action->text        = link->description->neighbor.text;
	action->label       = link->description->label;
	action->number      = (unsigned)number;
	link->visit.id      = action->id;
	link->visit.found   = false;
	link->visit.by_hand = link->operator_call;
	link->operator_call = false;
	snprintf(text, sizeof(text), "visiting %s", link->description->transports[number].address);
	link_enter(node, link, "calling", text);
}

static void
end_visit(struct node *node, struct node_link *link, int code, const char *text)
{
	int64_t pause_ms = PAUSE_MS;

	link->visit.id = 0;
	link->look     = true;
	if (code == EXIT_NO_FOLDER) {
		pause_ms       = NODE_DAY_MS; /* or until it is found */
		link->failures = 0;
	} else if (code > 1) {
		pause_ms = FAILED_MS;
		for (unsigned i = 0; i < link->failures && pause_ms < FAILED_MAX_MS; i++)
			pause_ms *= 2;
		link->failures++;
	} else {
		link->failures = 0;
	}
	node_demand_start(node, link);
	link->visit.free = instant_after(node->now.instant, pause_ms);
	link_enter(node, link, "waiting", text);
}
