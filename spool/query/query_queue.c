/*
 * query_queue.c - `mulga queue`: what waits here, and why
 *
 * A message is listed with its first copy, so that the walk over the copies meets each
 * message once without a memory of those it has met. Bodies that are still arriving have
 * no copies and follow.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_copy.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"

/* Which messages are asked for; NULL and 0 are any. */
struct selection {
	const char       *neighbor;
	const char       *service;
	int64_t           older_ms;
	bool              by_id;
	bool              all; /* the nodes' own messages too, which else are only counted */
	struct message_id id;
};

struct walk {
	struct query_call *call;
	struct selection   selection;
	struct json        json;
	uint64_t           messages;
	uint64_t           bytes;
	uint64_t           control; /* of the nodes' own, not listed */
};

static bool parse_selection(struct query_call *call, struct selection *selection, int *code);
static void walk_copies(struct walk *walk);
static void walk_arriving(struct walk *walk);
static void print_sum(const struct walk *walk, bool chosen);
static void show(struct walk *walk, struct query_message *message);
static bool is_hidden(const struct selection *selection, const struct query_message *message);
static bool selected(const struct walk *walk, const struct query_message *message);
static void message_json(struct walk *walk, const struct query_message *message);
static void message_print(struct walk *walk, const struct query_message *message);

int
query_queue(struct query_call *call)
{
	struct walk walk = { .call = call };
	int         code = QUERY_DONE;
	bool        chosen;

	if (call->word_count > 0 &&
	    (strcmp(call->words[0], "list") == 0 || strcmp(call->words[0], "show") == 0)) {
		call->word_count--;
		memmove(call->words, call->words + 1, call->word_count * sizeof(call->words[0]));
	} else if (call->word_count > 0 && query_queue_changes(call->words[0])) {
		return QUERY_NOT_MINE;
	}
	chosen = parse_selection(call, &walk.selection, &code);
	if (code != QUERY_DONE)
		return code;
	json_init(&walk.json, call->out);
	walk_copies(&walk);
	walk_arriving(&walk);
	if (!call->query->json)
		print_sum(&walk, chosen);
	return chosen && walk.messages == 0 ? QUERY_NEGATIVE : QUERY_DONE;
}

static void
print_sum(const struct walk *walk, bool chosen)
{
	struct buffer *out = walk->call->out;

	if (walk->messages > 0) {
		buffer_append_format(out, "%llu message%s, ", (unsigned long long)walk->messages,
		                     walk->messages == 1 ? "" : "s");
		query_text_size(out, walk->bytes);
		buffer_append_text(out, " bytes.\n");
	} else {
		buffer_append_text(out, chosen ? "No message in the queue is meant.\n"
		                               : "The queue is empty.\n");
	}
	if (walk->control > 0)
		buffer_append_format(out, "And %llu of the nodes' own; --all shows them.\n",
		                     (unsigned long long)walk->control);
}

