/*
 * query_explain.c - `mulga explain`: every step of a routing decision
 */
#include <stdlib.h>
#include <string.h>

#include "spool/description/description_forward.h"
#include "spool/query/json.h"
#include "spool/query/query_carrier.h"
#include "spool/query/query_link.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"
#include "spool/route/route_carrier.h"
#include "spool/route/route_rejected.h"
#include "spool/route/route_repair.h"
#include "spool/topology/short_name.h"

/* One address of the command line, and where it goes. */
struct explanation {
	const char           *written;
	struct address        address; /* completed */
	bool                  completed;
	enum route_preference preference;
	struct forwarding     forwarding;
	struct buffer         steps; /* for people, a line each */
};

static enum status explain(struct query_call *call, const char *written, bool mail,
                           struct explanation *explanation);
static void        follow_aliases(const struct query *query, struct explanation *explanation);
static void        say_rejected(const struct query *query, struct explanation *explanation,
                                const struct address *nodes);
static void        forget_users(const struct address *address, struct address *nodes);
static void        explanation_release(struct explanation *explanation);
static void explanation_json(const struct query *query, const struct explanation *explanation,
                             struct json *json);
static void next_json(const struct query *query, enum route_preference preference,
                      const struct forwarding_next *next, struct json *json);
static void destinations_json(struct json *json, const char *name, const struct address *address);
static void explanation_print(const struct query *query, const struct explanation *explanation,
                              struct buffer *out);
static bool leaves_here(const struct query *query, const struct destination *destination);
static void print_steps(const char *steps, struct buffer *out);
static void print_next(const struct query *query, enum route_preference preference,
                       const struct forwarding_next *next, struct buffer *out);

int
query_explain(struct query_call *call)
{
	bool                      cheapest = false, fastest = false, mail = false;
	const struct query_option options[] = { { "--cheapest", NULL, &cheapest },
		                                { "--fastest", NULL, &fastest },
		                                { "--mail", NULL, &mail } };
	struct json               json;
	int                       code = QUERY_DONE;

	if (!query_options(call, options, 3, ADDRESS_MAX_DESTINATIONS))
		return QUERY_USAGE;
	if (call->word_count == 0 || (cheapest && fastest)) {
		query_complain(call, "usage: mulga explain ADDRESS... [--cheapest] [--mail]");
		return QUERY_USAGE;
	}
	json_init(&json, call->out);
	if (call->query->json)
		json_array_begin(&json, NULL);
	for (size_t i = 0; i < call->word_count; i++) {
		struct explanation explanation = {
			.preference = cheapest ? ROUTE_CHEAPEST : ROUTE_FASTEST,
		};

		if (explain(call, call->words[i], mail, &explanation) != STATUS_OK)
			code = QUERY_DATA;
		else if (call->query->json)
			explanation_json(call->query, &explanation, &json);
		else
			explanation_print(call->query, &explanation, call->out);
		if (explanation.forwarding.unroutable_count > 0 && code == QUERY_DONE)
			code = QUERY_NEGATIVE;
		explanation_release(&explanation);
	}
	if (call->query->json) {
		json_array_end(&json);
		json_line(&json);
	}
	return code;
}

static enum status
explain(struct query_call *call, const char *written, bool mail, struct explanation *explanation)
{
	struct address    address, nodes;
	struct route_ways ways;
	struct diagnostic diagnostic;
	enum status       status;

	explanation->written = written;
	address_init(&address);
	address_init(&nodes);
	address_init(&explanation->address);
	forwarding_init(&explanation->forwarding);
	buffer_init(&explanation->steps);
	diagnostic_init(&diagnostic);
	status = address_add_text(&address, written, &diagnostic);
	if (status != STATUS_OK) {
		query_complain(call, "%s%s%s", diagnostic.text,
		               diagnostic.hint[0] == '\0' ? "" : "; ", diagnostic.hint);
	} else {
		explanation->completed =
		    short_name_complete(&address, call->query->home, call->query->topology,
		                        &explanation->address, &explanation->steps);
		if (mail)
			follow_aliases(call->query, explanation);
		forget_users(&explanation->address, &nodes);
		route_ways_init(&ways, call->query->full, call->query->tables->home);
		route_resolve(call->query->tables, explanation->preference, &nodes,
		              &ROUTE_PAST_NONE, &explanation->forwarding, &explanation->steps);
		route_repair(&ways, call->query->tables, explanation->preference, &ROUTE_PAST_NONE,
		             &explanation->forwarding, &explanation->steps);
		route_ways_release(&ways);
		say_rejected(call->query, explanation, &nodes);
	}
	address_release(&address);
	address_release(&nodes);
	return status;
}

