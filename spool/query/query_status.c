/*
 * query_status.c - `status` and `links`: the node at work
 */
#include "spool/query/query_status.h"

#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_carrier.h"
#include "spool/query/query_link.h"
#include "spool/query/query_table.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"
#include "spool/route/route_carrier.h"
#include "spool/store/store_link.h"

#define DAY_MS INT64_C(86400000)

/* One link as the description states it, the store loads it and the daemon sees it. */
struct link_view {
	const struct description_link *stated;
	const struct query_link       *live; /* NULL: no daemon, or it knows nothing of it */
	uint64_t                       queued;
	uint64_t                       queued_bytes;
	struct record_limits           limits;           /* of both ends         */
	uint64_t                       topology_bytes;   /* of its limit, today  */
	uint64_t                       day_bytes;        /* the same of all      */
	uint64_t                       topology_waiting; /* copies, for tomorrow */
};

static void view_link(const struct query *query, const struct description_link *stated,
                      struct link_view *view);
static void status_json(const struct query *query, struct buffer *out);
static void texts_json(struct json *json, const char *name, const char *const *texts, size_t count);
static void link_json(const struct link_view *view, bool whole, struct json *json);
static void known_json(struct json *json, const char *name, uint64_t number);
static void status_print(const struct query *query, struct buffer *out);
static void line_json(const struct query_link *live, struct json *json);
static void link_table_print(const struct query *query, struct buffer *out);
static void link_print(const struct query *query, const struct link_view *view, struct buffer *out);
static void topology_print(const struct link_view *view, struct buffer *out);
static void limits_print(const struct query *query, const struct link_view *view,
                         struct buffer *out);

static const char *
state_of(const struct link_view *view)
{
	return view->live != NULL ? view->live->state : "down";
}

int
query_status(struct query_call *call)
{
	if (!query_options(call, NULL, 0, 0))
		return QUERY_USAGE;
	if (call->query->json)
		status_json(call->query, call->out);
	else
		status_print(call->query, call->out);
	return QUERY_DONE;
}

int
query_links(struct query_call *call)
{
	const struct query *query = call->query;
	struct json         json;
	bool                any = false;

	if (!query_options(call, NULL, 0, 1))
		return QUERY_USAGE;
	json_init(&json, call->out);
	for (size_t i = 0; i < query->home->link_count; i++) {
		struct link_view view;

		view_link(query, &query->home->links[i], &view);
		if (call->word_count == 1 &&
		    strcmp(call->words[0], view.stated->neighbor.text) != 0)
			continue;
		any = true;
		if (query->json) {
			link_json(&view, true, &json);
			json_line(&json);
		} else if (call->word_count == 1) {
			link_print(query, &view, call->out);
		}
	}
	if (!query->json && call->word_count == 0)
		link_table_print(query, call->out);
	if (any || call->word_count == 0)
		return QUERY_DONE;
	query_complain(call, "%s has no link to \"%s\"", query->home->name.text, call->words[0]);
	return QUERY_NEGATIVE;
}

void
query_status_link_json(const struct query *query, const struct description_link *stated,
                       struct json *json)
{
	struct link_view view;

	view_link(query, stated, &view);
	link_json(&view, true, json);
}

static void
view_link(const struct query *query, const struct description_link *stated, struct link_view *view)
{
	const struct query_live *live = query->live;
	struct stored_link       known;
	struct route_carrier     carrier;

	*view = (struct link_view){ .stated = stated };
	for (size_t i = 0; live != NULL && i < live->link_count; i++)
		if (strcmp(live->links[i].neighbor, stated->neighbor.text) == 0 &&
		    strcmp(live->links[i].label, stated->label) == 0)
			view->live = &live->links[i];
	store_copy_count(query->store, stated->neighbor.text, &view->queued, &view->queued_bytes);
	route_carrier_find(&carrier, query->topology, query->home->name.text, stated);
	view->limits = carrier.link.limits;
	if (view->limits.topology_per_day_bytes != 0)
		view->topology_waiting =
		    store_copy_count_reason(query->store, stated->neighbor.text, COPY_REASON_LIMIT);
	if (!store_link_get(query->store, stated->neighbor.text, stated->label, &known))
		return;
	if (view->limits.topology_per_day_bytes != 0 &&
	    query->spool_ms - known.topology_day_ms < DAY_MS)
		view->topology_bytes = known.topology_bytes;
	if (view->limits.per_day_bytes != 0 && query->spool_ms - known.day_ms < DAY_MS)
		view->day_bytes = known.day_bytes;
}

/* --- as JSON --------------------------------------------------------------------------- */

