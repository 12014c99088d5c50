/*
 * route_rejected.c - a free search without rules, and the rules that its way breaks
 */
#include "spool/route/route_rejected.h"

#include <string.h>

#include "spool/route/route_way.h"

static struct topology without_rules(const struct topology *topology, struct arena *arena);
static void say_link(const struct topology *topology, uint32_t from, uint32_t to, uint32_t name,
                     struct buffer *steps);
static const struct topology_link *link_of(const struct topology *topology, uint32_t node,
                                           uint32_t far, enum record_direction direction);
static void        say_visibility(const struct topology *topology, const struct route_way *way,
                                  struct buffer *steps);
static void        say_way(const struct topology *topology, const struct route_way *way,
                           struct buffer *steps);
static const char *show(const char *region);

void
route_rejected(const struct topology *topology, const char *home, enum route_preference preference,
               const char *name, const struct route_match *match, struct buffer *steps)
{
	uint64_t          taken = preference == ROUTE_FASTEST ? match->delay_ms : match->cost;
	struct topology   lenient;
	struct route_ways ways;
	struct route_way  way = { .count = 0 };
	uint32_t          to  = region_tree_find(&topology->names, name);
	struct arena      arena;
	struct buffer     reasons;

	if (to == REGION_TREE_NONE || strcmp(home, name) == 0 || !topology_is_machine(topology, to))
		return;
	arena_init(&arena);
	buffer_init(&reasons);
	lenient = without_rules(topology, &arena);
	route_ways_init(&ways, &lenient, home);
	if (route_ways_graph(&ways) != NULL)
		way = route_ways_to(&ways, preference, to);
	if (way.count > 1 && (match->kind != ROUTE_MATCH_ENTRY || match->pseudolink ||
	                      route_way_weight(&way, &ways.graph, preference) < taken)) {
		for (size_t i = 0; i + 1 < way.count; i++)
			say_link(topology, way.nodes[i], way.nodes[i + 1], to, &reasons);
		say_visibility(topology, &way, &reasons);
	}
	if (reasons.length > 0) {
		say_way(topology, &way, steps);
		buffer_append_span(steps, buffer_span(&reasons));
	}
	buffer_release(&reasons);
	route_ways_release(&ways);
	arena_release(&arena);
}

/* The same names and links, all alive and for everybody. Only to be read, as long as the first. */
static struct topology
without_rules(const struct topology *topology, struct arena *arena)
{
	struct topology lenient = *topology;

	lenient.nodes = arena_new(arena, topology->node_count, sizeof(lenient.nodes[0]));
	for (size_t i = 0; i < topology->node_count; i++) {
		struct topology_node *node = &lenient.nodes[i];

		*node       = topology->nodes[i];
		node->links = arena_new(arena, node->link_count, sizeof(node->links[0]));
		for (uint32_t j = 0; j < node->link_count; j++) {
			node->links[j]             = topology->nodes[i].links[j];
			node->links[j].dead        = false;
			node->links[j].restriction = REGION_TREE_NONE;
		}
	}
	return lenient;
}

/* The first rule that keeps the link out, of both ends' words. */
static void
say_link(const struct topology *topology, uint32_t from, uint32_t to, uint32_t name,
         struct buffer *steps)
{
	const struct region_tree   *names  = &topology->names;
	const struct topology_link *says[] = { link_of(topology, from, to, RECORD_OUTBOUND),
		                               link_of(topology, to, from, RECORD_INBOUND) };

	for (int i = 0; i < 2; i++) {
		if (says[i] == NULL)
			continue;
		if (says[i]->dead) {
			buffer_append_format(steps, "  rejected: the link %s -> %s is %s\n",
			                     region_tree_text(names, from),
			                     region_tree_text(names, to),
			                     says[i]->down ? "down" : "dead");
			return;
		}
		if (says[i]->restriction != REGION_TREE_NONE &&
		    !region_tree_within(names, name, says[i]->restriction)) {
			buffer_append_format(steps,
			                     "  rejected: the link %s -> %s carries only what is "
			                     "for %s\n",
			                     region_tree_text(names, from),
			                     region_tree_text(names, to),
			                     region_tree_text(names, says[i]->restriction));
			return;
		}
	}
}

/* Of several links to the same neighbor the best is meant: one that lives, or else any. */
static const struct topology_link *
link_of(const struct topology *topology, uint32_t node, uint32_t far,
        enum record_direction direction)
{
	const struct topology_node *entry = &topology->nodes[node];
	const struct topology_link *found = NULL;

	for (uint32_t i = 0; i < entry->link_count; i++)
		if (entry->links[i].far == far && entry->links[i].direction == direction &&
		    (found == NULL || found->dead))
			found = &entry->links[i];
	return found;
}

/* D5: home and all that forward on the way must see each other; the first two that do not. */
static void
say_visibility(const struct topology *topology, const struct route_way *way, struct buffer *steps)
{
	const struct region_tree *names = &topology->names;

	if (route_way_is_lawful(topology, way, 0))
		return;
	for (size_t i = 0; i + 2 < way->count; i++)
		for (size_t j = i + 1; j + 1 < way->count; j++) {
			const char *one = region_tree_text(names, way->nodes[i]);
			const char *two = region_tree_text(names, way->nodes[j]);

			if (topology_mutual(topology, one, two))
				continue;
			buffer_append_format(steps,
			                     "  rejected: %s, visible in %s, and %s, visible in "
			                     "%s, do not see each other\n",
			                     one, show(topology_visible(topology, one)), two,
			                     show(topology_visible(topology, two)));
			return;
		}
}

static void
say_way(const struct topology *topology, const struct route_way *way, struct buffer *steps)
{
	buffer_append_text(steps, "a better way would be ");
	for (size_t i = 1; i < way->count; i++)
		buffer_append_format(steps, "%s%s", i > 1 ? ", " : "",
		                     region_tree_text(&topology->names, way->nodes[i]));
	buffer_append_text(steps, "\n");
}

static const char *
show(const char *region)
{
	return region[0] == '\0' ? "the world" : region;
}
