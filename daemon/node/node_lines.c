/*
 * node_lines.c - the operator's explicit and pinned routes come into force, and are written down
 *
 * The description says what is to hold; the spool says what does, and since when, over
 * restarts and for whoever asks while no daemon runs.
 */
#include "daemon/node/node_topology.h"
#include "spool/store/store_route.h"

static void put_stated(struct node *node);
static void delete_others(struct node *node);
static bool is_stated(const struct node *node, const struct route_line *line);

void
node_lines_keep(struct node *node)
{
	put_stated(node);
	delete_others(node);
}

/* A line that stays the same is as old as it was. */
static void
put_stated(struct node *node)
{
	struct route_line stated, stored;

	route_line_init(&stated);
	route_line_init(&stored);
	for (size_t i = 0; i < route_line_count(node->home); i++) {
		route_line_get(node->home, i, &stated);
		if (store_route_get(node->store, stated.region.text, stated.preference, &stored) &&
		    span_equal(buffer_span(&stated.way), buffer_span(&stored.way)))
			continue;
		stated.since = node->now.wall;
		store_route_put(node->store, &stated);
		node->topology_changed = true; /* what waits may go another way now */
	}
	route_line_release(&stated);
	route_line_release(&stored);
}

static void
delete_others(struct node *node)
{
	struct route_line line;

	route_line_init(&line);
	line.preference = -1;
	while (store_route_next(node->store, line.region.text, line.preference, &line))
		if (!is_stated(node, &line)) {
			store_route_delete(node->store, line.region.text, line.preference);
			node->topology_changed = true;
		}
	route_line_release(&line);
}

static bool
is_stated(const struct node *node, const struct route_line *line)
{
	struct route_line stated;
	bool              found = false;

	route_line_init(&stated);
	for (size_t i = 0; i < route_line_count(node->home) && !found; i++) {
		route_line_get(node->home, i, &stated);
		found = stated.preference == line->preference &&
		        name_compare(&stated.region, &line->region) == 0;
	}
	route_line_release(&stated);
	return found;
}
