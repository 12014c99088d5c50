/*
 * query_trace.c - `trace`, `why` and `sent`: where a message went and how it ended
 */
#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_carrier.h"
#include "spool/query/query_copy.h"
#include "spool/query/query_history.h"
#include "spool/query/query_link.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"
#include "spool/route/route_resolve.h"

static bool one_message(struct query_call *call, struct query_history *history, int *code);
static void trace_json(const struct query_history *history, struct json *json);
static void trace_print(const struct query *query, const struct query_history *history,
                        struct buffer *out);
static void why_copies(struct query_call *call, const struct query_history *history,
                       struct json *json);
static void why_not_here(const struct query *query, const struct query_history *history,
                         struct buffer *out);
static void why_print(const struct query *query, const struct query_message *message,
                      struct buffer *out);
static void why_loop(const struct message_id *id, const struct stored_copy *copy,
                     struct buffer *out);
static bool is_mine(const struct query *query, const struct query_history *history);
static void sent_json(const struct query_history *history, struct json *json);
static void sent_print(const struct query *query, const struct query_history *history,
                       struct buffer *out);

int
query_trace(struct query_call *call)
{
	struct query_history history;
	struct json          json;
	int                  code = QUERY_DONE;

	query_history_init(&history);
	json_init(&json, call->out);
	if (one_message(call, &history, &code)) {
		if (call->query->json)
			trace_json(&history, &json);
		else
			trace_print(call->query, &history, call->out);
	}
	query_history_release(&history);
	return code;
}

/* Loads the message that the only word names. */
static bool
one_message(struct query_call *call, struct query_history *history, int *code)
{
	struct message_id id;

	*code = QUERY_USAGE;
	if (!query_options(call, NULL, 0, 1))
		return false;
	if (call->word_count == 0) {
		query_complain(call, "usage: mulga %s ID", call->verb);
		return false;
	}
	*code = QUERY_NEGATIVE;
	if (query_find_id(call, call->words[0], &id) != STATUS_OK)
		return false;
	query_history_load(call->query, &id,
	                   history); /* there is none of what nodes tell each other */
	*code = QUERY_DONE;
	return true;
}

static void
trace_json(const struct query_history *history, struct json *json)
{
	struct name origin;

	message_id_origin(&history->id, &origin);
	json_object_begin(json, NULL);
	json_text(json, "id", history->id.text);
	json_text(json, "origin", origin.text);
	json_array_begin(json, "hops");
	for (size_t i = 0; i < history->hop_count; i++) {
		const struct query_hop *hop = &history->hops[i];

		json_object_begin(json, NULL);
		json_text(json, "node", hop->node.text);
		json_text(json, "from", hop->from.text[0] == '\0' ? NULL : hop->from.text);
		json_time(json, "arrived", hop->arrived);
		json_time(json, "left", hop->left);
		json_object_end(json);
	}
	json_array_end(json);
	query_history_outcomes_json(history, json);
	json_object_end(json);
	json_line(json);
}

static void
trace_print(const struct query *query, const struct query_history *history, struct buffer *out)
{
	buffer_append_format(out, "%s\n", history->id.text);
	for (size_t i = 0; i < history->hop_count; i++) {
		const struct query_hop *hop = &history->hops[i];

		buffer_append_format(out, "  %s  %s ", hop->node.text,
		                     hop->from.text[0] == '\0' ? "submitted" : "arrived");
		query_text_time(out, hop->arrived, query->now.wall);
		if (hop->left.ms != 0) {
			buffer_append_text(out, ", left after ");
			query_text_duration(out, hop->left.ms - hop->arrived.ms);
		}
		buffer_append_text(out, "\n");
	}
	for (size_t i = 0; i < history->outcome_count; i++) {
		buffer_append_text(out, "  ");
		query_outcome_print(query, &history->outcomes[i], out);
		buffer_append_text(out, "\n");
	}
}

/* --- why ------------------------------------------------------------------------------- */

int
query_why(struct query_call *call)
{
	struct query_history history;
	struct json          json;
	int                  code = QUERY_DONE;

	query_history_init(&history);
	json_init(&json, call->out);
	if (one_message(call, &history, &code)) {
		if (call->query->json) {
			json_object_begin(&json, NULL);
			json_text(&json, "id", history.id.text);
			json_array_begin(&json, "copies");
		}
		why_copies(call, &history, &json);
		if (call->query->json) {
			json_array_end(&json);
			query_history_outcomes_json(&history, &json);
			json_object_end(&json);
			json_line(&json);
		}
	}
	query_history_release(&history);
	return code;
}

/* One paragraph for each copy that is here, then one for each destination. */
static void
why_copies(struct query_call *call, const struct query_history *history, struct json *json)
{
	const struct query   *query = call->query;
	struct stored_message stored;
	struct query_message  message;

	stored_message_init(&stored);
	query_message_init(&message);
	for (int64_t after = 0; store_message_find(query->store, &history->id, after, &stored);
	     after         = stored.key) {
		if (!query_message_load(query, stored.key, &message))
			continue;
		if (query->json) {
			query_message_copies_json(query, &message, true, json);
		} else {
			why_print(query, &message, call->out);
		}
	}
	if (stored.key == 0 && !query->json)
		why_not_here(query, history, call->out);
	for (size_t i = 0; !query->json && i < history->outcome_count; i++) {
		query_outcome_print(query, &history->outcomes[i], call->out);
		buffer_append_text(call->out, ".\n");
	}
	query_message_release(&message);
	stored_message_release(&stored);
}

