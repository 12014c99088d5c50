/*
 * query_copy.c - the state of a copy, in a token and in a sentence
 */
#include "spool/query/query_copy.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/query/query_carrier.h"
#include "spool/query/query_link.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"

static struct query_copy *add_copy(struct query_message *message);
static void               clear_copies(struct query_message *message);
static void               add_arriving(struct query_message *message);
static const char        *state_of(const struct query *query, const struct stored_copy *copy);
static void               copy_json(const struct query *query, const struct query_message *message,
                                    const struct query_copy *copy, bool forecast, struct json *json);
static void               list_json(const char *list, struct json *json);
static const char        *link_label(const struct query *query, const struct query_message *message,
                                     const struct stored_copy *copy);
static struct walltime    next_try(const struct query *query, const struct query_copy *copy);

void
query_message_init(struct query_message *message)
{
	*message = (struct query_message){ .copies = NULL };
	stored_message_init(&message->stored);
	envelope_init(&message->envelope);
}

void
query_message_release(struct query_message *message)
{
	clear_copies(message);
	free(message->copies);
	envelope_release(&message->envelope);
	stored_message_release(&message->stored);
}

static void
clear_copies(struct query_message *message)
{
	for (size_t i = 0; i < message->copy_count; i++)
		stored_copy_release(&message->copies[i].stored);
	message->copy_count = 0;
}

static struct query_copy *
add_copy(struct query_message *message)
{
	struct query_copy *copy;

	message->copies = memory_grow(message->copies, &message->copy_capacity,
	                              message->copy_count + 1, sizeof(message->copies[0]));
	copy            = &message->copies[message->copy_count++];
	stored_copy_init(&copy->stored);
	return copy;
}

bool
query_message_load(const struct query *query, int64_t key, struct query_message *message)
{
	struct query_copy *copy;

	clear_copies(message);
	if (!store_message_get(query->store, key, &message->stored) ||
	    envelope_decode(&message->envelope, buffer_span(&message->stored.heading), NULL) !=
	        STATUS_OK)
		return false;
	if (message->stored.state == MESSAGE_ARRIVING) {
		add_arriving(message);
		return true;
	}
	for (int64_t after = 0;; after = copy->stored.key) {
		copy = add_copy(message);
		if (!store_copy_next_of_message(query->store, key, after, &copy->stored))
			break;
		copy->state = state_of(query, &copy->stored);
	}
	stored_copy_release(&copy->stored);
	message->copy_count--;
	return true;
}

static void
add_arriving(struct query_message *message)
{
	struct query_copy *copy = add_copy(message);
	struct transit     transit;

	transit_init(&transit);
	if (transit_decode(&transit, buffer_span(&message->stored.transit), NULL) == STATUS_OK)
		address_format(&transit.destinations, &copy->stored.destinations);
	transit_release(&transit);
	copy->state             = "arriving";
	copy->stored.priority   = message->envelope.priority;
	copy->stored.size_bytes = message->stored.size_bytes;
	memcpy(copy->stored.reason, "arriving", sizeof("arriving"));
	buffer_append_text(&copy->stored.text, "its body has not all come yet");
}

static const char *
state_of(const struct query *query, const struct stored_copy *copy)
{
	const struct query_live *live = query->live;

	switch (copy->state) {
	case COPY_QUEUED:
		return live != NULL && live->sending(live->context, copy->key) ? "sending"
		                                                               : "queued";
	case COPY_DELIVERING:
	case COPY_PREPARED:
		return "delivering";
	case COPY_HELD:
		return "held";
	}
	return "queued";
}

enum priority
query_message_priority(const struct query_message *message)
{
	enum priority priority = message->envelope.priority;

	for (size_t i = 0; i < message->copy_count; i++)
		if (i == 0 || message->copies[i].stored.priority < priority)
			priority = message->copies[i].stored.priority;
	return priority;
}

void
query_message_copies_json(const struct query *query, const struct query_message *message,
                          bool forecast, struct json *json)
{
	for (size_t i = 0; i < message->copy_count; i++)
		copy_json(query, message, &message->copies[i], forecast, json);
}

bool
query_copy_forecast(const struct query *query, const struct query_copy *copy,
                    struct query_forecast *forecast)
{
	if (query->live == NULL || copy->stored.neighbor[0] == '\0' ||
	    strcmp(copy->state, "queued") != 0)
		return false;
	query->live->forecast(query->live->context, &copy->stored, forecast);
	return true;
}

static void
copy_json(const struct query *query, const struct query_message *message,
          const struct query_copy *copy, bool forecast, struct json *json)
{
	struct query_forecast expected;

	const struct stored_copy *stored = &copy->stored;
	bool                      here   = stored->neighbor[0] == '\0';

	json_object_begin(json, NULL);
	json_text(json, "neighbor", here ? NULL : stored->neighbor);
	json_text(json, "link", here ? NULL : link_label(query, message, stored));
	json_array_begin(json, "destinations");
	list_json(buffer_text(&stored->destinations), json);
	json_array_end(json);
	json_text(json, "state", copy->state);
	json_text(json, "reason", stored->reason);
	json_text(json, "text", buffer_text(&stored->text));
	json_time(json, "next_try", next_try(query, copy));
	if (forecast && query_copy_forecast(query, copy, &expected))
		query_forecast_json(&expected, json);
	json_object_end(json);
}

/* Canonical destinations have no comma inside. */
static void
list_json(const char *list, struct json *json)
{
	struct buffer item;

	buffer_init(&item);
	while (*list != '\0') {
		size_t length = strcspn(list, ",");

		buffer_clear(&item);
		buffer_append(&item, list, length);
		json_text(json, NULL, buffer_text(&item));
		list += length + (list[length] == ',');
	}
	buffer_release(&item);
}

/* The label of the link that it waits for; NULL: none takes it. */
static const char *
link_label(const struct query *query, const struct query_message *message,
           const struct stored_copy *copy)
{
	const struct description_link *link = query_carrier_best(query, message, copy);

	return link != NULL ? link->label : NULL;
}

static struct walltime
next_try(const struct query *query, const struct query_copy *copy)
{
	if (copy->stored.next_try_ms <= query->spool_ms || strcmp(copy->state, "queued") != 0)
		return (struct walltime){ 0 };
	return query_walltime(query, copy->stored.next_try_ms);
}

void
query_copy_print(const struct query *query, const struct query_copy *copy, struct buffer *out)
{
	const struct stored_copy *stored = &copy->stored;
	struct walltime           try    = next_try(query, copy);

	buffer_append_format(out, "%s: for ", copy->state);
	query_text_append(out, buffer_text(&stored->destinations));
	if (stored->neighbor[0] != '\0')
		buffer_append_format(out, " by %s", stored->neighbor);
	if (stored->text.length > 0) {
		buffer_append_text(out, "; ");
		query_text_append(out, buffer_text(&stored->text));
	} else if (stored->reason[0] != '\0') {
		buffer_append_text(out, "; ");
		query_text_append(out, stored->reason);
	}
	if (try.ms != 0) {
		buffer_append_text(out, "; next try ");
		query_text_time(out, try, query->now.wall);
	}
}
