/*
 * node_link.c - what a link is known to do, beside what its description says
 *
 * When something was last heard over it is a fact of the spool, in spool time: a machine that
 * was off for a month does not find all its links dead. It is written down when a call comes up
 * and ends, and every hour between. A link that is silent too long (mesh/link_life.h) is
 * told as dead in our own record (D10), and comes back with the first word from the far end.
 * What the operator takes down is another matter, and stays down.
 *
 * Who receives states the delay (local_record.h), and can measure it: half a round trip, on a link
 * that is always up. A delay that the operator states is what a message may expect, the wait
 * for a window or a dear line included: it is told unless it takes longer. A link without
 * one tells what is measured.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/node/node_notice.h"
#include "daemon/node/node_topology.h"
#include "spool/base/log.h"
#include "spool/store/store_link.h"

static bool    is_heard(const struct node_link *link);
static int64_t rhythm_ms(const struct node_link *link);
static bool    is_measured(const struct description_link *description);
static bool    is_stated(const struct description_link *description);
static int64_t stated_ms(const struct description_link *description);
static void    tell_delays(struct node *node);

void
node_link_load(struct node *node, struct node_link *link)
{
	struct stored_link stored;

	link->heard_ms = node_spool_ms(node);
	link_delay_init(&link->delay, stated_ms(link->description));
	if (store_link_get(node->store, link->description->neighbor.text, link->description->label,
	                   &stored)) {
		link->heard_ms = stored.heard_ms;
		link->allowance =
		    (struct allowance){ stored.topology_bytes, stored.topology_day_ms };
		link->day      = (struct allowance){ stored.day_bytes, stored.day_ms };
		link->measured = stored.delay_ms >= 0 && is_measured(link->description);
		if (link->measured)
			link_delay_resume(&link->delay, stored.delay_ms);
	} else {
		node_link_note(node, link);
	}
	if (is_heard(link))
		link->life = link_life_of(node_spool_ms(node) - link->heard_ms, rhythm_ms(link));
}

void
node_links_forget(struct node *node)
{
	struct stored_link stored = { .heard_ms = 0 };

	while (store_link_next(node->store, &stored))
		if (node_link_get(node, stored.neighbor.text, stored.label) == NULL)
			store_link_delete(node->store, stored.neighbor.text, stored.label);
}

void
node_link_heard(struct node *node, struct node_link *link)
{
	link->heard_ms = node_spool_ms(node);
	if (link->life == LINK_ALIVE)
		return;
	log_line(LOG_INFO, "link %s: heard again", link->title);
	link->life  = LINK_ALIVE;
	link->greet = node->now.instant;
	node_topology_announce(node);
	node->topology_changed = true; /* what waits may go another way */
}

void
node_link_probe(struct node *node, struct node_call *call)
{
	if (is_measured(call->link->description))
		session_probe(call->session, node->now.instant);
}

void
node_link_round_trip(struct node *node, struct node_call *call, int64_t ms)
{
	struct node_link *link = call->link;
	struct instant    now  = node->now.instant;

	if (!is_measured(link->description))
		return;
	link_delay_sample(&link->delay, ms / 2);
	session_probe(call->session, instant_after(now, link_delay_pause_ms(&link->delay)));
	if (link_delay_is_news(&link->delay) && node->delay_due.ms == INSTANT_NEVER.ms)
		node->delay_due = link_delay_due(node->delay_free, now);
}

void
node_links_tell(const struct node *node, struct record *record)
{
	for (size_t i = 0; i < record->link_count; i++) {
		struct record_link     *told = &record->links[i];
		const struct node_link *link = node_link_get(node, told->to.text, told->label);
		int64_t                 delay_ms;

		if (link == NULL)
			continue;
		told->dead = link->operator_down || link->life != LINK_ALIVE;
		told->down = told->dead && link->life != LINK_DEAD;
		if (told->direction != RECORD_INBOUND || !link->measured)
			continue;
		delay_ms = link->delay.told_ms;
		if (is_stated(link->description) && delay_ms < told->delay_ms)
			delay_ms = told->delay_ms;
		told->delay_ms =
		    delay_ms < RECORD_MAX_DELAY_MS ? (uint32_t)delay_ms : RECORD_MAX_DELAY_MS;
	}
}

