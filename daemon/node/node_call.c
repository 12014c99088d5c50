/*
 * node_call.c - calls: which to open, what comes over one, when one ends
 *
 * Who is at the far end, and whose call it is, node_greet.c says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/node/node_body.h"
#include "daemon/node/node_calling.h"
#include "daemon/node/node_held.h"
#include "daemon/node/node_notice.h"
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/base/memory.h"

static void call_answered(struct node *node, const struct event *event);
static void call_connected(struct node *node, struct node_call *call, const struct event *event);
static void take_turns(struct node_call *call, const struct event *event);
static void call_bytes(struct node *node, struct node_call *call, struct span bytes);
static void session_said(struct node *node, struct node_call *call,
                         const struct session_event *event);
static void body_came(struct node *node, struct node_call *call, const struct session_event *event);
static int64_t carried_rate(const struct node_call *call, int64_t rate);
static void    call_end(struct node *node, struct node_call *call, const char *text);

void
node_links_start(struct node *node)
{
	char name[NODE_LINK_TITLE_MAX + 16];

	node->delay_due  = INSTANT_NEVER;
	node->link_count = node->home->link_count;
	node->links      = memory_new(node->link_count, sizeof(node->links[0]));
	for (size_t i = 0; i < node->link_count; i++)
		node->links[i].description = node->links[i].carrier.stated = &node->home->links[i];
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];

		link->first = node_link_find(node, link->description->neighbor.text) == link;
		link->state = "waiting";
		snprintf(
		    link->title, sizeof(link->title), "%s%s%s", link->description->neighbor.text,
		    link->description->label[0] != '\0' ? " as " : "", link->description->label);
		snprintf(name, sizeof(name), "link-down:%s", link->title);
		link->operator_down = store_setting_number(node->store, name, 0) != 0;
		timetable_init(&link->timetable, node->home, link->description, &node->zone);
		node_demand_start(node, link);
		link_enter(node, link, link->operator_down ? "down" : "waiting",
		           link->operator_down ? "taken down by the operator" : "not called yet");
		node_link_load(node, link);
	}
	node_clock_start(node);
	node_links_forget(node);
}

struct node_link *
node_link_find(const struct node *node, const char *neighbor)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (strcmp(node->links[i].description->neighbor.text, neighbor) == 0)
			return &node->links[i];
	return NULL;
}

struct node_link *
node_link_next(const struct node *node, const struct node_link *after)
{
	for (size_t i = (size_t)(after - node->links) + 1; i < node->link_count; i++)
		if (name_compare(&node->links[i].description->neighbor,
		                 &after->description->neighbor) == 0)
			return &node->links[i];
	return NULL;
}

struct node_link *
node_link_get(const struct node *node, const char *neighbor, const char *label)
{
	struct node_link *link = node_link_find(node, neighbor);

	while (link != NULL && strcmp(link->description->label, label) != 0)
		link = node_link_next(node, link);
	return link;
}

bool
node_link_up(const struct node *node, const struct node_link *link)
{
	const struct node_call *call = node_call_find(node, link->call);

	return call != NULL && session_state(call->session) == SESSION_UP;
}

bool
node_neighbor_up(const struct node *node, const char *neighbor)
{
	const struct node_link *link = node_link_find(node, neighbor);

	while (link != NULL && !node_link_up(node, link))
		link = node_link_next(node, link);
	return link != NULL;
}

bool
node_call_arrives(const struct node *node, const struct node_call *call)
{
	const struct node_arrival *arrival = node->arrivals;

	while (arrival != NULL && (arrival->call != call->id || arrival->complete))
		arrival = arrival->next;
	return arrival != NULL;
}

struct node_call *
node_call_find(const struct node *node, uint64_t id)
{
	for (struct node_call *call = node->calls; call != NULL; call = call->next)
		if (call->id == id)
			return call;
	return NULL;
}

void
node_links_release(struct node_link *links, size_t count)
{
	for (size_t i = 0; i < count; i++)
		timetable_release(&links[i].timetable);
	free(links);
}

void
node_call_event(struct node *node, const struct event *event)
{
	struct node_call *call = node_call_find(node, event->id);

	if (event->kind == EVENT_CALL_ANSWERED)
		call_answered(node, event);
	if (event->kind == EVENT_CALL_RELEASED)
		node_held_released(node, event->id);
	if (call == NULL)
		return;
	switch (event->kind) {
	case EVENT_CALL_CONNECTED:
		call_connected(node, call, event);
		break;
	case EVENT_CALL_BYTES:
		call_bytes(node, call, event->bytes);
		break;
	case EVENT_CALL_DRAINED:
		call->unsent        = event->count;
		call->carried_bytes = event->offset;
		line_rate_note(&call->out, call->sent_bytes - call->unsent, call->unsent > 0,
		               node->now.instant);
		break;
	case EVENT_CALL_STATUS:
		node_call_status(call, event->text);
		break;
	case EVENT_CALL_ENDED:
		call->busy = event->busy;
		call_end(node, call, call->farewell[0] != '\0' ? call->farewell : event->text);
		break;
	default:
		break;
	}
}

void
node_call_close(struct node *node, struct node_call *call, const char *text)
{
	struct action *action;

	session_close(call->session, text, node->now.instant);
	node_call_flush(node, call);
	action         = actions_add(node->actions, ACTION_CALL_CLOSE, call->id);
	action->text   = arena_text(&node->actions->arena, text);
	action->parted = session_has_parted(call->session);
	call_end(node, call, text);
}

void
node_call_cut(struct node *node, struct node_call *call, const char *text)
{
	struct action *action = actions_add(node->actions, ACTION_CALL_CLOSE, call->id);

	action->text  = arena_text(&node->actions->arena, text);
	action->final = true;
	call_end(node, call, text);
}

void
node_calls_free(struct node *node)
{
	for (struct node_call *call = node->calls, *next; call != NULL; call = next) {
		next = call->next;
		session_free(call->session);
		free(call->offers);
		free(call);
	}
	node->calls = NULL;
}

void
node_calls_run(struct node *node)
{
	struct instant now = node->now.instant;

	node_clock_run(node);
	for (struct node_call *call = node->calls, *next; call != NULL; call = next) {
		const char *text = "";

		next = call->next;
		if (instant_reached(session_deadline(call->session), now) &&
		    !session_tick(call->session, now, &text)) {
			node_call_close(node, call, text);
			continue;
		}
		if (!node_call_keep(node, call))
			continue;
		node_call_send(node, call);
		if (node_demand_is_over(node, call)) {
			session_close(call->session, "", now);
			node_call_flush(node, call);
		}
		if (session_state(call->session) == SESSION_CLOSED) {
			call->orderly = call->greeted;
			node_call_close(node, call,
			                call->farewell[0] != '\0' ? call->farewell
			                                          : "both ends said goodbye");
		}
	}
	node_dial_run(node);
}

struct instant
node_calls_deadline(struct node *node)
{
	struct instant deadline = node_dial_deadline(node);

	for (const struct node_call *call = node->calls; call != NULL; call = call->next) {
		deadline = instant_earlier(deadline, session_deadline(call->session));
		deadline = instant_earlier(deadline, node_demand_over(node, call));
		deadline = instant_earlier(deadline, node_call_keep_due(call));
	}
	return deadline;
}

void
node_link_greet(struct node *node, struct node_link *link)
{
	const struct node_link *other = node_link_find(node, link->description->neighbor.text);

	while (other != NULL && (other == link || !node_link_up(node, other)))
		other = node_link_next(node, other);
	if ((other != NULL || node_demand_applies(link)) &&
	    !instant_reached(link->greet, node->now.instant))
		return;
	link->greet = instant_after(node->now.instant, NODE_DAY_MS);
	node_link_find(node, link->description->neighbor.text)->said_earlier = false;
	node_topology_greet(node, link->description->neighbor.text);
}

void
node_link_greet_again(struct node *node, const char *neighbor)
{
	struct node_link *link = node_link_find(node, neighbor);

	if (!link->said_earlier)
		return;
	link->greet = node->now.instant;
	node_link_greet(node, link);
}

void
link_enter(struct node *node, struct node_link *link, const char *state, const char *text)
{
	if (strcmp(link->state, state) != 0)
		log_line(LOG_INFO, "link %s: %s -> %s%s%s", link->title, link->state, state,
		         text[0] != '\0' ? ": " : "", text);
	if (strcmp(link->state, state) != 0)
		node_watch_note(node, link, state, text);
	link->state = state;
	link->since = node->now.wall;
	snprintf(link->text, sizeof(link->text), "%s", text);
	if (!link->first || node_link_next(node, link) != NULL)
		node_carriers_wake(node, link->description->neighbor.text);
}

static void
call_answered(struct node *node, const struct event *event)
{
	struct node_call *call    = node_call_new(node, event->id, false);
	struct name       anybody = { .text = "" };
	struct node_link *link;
	const char       *why;

	snprintf(call->from, sizeof(call->from), "%s", event->text);
	call->connected = true;
	call->session   = session_new(&node->name, &anybody, "", node->now.instant);
	take_turns(call, event);
	session_tell_clock(call->session, node->now.wall);
	node_trust_keep(call, event->bytes);
	why  = node_trust_stranger(node, call);
	link = node_trust_link(node, call);
	if (why != NULL) {
		node_notice_key(node, call, NULL);
		node_call_close(node, call, why);
	} else if (link != NULL && !link->operator_down)
		session_vouch(call->session, &link->description->neighbor);
}

static void
call_connected(struct node *node, struct node_call *call, const struct event *event)
{
	const char *why;

	node_trust_keep(call, event->bytes);
	why = node_trust_objection(call, call->link);
	if (why != NULL)
		node_notice_key(node, call, call->link);
	if (why == NULL && session_state(call->session) != SESSION_GREETING)
		why = call->farewell[0] != '\0' ? call->farewell : "it was to end before it began";
	if (why != NULL) {
		node_call_close(node, call, why);
		return;
	}
	call->connected = true;
	take_turns(call, event);
	session_tell_clock(call->session, node->now.wall);
	node_held_be_patient(call->session, call->link, 0);
	session_begin(call->session, node->now.instant);
	link_enter(node, call->link, "calling", "connected, greeting");
	if (call->key[0] != '\0')
		session_vouch(call->session, &call->link->description->neighbor);
	node_call_flush(node, call);
}

static void
take_turns(struct node_call *call, const struct event *event)
{
	call->turns = event->turns;
	if (event->turns)
		session_take_turns(call->session);
}

static void
call_bytes(struct node *node, struct node_call *call, struct span bytes)
{
	struct session_event event;
	uint64_t             id = call->id;

	call->received_bytes += bytes.length;
	line_rate_note(&call->in, call->received_bytes, node_call_arrives(node, call),
	               node->now.instant);
	call->said = node->now.instant;
	if (session_state(call->session) == SESSION_UP)
		node_link_heard(node, call->link);
	do {
		session_read(call->session, &bytes, node->now.instant, &event);
		session_said(node, call, &event);
	} while (event.kind != SESSION_NOTHING && event.kind != SESSION_BROKEN &&
	         node_call_find(node, id) != NULL);
}

static void
session_said(struct node *node, struct node_call *call, const struct session_event *event)
{
	struct node_arrival *arrival;
	char                 how[32];

	switch (event->kind) {
	case SESSION_NOTHING:
		break;
	case SESSION_GREETED:
		node_clock_greeted(node, call, event->clock);
		if (node_call_greet(node, call, event)) {
			node_held_be_patient(call->session, call->link, 0);
			session_confirm(call->session, node->now.instant);
		}
		break;
	case SESSION_READY:
		call->link->failures = 0;
		snprintf(how, sizeof(how), "%s, %s", call->dialled ? "we called" : "they called",
		         call->key[0] != '\0' ? "TLS" : "plain");
		link_enter(node, call->link, "up", how);
		node_link_heard(node, call->link);
		node_clock_heard(node, call);
		node_link_note(node, call->link);
		node_link_probe(node, call);
		node_link_greet(node, call->link);
		node_learn_greet(node, call->link->description->neighbor.text);
		break;
	case SESSION_OFFERED:
		node_accept_offer(node, call, event);
		break;
	case SESSION_BODY:
	case SESSION_COMPLETE:
		body_came(node, call, event);
		break;
	case SESSION_WITHDRAWN:
		arrival = node_arrival_of_stream(node, call->id, event->stream);
		if (arrival != NULL)
			node_arrival_abandon(node, arrival);
		break;
	case SESSION_ACCEPTED: /* the session knows where to send from */
		node_call_accepted(node, call, event);
		break;
	case SESSION_ACKNOWLEDGED:
		node_call_acknowledged(node, call, event);
		break;
	case SESSION_ROUND_TRIP:
		node_link_round_trip(node, call, event->round_trip_ms);
		break;
	case SESSION_IDLE_CLOSE:
		if (event->text[0] != '\0' || call->farewell[0] == '\0')
			snprintf(call->farewell, sizeof(call->farewell), "%s%.200s",
			         event->text[0] == '\0' ? "there was nothing more to say"
			                                : "the far end said: ",
			         event->text);
		session_close(call->session, "goodbye", node->now.instant);
		break;
	case SESSION_BROKEN:
		node_call_close(node, call, event->text);
		break;
	default:
		break;
	}
}

