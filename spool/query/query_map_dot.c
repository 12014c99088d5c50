/*
 * query_map_dot.c - the map in the language of Graphviz: `mulga map --dot | dot -Tpdf`
 */
#include <string.h>

#include "spool/query/query_map.h"

static void print_box(const struct query_map *map, const struct query_map_place *box,
                      unsigned depth, struct buffer *out);
static void print_tile(const struct query_map_place *tile, uint32_t number, unsigned depth,
                       struct buffer *out);
static void print_link(const struct query_map_link *link, struct buffer *out);
static void print_way(uint32_t from, uint32_t to, const struct query_map_way *way,
                      const char *attributes, struct buffer *out);
static void append_quoted(const char *text, struct buffer *out);
static void indent(unsigned depth, struct buffer *out);

void
query_map_dot(const struct query_map *map, struct buffer *out)
{
	buffer_append_text(out, "digraph mulga {\n"
	                        "\tgraph [rankdir=LR, fontname=\"sans-serif\"];\n"
	                        "\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
	                        "\tedge [fontname=\"sans-serif\", fontsize=10];\n");
	print_box(map, &map->places[0], 1, out);
	for (size_t i = 0; i < map->link_count; i++)
		print_link(&map->links[i], out);
	buffer_append_text(out, "}\n");
}

static void
print_box(const struct query_map *map, const struct query_map_place *box, unsigned depth,
          struct buffer *out)
{
	for (uint32_t i = 0; i < box->count; i++) {
		uint32_t                      number = map->members[box->first + i];
		const struct query_map_place *member = &map->places[number];

		if (member->kind != QUERY_MAP_BOX) {
			print_tile(member, number, depth, out);
			continue;
		}
		indent(depth, out);
		buffer_append_format(out, "subgraph cluster_%u {\n", number);
		indent(depth + 1, out);
		buffer_append_text(out, "label=");
		append_quoted(member->text, out);
		buffer_append_text(out, ";\n");
		print_box(map, member, depth + 1, out);
		indent(depth, out);
		buffer_append_text(out, "}\n");
	}
}

static void
print_tile(const struct query_map_place *tile, uint32_t number, unsigned depth, struct buffer *out)
{
	indent(depth, out);
	buffer_append_format(out, "n%u [label=", number);
	append_quoted(tile->text, out);
	buffer_append_text(out, ", tooltip=");
	append_quoted(tile->name, out);
	if (tile->kind == QUERY_MAP_HOME)
		buffer_append_text(out, ", style=\"rounded,filled,bold\", fillcolor=\"#f6c453\"");
	else if (tile->kind == QUERY_MAP_MENTIONED)
		buffer_append_text(out, ", color=gray, fontcolor=gray40");
	else if (tile->kind == QUERY_MAP_BEYOND)
		buffer_append_text(out, ", style=\"rounded,dotted\", fontcolor=gray40");
	buffer_append_text(out, "];\n");
}

static void
print_link(const struct query_map_link *link, struct buffer *out)
{
	if (link->pseudolink) {
		buffer_append_format(out, "\tn%u -> n%u [style=dotted];\n", link->a, link->b);
	} else if (query_map_symmetric(link)) {
		print_way(link->a, link->b, &link->there, ", dir=none", out);
	} else {
		print_way(link->a, link->b, &link->there, "", out);
		print_way(link->b, link->a, &link->back, "", out);
	}
}

static void
print_way(uint32_t from, uint32_t to, const struct query_map_way *way, const char *attributes,
          struct buffer *out)
{
	struct buffer text;

	if (way->links == 0)
		return;
	buffer_init(&text);
	query_map_way_text(way, &text);
	buffer_append_format(out, "\tn%u -> n%u [label=", from, to);
	append_quoted(buffer_text(&text), out);
	buffer_append_format(out, "%s%s];\n", attributes, way->dead ? ", style=dashed" : "");
	buffer_release(&text);
}

static void
append_quoted(const char *text, struct buffer *out)
{
	buffer_append_text(out, "\"");
	for (; *text != '\0'; text++)
		buffer_append_format(out, strchr("\"\\", *text) != NULL ? "\\%c" : "%c", *text);
	buffer_append_text(out, "\"");
}

static void
indent(unsigned depth, struct buffer *out)
{
	for (; depth > 0; depth--)
		buffer_append_text(out, "\t");
}
