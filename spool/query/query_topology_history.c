/*
 * query_topology_history.c - `topology history` and `topology diff`: the network as it was
 *
 * Both read the versions of records that the store keeps. A day stands for its end, in UTC,
 * as it is the state in which it left the network; today's end is now.
 */
#include "spool/query/query_topology.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/query/json.h"
#include "spool/query/query_changes.h"
#include "spool/query/query_text.h"
#include "spool/store/store_topology.h"

#define DAY_MS INT64_C(86400000)

/* What one new version of one node's record changed. */
struct episode {
	struct name          node;
	struct walltime      at;     /* 0: some time since then */
	size_t               number; /* in the order of finding */
	struct query_changes changes;
};

struct story {
	struct episode *episodes;
	size_t          count, capacity;
};

static int  print_day(struct query_call *call, const char *node, struct walltime at);
static void tell_node(struct query_call *call, const char *node, struct walltime since,
                      struct story *story);
static void compare_node(struct query_call *call, const char *node, struct walltime since,
                         struct story *story);
static void add_episode(struct story *story, const char *node, struct walltime at,
                        const struct record *before, const struct record *after);
static int  print_story(struct query_call *call, struct story *story);
static int  episode_compare(const void *left, const void *right);
static void episode_json(const struct episode *episode, struct buffer *out);
static bool decode(const struct stored_version *version, struct record *record);
static bool take_node(struct query_call *call, struct name *node);
static bool is_kept(const void *context, const char *node);
static bool parse_time(struct query_call *call, const char *text, bool end, struct walltime *time);

int
query_topology_history(struct query_call *call)
{
	const char               *on = NULL, *since = NULL;
	const struct query_option options[] = { { "--on", &on, NULL },
		                                { "--since", &since, NULL } };
	struct walltime           at        = { 0 };
	struct story              story     = { .episodes = NULL };
	struct name               node = { "" }, after = { "" };

	if (!query_options(call, options, 2, 2))
		return QUERY_USAGE;
	if (on != NULL && since != NULL) {
		query_complain(call, "--on is a day, --since a time until now: not both");
		return QUERY_USAGE;
	}
	if (!take_node(call, &node) || !parse_time(call, on != NULL ? on : since, on != NULL, &at))
		return QUERY_DATA;
	if (on != NULL)
		return print_day(call, node.text[0] != '\0' ? node.text : NULL, at);
	if (node.text[0] != '\0')
		tell_node(call, node.text, at, &story);
	else
		while (store_record_history_node(call->query->store, after.text, &after))
			tell_node(call, after.text, at, &story);
	return print_story(call, &story);
}

int
query_topology_diff(struct query_call *call)
{
	const char               *since     = NULL;
	const struct query_option options[] = { { "--since", &since, NULL } };
	struct walltime           at;
	struct story              story = { .episodes = NULL };
	struct name               node  = { "" };

	if (!query_options(call, options, 1, 1))
		return QUERY_USAGE;
	if (!parse_time(call, since != NULL ? since : "1d", false, &at))
		return QUERY_DATA;
	while (store_record_history_node(call->query->store, node.text, &node))
		compare_node(call, node.text, at, &story);
	return print_story(call, &story);
}

/* --- one day --------------------------------------------------------------------------- */

static int
print_day(struct query_call *call, const char *node, struct walltime at)
{
	struct store         *store = call->query->store;
	struct topology       topology;
	struct stored_version version;
	struct record         record;
	size_t                count;

	topology_init(&topology);
	stored_version_init(&version);
	record_init(&record);
	for (struct name after = { "" }; store_record_history_node(store, after.text, &after);)
		if (store_record_history_at(store, after.text, at, &version) &&
		    decode(&version, &record))
			topology_put(&topology, &record);
	count = query_topology_print(call, &topology, node);
	if (count == 0 && !call->query->json) {
		query_complain(call, "nothing of then is kept%s%s", node != NULL ? " of " : "",
		               node != NULL ? node : "");
	}
	record_release(&record);
	stored_version_release(&version);
	topology_release(&topology);
	return count > 0 ? QUERY_DONE : QUERY_NEGATIVE;
}

/* --- what changed ---------------------------------------------------------------------- */

/* Every version of one node since then; one that followed a gap was heard of again. */
static void
tell_node(struct query_call *call, const char *node, struct walltime since, struct story *story)
{
	struct stored_version version;
	struct record         records[2];
	struct record        *before = NULL;
	struct walltime       until  = { 0 };
	unsigned              turn   = 0;

	stored_version_init(&version);
	record_init(&records[0]);
	record_init(&records[1]);
	for (int64_t after = 0;
	     store_record_history_next(call->query->store, node, after, &version);
	     after = version.key) {
		struct record *record = &records[turn];

		if (!decode(&version, record))
			continue;
		if (before != NULL && until.ms != version.from.ms) {
			if (until.ms >= since.ms)
				add_episode(story, node, until, before, NULL);
			before = NULL;
		}
		if (version.from.ms >= since.ms)
			add_episode(story, node, version.from, before, record);
		before = record;
		until  = version.until;
		turn   = !turn;
	}
	if (before != NULL && until.ms != 0 && until.ms >= since.ms)
		add_episode(story, node, until, before, NULL);
	record_release(&records[0]);
	record_release(&records[1]);
	stored_version_release(&version);
}