/* Users of this node who stand for others. */
static void
follow_aliases(const struct query *query, struct explanation *explanation)
{
	struct address all, others, whole;

	address_init(&all);
	address_init(&others);
	address_init(&whole);
	for (size_t i = 0; i < explanation->address.count; i++) {
		const struct destination *destination = &explanation->address.destinations[i];

		address_release(&others);
		address_release(&whole);
		if (!destination->broadcast && destination->waypoint_count == 0 &&
		    route_tables_is_home(query->tables, destination->node.text))
			description_forward_expand(query->home, destination->user, &others);
		if (others.count == 0) {
			address_add(&all, destination);
			continue;
		}
		short_name_complete(&others, query->home, query->topology, &whole, NULL);
		buffer_append_format(&explanation->steps, "mail for %s is for ", destination->user);
		address_format(&whole, &explanation->steps);
		buffer_append_text(&explanation->steps, "\n");
		for (size_t j = 0; j < whole.count; j++)
			address_add(&all, &whole.destinations[j]);
		explanation->completed = true;
	}
	address_release(&whole);
	address_release(&others);
	address_release(&explanation->address);
	explanation->address = all;
}

/* What would be better, were it not for the rules. */
static void
say_rejected(const struct query *query, struct explanation *explanation,
             const struct address *nodes)
{
	for (size_t i = 0; i < nodes->count; i++) {
		const struct destination *destination = &nodes->destinations[i];
		const char               *name        = destination_leg(destination);
		struct route_match        match;

		if (destination->broadcast && destination->waypoint_count == 0)
			continue;
		match = route_lookup(query->tables, explanation->preference, name, NULL);
		route_rejected(query->topology, query->tables->home, explanation->preference, name,
		               &match, &explanation->steps);
	}
}

/* Routes lead to nodes: two users of one are one destination here. */
static void
forget_users(const struct address *address, struct address *nodes)
{
	struct destination destination;

	destination_init(&destination);
	for (size_t i = 0; i < address->count; i++) {
		destination_copy(&destination, &address->destinations[i]);
		destination.user[0] = '\0';
		address_add(nodes, &destination);
	}
	destination_release(&destination);
}

static void
explanation_release(struct explanation *explanation)
{
	address_release(&explanation->address);
	forwarding_release(&explanation->forwarding);
	buffer_release(&explanation->steps);
}

/* --- as JSON --------------------------------------------------------------------------- */

static void
explanation_json(const struct query *query, const struct explanation *explanation,
                 struct json *json)
{
	const struct forwarding *forwarding = &explanation->forwarding;
	struct buffer            text;

	buffer_init(&text);
	address_format(&explanation->address, &text);
	json_object_begin(json, NULL);
	json_text(json, "address", explanation->written);
	json_text(json, "completed", explanation->completed ? buffer_text(&text) : NULL);
	json_text(json, "preference",
	          explanation->preference == ROUTE_FASTEST ? "fastest" : "cheapest");
	destinations_json(json, "deliver_here", &forwarding->here);
	json_array_begin(json, "next");
	for (size_t i = 0; i < forwarding->next_count; i++)
		next_json(query, explanation->preference, &forwarding->next[i], json);
	json_array_end(json);
	json_array_begin(json, "unroutable");
	for (size_t i = 0; i < forwarding->unroutable_count; i++) {
		if (forwarding_lacks_audience(&forwarding->unroutable[i]))
			continue;
		buffer_clear(&text);
		destination_format(&forwarding->unroutable[i].destination, &text);
		json_object_begin(json, NULL);
		json_text(json, "destination", buffer_text(&text));
		json_text(json, "reason", forwarding->unroutable[i].reason);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
	buffer_release(&text);
}

static void
next_json(const struct query *query, enum route_preference preference,
          const struct forwarding_next *next, struct json *json)
{
	struct route_narrow narrow;
	uint64_t            most = query_carrier_most(query, preference, next, &narrow);

	json_object_begin(json, NULL);
	json_text(json, "neighbor", next->neighbor.text);
	destinations_json(json, "destinations", &next->destinations);
	json_text(json, "matched", next->match.matched);
	json_number(json, "delay_ms", (int64_t)next->match.delay_ms);
	json_number(json, "cost", (int64_t)next->match.cost);
	if (most != UINT64_MAX)
		json_number(json, "most_bytes", (int64_t)most);
	else
		json_null(json, "most_bytes");
	json_object_end(json);
}

static void
destinations_json(struct json *json, const char *name, const struct address *address)
{
	struct buffer text;

	buffer_init(&text);
	json_array_begin(json, name);
	for (size_t i = 0; i < address->count; i++) {
		buffer_clear(&text);
		destination_format(&address->destinations[i], &text);
		json_text(json, NULL, buffer_text(&text));
	}
	json_array_end(json);
	buffer_release(&text);
}

/* --- for people ------------------------------------------------------------------------ */

static void
explanation_print(const struct query *query, const struct explanation *explanation,
                  struct buffer *out)
{
	const struct forwarding *forwarding = &explanation->forwarding;

