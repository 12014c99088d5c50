/*
 * query_link.c - states are the daemon's word, windows the description's
 */
#include "spool/query/query_link.h"

#include <string.h>

#include "spool/description/description_printer.h"
#include "spool/query/query_carrier.h"
#include "spool/query/query_text.h"

enum { SKEW_SHOWN_MS = 60000 };

static void        print_link(const struct query *query, const struct description_link *link,
                              const char *indent, struct buffer *out);
static void        print_state(const struct query *query, const struct query_link *link,
                               struct buffer *out);
static const char *reason_of(const char *waits);
static void    flow_json(const char *name, uint64_t carried_bytes, const struct query_flow *flow,
                         struct json *json);
static void    flow_print(const char *word, uint64_t carried_bytes, const struct query_flow *flow,
                          struct buffer *out);
static int64_t permille_of(const struct query_flow *flow);
static const struct query_link *live_link(const struct query *query, const char *neighbor,
                                          const char *label);
static void                     print_schedule(const struct description_node          *home,
                                               const struct description_link_schedule *use, struct buffer *out);

void
query_link_print(const struct query *query, const char *neighbor, const char *indent,
                 struct buffer *out)
{
	for (size_t i = 0; i < query->home->link_count; i++) {
		const struct description_link *link = &query->home->links[i];

		if (strcmp(link->neighbor.text, neighbor) == 0 &&
		    (query->live != NULL || link->schedule_count > 0 || link->carry.stated))
			print_link(query, link, indent, out);
	}
}

static void
print_link(const struct query *query, const struct description_link *link, const char *indent,
           struct buffer *out)
{
	const struct query_link *live = live_link(query, link->neighbor.text, link->label);

	buffer_append_format(out, "%sThe link to %s%s%s", indent, link->neighbor.text,
	                     link->label[0] == '\0' ? "" : " as ", link->label);
	if (live != NULL)
		print_state(query, live, out);
	for (size_t i = 0; i < link->schedule_count; i++) {
		buffer_append_text(out, live == NULL && i == 0 ? " " : "; it ");
		print_schedule(query->home, &link->schedules[i], out);
	}
	query_carrier_limits(query, link, out);
	buffer_append_text(out, ".\n");
}

static void
print_state(const struct query *query, const struct query_link *link, struct buffer *out)
{
	buffer_append_format(out, " is %s", link->state);
	if (link->text[0] != '\0') {
		buffer_append_text(out, ": ");
		query_text_append(out, link->text);
	}
	if (link->next_contact.ms != 0) {
		buffer_append_text(out, "; next call ");
		query_text_relative(out, link->next_contact, query->now.wall);
	}
	if (!link->called && reason_of(link->waits)[0] != '\0')
		buffer_append_format(out, ": %s", reason_of(link->waits));
}

void
query_link_json(const struct query_link *live, struct json *json)
{
	const char *waits = live == NULL || live->called ? NULL : live->waits;

	json_text(json, "waits", waits);
	if (live != NULL && live->clock_told)
		json_number(json, "clock_skew_ms", live->skew_ms);
	else
		json_null(json, "clock_skew_ms");
	if (live == NULL || !live->called) {
		json_null(json, "call");
		return;
	}
	json_object_begin(json, "call");
	json_text(json, "direction", live->dialled ? "out" : "in");
	json_time(json, "begun", live->begun);
	json_time(json, "ends", live->ends);
	json_text(json, "ends_why", live->ends.ms != 0 ? live->ends_why : NULL);
	flow_json("sending", live->sent_bytes, &live->out, json);
	flow_json("receiving", live->received_bytes, &live->in, json);
	json_object_end(json);
}

void
query_link_live_print(const struct query *query, const struct query_link *live, struct buffer *out)
{
	if (live->line.words[0] != '\0') {
		buffer_append_text(out, "  the line: ");
		query_text_append(out, live->line.words);
		buffer_append_text(out, "\n");
	}
	if (live->clock_told && (live->skew_ms < -SKEW_SHOWN_MS || live->skew_ms > SKEW_SHOWN_MS)) {
		buffer_append_text(out, "  its clock shows ");
		query_text_duration(out, live->skew_ms < 0 ? -live->skew_ms : live->skew_ms);
		buffer_append_format(out, " %s than ours\n", live->skew_ms < 0 ? "less" : "more");
	}
	if (!live->called) {
		buffer_append_text(out, "  next contact ");
		if (live->next_contact.ms != 0)
			query_text_time(out, live->next_contact, query->now.wall);
		else
			buffer_append_text(out, "not known");
		if (reason_of(live->waits)[0] != '\0')
			buffer_append_format(out, ": %s", reason_of(live->waits));
		buffer_append_text(out, "\n");
		return;
	}
	flow_print("sent", live->sent_bytes, &live->out, out);
	flow_print("received", live->received_bytes, &live->in, out);
	if (live->ends.ms == 0)
		return;
	buffer_append_text(out, "  the call ends ");
	query_text_time(out, live->ends, query->now.wall);
	buffer_append_format(out, " at the latest: %s\n", live->ends_why);
}

void
query_forecast_json(const struct query_forecast *forecast, struct json *json)
{
	json_text(json, "waits", forecast->waits);
	json_time(json, "contact", forecast->contact);
	json_time(json, "arrives", forecast->arrival);
}