/* Then and now, whatever was between. */
static void
compare_node(struct query_call *call, const char *node, struct walltime since, struct story *story)
{
	struct store         *store = call->query->store;
	struct stored_version version;
	struct stored_record  present;
	struct record         before, after;
	bool                  was, is;

	stored_version_init(&version);
	stored_record_init(&present);
	record_init(&before);
	record_init(&after);
	was = store_record_history_at(store, node, since, &version) && decode(&version, &before);
	is  = store_record_get(store, node, &present) &&
	     record_decode(&after, buffer_span(&present.bytes), NULL) == STATUS_OK;
	add_episode(story, node, is ? present.taken : (struct walltime){ 0 }, was ? &before : NULL,
	            is ? &after : NULL);
	record_release(&before);
	record_release(&after);
	stored_record_release(&present);
	stored_version_release(&version);
}

static void
add_episode(struct story *story, const char *node, struct walltime at, const struct record *before,
            const struct record *after)
{
	struct episode *episode;

	story->episodes = memory_grow(story->episodes, &story->capacity, story->count + 1,
	                              sizeof(story->episodes[0]));
	episode         = &story->episodes[story->count];
	*episode        = (struct episode){ .at = at, .number = story->count };
	snprintf(episode->node.text, sizeof(episode->node.text), "%s", node);
	query_changes_init(&episode->changes);
	query_changes_between(&episode->changes, before, after);
	if (episode->changes.count > 0)
		story->count++;
}

/* Prints it in order of time, and releases it. */
static int
print_story(struct query_call *call, struct story *story)
{
	struct buffer *out  = call->out;
	int            code = story->count > 0 ? QUERY_DONE : QUERY_NEGATIVE;

	if (story->count > 0)
		qsort(story->episodes, story->count, sizeof(story->episodes[0]), episode_compare);
	for (size_t i = 0; i < story->count; i++) {
		struct episode *episode = &story->episodes[i];

		if (call->query->json) {
			episode_json(episode, out);
		} else {
			buffer_append_text(out, episode->node.text);
			if (episode->at.ms != 0) {
				buffer_append_text(out, ", ");
				query_text_time(out, episode->at, call->query->now.wall);
			}
			buffer_append_text(out, "\n");
			for (size_t j = 0; j < episode->changes.count; j++) {
				buffer_append_text(out, "  ");
				query_text_append(out,
				                  buffer_text(&episode->changes.items[j].text));
				buffer_append_text(out, "\n");
			}
		}
		query_changes_release(&episode->changes);
	}
	if (story->count == 0 && !call->query->json)
		buffer_append_text(out, "Nothing changed.\n");
	free(story->episodes);
	return code;
}

/* A node's versions of one moment stay in the order in which they came. */
static int
episode_compare(const void *left, const void *right)
{
	const struct episode *a = left, *b = right;
	int                   order;

	if (a->at.ms != b->at.ms)
		return a->at.ms < b->at.ms ? -1 : 1;
	order = name_compare(&a->node, &b->node);
	return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static void
episode_json(const struct episode *episode, struct buffer *out)
{
	struct json json;

	json_init(&json, out);
	for (size_t i = 0; i < episode->changes.count; i++) {
		const struct query_change *change = &episode->changes.items[i];

		json_object_begin(&json, NULL);
		json_text(&json, "node", episode->node.text);
		json_time(&json, "at", episode->at);
		json_text(&json, "change", change->token);
		json_text(&json, "neighbor", change->far[0] == '\0' ? NULL : change->far);
		json_text(&json, "link", change->far[0] == '\0' ? NULL : change->label);
		json_text(&json, "text", buffer_text(&change->text));
		json_object_end(&json);
		json_line(&json);
	}
}

static bool
decode(const struct stored_version *version, struct record *record)
{
	return record_decode(record, buffer_span(&version->bytes), NULL) == STATUS_OK;
}

/* --- what was typed -------------------------------------------------------------------- */

/* The word after `history`, if there is one; it may be short for a node of which anything is kept. */
static bool
take_node(struct query_call *call, struct name *node)
{
	struct diagnostic diagnostic;
	struct name       written;

	if (call->word_count < 2)
		return true;
	diagnostic_init(&diagnostic);
	if (name_parse(&written, call->words[1], &diagnostic) != STATUS_OK) {
		query_complain(call, "%s", diagnostic.text);
		return false;
	}
	if (!address_complete(&written, &call->query->home->name, is_kept, call->query, node))
		*node = written;
	return true;
}

static bool
is_kept(const void *context, const char *node)
{
	const struct query   *query = context;
	struct stored_version version;
	bool                  kept;

	stored_version_init(&version);
	kept = store_record_history_next(query->store, node, 0, &version);
	stored_version_release(&version);
	return kept;
}

/*
 * "2026-11-20", of which the first moment or the `end` is meant, "2026-11-20T10:40:00Z", or
 * so long ago: "36h". NULL is the beginning of all.
 */
static bool
parse_time(struct query_call *call, const char *text, bool end, struct walltime *time)
{
	struct walltime now    = call->query->now.wall;
	int64_t         ago_ms = 0;

	*time = (struct walltime){ 0 };
	if (text == NULL)
		return true;
	if (walltime_parse(text, time)) {
		if (end && strchr(text, 'T') == NULL)
			time->ms += DAY_MS - 1;
		if (end && time->ms > now.ms && time->ms - now.ms < DAY_MS)
			*time = now; /* today is not over */
	} else if (query_text_parse_duration(text, &ago_ms)) {
		time->ms = now.ms - ago_ms;
	} else {
		query_complain(call,
		               "\"%s\" is neither a day (2026-11-20), nor a time "
		               "(2026-11-20T10:40:00Z), nor a while ago (36h)",
		               text);
		return false;
	}
	if (time->ms <= now.ms)
		return true;
	query_complain(call, "%s is still to come", text);
	return false;
}
