/*
 * node_show.c - what `links`, `why` and `status` say of the links at this moment
 *
 * A link with a call shows how far that is; one without, when the next is and what it waits for,
 * as node_contact.c has decided. A forecast adds the windows to come and what goes first, at the
 * rate that was measured or stated; where there is none, nothing is promised.
 */
#include <stdio.h>

#include "daemon/node/node_calling.h"
#include "daemon/node/node_stick.h"
#include "spool/query/query.h"
#include "spool/query/query_text.h"

enum { SKEW_SHOWN_MS = 60000 };

static struct walltime     wall_of_spool(const struct node *node, int64_t spool_ms);
static struct walltime     wall_of(const struct node *node, struct instant instant);
static struct node_contact next_contact(const struct node *node, const struct node_link *link,
                                        enum priority priority);
static uint64_t            out_rate(const struct node_link *link, const struct node_call *call);
static void                show_call(const struct node *node, const struct node_call *call,
                                     struct query_link *shown);
static struct query_flow   flow_of(const struct session_progress *progress, uint64_t bytes_per_s);
static struct instant      contact_of(const struct node *node, const struct node_link *link,
                                      const struct stored_copy *copy, const char **waits);
static struct walltime     arrival_of(const struct node *node, const struct node_link *link,
                                      const struct stored_copy *copy, struct instant contact);
static void                show_line(const struct link_quality *quality, struct query_line *shown);

void
node_show_link(const struct node *node, const struct node_link *link, struct query_link *shown)
{
	const struct node_call *call = node_call_find(node, link->call);
	struct node_contact     next = next_contact(node, link, PRIORITY_URGENT);

	shown->line.quality_percent = -1;
	snprintf(shown->neighbor, sizeof(shown->neighbor), "%s", link->description->neighbor.text);
	snprintf(shown->label, sizeof(shown->label), "%s", link->description->label);
	snprintf(shown->text, sizeof(shown->text), "%s", link->text);
	shown->state           = node_link_state(link);
	shown->since           = link->since;
	shown->heard           = wall_of_spool(node, link->heard_ms);
	shown->measured_ms     = link_delay_ms(&link->delay);
	shown->waits           = node_wait_text(call != NULL ? NODE_WAITS_NOT : next.wait);
	shown->clock_told      = node_clock_skew(node, link, &shown->skew_ms);
	shown->out.bytes_per_s = out_rate(link, call);
	shown->in.bytes_per_s  = link->in_bytes_per_s;
	if (call != NULL)
		show_call(node, call, shown);
	else if (next.due.ms != INSTANT_NEVER.ms && !instant_reached(next.due, node->now.instant))
		shown->next_contact = wall_of(node, next.due);
}

bool
node_show_warning(const struct node *node, const struct node_link *link, struct buffer *text)
{
	const char *neighbor = link->description->neighbor.text;
	uint64_t    limit    = link->carrier.link.limits.topology_per_day_bytes;
	uint64_t    waiting  = 0;

	if (limit != 0)
		waiting = store_copy_count_reason(node->store, neighbor, COPY_REASON_LIMIT);
	if (link->life != LINK_ALIVE) {
		buffer_append_format(text, "the link to %s is %s: nothing was heard from it for ",
		                     neighbor, node_link_state(link));
		query_text_duration(text, node_spool_ms(node) - link->heard_ms);
	} else if (waiting > 0) {
		buffer_append_format(text,
		                     "%llu messages about the network wait for tomorrow: the link "
		                     "to %s takes %llu bytes of them a day",
		                     (unsigned long long)waiting, neighbor,
		                     (unsigned long long)limit);
	} else if (link->day_is_full) {
		buffer_append_format(text, "the link to %s has taken its ", link->title);
		route_carrier_size(text, link->carrier.link.limits.per_day_bytes, true);
		buffer_append_text(text, " of today; what waits goes tomorrow");
	}
	return text->length > 0;
}

bool
node_show_clock(const struct node *node, struct buffer *text)
{
	char    shown[WALLTIME_TEXT_SIZE];
	int64_t skew_ms;

	if (node->followed != NULL) {
		buffer_append_format(text, "our clock is wrong: it shows %s, and windows follow ",
		                     walltime_format(node->now.wall, shown));
		buffer_append_format(text, "that of %s, %s", node->followed->title,
		                     walltime_format((struct walltime){ node->wall_ms }, shown));
		return true;
	}
	for (size_t i = 0; i < node->link_count; i++) {
		const struct node_link *link = &node->links[i];

		if (!node_clock_skew(node, link, &skew_ms) ||
		    (skew_ms < SKEW_SHOWN_MS && skew_ms > -SKEW_SHOWN_MS))
			continue;
		buffer_append_format(text, "%s%s shows ", text->length > 0 ? "; " : "the clock of ",
		                     link->title);
		query_text_duration(text, skew_ms < 0 ? -skew_ms : skew_ms);
		buffer_append_format(text, " %s than ours", skew_ms < 0 ? "less" : "more");
	}
	return text->length > 0;
}

void
node_show_forecast(const struct node *node, const struct stored_copy *copy,
                   struct query_forecast *forecast)
{
	struct instant first = INSTANT_NEVER;