	query_text_append(out, explanation->written);
	buffer_append_format(out, ", %s way from %s:\n",
	                     explanation->preference == ROUTE_FASTEST ? "fastest" : "cheapest",
	                     query->home->name.text);
	if (explanation->completed) {
		buffer_append_text(out, "  completed to ");
		address_format(&explanation->address, out);
		buffer_append_text(out, "\n");
	}
	print_steps(buffer_text(&explanation->steps), out);
	for (size_t i = 0; i < forwarding->here.count; i++) {
		buffer_append_text(out, "  => ");
		destination_format(&forwarding->here.destinations[i], out);
		buffer_append_text(out, leaves_here(query, &forwarding->here.destinations[i])
		                            ? " leaves the network here\n"
		                            : " is delivered here\n");
	}
	for (size_t i = 0; i < forwarding->next_count; i++)
		print_next(query, explanation->preference, &forwarding->next[i], out);
	for (size_t i = 0; i < forwarding->unroutable_count; i++) {
		buffer_append_text(out, "  => ");
		destination_format(&forwarding->unroutable[i].destination, out);
		if (forwarding_lacks_audience(&forwarding->unroutable[i]))
			buffer_append_format(out, ": nobody that %s knows takes part in it\n",
			                     query->home->name.text);
		else
			buffer_append_format(out, " cannot be reached (%s)\n",
			                     forwarding->unroutable[i].reason);
	}
}

/* For another name than home's: a gateway covers it. */
static bool
leaves_here(const struct query *query, const struct destination *destination)
{
	const char *name = destination->node.text;

	return !route_tables_is_home(query->tables, name) &&
	       !(destination->broadcast && name_within(query->home->name.text, name));
}

static void
print_steps(const char *steps, struct buffer *out)
{
	while (*steps != '\0') {
		size_t length = strcspn(steps, "\n");

		buffer_append_format(out, "  %.*s\n", (int)length, steps);
		steps += length + (steps[length] == '\n');
	}
}

static void
print_next(const struct query *query, enum route_preference preference,
           const struct forwarding_next *next, struct buffer *out)
{
	struct route_narrow narrow;

	buffer_append_text(out, "  => ");
	address_format(&next->destinations, out);
	buffer_append_format(out, " goes to %s", next->neighbor.text);
	if (next->match.kind == ROUTE_MATCH_ENTRY) {
		buffer_append_text(out, ", ");
		query_text_duration(out, (int64_t)next->match.delay_ms);
		buffer_append_format(out, " and cost %llu away%s",
		                     (unsigned long long)next->match.cost,
		                     next->match.pseudolink ? " and beyond" : "");
	}
	buffer_append_text(out, "\n");
	if (query_carrier_most(query, preference, next, &narrow) != UINT64_MAX) {
		buffer_append_format(out, "     the link from %s to %s takes at most ", narrow.from,
		                     narrow.to);
		route_carrier_size(out, narrow.most_bytes, true);
		buffer_append_text(out, " a message\n");
	}
	query_link_print(query, next->neighbor.text, "     ", out);
}