void
query_forecast_print(const struct query *query, const struct query_forecast *forecast,
                     struct buffer *out)
{
	if (forecast->waits == NULL)
		return;
	if (forecast->contact.ms == 0) {
		buffer_append_format(out, "When it goes is not known: %s.\n",
		                     reason_of(forecast->waits));
		return;
	}
	buffer_append_text(out, "It is expected to go ");
	query_text_time(out, forecast->contact, query->now.wall);
	if (reason_of(forecast->waits)[0] != '\0')
		buffer_append_format(out, ", %s", reason_of(forecast->waits));
	if (forecast->arrival.ms != 0) {
		buffer_append_text(out, ", and to be there ");
		query_text_time(out, forecast->arrival, query->now.wall);
	}
	buffer_append_text(out, ".\n");
}

/* One way of a call; its share of 1,000 and its time only where they can be told. */
static void
flow_json(const char *name, uint64_t carried_bytes, const struct query_flow *flow,
          struct json *json)
{
	json_object_begin(json, name);
	json_number(json, "carried_bytes", (int64_t)carried_bytes);
	json_number(json, "messages", (int64_t)flow->messages);
	json_number(json, "bytes", (int64_t)flow->bytes);
	json_number(json, "left_bytes", (int64_t)flow->left_bytes);
	if (flow->bytes > 0)
		json_number(json, "done_permille", permille_of(flow));
	else
		json_null(json, "done_permille");
	if (flow->bytes_per_s > 0) {
		json_number(json, "bytes_per_s", (int64_t)flow->bytes_per_s);
		json_number(json, "left_s", (int64_t)(flow->left_bytes / flow->bytes_per_s));
	} else {
		json_null(json, "bytes_per_s");
		json_null(json, "left_s");
	}
	json_object_end(json);
}

static void
flow_print(const char *word, uint64_t carried_bytes, const struct query_flow *flow,
           struct buffer *out)
{
	buffer_append_format(out, "  %s ", word);
	query_text_size(out, carried_bytes);
	buffer_append_text(out, " bytes");
	if (flow->bytes_per_s > 0) {
		buffer_append_text(out, " at ");
		query_text_size(out, flow->bytes_per_s);
		buffer_append_text(out, " a second");
	}
	if (flow->bytes > 0) {
		buffer_append_format(out, "; %lld%% done of ", (long long)permille_of(flow) / 10);
		query_text_size(out, flow->bytes);
		buffer_append_format(out, " in %llu message%s", (unsigned long long)flow->messages,
		                     flow->messages == 1 ? "" : "s");
		if (flow->bytes_per_s > 0) {
			buffer_append_text(out, ", ");
			query_text_duration(out,
			                    (int64_t)(flow->left_bytes / flow->bytes_per_s) * 1000);
			buffer_append_text(out, " left");
		}
	}
	buffer_append_text(out, "\n");
}

static int64_t
permille_of(const struct query_flow *flow)
{
	uint64_t done = flow->bytes - flow->left_bytes;

	return (int64_t)(flow->bytes < UINT64_MAX / 1000 ? done * 1000 / flow->bytes
	                                                 : done / (flow->bytes / 1000));
}

/* For people: why not now; "" = there is no reason, or it says itself. */
static const char *
reason_of(const char *waits)
{
	static const struct {
		const char *waits, *text;
	} reasons[] = {
		{ "nothing", "until then there is nothing, or not enough, to say" },
		{ "back-off", "the last attempt failed" },
		{ "window", "its window is closed" },
		{ "device", "the device that it needs is in use" },
		{ "answer", "the far end is to call" },
		{ "medium", "somebody is to bring a stick" },
		{ "operator", "the operator has taken the link down" },
	};

	for (size_t i = 0; waits != NULL && i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].waits, waits) == 0)
			return reasons[i].text;
	return "";
}

static const struct query_link *
live_link(const struct query *query, const char *neighbor, const char *label)
{
	for (size_t i = 0; query->live != NULL && i < query->live->link_count; i++) {
		const struct query_link *link = &query->live->links[i];

		if (strcmp(link->neighbor, neighbor) == 0 && strcmp(link->label, label) == 0)
			return link;
	}
	return NULL;
}

/* `opens by night (mo tu we th fr 18:00-08:00, sa su all)`: its windows as `mulga print` has them. */
static void
print_schedule(const struct description_node *home, const struct description_link_schedule *use,
               struct buffer *out)
{
	const char *comma = "";

	buffer_append_format(out, "opens by %s (", use->name);
	for (size_t i = 0; i < home->schedule_count; i++) {
		if (strcmp(home->schedules[i].name, use->name) != 0)
			continue;
		for (size_t j = 0; j < home->schedules[i].count; j++) {
			struct buffer              line;
			struct description_printer printer = { .out = &line };

			buffer_init(&line);
			description_print_window(&printer, &home->schedules[i].windows[j]);
			buffer_append_format(out, "%s%.*s", comma,
			                     (int)strcspn(buffer_text(&line), "\n"),
			                     buffer_text(&line));
			comma = ", ";
			buffer_release(&line);
		}
	}
	buffer_append_text(out, ")");
}
