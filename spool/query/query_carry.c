/*
 * query_carry.c - `mulga carry list`: what is on its way by hand
 */
#include <inttypes.h>
#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"
#include "spool/store/store_carry.h"

static const char *const states[] = { "under way", "overdue", "lost" };

static void     list_stick(struct query_call *call, struct json *json,
                           const struct stored_stick *stick);
static void     print_bundle(struct query_call *call, const struct stored_bundle *bundle);
static void     bundle_json(struct query_call *call, struct json *json,
                            const struct stored_bundle *bundle);
static uint64_t count_waiting(struct query_call *call, const struct stored_bundle *bundle,
                              uint64_t *bytes);
static bool     message_id_of(struct query_call *call, int64_t copy_key, struct message_id *id,
                              uint64_t *bytes);

int
query_carry(struct query_call *call)
{
	struct stored_stick stick = { .key = 0 };
	struct json         json;
	bool                any = false;

	if (call->word_count == 0 || strcmp(call->words[0], "list") != 0)
		return QUERY_NOT_MINE;
	if (!query_options(call, NULL, 0, 1))
		return QUERY_USAGE;
	if (!call->query->is_operator) {
		query_complain(call, "only the operator may see what is on sticks");
		return 77;
	}
	json_init(&json, call->out);
	while (store_stick_next(call->query->store, stick.key, &stick)) {
		list_stick(call, &json, &stick);
		any = true;
	}
	if (!any && !call->query->json)
		buffer_append_text(call->out, "No stick is under way.\n");
	return QUERY_DONE;
}

static void
list_stick(struct query_call *call, struct json *json, const struct stored_stick *stick)
{
	const struct query  *query  = call->query;
	struct stored_bundle bundle = { .key = 0 };

	if (query->json) {
		json_object_begin(json, NULL);
		json_number(json, "stick", stick->key);
		json_text(json, "place", stick->place);
		json_text(json, "state",
		          stick->state == STICK_UNDER_WAY ? "under-way" : states[stick->state]);
		json_time(json, "written", stick->written);
		json_time(json, "overdue", stick->overdue);
		json_array_begin(json, "bundles");
		while (store_bundle_next(query->store, stick->key, bundle.key, &bundle))
			bundle_json(call, json, &bundle);
		json_array_end(json);
		json_object_end(json);
		json_line(json);
		return;
	}
	buffer_append_format(call->out, "Stick %" PRId64 ", ", stick->key);
	query_text_append(call->out, stick->place);
	buffer_append_format(call->out, ": %s, written ", states[stick->state]);
	query_text_time(call->out, stick->written, query->now.wall);
	if (stick->state == STICK_UNDER_WAY) {
		buffer_append_text(call->out, ", overdue at ");
		query_text_time(call->out, stick->overdue, query->now.wall);
	}
	buffer_append_text(call->out, "\n");
	while (store_bundle_next(query->store, stick->key, bundle.key, &bundle))
		print_bundle(call, &bundle);
}

static void
print_bundle(struct query_call *call, const struct stored_bundle *bundle)
{
	uint64_t bytes, count = count_waiting(call, bundle, &bytes);

	buffer_append_format(call->out, "  for %s: %" PRIu64 " message%s not acknowledged, ",
	                     bundle->neighbor, count, count == 1 ? "" : "s");
	query_text_size(call->out, bytes);
	buffer_append_format(call->out, " bytes (bundle %s, ", bundle->id);
	query_text_size(call->out, bundle->size_bytes);
	buffer_append_text(call->out, ")\n");
}

static uint64_t
count_waiting(struct query_call *call, const struct stored_bundle *bundle, uint64_t *bytes)
{
	struct stored_carried carried;
	struct message_id     id;
	uint64_t              count = 0;

	*bytes = 0;
	for (uint32_t from = 0; store_carried_next(call->query->store, bundle->key, from, &carried);
	     from          = carried.item + 1)
                count += message_id_of(call, carried.copy, &id, bytes);
	return count;
}

static void
bundle_json(struct query_call *call, struct json *json, const struct stored_bundle *bundle)
{
	struct stored_carried carried;
	struct message_id     id;
	uint64_t              bytes = 0;

	json_object_begin(json, NULL);
	json_text(json, "neighbor", bundle->neighbor);
	json_text(json, "bundle", bundle->id);
	json_number(json, "size", (int64_t)bundle->size_bytes);
	json_array_begin(json, "waiting");
	for (uint32_t from = 0; store_carried_next(call->query->store, bundle->key, from, &carried);
	     from          = carried.item + 1)
                if (message_id_of(call, carried.copy, &id, &bytes))
                        json_text(json, NULL, id.text);
	json_array_end(json);
	json_object_end(json);
}

/* Of a copy that is still here. */
static bool
message_id_of(struct query_call *call, int64_t copy_key, struct message_id *id, uint64_t *bytes)
{
	struct stored_copy    copy;
	struct stored_message message;
	bool                  here;

	stored_copy_init(&copy);
	stored_message_init(&message);
	here = store_copy_get(call->query->store, copy_key, &copy) &&
	       store_message_get(call->query->store, copy.message, &message);
	if (here) {
		*id = message.id;
		*bytes += message.size_bytes;
	}
	stored_message_release(&message);
	stored_copy_release(&copy);
	return here;
}
