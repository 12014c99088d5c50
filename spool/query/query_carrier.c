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
