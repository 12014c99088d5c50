/*
 * query_fetch.c - `mulga fetch list`: the files that wait here for who asks
 */
#include <stdio.h>
#include <string.h>

#include "spool/message/envelope.h"
#include "spool/name/destination.h"
#include "spool/query/json.h"
#include "spool/query/query_table.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"

/* One file, and who is to take it. */
struct waiting {
	struct stored_message stored;
	struct envelope       envelope;
	struct destination    destination;
	uint64_t              size_bytes; /* with the parts that come after it */
};

static bool load(struct query_call *call, const struct stored_copy *copy, struct waiting *waiting);
static uint64_t size_of(struct query_call *call, const struct stored_copy *copy,
                        const struct envelope *envelope);
static void     waiting_json(const struct query *query, const struct waiting *waiting,
                             struct json *json);
static void     waiting_row(const struct query *query, const struct waiting *waiting,
                            struct query_table *table);

int
query_fetch(struct query_call *call)
{
	static const struct query_column columns[] = {
		{ "ID", false },  { "SIZE", true },       { "FROM", false },
		{ "FOR", false }, { "GOES BACK", false }, { "NAME", false },
	};
	struct query_table table;
	struct stored_copy copy;
	struct json        json;
	bool               any = false;

	if (call->word_count > 0 && strcmp(call->words[0], "list") != 0)
		return QUERY_NOT_MINE;
	if (!query_options(call, NULL, 0, 1))
		return QUERY_USAGE;
	json_init(&json, call->out);
	query_table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	stored_copy_init(&copy);
	for (int64_t after = 0;
	     store_copy_next_held(call->query->store, COPY_REASON_FETCH, after, &copy);
	     after = copy.key) {
		struct waiting waiting;

		stored_message_init(&waiting.stored);
		envelope_init(&waiting.envelope);
		destination_init(&waiting.destination);
		if (load(call, &copy, &waiting)) {
			any                = true;
			waiting.size_bytes = size_of(call, &copy, &waiting.envelope);
			if (call->query->json)
				waiting_json(call->query, &waiting, &json);
			else
				waiting_row(call->query, &waiting, &table);
		}
		destination_release(&waiting.destination);
		envelope_release(&waiting.envelope);
		stored_message_release(&waiting.stored);
	}
	if (any && !call->query->json)
		query_table_print(&table, call->out);
	else if (!any && !call->query->json)
		buffer_append_text(call->out, "No file waits for you.\n");
	stored_copy_release(&copy);
	query_table_release(&table);
	return any ? QUERY_DONE : QUERY_NEGATIVE;
}

/* False: it is for somebody else. */
static bool
load(struct query_call *call, const struct stored_copy *copy, struct waiting *waiting)
{
	const struct query *query = call->query;

	return destination_parse(&waiting->destination, buffer_text(&copy->destinations), NULL) ==
	           STATUS_OK &&
	       (query->is_operator || strcmp(waiting->destination.user, query->user) == 0) &&
	       store_message_get(query->store, copy->message, &waiting->stored) &&
	       envelope_decode(&waiting->envelope, buffer_span(&waiting->stored.heading), NULL) ==
	           STATUS_OK;
}

static uint64_t
size_of(struct query_call *call, const struct stored_copy *copy, const struct envelope *envelope)
{
	struct stored_copy part;
	char               reason[32];
	uint64_t           bytes = copy->size_bytes;

	if (envelope->part.set[0] == '\0')
		return bytes;
	stored_copy_init(&part);
	snprintf(reason, sizeof(reason), COPY_REASON_PART "%s", envelope->part.set);
	for (int64_t after = 0; store_copy_next_held(call->query->store, reason, after, &part);
	     after         = part.key)
                if (strcmp(buffer_text(&part.destinations), buffer_text(&copy->destinations)) == 0)
                        bytes += part.size_bytes;
	stored_copy_release(&part);
	return bytes;
}

static void
waiting_json(const struct query *query, const struct waiting *waiting, struct json *json)
{
	json_object_begin(json, NULL);
	json_text(json, "id", waiting->stored.id.text);
	json_text(json, "name", waiting->envelope.title);
	json_text(json, "from", waiting->envelope.sender);
	json_text(json, "user", waiting->destination.user);
	json_number(json, "size", (int64_t)waiting->size_bytes);
	json_time(json, "modified", waiting->envelope.modified);
	json_time(json, "arrived", waiting->stored.arrived);
	json_time(json, "expires", query_walltime(query, waiting->stored.expires_ms));
	json_object_end(json);
	json_line(json);
}

/* The random part of an id is enough to name it here. */
static void
waiting_row(const struct query *query, const struct waiting *waiting, struct query_table *table)
{
	struct buffer goes_back;

	buffer_init(&goes_back);
	query_text_relative(&goes_back, query_walltime(query, waiting->stored.expires_ms),
	                    query->now.wall);
	query_table_add(table, strrchr(waiting->stored.id.text, '-') + 1);
	query_table_add_size(table, waiting->size_bytes);
	query_table_add(table, waiting->envelope.sender);
	query_table_add(table, waiting->destination.user);
	query_table_add(table, buffer_text(&goes_back));
	query_table_add(table, waiting->envelope.title);
	buffer_release(&goes_back);
}
