/*
 * query_carrier.c - the same choice that the daemon makes (node_carrier.c), in words
 */
#include "spool/query/query_carrier.h"

#include <string.h>

#include "spool/query/query_text.h"
#include "spool/route/route_carrier.h"
#include "spool/store/store_link.h"

#define DAY_MS INT64_C(86400000)

static void cargo_of(const struct query_message *message, const struct stored_copy *copy,
                     struct address *destinations, struct route_cargo *cargo);
static bool is_given_up(const struct query *query, const struct description_link *link);
static void print_best(const struct query *query, const struct route_carrier *carrier,
                       struct buffer *out);
static void print_day(const struct query *query, const struct route_carrier *carrier,
                      struct buffer *out);

const struct description_link *
query_carrier_best(const struct query *query, const struct query_message *message,
                   const struct stored_copy *copy)
{
	struct route_carrier best = { .stated = NULL }, carrier;
	struct route_cargo   cargo;
	struct address       destinations;

	address_init(&destinations);
	cargo_of(message, copy, &destinations, &cargo);
	for (int given_up = 0; given_up < 2 && best.stated == NULL; given_up++)
		for (size_t i = 0; i < query->home->link_count; i++) {
			const struct description_link *link = &query->home->links[i];

			if (strcmp(link->neighbor.text, copy->neighbor) != 0 ||
			    link->direction == LINK_ONE_WAY_IN ||
			    (given_up == 0 && is_given_up(query, link)))
				continue;
			route_carrier_find(&carrier, query->topology, query->home->name.text, link);
			if (route_carrier_excludes(&carrier, &cargo, NULL) == NULL &&
			    (best.stated == NULL ||
			     route_carrier_compare(&carrier, &best, &cargo) < 0))
				best = carrier;
		}
	address_release(&destinations);
	return best.stated;
}

void
query_carrier_print(const struct query *query, const struct query_message *message,
                    const struct stored_copy *copy, struct buffer *out)
{
	const struct description_link *best  = query_carrier_best(query, message, copy);
	size_t                         count = 0;
	struct route_carrier           carrier;
	struct route_cargo             cargo;
	struct address                 destinations;
	struct buffer                  why;

	address_init(&destinations);
	buffer_init(&why);
	cargo_of(message, copy, &destinations, &cargo);
	for (size_t i = 0; i < query->home->link_count; i++)
		count += strcmp(query->home->links[i].neighbor.text, copy->neighbor) == 0;
	for (size_t i = 0; i < query->home->link_count; i++) {
		const struct description_link *link = &query->home->links[i];

		if (strcmp(link->neighbor.text, copy->neighbor) != 0)
			continue;
		route_carrier_find(&carrier, query->topology, query->home->name.text, link);
		buffer_clear(&why);
		if (link == best && (count > 1 || carrier.link.limits.per_day_bytes != 0))
			print_best(query, &carrier, out);
		else if (route_carrier_excludes(&carrier, &cargo, &why) != NULL)
			buffer_append_format(out, "Not this way: %s.\n", buffer_text(&why));
	}
	address_release(&destinations);
	buffer_release(&why);
}

static void
cargo_of(const struct query_message *message, const struct stored_copy *copy,
         struct address *destinations, struct route_cargo *cargo)
{
	const struct envelope *envelope = &message->envelope;

	address_add_text(destinations, buffer_text(&copy->destinations), NULL);
	*cargo = (struct route_cargo){
		.service      = envelope->service,
		.preference   = envelope->preference == PREFERENCE_CHEAPEST || copy->own
		                    ? DESCRIPTION_CHEAPEST
		                    : DESCRIPTION_FASTEST,
		.priority     = (enum description_priority)(PRIORITY_LOW - copy->priority),
		.size_bytes   = message->stored.size_bytes,
		.always       = copy->own,
		.destinations = destinations,
	};
}

static bool
is_given_up(const struct query *query, const struct description_link *link)
{
	for (size_t i = 0; query->live != NULL && i < query->live->link_count; i++) {
		const struct query_link *live = &query->live->links[i];

		if (strcmp(live->neighbor, link->neighbor.text) == 0 &&
		    strcmp(live->label, link->label) == 0)
			return strcmp(live->state, "down") == 0 || strcmp(live->state, "dead") == 0;
	}
	return false;
}

