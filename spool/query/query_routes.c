/*
 * query_routes.c - `mulga routes`: the tables as routing uses them
 */
#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_table.h"
#include "spool/query/query_text.h"
#include "spool/query/query_verb.h"
#include "spool/route/route_line.h"
#include "spool/store/store_route.h"

/* A walk over the explicit routes of the operator, or over the pinned ones. */
struct lines {
	const struct query *query;
	bool                pinned;
	size_t              index; /* of the description's next one */
	struct route_line   line;
};

static void routes_json(const struct query *query, const char *only, struct buffer *out);
static void table_json(struct json *json, const char *name, const struct query *query,
                       const struct route_table *table);
static void broadcast_json(struct json *json, const struct route_broadcast *broadcast);
static void lines_json(struct json *json, const struct query *query);
static void defaults_json(struct json *json, const struct description_node *home);
static void since_json(struct json *json, struct walltime since);
static void table_print(struct query_call *call, const char *title,
                        const struct route_table *table);
static void broadcast_print(struct query_call *call, const struct route_broadcast *broadcast);
static void lines_print(struct query_call *call);
static void defaults_print(struct query_call *call);
static const char *gateway_word(const struct description_gateway *gateway);
static void        since_print(struct query_call *call, struct walltime since);
static const char *preference_word(int preference);
static void        lines_open(struct lines *lines, const struct query *query, bool pinned);
static void        lines_close(struct lines *lines);
static bool        lines_next(struct lines *lines);
static bool        wanted(const char *only, const char *name);

static const char *const names[] = { "fastest", "cheapest", "broadcast", "explicit" };

int
query_routes(struct query_call *call)
{
	const struct query       *query     = call->query;
	const char               *only      = NULL;
	const struct query_option options[] = { { "--table", &only, NULL } };
	bool                      known     = false;

	if (!query_options(call, options, 1, 0))
		return QUERY_USAGE;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		known = known || wanted(only, names[i]);
	if (!known) {
		query_complain(call, "the tables are fastest, cheapest, broadcast and explicit");
		return QUERY_USAGE;
	}
	if (query->json) {
		routes_json(query, only, call->out);
		return QUERY_DONE;
	}
	buffer_append_format(call->out, "%s routes within %s.\n", query->home->name.text,
	                     query_text_region(query->tables->visible));
	if (wanted(only, "fastest"))
		table_print(call, "Fastest", &query->tables->tables[ROUTE_FASTEST]);
	if (wanted(only, "cheapest"))
		table_print(call, "Cheapest", &query->tables->tables[ROUTE_CHEAPEST]);
	if (wanted(only, "broadcast"))
		broadcast_print(call, &query->tables->broadcasts[ROUTE_FASTEST]);
	if (wanted(only, "explicit"))
		lines_print(call);
	return QUERY_DONE;
}

static bool
wanted(const char *only, const char *name)
{
	return only == NULL || strcmp(only, name) == 0;
}

/* --- as JSON --------------------------------------------------------------------------- */

static void
routes_json(const struct query *query, const char *only, struct buffer *out)
{
	struct json json;

	json_init(&json, out);
	json_object_begin(&json, NULL);
	json_text(&json, "home", query->home->name.text);
	json_text(&json, "visible", query->tables->visible);
	if (wanted(only, "fastest"))
		table_json(&json, "fastest", query, &query->tables->tables[ROUTE_FASTEST]);
	if (wanted(only, "cheapest"))
		table_json(&json, "cheapest", query, &query->tables->tables[ROUTE_CHEAPEST]);
	if (wanted(only, "broadcast"))
		broadcast_json(&json, &query->tables->broadcasts[ROUTE_FASTEST]);
	if (wanted(only, "explicit"))
		lines_json(&json, query);
	json_object_end(&json);
	json_line(&json);
}

