/*
 * node_window.c - calls end with their windows, and say in each only what belongs there
 *
 * A call that we make lives within the windows of its link, and no longer than `call-time`. A
 * little before its end it is wrapped up: our offers that are not complete are taken back, so that
 * the far end keeps what came of them and answers the others, and goodbye is said. What is on
 * the line at the very end is cut. A frame that would not end before then is not begun.
 *
 * A call that comes in is the caller's: its windows decide when. Ours decide what we say
 * in them; outside of ours that is everything.
 */
#include <stdio.h>

#include "daemon/node/node_calling.h"
#include "spool/base/log.h"

enum { WRAP_MAX_MS = 10000, WRAP_SHARE = 10, HANG_UP_MS = 1500 };

static enum priority  least_of(struct node *node, const struct node_call *call,
                               struct instant *until);
static struct instant end_of(struct node *node, struct node_call *call);
static void           put_back(struct node_call *call, enum priority least);
static void           wrap_up(struct node *node, struct node_call *call);
static struct instant wrap_of(const struct node_call *call);

void
node_windows_zone(struct node *node, const struct event *event)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	zone_release(&node->zone);
	if (zone_parse(&node->zone, event->bytes, &diagnostic) != STATUS_OK)
		log_line(LOG_ERROR, "the time zone cannot be read, UTC is used: %s",
		         diagnostic.text);
	node->zone_known = true;
}

enum priority
node_priority_of(enum description_priority priority)
{
	return (enum priority)(DESCRIPTION_URGENT - priority);
}

struct instant
node_window_opens(const struct node *node, const struct node_link *link, struct instant from,
                  enum priority priority)
{
	int64_t wait_ms      = from.ms > node->now.instant.ms ? from.ms - node->now.instant.ms : 0;
	struct walltime wall = { node->wall_ms + wait_ms }, opens;

	if (link->timetable.always || from.ms == INSTANT_NEVER.ms)
		return from;
	if (!node->zone_known)
		return INSTANT_NEVER;
	opens = timetable_opens(&link->timetable, wall,
	                        (enum description_priority)(PRIORITY_LOW - priority));
	if (opens.ms == INT64_MAX)
		return INSTANT_NEVER;
	return opens.ms > wall.ms ? instant_after(node->now.instant, wait_ms + opens.ms - wall.ms)
	                          : from;
}

bool
node_window_is_open(const struct node *node, const struct node_link *link)
{
	return instant_reached(node_window_opens(node, link, node->now.instant, PRIORITY_URGENT),
	                       node->now.instant);
}

void
node_call_begin(struct node *node, struct node_call *call)
{
	call->begun   = node->now.instant;
	call->ends    = INSTANT_NEVER;
	call->changes = INSTANT_NEVER;
	call->hung_up = INSTANT_NEVER;
	call->least   = PRIORITY_LOW;
}

bool
node_call_keep(struct node *node, struct node_call *call)
{
	enum priority least;

	if (call->link == NULL)
		return true;
	call->ends = end_of(node, call);
	if (instant_reached(call->ends, node->now.instant)) {
		call->orderly = call->greeted;
		node_call_cut(node, call, call->ends_why);
		return false;
	}
	least = least_of(node, call, &call->changes);
	if (least > call->least)
		call->cursor = STORE_RANK_FIRST; /* what was passed over may go now */
	else if (least < call->least)
		put_back(call, least);
	call->least = least;
	if (!call->ending && instant_reached(wrap_of(call), node->now.instant))
		wrap_up(node, call);
	return true;
}

struct instant
node_call_keep_due(const struct node_call *call)
{
	struct instant due = instant_earlier(call->ends, call->changes);

	return call->ending ? due : instant_earlier(due, wrap_of(call));
}

uint64_t
node_call_ration(const struct node *node, const struct node_call *call, uint64_t written)
{
	uint64_t rate    = node_link_rate(call->link, call), budget;
	int64_t  from_ms = node->now.instant.ms, left_ms;

	if (call->ending)
		return 0;
	if (call->ends.ms == INSTANT_NEVER.ms || rate == 0)
		return UINT64_MAX;
	from_ms = call->clear.ms > from_ms ? call->clear.ms : from_ms;
	left_ms = wrap_of(call).ms - from_ms;
	budget  = left_ms > 0 ? rate * (uint64_t)left_ms / 1000 : 0;
	return budget > written ? budget - written : 0;
}

void
node_call_said(struct node *node, struct node_call *call, uint64_t bytes)
{
	int64_t took_ms = line_rate_ms(node_link_rate(call->link, call), bytes);

	call->unsent += bytes;
	call->sent_bytes += bytes;
	call->said = node->now.instant;
	line_rate_note(&call->out, call->sent_bytes - call->unsent, true, node->now.instant);
	if (call->clear.ms < node->now.instant.ms)
		call->clear = node->now.instant;
	call->clear = instant_after(call->clear, took_ms > 0 ? took_ms : 0);
}