static void
print_best(const struct query *query, const struct route_carrier *carrier, struct buffer *out)
{
	buffer_append_text(out, "It waits for the link to ");
	route_carrier_name(out, carrier->stated);
	print_day(query, carrier, out);
	buffer_append_text(out, ".\n");
}

static void
print_day(const struct query *query, const struct route_carrier *carrier, struct buffer *out)
{
	uint64_t           limit = carrier->link.limits.per_day_bytes;
	struct stored_link known;

	if (limit == 0 || !store_link_get(query->store, carrier->stated->neighbor.text,
	                                  carrier->stated->label, &known))
		return;
	if (known.day_bytes == 0 || query->spool_ms - known.day_ms >= DAY_MS)
		return;
	buffer_append_text(out, ", which has taken ");
	route_carrier_size(out, known.day_bytes, false);
	buffer_append_text(out, " of ");
	route_carrier_size(out, limit, true);
	buffer_append_text(out, " a day; the next one begins in ");
	query_text_duration(out, known.day_ms + DAY_MS - query->spool_ms);
}

uint64_t
query_carrier_most(const struct query *query, enum route_preference preference,
                   const struct forwarding_next *next, struct route_narrow *narrow)
{
	const struct region_tree *names = &query->topology->names;
	const char               *home  = query->home->name.text;
	uint32_t                  from  = region_tree_find(names, home);
	uint32_t                  to    = region_tree_find(names, next->neighbor.text);
	struct route_narrow       behind;
	struct route_ways         ways;

	*narrow = (struct route_narrow){ home, next->neighbor.text, UINT64_MAX };
	if (from != REGION_TREE_NONE && to != REGION_TREE_NONE)
		narrow->most_bytes = route_link_most(query->topology, from, to);
	route_ways_init(&ways, query->full, home);
	for (size_t i = 0; i < next->destinations.count; i++)
		if (route_ways_are_narrow(&ways, preference,
		                          destination_leg(&next->destinations.destinations[i]),
		                          next->neighbor.text, UINT64_MAX, &behind) &&
		    behind.most_bytes < narrow->most_bytes)
			*narrow = behind;
	route_ways_release(&ways);
	return narrow->most_bytes;
}

void
query_carrier_limits(const struct query *query, const struct description_link *link,
                     struct buffer *out)
{
	static const char *const        priorities[] = { "low", "normal", "high", "urgent" };
	const struct description_carry *carry        = &link->carry;
	struct route_carrier            carrier;
	const struct record_limits     *limits = &carrier.link.limits;

	route_carrier_find(&carrier, query->topology, query->home->name.text, link);
	if (limits->message_bytes != 0) {
		buffer_append_text(out, "; it takes at most ");
		route_carrier_size(out, limits->message_bytes, true);
		buffer_append_text(out, " a message");
	}
	if (limits->queue_bytes != 0) {
		buffer_append_text(out, "; at most ");
		route_carrier_size(out, limits->queue_bytes, true);
		buffer_append_text(out, " may wait");
	}
	if (limits->per_call_bytes != 0) {
		buffer_append_text(out, "; ");
		route_carrier_size(out, limits->per_call_bytes, true);
		buffer_append_text(out, " go in a call");
	}
	if (limits->per_day_bytes != 0) {
		buffer_append_text(out, "; ");
		route_carrier_size(out, limits->per_day_bytes, true);
		buffer_append_text(out, " go in a day");
	}
	if (!carry->stated)
		return;
	buffer_append_text(out, "; it carries only");
	for (size_t i = 0; i < carry->services.count; i++)
		buffer_append_format(out, "%s %s", i == 0 ? "" : " and", carry->services.items[i]);
	if (carry->preference != DESCRIPTION_BOTH)
		buffer_append_format(out, " what goes the %s way",
		                     carry->preference == DESCRIPTION_FASTEST ? "fastest"
		                                                              : "cheapest");
	if (carry->at_least != DESCRIPTION_LOW)
		buffer_append_format(out, " at least %s", priorities[carry->at_least]);
	if (carry->smaller_than_bytes != DESCRIPTION_UNSET) {
		buffer_append_text(out, " smaller than ");
		route_carrier_size(out, (uint64_t)carry->smaller_than_bytes, true);
	}
}
