/*
 * golden_load.c - the databases of golden files as the product's values
 *
 * The files say a link once, at its start. A record says it at both ends (D26), so a
 * node's record also gets an inbound link for each link of another node that ends there,
 * with the restriction of its own `in`.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/golden.h"

static void               add_outbound(struct record *record, const json_t *links, bool provisional,
                                       const json_t *db);
static void               add_inbound(struct record *record, const json_t *db);
static struct record_link link_of(const json_t *link, const char *far);
static void               add(struct record *record, struct record_link link);
static void               restrict_to(struct record_link *link, const json_t *region);

void
golden_broken(const char *format, ...)
{
	va_list arguments;

	fputs("golden: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(2);
}

struct name
golden_name(const char *text)
{
	struct name name;

	if (text == NULL || name_parse_region(&name, text, NULL) != STATUS_OK)
		golden_broken("\"%s\" is no name", text == NULL ? "(not a string)" : text);
	return name;
}

void
golden_topology_load(struct topology *topology, const json_t *db, bool provisional)
{
	const char   *node;
	json_t       *value, *link;
	size_t        i;
	struct record record;

	topology_init(topology);
	record_init(&record);
	json_object_foreach((json_t *)db, node, value)
	{
		golden_record_load(&record, db, node, provisional);
		topology_put(topology, &record);
	}
	record_release(&record);
	json_object_foreach((json_t *)db, node, value)
	{
		json_array_foreach(json_object_get(value, "links"), i, link)
		{
			struct name end =
			    golden_name(json_string_value(json_object_get(link, "to")));

			if (json_is_true(json_object_get(link, "pseudo")))
				topology_pseudolink_put(topology, node, end.text,
				                        PSEUDOLINK_GENUINE, (struct walltime){ 0 });
		}
	}
}

void
golden_record_load(struct record *record, const json_t *db, const char *node, bool provisional)
{
	const json_t *entry   = json_object_get(db, node);
	const json_t *visible = json_object_get(entry, "visible");

	record_clear(record);
	record->node    = golden_name(node);
	record->visible = golden_name(json_string_value(visible));
	record->serial  = 1;
	add_outbound(record, json_object_get(entry, "links"), provisional, db);
	add_inbound(record, db);
}

json_t *
golden_pseudolinks(const struct topology *topology)
{
	json_t *result = json_array();

	for (size_t i = 0; i < topology->pseudolink_count; i++)
		json_array_append_new(
		    result,
		    json_pack("[s, s]",
		              region_tree_text(&topology->names, topology->pseudolinks[i].from),
		              region_tree_text(&topology->names, topology->pseudolinks[i].to)));
	return result;
}

json_t *
golden_table(const struct route_table *table)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < table->count; i++)
		json_array_append_new(
		    rows, json_pack("[s, s]", table->routes[i].region, table->routes[i].next_hop));
	return rows;
}

json_t *
golden_destinations(const struct address *address)
{
	json_t *result = json_array();

	for (size_t i = 0; i < address->count; i++)
		json_array_append_new(result, golden_destination(&address->destinations[i]));
	return result;
}

json_t *
golden_destination(const struct destination *destination)
{
	struct buffer text;
	json_t       *result;

	buffer_init(&text);
	destination_format(destination, &text);
	result = json_string(buffer_text(&text));
	buffer_release(&text);
	return result;
}

static void
add_outbound(struct record *record, const json_t *links, bool provisional, const json_t *db)
{
	const json_t *value;
	size_t        i;

	json_array_foreach(links, i, value)
	{
		const char        *far  = json_string_value(json_object_get(value, "to"));
		struct record_link link = link_of(value, far);

		if (json_is_true(json_object_get(value, "pseudo")))
			continue;
		add(record, link);
		link.direction = RECORD_INBOUND;
		if (provisional && json_object_get(db, far) == NULL &&
		    !json_is_true(json_object_get(value, "oneway")))
			add(record, link);
	}
}

static void
add_inbound(struct record *record, const json_t *db)
{
	const json_t *restrictions = json_object_get(json_object_get(db, record->node.text), "in");
	const char   *far;
	const json_t *entry, *value;
	size_t        i;

	json_object_foreach((json_t *)db, far, entry)
	{
		json_array_foreach(json_object_get(entry, "links"), i, value)
		{
			struct record_link link;

			if (strcmp(json_string_value(json_object_get(value, "to")),
			           record->node.text) != 0 ||
			    json_is_true(json_object_get(value, "pseudo")))
				continue;
			link             = link_of(value, far);
			link.direction   = RECORD_INBOUND;
			link.restricted  = false;
			link.restriction = (struct name){ .text = "" };
			restrict_to(&link, json_object_get(restrictions, far));
			add(record, link);
		}
	}
}

static struct record_link
link_of(const json_t *value, const char *far)
{
	struct record_link link = { .direction = RECORD_OUTBOUND, .to = golden_name(far) };

	link.delay_ms = (uint32_t)json_integer_value(json_object_get(value, "delay"));
	link.cost     = (uint32_t)json_integer_value(json_object_get(value, "cost"));
	link.dead     = json_is_true(json_object_get(value, "dead"));
	restrict_to(&link, json_object_get(value, "restrict"));
	return link;
}

/* Several links to one neighbor (D30) are told apart by labels: 1, 2, ... */
static void
add(struct record *record, struct record_link link)
{
	enum status status = record_add_link(record, &link);

	for (unsigned i = 1; status == STATUS_EXISTS; i++) {
		snprintf(link.label, sizeof(link.label), "%u", i);
		status = record_add_link(record, &link);
	}
	if (status != STATUS_OK)
		golden_broken("%s: its link to %s breaks a rule", record->node.text, link.to.text);
}

static void
restrict_to(struct record_link *link, const json_t *region)
{
	if (!json_is_string(region))
		return;
	link->restricted  = true;
	link->restriction = golden_name(json_string_value(region));
}