/* One record says all that is news; only if it says anything else than the last, others wait. */
static void
tell_delays(struct node *node)
{
	uint64_t before = node->own_serial;

	node->delay_due = INSTANT_NEVER;
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];

		if (!link_delay_is_news(&link->delay))
			continue;
		link_delay_tell(&link->delay);
		link->measured = true;
		log_line(LOG_INFO, "link %s: takes %lld ms", link->title,
		         (long long)link->delay.told_ms);
		node_link_note(node, link);
	}
	node_topology_announce(node); /* what goes out from here goes as before */
	if (node->own_serial != before)
		node->delay_free = instant_after(node->now.instant, LINK_DELAY_HOLD_MS);
}

void
node_link_note(struct node *node, const struct node_link *link)
{
	struct stored_link stored = {
		.neighbor        = link->description->neighbor,
		.heard_ms        = link->heard_ms,
		.delay_ms        = link->measured ? link->delay.told_ms : -1,
		.topology_bytes  = link->allowance.spent,
		.topology_day_ms = link->allowance.begun_ms,
		.day_bytes       = link->day.spent,
		.day_ms          = link->day.begun_ms,
	};

	snprintf(stored.label, sizeof(stored.label), "%s", link->description->label);
	store_link_put(node->store, &stored);
}

void
node_links_note(struct node *node)
{
	for (size_t i = 0; i < node->link_count; i++)
		if (node->links[i].call != 0)
			node_link_note(node, &node->links[i]);
}

void
node_links_run(struct node *node)
{
	bool changed = false;

	if (instant_reached(node->delay_due, node->now.instant))
		tell_delays(node);
	node_limit_run(node);
	for (size_t i = 0; i < node->link_count; i++) {
		struct node_link *link = &node->links[i];
		enum link_life    life =
		    link_life_of(node_spool_ms(node) - link->heard_ms, rhythm_ms(link));

		if (!is_heard(link) || life == link->life)
			continue;
		link->life = life;
		changed    = true;
		node_notice_silent(node, link);
	}
	if (!changed)
		return;
	node_topology_announce(node);
	node->topology_changed = true; /* what waits may go another way */
}

struct instant
node_links_deadline(const struct node *node)
{
	struct instant deadline = instant_earlier(node->delay_due, node_limit_deadline(node));
	int64_t        now_ms   = node_spool_ms(node);

	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];
		int64_t left_ms = link_life_left_ms(now_ms - link->heard_ms, rhythm_ms(link));

		if (is_heard(link))
			deadline =
			    instant_earlier(deadline, instant_after(node->now.instant, left_ms));
	}
	return deadline;
}

const char *
node_link_state(const struct node_link *link)
{
	if (link->operator_down || link->life == LINK_DOWN)
		return "down";
	return link->life == LINK_DEAD ? "dead" : link->state;
}

/* What silence is measured by: the delay; for sticks a third of the time that one may be under way. */
static int64_t
rhythm_ms(const struct node_link *link)
{
	int64_t rhythm_ms = link->description->delay_ms;

	for (size_t i = 0; i < link->description->transport_count; i++) {
		int64_t overdue_ms = link->description->transports[i].overdue_ms;

		if (overdue_ms / 3 > rhythm_ms)
			rhythm_ms = overdue_ms / 3;
	}
	return rhythm_ms;
}

/* Over a one-way link nothing can be heard, and a foreign neighbor speaks to others. */
static bool
is_heard(const struct node_link *link)
{
	const struct description_link *description = link->description;

	return description->direction != LINK_ONE_WAY_OUT && !description->foreign;
}

/* Up at all times: else its delay is mostly the wait for a call, which no ping knows. */
static bool
is_measured(const struct description_link *description)
{
	bool usual_is_always =
	    description->transport_count == 0 || description->transports[0].kind == TRANSPORT_TCP;

	return ((description->call.kind == CALL_AS_USUAL && usual_is_always) ||
	        description->call.kind == CALL_ALWAYS) &&
	       description->schedule_count == 0 && !description->foreign;
}

static bool
is_stated(const struct description_link *description)
{
	return description->delay_stated || description->inbound_delay_ms != DESCRIPTION_UNSET;
}

/* Of the way in. */
static int64_t
stated_ms(const struct description_link *description)
{
	return description->inbound_delay_ms != DESCRIPTION_UNSET ? description->inbound_delay_ms
	                                                          : description->delay_ms;
}
