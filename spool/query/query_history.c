/*
 * query_history.c - passages and outcomes, joined
 *
 * A message may pass a node more than once (a multicast that came in parts, a loop), and
 * each passage repeats the hops before it; a hop is one and the same if node and time of
 * arrival are.
 */
#include "spool/query/query_history.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/name/destination.h"
#include "spool/query/query_text.h"

static void clear(struct query_history *history);
static void add_passage(const struct query *query, const struct stored_passage *passage,
                        struct query_history *history);
static void add_hop(struct query_history *history, const struct query_hop *hop);
static void add_outcomes(const struct query *query, struct query_history *history);
static struct query_outcome *find_outcome(struct query_history *history, const char *destination);

void
query_history_init(struct query_history *history)
{
	*history = (struct query_history){ .hops = NULL };
	envelope_init(&history->envelope);
}

void
query_history_release(struct query_history *history)
{
	clear(history);
	envelope_release(&history->envelope);
	free(history->hops);
	free(history->outcomes);
}

static void
clear(struct query_history *history)
{
	for (size_t i = 0; i < history->outcome_count; i++)
		free(history->outcomes[i].destination);
	history->outcome_count = 0;
	history->hop_count     = 0;
}

bool
query_history_load(const struct query *query, const struct message_id *id,
                   struct query_history *history)
{
	struct stored_passage passage;
	unsigned              count = 0;

	clear(history);
	history->id = *id;
	stored_passage_init(&passage);
	for (; store_passage_get(query->store, id, count, &passage); count++) {
		if (count == 0) {
			memcpy(history->owner, passage.owner, sizeof(history->owner));
			envelope_decode(&history->envelope, buffer_span(&passage.heading), NULL);
		}
		add_passage(query, &passage, history);
	}
	stored_passage_release(&passage);
	add_outcomes(query, history);
	return count > 0;
}

static void
add_passage(const struct query *query, const struct stored_passage *passage,
            struct query_history *history)
{
	struct query_hop here = { .node    = query->home->name,
		                  .arrived = passage->arrived,
		                  .left    = passage->left };
	struct transit   transit;
	size_t           before;

	transit_init(&transit);
	transit_decode(&transit, buffer_span(&passage->transit), NULL);
	before = transit.hop_count;
	if (before > 0 && name_compare(&transit.hops[before - 1].node, &here.node) == 0)
		before--; /* home wrote itself down when it took the message */
	for (size_t i = 0; i < before; i++)
		add_hop(history, &(struct query_hop){
				     .node    = transit.hops[i].node,
				     .from    = i == 0 ? here.from : transit.hops[i - 1].node,
				     .arrived = transit.hops[i].arrived,
				     .left    = transit.hops[i].left,
				 });
	if (before > 0)
		here.from = transit.hops[before - 1].node;
	add_hop(history, &here);
	for (size_t i = 0; i < transit.destinations.count; i++) {
		struct buffer text;

		buffer_init(&text);
		destination_format(&transit.destinations.destinations[i], &text);
		find_outcome(history, buffer_text(&text));
		buffer_release(&text);
	}
	transit_release(&transit);
}

static void
add_hop(struct query_history *history, const struct query_hop *hop)
{
	for (size_t i = 0; i < history->hop_count; i++)
		if (name_compare(&history->hops[i].node, &hop->node) == 0 &&
		    history->hops[i].arrived.ms == hop->arrived.ms)
			return;
	history->hops = memory_grow(history->hops, &history->hop_capacity, history->hop_count + 1,
	                            sizeof(history->hops[0]));
	history->hops[history->hop_count++] = *hop;
}

static void
add_outcomes(const struct query *query, struct query_history *history)
{
	struct stored_outcome stored;

	for (unsigned i = 0; store_outcome_get(query->store, &history->id, i, &stored); i++) {
		struct query_outcome *outcome = find_outcome(history, stored.destination);

		outcome->ended  = true;
		outcome->stored = stored;
	}
}

/*
 * The entry of that destination, new or old. What came as `a!user@c` has lost a waypoint
 * when it ends or passes again, and is the same.
 */
static struct query_outcome *
find_outcome(struct query_history *history, const char *destination)
{
	struct query_outcome *whole = NULL;
	size_t                place = 0;

	for (size_t i = 0; i < history->outcome_count; i++) {
		struct query_outcome *outcome = &history->outcomes[i];
		int                   order   = strcmp(outcome->destination, destination);

		if (order == 0)
			return outcome;
		if (order < 0)
			place = i + 1;
		if (destination_is_rest(destination, outcome->destination))
			whole = outcome;
	}
	if (whole != NULL)
		return whole;
	history->outcomes = memory_grow(history->outcomes, &history->outcome_capacity,
	                                history->outcome_count + 1, sizeof(history->outcomes[0]));
	memmove(&history->outcomes[place + 1], &history->outcomes[place],
	        (history->outcome_count - place) * sizeof(history->outcomes[0]));
	history->outcome_count++;
	history->outcomes[place] =
	    (struct query_outcome){ .destination = memory_copy_text(destination) };
	return &history->outcomes[place];
}

bool
query_history_ended(const struct query_history *history)
{
	for (size_t i = 0; i < history->outcome_count; i++)
		if (!history->outcomes[i].ended)
			return false;
	return true;
}

void
query_history_outcomes_json(const struct query_history *history, struct json *json)
{
	json_array_begin(json, "outcomes");
	for (size_t i = 0; i < history->outcome_count; i++) {
		const struct query_outcome *outcome = &history->outcomes[i];

		json_object_begin(json, NULL);
		json_text(json, "destination", outcome->destination);
		json_text(json, "outcome", outcome->ended ? outcome->stored.outcome : NULL);
		json_time(json, "at", outcome->stored.at);
		json_text(json, "text", outcome->ended ? outcome->stored.text : NULL);
		json_object_end(json);
	}
	json_array_end(json);
}

void
query_outcome_print(const struct query *query, const struct query_outcome *outcome,
                    struct buffer *out)
{
	query_text_append(out, outcome->destination);
	if (!outcome->ended) {
		buffer_append_text(out, ": not ended, as far as this node knows");
		return;
	}
	buffer_append_format(out, ": %s ", outcome->stored.outcome);
	query_text_time(out, outcome->stored.at, query->now.wall);
	if (outcome->stored.text[0] != '\0') {
		buffer_append_text(out, "; ");
		query_text_append(out, outcome->stored.text);
	}
}