static void
body_came(struct node *node, struct node_call *call, const struct session_event *event)
{
	struct node_arrival *arrival = node_arrival_of_stream(node, call->id, event->stream);

	if (arrival == NULL)
		return; /* refused or known: the session lets its last bytes pass */
	if (event->kind == SESSION_COMPLETE)
		node_arrival_finish(node, arrival);
	else
		node_arrival_bytes(node, arrival, event->bytes);
}

/* What compresses well makes a line look faster than it is for what does not, which a next call may begin with. */
static int64_t
carried_rate(const struct node_call *call, int64_t rate)
{
	uint64_t gone = call->sent_bytes - call->unsent;

	if (call->carried_bytes == 0 || call->carried_bytes >= gone)
		return rate;
	return (int64_t)((uint64_t)rate * call->carried_bytes / gone);
}

/* The call is dead on the driver's side: forget it, and what was arriving over it. */
static void
call_end(struct node *node, struct node_call *call, const char *text)
{
	struct node_call **place = &node->calls;
	struct node_link  *link  = call->link;
	uint64_t           offers, left;
	int64_t            rate, round_trip_ms;

	while (*place != call)
		place = &(*place)->next;
	*place = call->next;
	for (struct node_arrival *arrival = node->arrivals, *next; arrival != NULL;
	     arrival                      = next) {
		next = arrival->next;
		if (arrival->call != call->id)
			continue;
		node_arrival_abandon(node, arrival);
	}
	if (link != NULL && session_line(call->session, &rate, &round_trip_ms)) {
		link->line_rate          = carried_rate(call, rate);
		link->line_round_trip_ms = round_trip_ms;
	}
	if (link != NULL && link->call == call->id) {
		node_link_find(node, link->description->neighbor.text)->said_earlier = true;

		link->call = 0;
		session_in_flight(call->session, &offers, &left);
		node_limit_day_refund(node, link, left);
		node_link_note(node, link);
		node_link_ended(node, link, call, text);
	} else if (link == NULL) {
		log_line(LOG_INFO, "call from %s ended: %s", call->from, text);
	}
	session_free(call->session);
	free(call->offers);
	free(call);
}

struct node_call *
node_call_new(struct node *node, uint64_t id, bool dialled)
{
	struct node_call *call = memory_new(1, sizeof(*call));

	call->id      = id;
	call->dialled = dialled;
	call->said    = node->now.instant;
	call->cursor  = STORE_RANK_FIRST;
	call->next    = node->calls;
	node->calls   = call;
	node_call_begin(node, call);
	return call;
}