bool
query_queue_changes(const char *word)
{
	static const char *const words[] = { "hold",   "release", "cancel",
		                             "return", "reroute", "expedite" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* True if anything was asked for; then an empty answer is a negative one. */
static bool
parse_selection(struct query_call *call, struct selection *selection, int *code)
{
	const char               *older     = NULL;
	const struct query_option options[] = {
		{ "--neighbor", &selection->neighbor, NULL },
		{ "--service", &selection->service, NULL },
		{ "--older", &older, NULL },
		{ "--all", NULL, &selection->all },
	};

	if (!query_options(call, options, 4, 1)) {
		*code = QUERY_USAGE;
	} else if (older != NULL && !query_text_parse_duration(older, &selection->older_ms)) {
		query_complain(call, "\"%s\" is no time; write 90s, 10m, 4h, 7d or 2w", older);
		*code = QUERY_USAGE;
	} else if (call->word_count == 1) {
		selection->by_id = true;
		if (query_find_id(call, call->words[0], &selection->id) != STATUS_OK)
			*code = QUERY_NEGATIVE;
	}
	return selection->by_id || older != NULL || selection->neighbor != NULL ||
	       selection->service != NULL;
}

static void
walk_copies(struct walk *walk)
{
	struct store        *store = walk->call->query->store;
	struct stored_copy   copy, first;
	struct query_message message;

	stored_copy_init(&copy);
	stored_copy_init(&first);
	query_message_init(&message);
	for (int64_t after = 0; store_copy_next(store, NULL, after, &copy); after = copy.key) {
		if (!store_copy_next_of_message(store, copy.message, 0, &first) ||
		    first.key != copy.key)
			continue;
		if (query_message_load(walk->call->query, copy.message, &message))
			show(walk, &message);
	}
	query_message_release(&message);
	stored_copy_release(&first);
	stored_copy_release(&copy);
}

static void
walk_arriving(struct walk *walk)
{
	struct store         *store = walk->call->query->store;
	struct stored_message stored;
	struct query_message  message;

	stored_message_init(&stored);
	query_message_init(&message);
	for (int64_t after = 0; store_message_next_arriving(store, after, &stored);
	     after         = stored.key)
                if (stored.state == MESSAGE_ARRIVING &&
                    query_message_load(walk->call->query, stored.key, &message))
                        show(walk, &message);
	query_message_release(&message);
	stored_message_release(&stored);
}

static void
show(struct walk *walk, struct query_message *message)
{
	if (!selected(walk, message))
		return;
	if (is_hidden(&walk->selection, message)) {
		walk->control++;
		return;
	}
	walk->messages++;
	walk->bytes += message->stored.size_bytes;
	if (walk->call->query->json)
		message_json(walk, message);
	else
		message_print(walk, message);
}

/* What nodes tell each other is listed only where it is asked for. */
static bool
is_hidden(const struct selection *selection, const struct query_message *message)
{
	return !selection->all && !selection->by_id && selection->service == NULL &&
	       strcmp(message->envelope.service, "control") == 0;
}

static bool
selected(const struct walk *walk, const struct query_message *message)
{
	const struct query     *query     = walk->call->query;
	const struct selection *selection = &walk->selection;
	bool                    meets     = selection->neighbor == NULL;

	if (selection->by_id && strcmp(selection->id.text, message->stored.id.text) != 0)
		return false;
	if (selection->service != NULL &&
	    strcmp(selection->service, message->envelope.service) != 0)
		return false;
	if (query->spool_ms - message->stored.arrived_ms < selection->older_ms)
		return false;
	for (size_t i = 0; !meets && i < message->copy_count; i++)
		meets = strcmp(message->copies[i].stored.neighbor, selection->neighbor) == 0;
	return meets && query_may_see(query, &message->stored.id);
}

static void
message_json(struct walk *walk, const struct query_message *message)
{
	struct json        *json  = &walk->json;
	const struct query *query = walk->call->query;

	json_object_begin(json, NULL);
	json_text(json, "id", message->stored.id.text);
	json_text(json, "service", message->envelope.service);
	json_text(json, "preference", preference_text(message->envelope.preference));
	json_text(json, "priority", priority_text(query_message_priority(message)));
	json_text(json, "from", message->envelope.sender);
	json_number(json, "size", (int64_t)message->stored.size_bytes);
	json_time(json, "arrived", message->stored.arrived);
	json_time(json, "expires", query_walltime(query, message->stored.expires_ms));
	json_array_begin(json, "copies");
	query_message_copies_json(query, message, false, json);
	json_array_end(json);
	json_object_end(json);
	json_line(json);
}

static void
message_print(struct walk *walk, const struct query_message *message)
{
	const struct query *query = walk->call->query;
	struct buffer      *out   = walk->call->out;

	buffer_append_format(out, "%s\n  %s from ", message->stored.id.text,
	                     message->envelope.service);
	query_text_append(out, message->envelope.sender[0] == '\0' ? "nobody"
	                                                           : message->envelope.sender);
	buffer_append_text(out, ", ");
	query_text_size(out, message->stored.size_bytes);
	buffer_append_text(out, " bytes, arrived ");
	query_text_time(out, message->stored.arrived, query->now.wall);
	buffer_append_text(out, "\n");
	for (size_t i = 0; i < message->copy_count; i++) {
		buffer_append_text(out, "  ");
		query_copy_print(query, &message->copies[i], out);
		buffer_append_text(out, "\n");
	}
}
