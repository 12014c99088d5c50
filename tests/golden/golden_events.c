/*
 * golden_events.c - kind "events": upkeep at one node, as records and tables arrive
 */
#include <stdlib.h>
#include <string.h>

#include "spool/route/route_learn.h"
#include "tests/golden/golden.h"

static json_t *everything_said(const json_t *test);
static json_t *arrive(struct topology *topology, const json_t *test, const json_t *event,
                      json_t *said);
static json_t *local_arrives(struct topology *topology, const json_t *event, json_t *said);
static json_t *table_arrives(struct topology *topology, const char *home, const json_t *event);
static json_t *missing(const json_t *before, const json_t *after);

json_t *
golden_events_compute(const json_t *test)
{
	struct topology topology;
	json_t         *result = json_array(), *said = everything_said(test), *event;
	size_t          i;

	golden_topology_load(&topology, json_object_get(test, "db"), false);
	json_array_foreach(json_object_get(test, "events"), i, event)
	{
		json_array_append_new(result, arrive(&topology, test, event, said));
	}
	json_decref(said);
	topology_release(&topology);
	return result;
}

/* Every node's first entry, so that a record knows which links end at it. */
static json_t *
everything_said(const json_t *test)
{
	json_t *said = json_copy(json_object_get(test, "db")), *event;
	size_t  i;

	json_array_foreach(json_object_get(test, "events"), i, event)
	{
		const char *node  = json_string_value(json_object_get(event, "node"));
		json_t     *entry = json_object_get(event, "entry");

		if (entry != NULL && json_object_get(said, node) == NULL)
			json_object_set(said, node, entry);
	}
	return said;
}

static json_t *
arrive(struct topology *topology, const json_t *test, const json_t *event, json_t *said)
{
	const char         *home  = json_string_value(json_object_get(test, "self"));
	bool                local = json_object_get(event, "entry") != NULL;
	json_t             *taken, *before, *after, *result;
	struct route_tables tables;

	taken = local ? local_arrives(topology, event, said) : table_arrives(topology, home, event);
	before = golden_pseudolinks(topology);
	route_forget(topology, home);
	after = golden_pseudolinks(topology);
	route_tables_compute(topology, home, NULL, &tables);
	result = json_pack("{s: o, s: o, s: o, s: o}", "result", taken, "cleaned",
	                   missing(before, after), "pseudolinks", after, "table",
	                   golden_table(&tables.tables[ROUTE_FASTEST]));
	json_decref(before);
	route_tables_release(&tables);
	return result;
}

static json_t *
local_arrives(struct topology *topology, const json_t *event, json_t *said)
{
	const char   *node = json_string_value(json_object_get(event, "node"));
	struct record record;
	enum status   status;

	record_init(&record);
	json_object_set(said, node, json_object_get(event, "entry"));
	golden_record_load(&record, said, node, false);
	record.serial = (uint64_t)json_integer_value(json_object_get(event, "seq"));
	status        = topology_take(topology, &record);
	record_release(&record);
	return json_boolean(status == STATUS_OK);
}

/* The names that the table gave pseudolinks to. */
static json_t *
table_arrives(struct topology *topology, const char *home, const json_t *event)
{
	json_t              *rows  = json_object_get(event, "table"), *row, *before, *after, *added;
	json_t              *names = json_array(), *pair;
	struct route_told   *told  = calloc(json_array_size(rows) + 1, sizeof(told[0]));
	struct route_message message = {
		.sender  = json_string_value(json_object_get(event, "node")),
		.visible = json_string_value(json_object_get(event, "visible")),
		.rows    = told,
		.count   = json_array_size(rows),
	};
	size_t i;

	json_array_foreach(rows, i, row)
	{
		told[i] = (struct route_told){
			.region   = json_string_value(json_array_get(row, 0)),
			.next_hop = json_string_value(json_array_get(row, 1)),
			.class    = (enum route_class)json_integer_value(json_array_get(row, 2)),
		};
	}
	before = golden_pseudolinks(topology);
	route_learn(topology, home, &message, (struct walltime){ 0 });
	after = golden_pseudolinks(topology);
	added = missing(after, before);
	json_array_foreach(added, i, pair)
	{
		json_array_append(names, json_array_get(pair, 1));
	}
	json_decref(before);
	json_decref(after);
	json_decref(added);
	free(told);
	return names;
}

/* What is in one array and not in the other. */
static json_t *
missing(const json_t *all, const json_t *rest)
{
	json_t *result = json_array(), *one, *other;
	size_t  i, j;

	json_array_foreach(all, i, one)
	{
		bool there = false;

		json_array_foreach(rest, j, other)
		{
			there = there || json_equal(one, other);
		}
		if (!there)
			json_array_append(result, one);
	}
	return result;
}
