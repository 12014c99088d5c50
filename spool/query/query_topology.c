/*
 * query_topology.c - `topology`: the records that routing rests on
 */
#include "spool/query/query_topology.h"

#include <string.h>

#include "spool/query/json.h"
#include "spool/query/query_table.h"
#include "spool/query/query_text.h"

static query_verb_function show;
static void        node_json(const struct topology *topology, uint32_t id, struct json *json);
static const char *renamed_of(const struct topology *topology, const struct topology_node *node);
static void        link_json(const struct topology *topology, const struct topology_link *link,
                             struct json *json);
static void        node_print(const struct topology *topology, uint32_t id, struct buffer *out);
static void        pseudolinks(const struct query *query, struct buffer *out);

int
query_topology(struct query_call *call)
{
	static const struct {
		const char          *word;
		query_verb_function *run;
	} words[] = {
		{ "show", show },
		{ "history", query_topology_history },
		{ "diff", query_topology_diff },
	};
	const char *word = call->word_count > 0 ? call->words[0] : "";

	if (strcmp(word, "forget") == 0)
		return QUERY_NOT_MINE;
	if (word[0] == '\0' || word[0] == '-')
		return show(call);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0 && (i == 0 || call->query->store != NULL))
			return words[i].run(call);
	query_complain(call, "after topology comes show, history, diff or forget, not %s", word);
	return QUERY_USAGE;
}

static int
show(struct query_call *call)
{
	bool                      pseudo = false, full = false;
	const struct query_option options[] = { { "--pseudolinks", NULL, &pseudo },
		                                { "--full", NULL, &full } };

	if (!query_options(call, options, 2, 1))
		return QUERY_USAGE;
	if (pseudo)
		pseudolinks(call->query, call->out);
	else
		query_topology_print(call, full ? call->query->full : call->query->topology, NULL);
	return QUERY_DONE;
}

size_t
query_topology_print(struct query_call *call, const struct topology *topology, const char *node)
{
	struct json json;
	size_t      count = 0;

	json_init(&json, call->out);
	for (size_t i = 0; i < topology->recorded_count; i++) {
		uint32_t id = topology->recorded[i];

		if (node != NULL && strcmp(region_tree_text(&topology->names, id), node) != 0)
			continue;
		if (call->query->json)
			node_json(topology, id, &json);
		else
			node_print(topology, id, call->out);
		count++;
	}
	return count;
}

static void
node_json(const struct topology *topology, uint32_t id, struct json *json)
{
	const struct topology_node *node = &topology->nodes[id];

	json_object_begin(json, NULL);
	json_text(json, "node", region_tree_text(&topology->names, id));
	json_text(json, "visible", region_tree_text(&topology->names, node->visible));
	json_number(json, "serial", (int64_t)node->serial);
	json_text(json, "renamed", renamed_of(topology, node));
	json_array_begin(json, "links");
	for (uint32_t i = 0; i < node->link_count; i++)
		link_json(topology, &node->links[i], json);
	json_array_end(json);
	json_object_end(json);
	json_line(json);
}

/* What the node is called now; NULL: the same. */
static const char *
renamed_of(const struct topology *topology, const struct topology_node *node)
{
	return node->renamed == REGION_TREE_WORLD
	           ? NULL
	           : region_tree_text(&topology->names, node->renamed);
}

static void
link_json(const struct topology *topology, const struct topology_link *link, struct json *json)
{
	json_object_begin(json, NULL);
	json_text(json, "node", region_tree_text(&topology->names, link->far));
	json_text(json, "link", link->label == NULL ? "" : link->label);
	json_text(json, "direction", link->direction == RECORD_OUTBOUND ? "out" : "in");
	json_number(json, "delay_ms", link->delay_ms);
	json_number(json, "cost", link->cost);
	json_text(json, "restriction",
	          link->restriction == REGION_TREE_NONE
	              ? NULL
	              : region_tree_text(&topology->names, link->restriction));
	json_boolean(json, "dead", link->dead);
	json_boolean(json, "down", link->down);
	json_object_end(json);
}

static void
node_print(const struct topology *topology, uint32_t id, struct buffer *out)
{
	static const struct query_column columns[] = {
		{ "", false },     { "LINK", false }, { "AS", false },
		{ "DELAY", true }, { "COST", true },  { "", false },
	};
	const struct topology_node *node = &topology->nodes[id];
	struct query_table          table;

	buffer_append_format(out, "%s, visible in %s, version %llu",
	                     region_tree_text(&topology->names, id),
	                     query_text_region(region_tree_text(&topology->names, node->visible)),
	                     (unsigned long long)node->serial);
	if (renamed_of(topology, node) != NULL)
		buffer_append_format(out, ", called %s now", renamed_of(topology, node));
	buffer_append_text(out, "\n");
	if (node->link_count == 0)
		return;
	query_table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	for (uint32_t i = 0; i < node->link_count; i++) {
		const struct topology_link *link = &node->links[i];
		struct buffer               notes;

		buffer_init(&notes);
		if (link->dead)
			buffer_append_text(&notes, link->down ? "down " : "dead ");
		if (link->restriction != REGION_TREE_NONE)
			buffer_append_format(&notes, "only for %s",
			                     region_tree_text(&topology->names, link->restriction));
		query_table_add(&table, link->direction == RECORD_OUTBOUND ? "  to" : "  from");
		query_table_add(&table, region_tree_text(&topology->names, link->far));
		query_table_add(&table, link->label == NULL ? "" : link->label);
		query_table_add_duration(&table, link->delay_ms);
		query_table_add_number(&table, link->cost);
		query_table_add(&table, buffer_text(&notes));
		buffer_release(&notes);
	}
	query_table_print(&table, out);
	query_table_release(&table);
}

static void
pseudolinks(const struct query *query, struct buffer *out)
{
	const struct topology *topology = query->topology;
	struct json            json;

	json_init(&json, out);
	for (size_t i = 0; i < topology->pseudolink_count; i++) {
		const struct topology_pseudolink *link = &topology->pseudolinks[i];
		const char *from = region_tree_text(&topology->names, link->from);
		const char *to   = region_tree_text(&topology->names, link->to);

		if (query->json) {
			json_object_begin(&json, NULL);
			json_text(&json, "from", from);
			json_text(&json, "to", to);
			json_number(&json, "class", link->class);
			json_time(&json, "heard", link->heard);
			json_object_end(&json);
			json_line(&json);
			continue;
		}
		buffer_append_format(out, "%s says that it reaches %s", from,
		                     query_text_region(to));
		if (link->heard.ms != 0) { /* nobody heard it of a network in a file */
			buffer_append_text(out, ", heard ");
			query_text_time(out, link->heard, query->now.wall);
		}
		buffer_append_text(out, "\n");
	}
	if (topology->pseudolink_count == 0 && !query->json)
		buffer_append_text(out, "No neighbor has told of nodes beyond the known ones.\n");
}