/* No copy is left here: when did the last one go? */
static void
why_not_here(const struct query *query, const struct query_history *history, struct buffer *out)
{
	const struct query_hop *last = &history->hops[history->hop_count - 1];

	buffer_append_text(out, "No copy of it is here");
	if (last->left.ms != 0) {
		buffer_append_text(out, " since ");
		query_text_time(out, last->left, query->now.wall);
	}
	buffer_append_text(out, ".\n");
}

static void
why_print(const struct query *query, const struct query_message *message, struct buffer *out)
{
	struct walltime       expires = query_walltime(query, message->stored.expires_ms);
	struct query_forecast expected;

	for (size_t i = 0; i < message->copy_count; i++) {
		const struct stored_copy *copy = &message->copies[i].stored;

		query_copy_print(query, &message->copies[i], out);
		buffer_append_format(out, ". It has been tried %u time%s", copy->attempts,
		                     copy->attempts == 1 ? "" : "s");
		if (expires.ms != 0) {
			buffer_append_text(out, " and expires ");
			query_text_time(out, expires, query->now.wall);
		}
		buffer_append_text(out, ".\n");
		if (query->live == NULL && strcmp(message->copies[i].state, "queued") == 0)
			buffer_append_text(out, "The daemon is not running.\n");
		if (strcmp(message->copies[i].state, "queued") == 0) {
			query_carrier_print(query, message, copy, out);
			query_link_print(query, copy->neighbor, "", out);
			if (query_copy_forecast(query, &message->copies[i], &expected))
				query_forecast_print(query, &expected, out);
		}
		if (strcmp(copy->reason, ROUTE_LOOP) == 0)
			why_loop(&message->stored.id, copy, out);
	}
}

/* What to type about a copy that is held out of a loop. */
static void
why_loop(const struct message_id *id, const struct stored_copy *copy, struct buffer *out)
{
	buffer_append_text(out, "At each of these nodes, \"mulga explain ");
	query_text_append(out, buffer_text(&copy->destinations));
	buffer_append_format(out,
	                     "\" says where it sends that, and why. It goes on when the network "
	                     "changes;\nwhen they agree again, \"mulga queue reroute %s\" sends it "
	                     "on at once.\n",
	                     id->text);
}

/* --- sent ------------------------------------------------------------------------------ */

int
query_sent(struct query_call *call)
{
	const struct query  *query = call->query;
	struct query_history history;
	struct message_id    id;
	struct json          json;
	bool                 any = false;

	if (!query_options(call, NULL, 0, 0))
		return QUERY_USAGE;
	query_history_init(&history);
	json_init(&json, call->out);
	for (const char *after = NULL; store_passage_next_id(query->store, "", after, &id);
	     after             = history.id.text) {
		if (!query_history_load(query, &id, &history) || !is_mine(query, &history) ||
		    query_history_ended(&history))
			continue;
		any = true;
		if (query->json)
			sent_json(&history, &json);
		else
			sent_print(query, &history, call->out);
	}
	if (!any && !query->json)
		buffer_append_text(call->out, "Nothing that you sent is still under way.\n");
	query_history_release(&history);
	return QUERY_DONE;
}

/* Submitted here by the asker; an asker without a name is the operator, who sees all. */
static bool
is_mine(const struct query *query, const struct query_history *history)
{
	struct name origin;

	message_id_origin(&history->id, &origin);
	if (name_compare(&origin, &query->home->name) != 0)
		return false;
	return query->user[0] == '\0' || strcmp(query->user, history->owner) == 0;
}

static void
sent_json(const struct query_history *history, struct json *json)
{
	const struct query_hop *first = &history->hops[0];

	json_object_begin(json, NULL);
	json_text(json, "id", history->id.text);
	json_text(json, "service", history->envelope.service);
	json_text(json, "title", history->envelope.title);
	json_number(json, "size", (int64_t)history->envelope.size_bytes);
	json_time(json, "arrived", first->arrived);
	json_time(json, "left", first->left);
	query_history_outcomes_json(history, json);
	json_object_end(json);
	json_line(json);
}

static void
sent_print(const struct query *query, const struct query_history *history, struct buffer *out)
{
	const struct query_hop *first = &history->hops[0];

	buffer_append_format(out, "%s\n  %s", history->id.text, history->envelope.service);
	if (history->envelope.title[0] != '\0') {
		buffer_append_text(out, " \"");
		query_text_append(out, history->envelope.title);
		buffer_append_text(out, "\"");
	}
	buffer_append_text(out, ", submitted ");
	query_text_time(out, first->arrived, query->now.wall);
	if (first->left.ms != 0) {
		buffer_append_text(out, ", handed on ");
		query_text_relative(out, first->left, query->now.wall);
	}
	buffer_append_text(out, "\n");
	for (size_t i = 0; i < history->outcome_count; i++) {
		buffer_append_text(out, "  ");
		query_outcome_print(query, &history->outcomes[i], out);
		buffer_append_text(out, "\n");
	}
}
