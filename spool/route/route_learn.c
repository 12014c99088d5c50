/*
 * route_learn.c - whose word is good for what
 *
 * Whether a name is reached, and by what, is asked of the search before pruning; both
 * preferences reach the same (D28), so one search answers.
 */
#include "spool/route/route_learn.h"

#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_search.h"
#include "spool/route/route_teacher.h"

/* What home reaches, as it is before a change. */
struct reach {
	struct arena              arena;
	struct route_graph        graph;
	const struct route_label *labels;
	bool                     *wider; /* by id: a wider node's pseudolink serves it */
};

static void reach_find(struct reach *reach, const struct topology *topology, uint32_t home,
                       enum route_preference preference);
static void reach_release(struct reach *reach);
static bool takes_row(const struct reach *reach, const struct route_message *message,
                      uint32_t sender, const struct route_told *row);
static bool lists(const struct topology_node *node, uint32_t far);
static bool entitled(const struct route_graph *graph, uint32_t from, const char *to);
static bool goes(const struct reach *reach, const struct topology_pseudolink *pseudolink);

size_t
route_learn(struct topology *topology, const char *home, const struct route_message *message,
            struct walltime now)
{
	uint32_t     id = region_tree_find(&topology->names, home), sender;
	struct reach reach;
	bool        *takes;
	bool         known = topology_has_told(topology, message->sender);
	size_t       added = 0, taken = 0;

	if (id == REGION_TREE_NONE || !topology_mentions(topology, message->sender) ||
	    topology_visible_put(topology, message->sender, message->visible) != STATUS_OK)
		return 0;
	sender = region_tree_find(&topology->names, message->sender);
	reach_find(&reach, topology, id, ROUTE_FASTEST);
	takes = arena_new(&reach.arena, message->count, sizeof(takes[0]));
	for (size_t i = 0; i < message->count; i++)
		takes[i] = takes_row(&reach, message, sender, &message->rows[i]);
	for (size_t i = 0; i < message->count; i++) {
		const struct route_told *row = &message->rows[i];

		if (!takes[i])
			continue;
		taken++;
		if (topology_pseudolink_find(topology, message->sender, row->region) == NULL)
			added++;
		topology_pseudolink_put(topology, message->sender, row->region,
		                        (enum pseudolink_class)row->class, now);
	}
	if (taken == 0 && !known) /* of no use, so not worth an entry */
		topology_visible_remove(topology, message->sender);
	reach_release(&reach);
	return added;
}

size_t
route_learn_tables(struct topology *topology, const char *home, const struct route_tables *teacher,
                   struct walltime now)
{
	size_t               count   = teacher->tables[ROUTE_FASTEST].count;
	struct route_told   *rows    = memory_new(count, sizeof(rows[0]));
	struct route_message message = { teacher->home, teacher->visible, rows, count };
	size_t               added;

	for (size_t i = 0; i < count; i++)
		rows[i] = route_told_of(teacher, i);
	added = route_learn(topology, home, &message, now);
	free(rows);
	return added;
}

size_t
route_forget(struct topology *topology, const char *home)
{
	uint32_t     id   = region_tree_find(&topology->names, home);
	size_t       kept = 0, before = topology->pseudolink_count;
	struct reach reach;

	if (before == 0 || id == REGION_TREE_NONE)
		return 0;
	reach_find(&reach, topology, id, ROUTE_FASTEST);
	for (size_t i = 0; i < before; i++)
		if (!goes(&reach, &topology->pseudolinks[i]))
			topology->pseudolinks[kept++] = topology->pseudolinks[i];
	topology->pseudolink_count = kept;
	reach_release(&reach);
	return before - kept;
}

const char *
route_learn_from(const struct topology *topology, const char *home,
                 enum route_preference preference, const char *after)
{
	uint32_t id = region_tree_find(&topology->names, home);
	uint32_t after_id =
	    after == NULL ? REGION_TREE_NONE : region_tree_find(&topology->names, after);
	struct reach reach;
	uint32_t     teacher;

