/*
 * golden_db.c - kind "db": labels, tables, broadcasts, lookups and forwarding of one node
 */
#include <stdlib.h>
#include <string.h>

#include "spool/route/route_graph.h"
#include "spool/route/route_resolve.h"
#include "spool/route/route_search.h"
#include "tests/golden/golden.h"

static const char *const preference_names[ROUTE_PREFERENCES] = { "fastest", "cheapest" };

static void    compute_tables(struct route_tables *tables, const struct topology *topology,
                              const json_t *test);
static json_t *labels_of(const struct topology *topology, const struct route_tables *tables,
                         enum route_preference preference);
static json_t *compact_of(const struct route_table *table);
static json_t *broadcast_of(const struct route_broadcast *broadcast);
static json_t *lookups_of(const struct route_tables *tables, const json_t *names);
static json_t *lookup_of(const struct route_tables *tables, enum route_preference preference,
                         const char *name);
static json_t *forward_of(const struct route_tables *tables, const json_t *request);

json_t *
golden_db_compute(const json_t *test)
{
	struct topology     topology;
	struct route_tables tables;
	json_t             *result = json_object(), *forward = json_array(), *request;
	size_t              i;

	golden_topology_load(&topology, json_object_get(test, "db"),
	                     json_is_true(json_object_get(test, "provisional_reverse")));
	compute_tables(&tables, &topology, test);
	for (i = 0; i < ROUTE_PREFERENCES; i++)
		json_object_set_new(
		    result, preference_names[i],
		    json_pack("{s: o, s: o, s: o, s: o}", "labels",
		              labels_of(&topology, &tables, (enum route_preference)i), "table",
		              golden_table(&tables.tables[i]), "compact",
		              compact_of(&tables.tables[i]), "broadcast",
		              broadcast_of(&tables.broadcasts[i])));
	json_object_set_new(result, "lookups",
	                    lookups_of(&tables, json_object_get(test, "lookup")));
	json_array_foreach(json_object_get(test, "forward"), i, request)
	{
		json_array_append_new(forward, forward_of(&tables, request));
	}
	json_object_set_new(result, "forward", forward);
	route_tables_release(&tables);
	topology_release(&topology);
	return result;
}

static void
compute_tables(struct route_tables *tables, const struct topology *topology, const json_t *test)
{
	json_t               *defaults = json_object_get(test, "defaults"), *node;
	struct route_default *lines    = calloc(json_object_size(defaults) + 1, sizeof(lines[0]));
	struct route_options  options  = { .defaults = lines };
	const char           *pattern;

	json_object_foreach(defaults, pattern, node)
	{
		lines[options.default_count++] = (struct route_default){
			.pattern = golden_name(pattern),
			.node    = golden_name(json_string_value(node)),
		};
	}
	route_tables_compute(topology, json_string_value(json_object_get(test, "self")), &options,
	                     tables);
	free(lines);
}

/* Every label before pruning; they are no part of the tables, so the search runs again. */
static json_t *
labels_of(const struct topology *topology, const struct route_tables *tables,
          enum route_preference preference)
{
	json_t                   *result = json_object();
	struct arena              arena;
	struct route_graph        graph;
	const struct route_label *labels;

	arena_init(&arena);
	route_graph_build(&graph, topology, region_tree_find(&topology->names, tables->home),
	                  &arena);
	labels = route_search(&graph, preference, &arena, NULL);
	for (uint32_t id = 0; id < graph.name_count; id++) {
		uint32_t    hop  = route_label_hop(&labels[id]);
		const char *name = hop == 0 ? tables->home : tables->neighbors[hop - 1];
		json_int_t  pseudolink;

		if (!route_label_reached(&labels[id]))
			continue;
		pseudolink =
		    route_label_class(&labels[id]) == ROUTE_GENUINE ? 0 : GOLDEN_PSEUDOLINK;
		json_object_set_new(
		    result, region_tree_text(&topology->names, id),
		    json_pack("[s, [I, I, I]]", name,
		              (json_int_t)route_label_primary(&labels[id]) + pseudolink,
		              (json_int_t)labels[id].secondary + pseudolink,
		              (json_int_t)labels[id].hops));
	}
	arena_release(&arena);
	return result;
}

static json_t *
compact_of(const struct route_table *table)
{
	struct route_table compact;
	json_t            *result;

	route_table_init(&compact);
	route_table_compact(table, &compact);
	result = golden_table(&compact);
	route_table_release(&compact);
	return result;
}

static json_t *
broadcast_of(const struct route_broadcast *broadcast)
{
	json_t *result = json_object();

	for (size_t i = 0; i < broadcast->count; i++) {
		const struct route_broadcast_row *row  = &broadcast->rows[i];
		json_t                           *hops = json_array();

		for (uint32_t j = 0; j < row->hop_count; j++)
			json_array_append_new(hops, json_string(row->hops[j]));
		json_object_set_new(result, row->region, hops);
	}
	return result;
}

static json_t *
lookups_of(const struct route_tables *tables, const json_t *names)
{
	json_t *result = json_array(), *name;
	size_t  i;

	json_array_foreach(names, i, name)
	{
		for (int j = 0; j < ROUTE_PREFERENCES; j++)
			json_array_append_new(result, lookup_of(tables, (enum route_preference)j,
			                                        json_string_value(name)));
	}
	return result;
}

static json_t *
lookup_of(const struct route_tables *tables, enum route_preference preference, const char *name)
{
	struct route_match match = route_lookup(tables, preference, name, NULL);
	json_t *matched          = match.matched == NULL ? json_null() : json_string(match.matched);

	if (match.kind == ROUTE_MATCH_DEFAULT) {
		json_decref(matched);
		matched = json_sprintf("default:%s", match.matched);
	}
	return json_pack("[s, s, s?, o]", name, preference_names[preference], match.next_hop,
	                 matched);
}

static json_t *
forward_of(const struct route_tables *tables, const json_t *request)
{
	const char       *mode = json_string_value(json_object_get(request, "mode"));
	struct name       history[64];
	size_t            i;
	json_t           *value, *out = json_object(), *unroutable = json_array(), *result;
	struct address    address;
	struct route_past past = { .nodes = history };
	struct forwarding forwarding;

	address_init(&address);
	forwarding_init(&forwarding);
	json_array_foreach(json_object_get(request, "to"), i, value)
	{
		if (address_add_text(&address, json_string_value(value), NULL) != STATUS_OK)
			golden_broken("\"%s\" is no address", json_string_value(value));
	}
	json_array_foreach(json_object_get(request, "history"), i, value)
	{
		if (past.count == sizeof(history) / sizeof(history[0]))
			golden_broken("a history is too long");
		history[past.count++] = golden_name(json_string_value(value));
	}
	route_resolve(
	    tables, mode != NULL && strcmp(mode, "cheapest") == 0 ? ROUTE_CHEAPEST : ROUTE_FASTEST,
	    &address, &past, &forwarding, NULL);
	for (i = 0; i < forwarding.next_count; i++)
		json_object_set_new(out, forwarding.next[i].neighbor.text,
		                    golden_destinations(&forwarding.next[i].destinations));
	for (i = 0; i < forwarding.unroutable_count; i++)
		if (!forwarding_lacks_audience(&forwarding.unroutable[i]))
			json_array_append_new(
			    unroutable, golden_destination(&forwarding.unroutable[i].destination));
	result = json_pack("{s: o, s: o, s: o}", "here", golden_destinations(&forwarding.here),
	                   "out", out, "unroutable", unroutable);
	forwarding_release(&forwarding);
	address_release(&address);
	return result;
}