static void
status_json(const struct query *query, struct buffer *out)
{
	const struct query_live *live = query->live;
	struct json              json;
	uint64_t                 messages, bytes;

	json_init(&json, out);
	json_object_begin(&json, NULL);
	json_text(&json, "node", query->home->name.text);
	json_text(&json, "visible", query->home->visible.text);
	json_text(&json, "version", MULGA_VERSION);
	json_text(&json, "key", query->key);
	if (live != NULL)
		json_number(&json, "uptime_s", live->uptime_ms / 1000);
	else
		json_null(&json, "uptime_s");
	texts_json(&json, "listening", live != NULL ? live->listening : NULL,
	           live != NULL ? live->listening_count : 0);
	json_text(&json, "deaf", live != NULL ? live->deaf : NULL);
	json_array_begin(&json, "links");
	for (size_t i = 0; i < query->home->link_count; i++) {
		struct link_view view;

		view_link(query, &query->home->links[i], &view);
		link_json(&view, false, &json);
	}
	json_array_end(&json);
	store_message_count(query->store, &messages, &bytes);
	json_object_begin(&json, "queue");
	json_number(&json, "messages", (int64_t)messages);
	json_number(&json, "bytes", (int64_t)bytes);
	json_object_end(&json);
	texts_json(&json, "warnings", live != NULL ? live->warnings : NULL,
	           live != NULL ? live->warning_count : 0);
	json_object_end(&json);
	json_line(&json);
}

static void
texts_json(struct json *json, const char *name, const char *const *texts, size_t count)
{
	json_array_begin(json, name);
	for (size_t i = 0; i < count; i++)
		json_text(json, NULL, texts[i]);
	json_array_end(json);
}

/* `whole`: with what only `links` shows. */
static void
link_json(const struct link_view *view, bool whole, struct json *json)
{
	const struct query_link *live    = view->live;
	struct walltime          unknown = { 0 };

	json_object_begin(json, NULL);
	json_text(json, "neighbor", view->stated->neighbor.text);
	json_text(json, "link", view->stated->label);
	json_text(json, "state", state_of(view));
	json_number(json, "queued", (int64_t)view->queued);
	json_number(json, "queued_bytes", (int64_t)view->queued_bytes);
	json_time(json, "next_contact", live != NULL ? live->next_contact : unknown);
	if (whole) {
		json_number(json, "delay_ms", view->stated->delay_ms);
		if (live != NULL && live->measured_ms >= 0)
			json_number(json, "measured_delay_ms", live->measured_ms);
		else
			json_null(json, "measured_delay_ms");
		json_number(json, "cost", view->stated->cost);
		json_time(json, "since", live != NULL ? live->since : unknown);
		json_time(json, "heard", live != NULL ? live->heard : unknown);
		json_text(json, "text", live != NULL ? live->text : "the daemon is not running");
		known_json(json, "message_limit", view->limits.message_bytes);
		known_json(json, "queue_limit", view->limits.queue_bytes);
		known_json(json, "call_limit", view->limits.per_call_bytes);
		known_json(json, "day_limit", view->limits.per_day_bytes);
		json_number(json, "day_bytes", (int64_t)view->day_bytes);
		known_json(json, "topology_limit", view->limits.topology_per_day_bytes);
		json_number(json, "topology_bytes", (int64_t)view->topology_bytes);
		json_number(json, "topology_waiting", (int64_t)view->topology_waiting);
		line_json(live, json);
		json_number(json, "sent_bytes", live != NULL ? (int64_t)live->sent_bytes : 0);
		json_number(json, "received_bytes",
		            live != NULL ? (int64_t)live->received_bytes : 0);
		query_link_json(live, json);
	}
	json_object_end(json);
}

static void
known_json(struct json *json, const char *name, uint64_t number)
{
	if (number != 0)
		json_number(json, name, (int64_t)number);
	else
		json_null(json, name);
}

/* What is known of the line; the rest is null. */
static void
line_json(const struct query_link *live, struct json *json)
{
	static const struct query_line nothing = { .quality_percent = -1 };
	const struct query_line       *line    = live != NULL ? &live->line : &nothing;

	json_object_begin(json, "line");
	known_json(json, "rate", (uint64_t)line->rate_bits);
	known_json(json, "round_trip_ms", (uint64_t)line->round_trip_ms);
	if (line->quality_percent >= 0)
		json_number(json, "quality", line->quality_percent);
	else
		json_null(json, "quality");
	known_json(json, "frames", (uint64_t)line->frames);
	if (line->frames > 0) {
		json_number(json, "frames_again", line->frames_again);
		json_number(json, "damaged", line->damaged);
	} else {
		json_null(json, "frames_again");
		json_null(json, "damaged");
	}
	json_text(json, "signal", line->signal[0] != '\0' ? line->signal : NULL);
	json_text(json, "text", line->text[0] != '\0' ? line->text : NULL);
	json_object_end(json);
}

/* --- for people ------------------------------------------------------------------------ */

