/*
 * route_line.c - explicit routes first, then the pinned ones, as the description has them
 */
#include "spool/route/route_line.h"

#include <assert.h>

static void format_explicit(const struct description_explicit *stated, struct buffer *way);

void
route_line_init(struct route_line *line)
{
	*line = (struct route_line){ .since = { 0 } };
	buffer_init(&line->way);
}

void
route_line_release(struct route_line *line)
{
	buffer_release(&line->way);
	route_line_init(line);
}

size_t
route_line_count(const struct description_node *node)
{
	return node->explicit_count + node->route_count;
}

void
route_line_get(const struct description_node *node, size_t index, struct route_line *line)
{
	assert(index < route_line_count(node));
	buffer_clear(&line->way);
	line->since = (struct walltime){ 0 };
	if (index < node->explicit_count) {
		line->region     = node->explicits[index].pattern.region;
		line->preference = ROUTE_LINE_EXPLICIT;
		format_explicit(&node->explicits[index], &line->way);
	} else {
		const struct description_route *stated =
		    &node->routes[index - node->explicit_count];

		line->region     = stated->region;
		line->preference = (int)stated->preference;
		buffer_append_text(&line->way, stated->via.text);
	}
}

/* As an address would have it. */
static void
format_explicit(const struct description_explicit *stated, struct buffer *way)
{
	for (size_t i = 0; i < stated->waypoints.count; i++)
		buffer_append_format(way, "%s%s", i > 0 ? "!" : "",
		                     stated->waypoints.items[i].text);
	if (stated->onward)
		buffer_append_text(way, "!*");
}
