/*
 * query_watch.c - `watch`: one look of a client that looks each second
 *
 * For programs the node's links with their calls, one object a line. For people what has changed
 * since the last look, and every so often how far the calls are that carry something.
 */
#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_link.h"
#include "spool/query/query_status.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"

enum { PROGRESS_LOOKS = 10 };

static bool is_wanted(const struct query_call *call, const char *title);
static void watch_json(const struct query_call *call);
static void watch_print(const struct query_call *call);
static void change_json(const struct query_link_change *change, struct json *json);
static void print_clock(struct buffer *out, struct walltime at);
static void print_state(const struct query *query, const struct query_link *link,
                        struct buffer *out);

int
query_watch(struct query_call *call)
{
	if (!query_options(call, NULL, 0, 1))
		return QUERY_USAGE;
	if (call->query->live == NULL) {
		query_complain(call, "the daemon is not running: there is nothing to watch");
		return QUERY_NEGATIVE;
	}
	if (call->query->json)
		watch_json(call);
	else
		watch_print(call);
	return QUERY_DONE;
}

/* The neighbor that is asked for, if one is; by any of the links to it. */
static bool
is_wanted(const struct query_call *call, const char *title)
{
	size_t length = call->word_count > 0 ? strlen(call->words[0]) : 0;

	return call->word_count == 0 || (strncmp(title, call->words[0], length) == 0 &&
	                                 (title[length] == '\0' || title[length] == ' '));
}

static void
watch_json(const struct query_call *call)
{
	const struct query      *query = call->query;
	const struct query_live *live  = query->live;
	struct json              json;

	json_init(&json, call->out);
	json_object_begin(&json, NULL);
	json_time(&json, "at", query->now.wall);
	json_text(&json, "node", query->home->name.text);
	json_array_begin(&json, "links");
	for (size_t i = 0; i < query->home->link_count; i++)
		if (is_wanted(call, query->home->links[i].neighbor.text))
			query_status_link_json(query, &query->home->links[i], &json);
	json_array_end(&json);
	json_boolean(&json, "changes_lost", live->changes_lost);
	json_array_begin(&json, "changes");
	for (size_t i = 0; i < live->change_count; i++)
		if (is_wanted(call, live->changes[i].link))
			change_json(&live->changes[i], &json);
	json_array_end(&json);
	json_object_end(&json);
	json_line(&json);
}

static void
change_json(const struct query_link_change *change, struct json *json)
{
	json_object_begin(json, NULL);
	json_time(json, "at", change->at);
	json_text(json, "link", change->link);
	json_text(json, "from", change->from);
	json_text(json, "to", change->to);
	json_text(json, "text", change->text);
	json_object_end(json);
}

static void
watch_print(const struct query_call *call)
{
	const struct query_live *live = call->query->live;
	struct buffer           *out  = call->out;

	if (live->changes_lost)
		buffer_append_text(out, "... more has changed than is remembered ...\n");
	for (size_t i = 0; i < live->change_count; i++) {
		const struct query_link_change *change = &live->changes[i];

		if (!is_wanted(call, change->link))
			continue;
		print_clock(out, change->at);
		buffer_append_format(out, "%s: %s -> %s", change->link, change->from, change->to);
		if (change->text[0] != '\0') {
			buffer_append_text(out, ": ");
			query_text_append(out, change->text);
		}
		buffer_append_text(out, "\n");
	}
	for (size_t i = 0; i < live->link_count; i++) {
		const struct query_link *link = &live->links[i];

		if (is_wanted(call, link->neighbor) &&
		    (live->looks == 0 || (live->looks % PROGRESS_LOOKS == 0 && link->called &&
		                          link->out.messages + link->in.messages > 0)))
			print_state(call->query, link, out);
	}
}

/* "10:40:00 " */
static void
print_clock(struct buffer *out, struct walltime at)
{
	char text[WALLTIME_TEXT_SIZE];

	walltime_format(at, text);
	buffer_append_format(out, "%.8s ", text + sizeof("2026-11-20T") - 1);
}

static void
print_state(const struct query *query, const struct query_link *link, struct buffer *out)
{
	print_clock(out, query->now.wall);
	buffer_append_format(out, "%s%s%s: %s", link->neighbor,
	                     link->label[0] != '\0' ? " as " : "", link->label, link->state);
	if (link->text[0] != '\0') {
		buffer_append_text(out, ": ");
		query_text_append(out, link->text);
	}
	buffer_append_text(out, "\n");
	query_link_live_print(query, link, out);
}