static void
table_json(struct json *json, const char *name, const struct query *query,
           const struct route_table *table)
{
	json_array_begin(json, name);
	for (size_t i = 0; i < table->count; i++) {
		const struct route *route = &table->routes[i];

		if (strcmp(route->next_hop, query->tables->home) == 0)
			continue;
		json_object_begin(json, NULL);
		json_text(json, "region", route->region);
		json_text(json, "next_hop", route->next_hop);
		json_number(json, "delay_ms", (int64_t)route->delay_ms);
		json_number(json, "cost", (int64_t)route->cost);
		json_boolean(json, "pseudolink", route->class != ROUTE_GENUINE);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
broadcast_json(struct json *json, const struct route_broadcast *broadcast)
{
	json_array_begin(json, "broadcast");
	for (size_t i = 0; i < broadcast->count; i++) {
		const struct route_broadcast_row *row = &broadcast->rows[i];

		json_object_begin(json, NULL);
		json_text(json, "region", row->region);
		json_array_begin(json, "neighbors");
		for (uint32_t j = 0; j < row->hop_count; j++)
			json_text(json, NULL, row->hops[j]);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
lines_json(struct json *json, const struct query *query)
{
	struct lines lines;

	json_array_begin(json, "explicit");
	lines_open(&lines, query, false);
	while (lines_next(&lines)) {
		json_object_begin(json, NULL);
		json_text(json, "pattern", lines.line.region.text);
		json_text(json, "route", buffer_text(&lines.line.way));
		since_json(json, lines.line.since);
		json_object_end(json);
	}
	lines_close(&lines);
	json_array_end(json);
	json_array_begin(json, "pinned");
	lines_open(&lines, query, true);
	while (lines_next(&lines)) {
		json_object_begin(json, NULL);
		json_text(json, "region", lines.line.region.text);
		json_text(json, "next_hop", buffer_text(&lines.line.way));
		json_text(json, "preference", preference_word(lines.line.preference));
		since_json(json, lines.line.since);
		json_object_end(json);
	}
	lines_close(&lines);
	json_array_end(json);
	defaults_json(json, query->home);
}

static void
defaults_json(struct json *json, const struct description_node *home)
{
	json_array_begin(json, "defaults");
	for (size_t i = 0; i < home->default_count; i++)
		for (size_t j = 0; j < home->defaults[i].patterns.count; j++) {
			json_object_begin(json, NULL);
			json_text(json, "pattern", home->defaults[i].patterns.items[j].region.text);
			json_text(json, "via", home->defaults[i].via.text);
			json_object_end(json);
		}
	json_array_end(json);
	json_array_begin(json, "gateways");
	for (size_t i = 0; i < home->gateway_count; i++)
		for (size_t j = 0; j < home->gateways[i].patterns.count; j++) {
			json_object_begin(json, NULL);
			json_text(json, "pattern", home->gateways[i].patterns.items[j].region.text);
			json_text(json, "via", gateway_word(&home->gateways[i]));
			json_object_end(json);
		}
	json_array_end(json);
	json_text(json, "leaf_of", home->leaf_via.text[0] != '\0' ? home->leaf_via.text : NULL);
}

static void
since_json(struct json *json, struct walltime since)
{
	if (since.ms != 0)
		json_time(json, "since", since);
}

/* --- for people ------------------------------------------------------------------------ */

static void
table_print(struct query_call *call, const char *title, const struct route_table *table)
{
	static const struct query_column columns[] = {
		{ "TO", false },  { "BY", false }, { "DELAY", true },
		{ "COST", true }, { "", false },
	};
	struct query_table lines;
	size_t             own = 0;

	query_table_init(&lines, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < table->count; i++) {
		const struct route *route = &table->routes[i];

		if (strcmp(route->next_hop, call->query->tables->home) == 0) {
			own++;
			continue;
		}
		query_table_add(&lines, query_text_region(route->region));
		query_table_add(&lines, route->next_hop);
		query_table_add_duration(&lines, (int64_t)route->delay_ms);
		query_table_add_number(&lines, (int64_t)route->cost);
		query_table_add(&lines,
		                route->class == ROUTE_GENUINE ? "" : "and beyond, by hearsay");
	}
	if (own == table->count) {
		buffer_append_format(call->out, "\n%s: no other node can be reached.\n", title);
	} else {
		buffer_append_format(call->out, "\n%s:\n", title);
		query_table_print(&lines, call->out);
	}
	query_table_release(&lines);
}

static void
broadcast_print(struct query_call *call, const struct route_broadcast *broadcast)
{
	buffer_append_text(call->out, "\nBroadcasts:\n");
	for (size_t i = 0; i < broadcast->count; i++) {
		const struct route_broadcast_row *row = &broadcast->rows[i];

		buffer_append_format(call->out, "*%s%s  to%s", row->region[0] == '\0' ? "" : ".",
		                     row->region, row->hop_count == 0 ? " no neighbor" : "");
		for (uint32_t j = 0; j < row->hop_count; j++)
			buffer_append_format(call->out, " %s", row->hops[j]);
		buffer_append_text(call->out, "\n");
	}
}

static void
lines_print(struct query_call *call)
{
	struct lines lines;

	lines_open(&lines, call->query, false);
	for (size_t i = 0; lines_next(&lines); i++) {
		buffer_append_format(call->out, "%s%s  by %s", i == 0 ? "\nExplicit:\n" : "",
		                     query_text_region(lines.line.region.text),
		                     buffer_text(&lines.line.way));
		since_print(call, lines.line.since);
	}
	lines_close(&lines);
	lines_open(&lines, call->query, true);
	for (size_t i = 0; lines_next(&lines); i++) {
		buffer_append_format(call->out, "%s%s  by %s, %s", i == 0 ? "\nPinned:\n" : "",
		                     query_text_region(lines.line.region.text),
		                     buffer_text(&lines.line.way),
		                     preference_word(lines.line.preference));
		since_print(call, lines.line.since);
	}
	lines_close(&lines);
	defaults_print(call);
}

static void
defaults_print(struct query_call *call)
{
	const struct description_node *home  = call->query->home;
	const char                    *title = "\nWhere no table leads:\n";

	for (size_t i = 0; i < home->default_count; i++)
		for (size_t j = 0; j < home->defaults[i].patterns.count; j++, title = "")
			buffer_append_format(
			    call->out, "%s%s  by %s\n", title,
			    query_text_region(home->defaults[i].patterns.items[j].region.text),
			    home->defaults[i].via.text);
	for (size_t i = 0; i < home->gateway_count; i++)
		for (size_t j = 0; j < home->gateways[i].patterns.count; j++, title = "")
			buffer_append_format(
			    call->out, "%s%s  leaves the network here, by %s\n", title,
			    query_text_region(home->gateways[i].patterns.items[j].region.text),
			    gateway_word(&home->gateways[i]));
	if (home->leaf_via.text[0] != '\0')
		buffer_append_format(call->out, "%severything  by %s, as a leaf\n", title,
		                     home->leaf_via.text);
}

static const char *
gateway_word(const struct description_gateway *gateway)
{
	switch (gateway->kind) {
	case GATEWAY_SMTP:
		return "smtp";
	case GATEWAY_LMTP:
		return "lmtp";
	default:
		return gateway->arguments.items[0];
	}
}

static void
since_print(struct query_call *call, struct walltime since)
{
	if (since.ms != 0) {
		buffer_append_text(call->out, ", since ");
		query_text_time(call->out, since, call->query->now.wall);
	}
	buffer_append_text(call->out, "\n");
}

static const char *
preference_word(int preference)
{
	return preference == DESCRIPTION_FASTEST    ? "fastest"
	       : preference == DESCRIPTION_CHEAPEST ? "cheapest"
	                                            : "both";
}

/* --- what the operator has laid down: as the spool has it, or else as the description does */

static void
lines_open(struct lines *lines, const struct query *query, bool pinned)
{
	*lines = (struct lines){ .query = query, .pinned = pinned };
	route_line_init(&lines->line);
	lines->line.preference = -1;
}

static void
lines_close(struct lines *lines)
{
	route_line_release(&lines->line);
}

static bool
lines_next(struct lines *lines)
{
	const struct query *query = lines->query;
	struct route_line  *line  = &lines->line;
	bool                found;

	do {
		found = query->store == NULL && lines->index < route_line_count(query->home);
		if (query->store != NULL)
			found = store_route_next(query->store, line->region.text, line->preference,
			                         line);
		else if (found)
			route_line_get(query->home, lines->index++, line);
	} while (found && (line->preference != ROUTE_LINE_EXPLICIT) != lines->pinned);
	return found;
}