void
node_call_hang_up(struct node *node, struct node_call *call)
{
	call->hung_up = instant_after(node->now.instant, HANG_UP_MS);
	call->orderly = true;
	if (session_state(call->session) == SESSION_UP)
		node_call_keep(node, call);
	else
		node_call_cut(node, call, "the operator hung up");
}

/*
 * Bytes a second, out: of this call, of an earlier one, but not more than is stated, which kernels
 * and pipes that take all at once know nothing of; 0: nobody knows.
 */
uint64_t
node_link_rate(const struct node_link *link, const struct node_call *call)
{
	const struct description_transport *transport;
	uint64_t                            stated = 0, measured = 0;

	if (call != NULL)
		measured = call->out.bytes_per_s;
	if (link == NULL)
		return measured;
	if (measured == 0)
		measured = link->out_bytes_per_s;
	if (link->transport < link->description->transport_count) {
		transport = &link->description->transports[link->transport];
		if (transport->rate_bits > 0)
			stated = (uint64_t)transport->rate_bits / 8;
		else if (transport->kind == TRANSPORT_SERIAL)
			stated = transport->speed_bits / 10;
	}
	return measured == 0 || (stated > 0 && stated < measured) ? stated : measured;
}

/* How much of what waits may go in this call now; it stays so until then. */
static enum priority
least_of(struct node *node, const struct node_call *call, struct instant *until)
{
	const struct timetable   *timetable = &call->link->timetable;
	struct walltime           wall      = { node->wall_ms }, change;
	enum description_priority least;

	*until = INSTANT_NEVER;
	if (timetable->always || !node->zone_known)
		return PRIORITY_LOW;
	if (!timetable_is_open(timetable, wall, &least, &change))
		least = DESCRIPTION_LOW;
	if (change.ms < INT64_MAX)
		*until = instant_after(node->now.instant, change.ms - wall.ms);
	return call->overtime ? PRIORITY_LOW : node_priority_of(least);
}

static struct instant
end_of(struct node *node, struct node_call *call)
{
	const struct node_link *link = call->link;
	struct instant          ends = call->hung_up, other;
	struct walltime         wall = { node->wall_ms }, closes;

	call->ends_why = "the operator hung up";
	if (link->description->call_time_ms > 0) {
		other = instant_after(call->begun, link->description->call_time_ms);
		if (other.ms < ends.ms)
			call->ends_why = "its call-time is over";
		ends = instant_earlier(ends, other);
	}
	if (!call->dialled || call->overtime || link->timetable.always || !node->zone_known)
		return ends;
	closes = timetable_closes(&link->timetable, wall, DESCRIPTION_URGENT);
	other  = closes.ms == INT64_MAX ? INSTANT_NEVER
	                                : instant_after(node->now.instant, closes.ms - wall.ms);
	if (other.ms < ends.ms)
		call->ends_why = "its window closes";
	return instant_earlier(ends, other);
}

/* What is on its way and may not be: the far end keeps what it has of it. */
static void
put_back(struct node_call *call, enum priority least)
{
	for (size_t i = 0; i < call->offer_count; i++) {
		struct node_offer *offer = &call->offers[i];

		if (offer->priority <= least || offer->put_back)
			continue;
		offer->put_back = true;
		session_withdraw(call->session, offer->copy);
	}
}

static void
wrap_up(struct node *node, struct node_call *call)
{
	call->ending  = true;
	call->orderly = call->greeted;
	for (size_t i = 0; i < call->offer_count; i++) {
		call->offers[i].put_back = true;
		session_withdraw(call->session, call->offers[i].copy);
	}
	session_close(call->session, call->ends_why, node->now.instant);
	if (call->farewell[0] == '\0')
		snprintf(call->farewell, sizeof(call->farewell), "%s", call->ends_why);
	node_call_flush(node, call);
}

/* A tenth of a short call, some seconds of a long one, so that what is complete is answered. */
static struct instant
wrap_of(const struct node_call *call)
{
	int64_t wrap_ms;

	if (call->hung_up.ms != INSTANT_NEVER.ms)
		return call->begun;
	if (call->ends.ms == INSTANT_NEVER.ms)
		return INSTANT_NEVER;
	wrap_ms = (call->ends.ms - call->begun.ms) / WRAP_SHARE;
	return (struct instant){ call->ends.ms - (wrap_ms < WRAP_MAX_MS ? wrap_ms : WRAP_MAX_MS) };
}