	if (id == REGION_TREE_NONE)
		return NULL;
	reach_find(&reach, topology, id, preference);
	teacher = route_teacher_find(&reach.graph, reach.labels, after_id);
	reach_release(&reach);
	return teacher == REGION_TREE_NONE ? NULL : region_tree_text(&topology->names, teacher);
}

bool
route_learn_misses(const struct topology *topology, const struct route_tables *tables)
{
	for (const char *region = name_parent(tables->visible); region != NULL;
	     region             = name_parent(region))
                for (int i = 0; i < ROUTE_PREFERENCES; i++) {
				    const struct route *route   = route_table_at(&tables->tables[i], region);
				    const char         *teacher = tables->teachers[i];

				    if (route == NULL)
                                return true;
                        if (route->class != ROUTE_GENUINE && teacher != NULL &&
                            topology_pseudolink_find(topology, teacher, region) == NULL)
                                return true;
                }
	return false;
}

static void
reach_find(struct reach *reach, const struct topology *topology, uint32_t home,
           enum route_preference preference)
{
	arena_init(&reach->arena);
	route_graph_build(&reach->graph, topology, home, &reach->arena);
	reach->labels = route_search(&reach->graph, preference, &reach->arena, &reach->wider);
}

static void
reach_release(struct reach *reach)
{
	arena_release(&reach->arena);
}

static bool
takes_row(const struct reach *reach, const struct route_message *message, uint32_t sender,
          const struct route_told *row)
{
	const struct route_graph *graph    = &reach->graph;
	const struct topology    *topology = graph->topology;
	uint32_t                  id       = region_tree_find(&topology->names, row->region);
	const struct route_label *label    = id == REGION_TREE_NONE ? NULL : &reach->labels[id];
	struct name               region;

	if (name_parse_region(&region, row->region, NULL) != STATUS_OK ||
	    strcmp(region.text, row->region) != 0)
		return false;
	if (route_told_by(row, region_tree_text(&topology->names, graph->home)) ||
	    strcmp(row->region, message->sender) == 0 || !entitled(graph, sender, row->region))
		return false;
	if (lists(&topology->nodes[sender], id)) /* its own record says more */
		return false;
	if (route_graph_wider(graph, sender))
		return label == NULL || !route_label_reached(label) ||
		       route_label_class(label) != ROUTE_GENUINE;
	if (row->class == ROUTE_OTHER ||
	    (row->class == ROUTE_WIDER &&
	     topology->nodes[sender].visible != topology->nodes[graph->home].visible))
		return false;
	return label == NULL || (!route_label_reached(label) && !reach->wider[id]) ||
	       topology_pseudolink_find(topology, message->sender, row->region) != NULL;
}

static bool
lists(const struct topology_node *node, uint32_t far)
{
	for (uint32_t i = 0; i < node->link_count; i++)
		if (node->links[i].far == far && node->links[i].direction == RECORD_OUTBOUND)
			return true;
	return false;
}

/* D6: a wider node's word is good for all; a neighbor's for what it may let out. */
static bool
entitled(const struct route_graph *graph, uint32_t from, const char *to)
{
	const struct region_tree *names   = &graph->topology->names;
	uint32_t                  visible = graph->topology->nodes[from].visible;

	if (route_graph_wider(graph, from))
		return true;
	return graph->hops[from] != 0 &&
	       (name_within(to, region_tree_text(names, visible)) ||
	        region_tree_within(names, graph->topology->nodes[graph->home].visible, visible));
}

static bool
goes(const struct reach *reach, const struct topology_pseudolink *pseudolink)
{
	const struct route_graph *graph = &reach->graph;
	const struct route_label *label = &reach->labels[pseudolink->to];

	if (route_label_reached(label) && route_label_class(label) == ROUTE_GENUINE)
		return true;
	if (!route_graph_wider(graph, pseudolink->from) && reach->wider[pseudolink->to])
		return true;
	return !entitled(graph, pseudolink->from,
	                 region_tree_text(&graph->topology->names, pseudolink->to));
}