static void
status_print(const struct query *query, struct buffer *out)
{
	const struct query_live *live = query->live;
	uint64_t                 messages, bytes;

	buffer_append_format(out, "%s, visible in %s, mulga " MULGA_VERSION ", ",
	                     query->home->name.text, query_text_region(query->home->visible.text));
	if (live == NULL) {
		buffer_append_text(out, "is not running.\n");
	} else {
		buffer_append_text(out, "up for ");
		query_text_duration(out, live->uptime_ms);
		buffer_append_text(out, ".\n");
		for (size_t i = 0; i < live->listening_count; i++)
			buffer_append_format(out, "Listening on %s.\n", live->listening[i]);
		if (live->deaf != NULL)
			buffer_append_format(out, "It %s; `mulga reload` tries again.\n",
			                     live->deaf);
	}
	if (query->key != NULL)
		buffer_append_format(out, "Its key is %s.\n", query->key);
	store_message_count(query->store, &messages, &bytes);
	if (messages == 0) {
		buffer_append_text(out, "The queue is empty.\n");
	} else {
		buffer_append_format(out, "The queue holds %llu message%s, ",
		                     (unsigned long long)messages, messages == 1 ? "" : "s");
		query_text_size(out, bytes);
		buffer_append_text(out, " bytes.\n");
	}
	link_table_print(query, out);
	for (size_t i = 0; live != NULL && i < live->warning_count; i++) {
		buffer_append_text(out, "Warning: ");
		query_text_append(out, live->warnings[i]);
		buffer_append_text(out, "\n");
	}
}

static void
link_table_print(const struct query *query, struct buffer *out)
{
	static const struct query_column columns[] = {
		{ "LINK TO", false }, { "AS", false },   { "STATE", false },
		{ "QUEUED", true },   { "BYTES", true }, { "NEXT CONTACT", false },
		{ "", false },
	};
	struct query_table table;

	if (query->home->link_count == 0) {
		buffer_append_text(out, "The description states no link.\n");
		return;
	}
	query_table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < query->home->link_count; i++) {
		struct link_view view;
		struct buffer    contact;

		view_link(query, &query->home->links[i], &view);
		buffer_init(&contact);
		if (view.live != NULL && view.live->next_contact.ms != 0)
			query_text_relative(&contact, view.live->next_contact, query->now.wall);
		query_table_add(&table, view.stated->neighbor.text);
		query_table_add(&table, view.stated->label);
		query_table_add(&table, state_of(&view));
		query_table_add_number(&table, (int64_t)view.queued);
		query_table_add_size(&table, view.queued_bytes);
		query_table_add(&table, buffer_text(&contact));
		query_table_add(&table, view.live != NULL ? view.live->text : "");
		buffer_release(&contact);
	}
	query_table_print(&table, out);
	query_table_release(&table);
}

static void
link_print(const struct query *query, const struct link_view *view, struct buffer *out)
{
	const struct query_link *live = view->live;

	buffer_append_format(out, "%s%s%s: %s", view->stated->neighbor.text,
	                     view->stated->label[0] == '\0' ? "" : " as ", view->stated->label,
	                     state_of(view));
	if (live != NULL && live->since.ms != 0) {
		buffer_append_text(out, " since ");
		query_text_time(out, live->since, query->now.wall);
	}
	if (live != NULL && live->text[0] != '\0') {
		buffer_append_text(out, "; ");
		query_text_append(out, live->text);
	}
	buffer_append_text(out, "\n  delay ");
	query_text_duration(out, view->stated->delay_ms);
	if (live != NULL && live->measured_ms >= 0)
		buffer_append_format(out, " (measured %lld ms)", (long long)live->measured_ms);
	buffer_append_format(out, ", cost %lld; %llu queued, ", (long long)view->stated->cost,
	                     (unsigned long long)view->queued);
	query_text_size(out, view->queued_bytes);
	buffer_append_text(out, " bytes\n");
	if (live != NULL && live->heard.ms != 0) {
		buffer_append_text(out, "  last heard ");
		query_text_time(out, live->heard, query->now.wall);
		buffer_append_text(out, "\n");
	}
	topology_print(view, out);
	limits_print(query, view, out);
	if (live != NULL)
		query_link_live_print(query, live, out);
}

/* What the limit of the network's own news leaves waiting. */
static void
topology_print(const struct link_view *view, struct buffer *out)
{
	uint64_t limit = view->limits.topology_per_day_bytes;

	if (limit == 0)
		return;
	buffer_append_text(out, "  topology ");
	query_text_size(out, view->topology_bytes);
	buffer_append_text(out, " of ");
	query_text_size(out, limit);
	buffer_append_format(out, " bytes a day; %llu wait for the next day\n",
	                     (unsigned long long)view->topology_waiting);
}

/* What it takes, and how much of today is used. */
static void
limits_print(const struct query *query, const struct link_view *view, struct buffer *out)
{
	struct buffer text;

	buffer_init(&text);
	query_carrier_limits(query, view->stated, &text);
	if (text.length > 2)
		buffer_append_format(out, "  %s\n", buffer_text(&text) + 2);
	if (view->limits.per_day_bytes != 0) {
		buffer_append_text(out, "  ");
		route_carrier_size(out, view->day_bytes, false);
		buffer_append_text(out, " have gone today\n");
	}
	buffer_release(&text);
}