	*forecast = (struct query_forecast){ .waits = NULL };
	for (const struct node_link *link = node_link_find(node, copy->neighbor); link != NULL;
	     link                         = node_link_next(node, link)) {
		const char    *waits;
		struct instant contact = contact_of(node, link, copy, &waits);

		if (forecast->waits != NULL && contact.ms >= first.ms)
			continue;
		first             = contact;
		forecast->waits   = waits;
		forecast->contact = (struct walltime){ 0 };
		forecast->arrival = (struct walltime){ 0 };
		if (contact.ms == INSTANT_NEVER.ms)
			continue;
		forecast->contact = wall_of(node, contact);
		forecast->arrival = arrival_of(node, link, copy, contact);
	}
}

/*
 * Where the medium takes at once what the session lets go, nothing is ever seen to wait for it: then
 * the session's own measure, by what the far end answers, is all there is.
 */
static uint64_t
out_rate(const struct node_link *link, const struct node_call *call)
{
	uint64_t rate = node_link_rate(link, call);
	int64_t  answered, round_trip_ms;

	if (rate == 0 && call != NULL && session_line(call->session, &answered, &round_trip_ms))
		rate = (uint64_t)answered;
	return rate;
}

static void
show_call(const struct node *node, const struct node_call *call, struct query_link *shown)
{
	struct session_progress out, in;

	show_line(&call->quality, &shown->line);
	session_progress(call->session, &out, &in);
	shown->called         = true;
	shown->dialled        = call->dialled;
	shown->begun          = wall_of(node, call->begun);
	shown->sent_bytes     = call->sent_bytes - call->unsent;
	shown->received_bytes = call->received_bytes;
	out.left_bytes += out.bytes > 0 ? call->unsent : 0;
	out.left_bytes = out.left_bytes < out.bytes ? out.left_bytes : out.bytes;
	shown->out     = flow_of(&out, shown->out.bytes_per_s);
	shown->in =
	    flow_of(&in, call->in.bytes_per_s > 0 ? call->in.bytes_per_s : shown->in.bytes_per_s);
	if (call->ends.ms == INSTANT_NEVER.ms)
		return;
	shown->ends     = wall_of(node, call->ends);
	shown->ends_why = call->ends_why;
}

static struct query_flow
flow_of(const struct session_progress *progress, uint64_t bytes_per_s)
{
	return (struct query_flow){ progress->messages, progress->bytes, progress->left_bytes,
		                    bytes_per_s };
}

/* By today's clock, and as if the node had been served since. */
static struct walltime
wall_of_spool(const struct node *node, int64_t spool_ms)
{
	return (struct walltime){ node->now.wall.ms - (node_spool_ms(node) - spool_ms) };
}

/* By the clock that windows follow: what is shown of them is what the operator stated. 0: never. */
static struct walltime
wall_of(const struct node *node, struct instant instant)
{
	if (instant.ms == INSTANT_NEVER.ms)
		return (struct walltime){ 0 };
	return (struct walltime){ node->wall_ms + instant.ms - node->now.instant.ms };
}

/* Of a folder the node knows when it writes there, but not when somebody comes for it. */
static struct node_contact
next_contact(const struct node *node, const struct node_link *link, enum priority priority)
{
	struct instant opens;

	if (link->contact.wait != NODE_WAITS_MEDIUM)
		return link->contact;
	opens = node_window_opens(node, link, node->now.instant, priority);
	if (instant_reached(opens, node->now.instant))
		return link->contact;
	return (struct node_contact){ opens, NODE_WAITS_WINDOW };
}

/* When that copy may be said over the link, as it looks now. */
static struct instant
contact_of(const struct node *node, const struct node_link *link, const struct stored_copy *copy,
           const char **waits)
{
	struct node_contact next = next_contact(node, link, copy->priority);
	struct instant      due  = link->call != 0 ? node->now.instant : next.due, opens;

	*waits = node_wait_text(link->call != 0 ? NODE_WAITS_NOT : next.wait);
	if (due.ms == INSTANT_NEVER.ms)
		return due;
	opens = node_window_opens(node, link, due, copy->priority);
	if (opens.ms > due.ms)
		*waits = node_wait_text(NODE_WAITS_WINDOW);
	return opens;
}

static struct walltime
arrival_of(const struct node *node, const struct node_link *link, const struct stored_copy *copy,
           struct instant contact)
{
	uint64_t rate = out_rate(link, node_call_find(node, link->call));
	int64_t  took_ms =
	    line_rate_ms(rate, store_copy_ahead(node->store, copy, node_spool_ms(node)));
	struct walltime there = wall_of(node, contact);

	if (node_visit_transport(link, 0) >= 0 && !node_link_may_dial(link))
		return (struct walltime){ there.ms +
			                  link->description->delay_ms }; /* it is carried */
	if (took_ms < 0)
		return (struct walltime){ 0 };
	there =
	    timetable_passed(&link->timetable, there,
	                     (enum description_priority)(PRIORITY_LOW - copy->priority), took_ms);
	if (there.ms == INT64_MAX)
		there.ms = 0;
	return there;
}

static void
show_line(const struct link_quality *quality, struct query_line *shown)
{
	struct buffer words;

	buffer_init(&words);
	link_quality_print(quality, &words);
	shown->rate_bits       = quality->rate_bits;
	shown->round_trip_ms   = quality->round_trip_ms;
	shown->quality_percent = quality->percent - 1;
	shown->frames          = quality->frames;
	shown->frames_again    = quality->again;
	shown->damaged         = quality->damaged;
	snprintf(shown->signal, sizeof(shown->signal), "%s", quality->signal);
	snprintf(shown->text, sizeof(shown->text), "%s", quality->text);
	snprintf(shown->words, sizeof(shown->words), "%s", buffer_text(&words));
	buffer_release(&words);
}
