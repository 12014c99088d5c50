/*
 * description_check_network.c - do the nodes of a whole network fit together?
 *
 * Each link should be stated at both of its ends. And each region should meet the
 * "fundamental condition" of the paper ("Regions of Routing Interest"): each internally
 * connected part of it contains a node visible beyond the region, and the nodes of a part
 * that are visible in the region form a connected subgraph, for what passes through the
 * region passes through them alone. Both are warnings: the paper itself points out that
 * a violation can be meant, as a service restricted to one region.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/description/description_checker.h"

/* A search through the nodes of one set; a set is a number, so that none is ever cleared. */
struct flood {
	size_t *set;     /* of a node: the set it is in                             */
	size_t *reached; /* of a node: the set in which it was reached              */
	size_t *from;    /* of a node that was reached: the one before it           */
	size_t *queue;   /* the nodes reached, nearest first; the start is the first */
	size_t  current; /* the set of this search                                  */
};

struct region_member {
	const char *region; /* a suffix of the node's name */
	size_t      node;
};

struct network {
	const struct description_checker *checker;
	const struct description_node    *nodes;
	size_t                            count;
	size_t                           *by_name;    /* nodes sorted by name               */
	size_t                           *first_edge; /* of a node, into edges; count + 1   */
	size_t                           *edges;      /* far ends, whichever end states it  */
	struct flood                      part;       /* of a region                        */
	struct flood                      core;       /* the visible nodes of a part        */
	struct flood                      path;       /* from one piece of a core to another */
};

static bool                           sort_nodes(struct network *network);
static void                           check_formers(const struct network *network);
static void                           check_ends(const struct network *network);
static const struct description_node *find_renamed(const struct network *network, const char *name,
                                                   size_t before);
static void   check_far_end(const struct network *network, const struct description_node *node,
                            const struct description_link *link);
static bool   answers(const struct description_link *link, const struct description_link *other);
static void   connect(struct network *network);
static void   check_regions(struct network *network);
static void   check_region(struct network *network, const struct region_member *members,
                           size_t count);
static void   check_part(struct network *network, const char *region, size_t size, bool is_all);
static void   warn_unseen(const struct network *network, const char *region, size_t size);
static bool   has_link_out_of(const struct network *network, size_t node, const char *region);
static void   check_core(struct network *network, const char *region, size_t size);
static void   warn_split(struct network *network, const char *region, size_t size);
static bool   is_visible_in(const struct description_node *node, const char *region);
static size_t find_index(const struct network *network, const char *name);
static void   flood_init(struct flood *flood, size_t count);
static void   flood_release(struct flood *flood);
static size_t flood_from(struct flood *flood, const struct network *network, size_t start);
static int    compare_names(const void *left, const void *right, void *nodes);
static int    compare_members(const void *left, const void *right);

void
description_check_network(const struct description_checker *checker)
{
	struct network network = {
		.checker = checker,
		.nodes   = checker->description->nodes,
		.count   = checker->description->node_count,
	};

	if (sort_nodes(&network)) {
		check_formers(&network);
		check_ends(&network);
		connect(&network);
		flood_init(&network.part, network.count);
		flood_init(&network.core, network.count);
		flood_init(&network.path, network.count);
		check_regions(&network);
		flood_release(&network.part);
		flood_release(&network.core);
		flood_release(&network.path);
	}
	free(network.by_name);
	free(network.first_edge);
	free(network.edges);
}

/* Sorts the nodes by name; false if two are called alike, which it reports. */
static bool
sort_nodes(struct network *network)
{
	size_t errors = network->checker->report->error_count;

	network->by_name = memory_new(network->count, sizeof(network->by_name[0]));
	for (size_t i = 0; i < network->count; i++)
		network->by_name[i] = i;
	qsort_r(network->by_name, network->count, sizeof(network->by_name[0]), compare_names,
	        (void *)network->nodes);
	for (size_t i = 1; i < network->count; i++) {
		const struct description_node *first = &network->nodes[network->by_name[i - 1]];
		const struct description_node *node  = &network->nodes[network->by_name[i]];

		if (name_compare(&first->name, &node->name) == 0)
			description_checker_repeated(network->checker, node->place, first->place,
			                             "this node");
	}
	return network->checker->report->error_count == errors;
}

/* A name that was given up is one node's, and a node that bears it now has it alone (D31). */
static void
check_formers(const struct network *network)
{
	for (size_t i = 0; i < network->count; i++)
		for (size_t j = 0; j < network->nodes[i].former_count; j++) {
			const struct description_former *former = &network->nodes[i].formers[j];
			const struct description_node   *other =
			    find_renamed(network, former->name.text, i);

			if (find_index(network, former->name.text) < network->count)
				description_checker_warn(network->checker, former->place,
				                         "another node is called %s now",
				                         former->name.text);
			else if (other != NULL)
				description_checker_warn(network->checker, former->place,
				                         "%s has had this name, too",
				                         other->name.text);
		}
}

/* The first node before number `before` that had the name; NULL: none. */
static const struct description_node *
find_renamed(const struct network *network, const char *name, size_t before)
{
	for (size_t i = 0; i < before; i++)
		for (size_t j = 0; j < network->nodes[i].former_count; j++)
			if (strcmp(network->nodes[i].formers[j].name.text, name) == 0)
				return &network->nodes[i];
	return NULL;
}

static void
check_ends(const struct network *network)
{
	for (size_t i = 0; i < network->count; i++)
		for (size_t j = 0; j < network->nodes[i].link_count; j++)
			check_far_end(network, &network->nodes[i], &network->nodes[i].links[j]);
}

static void
check_far_end(const struct network *network, const struct description_node *node,
              const struct description_link *link)
{
	static const char *const       wanted[] = { "", "`one-way in`", "`one-way out`" };
	size_t                         index    = find_index(network, link->neighbor.text);
	const struct description_node *far_end;
	bool                           stated = false;

	if (link->foreign)
		return;
	if (index == network->count) {
		struct diagnostic *warning = description_checker_warn(
		    network->checker, link->place, "%s is not described in this network",
		    link->neighbor.text);

		far_end = find_renamed(network, link->neighbor.text, network->count);
		if (far_end != NULL)
			description_report_hint(warning, "it is called %s now", far_end->name.text);
		return;
	}
	far_end = &network->nodes[index];
	for (size_t i = 0; i < far_end->link_count; i++) {
		if (name_compare(&far_end->links[i].neighbor, &node->name) != 0)
			continue;
		if (answers(link, &far_end->links[i]))
			return;
		stated = true;
	}
	if (!stated)
		description_checker_warn(network->checker, link->place,
		                         "%s states no link to %s: this one has one end only",
		                         far_end->name.text, node->name.text);
	else
		description_checker_warn(
		    network->checker, link->place, "%s states no %s link to %s", far_end->name.text,
		    link->direction == LINK_BOTH_WAYS ? "two-way" : wanted[link->direction],
		    node->name.text);
}

static bool
answers(const struct description_link *link, const struct description_link *other)
{
	switch (link->direction) {
	case LINK_BOTH_WAYS:
		return other->direction == LINK_BOTH_WAYS;
	case LINK_ONE_WAY_OUT:
		return other->direction == LINK_ONE_WAY_IN;
	case LINK_ONE_WAY_IN:
		return other->direction == LINK_ONE_WAY_OUT;
	}
	return false;
}

/* Makes the edges of the graph: a link joins its ends, whatever its direction. */
static void
connect(struct network *network)
{
	size_t total = 0;

	network->first_edge = memory_new(network->count + 2, sizeof(network->first_edge[0]));
	for (int fill = 0; fill < 2; fill++) {
		/* First the degree of node i goes to [i + 2]; then [i + 1] is filled up. */
		for (size_t i = 0; i < network->count; i++)
			for (size_t j = 0; j < network->nodes[i].link_count; j++) {
				const char *neighbor = network->nodes[i].links[j].neighbor.text;
				size_t      other    = find_index(network, neighbor);

				if (other == network->count)
					continue;
				if (fill == 0) {
					network->first_edge[i + 2]++;
					network->first_edge[other + 2]++;
					total += 2;
				} else {
					network->edges[network->first_edge[i + 1]++]     = other;
					network->edges[network->first_edge[other + 1]++] = i;
				}
			}
		if (fill == 1)
			break;
		network->edges = memory_new(total, sizeof(network->edges[0]));
		for (size_t i = 2; i < network->count + 2; i++)
			network->first_edge[i] += network->first_edge[i - 1];
	}
}

/* Every region of every node, the world included. */
static void
check_regions(struct network *network)
{
	struct region_member *members = NULL;
	size_t                count = 0, capacity = 0;

	for (size_t i = 0; i < network->count; i++)
		for (const char *region = name_parent(network->nodes[i].name.text); region != NULL;
		     region             = name_parent(region)) {
			members = memory_grow(members, &capacity, count + 1, sizeof(members[0]));
			members[count++] = (struct region_member){ region, i };
		}
	assert(members != NULL); /* the world is a region of every node */
	qsort(members, count, sizeof(members[0]), compare_members);
	for (size_t first = 0, end; first < count; first = end) {
		for (end = first + 1;
		     end < count && strcmp(members[first].region, members[end].region) == 0; end++)
			continue;
		check_region(network, &members[first], end - first);
	}
	free(members);
}

static void
check_region(struct network *network, const struct region_member *members, size_t count)
{
	struct flood *part = &network->part;

	part->current++;
	for (size_t i = 0; i < count; i++)
		part->set[members[i].node] = part->current;
	for (size_t i = 0; i < count; i++)
		if (part->reached[members[i].node] != part->current)
			check_part(network, members[i].region,
			           flood_from(part, network, members[i].node),
			           count == network->count);
}

/* A part of a region: the first `size` nodes of part.queue. */
static void
check_part(struct network *network, const char *region, size_t size, bool is_all)
{
	const char *wider = name_parent(region);
	bool        seen  = is_all || wider == NULL; /* nothing is beyond */

	for (size_t i = 0; i < size && !seen; i++)
		seen = is_visible_in(&network->nodes[network->part.queue[i]], wider);
	if (!seen)
		warn_unseen(network, region, size);
	check_core(network, region, size);
}

/* Names the node that should be visible beyond: one with a link out, if there is one. */
static void
warn_unseen(const struct network *network, const char *region, size_t size)
{
	const char                    *wider  = name_parent(region);
	size_t                         chosen = network->part.queue[0];
	const struct description_node *node;

	for (size_t i = 0; i < size; i++)
		if (has_link_out_of(network, network->part.queue[i], region)) {
			chosen = network->part.queue[i];
			break;
		}
	node = &network->nodes[chosen];
	description_report_hint(
	    description_checker_warn(
		network->checker, node->visible_place.line > 0 ? node->visible_place : node->place,
		"no node of %s that %s can reach inside it is visible beyond it", region,
		node->name.text),
	    "`visible %s`?", wider[0] == '\0' ? "world" : wider);
}

static bool
has_link_out_of(const struct network *network, size_t node, const char *region)
{
	for (size_t i = network->first_edge[node]; i < network->first_edge[node + 1]; i++)
		if (!name_within(network->nodes[network->edges[i]].name.text, region))
			return true;
	return false;
}

/* The nodes of the part that are visible in the region must hang together. */
static void
check_core(struct network *network, const char *region, size_t size)
{
	struct flood *core  = &network->core;
	size_t        start = network->count, total = 0;

	core->current++;
	for (size_t i = 0; i < size; i++) {
		size_t node = network->part.queue[i];

		if (!is_visible_in(&network->nodes[node], region))
			continue;
		core->set[node] = core->current;
		total++;
		if (start == network->count)
			start = node;
	}
	if (total > 0 && flood_from(core, network, start) < total)
		warn_split(network, region, size);
}

/*
 * The way from the piece of the core that was reached to the nearest one that was not;
 * a node on it that is not visible in the region is the missing one.
 */
static void
warn_split(struct network *network, const char *region, size_t size)
{
	const struct description_node *missing = NULL;
	struct flood                  *core = &network->core, *path = &network->path;
	size_t                         start = core->queue[0], reached, end = network->count;

	path->current++;
	for (size_t i = 0; i < size; i++)
		path->set[network->part.queue[i]] = path->current;
	reached = flood_from(path, network, start);
	for (size_t i = 0; i < reached && end == network->count; i++)
		if (core->set[path->queue[i]] == core->current &&
		    core->reached[path->queue[i]] != core->current)
			end = path->queue[i];
	assert(end != network->count);
	for (size_t node = end; node != start; node = path->from[node])
		if (core->set[node] != core->current)
			missing = &network->nodes[node];
	assert(missing != NULL);
	description_report_hint(
	    description_checker_warn(
		network->checker,
		missing->visible_place.line > 0 ? missing->visible_place : missing->place,
		"in %s, %.100s reaches %.100s only through this node, which is not visible there",
		region[0] == '\0' ? "the world" : region, network->nodes[start].name.text,
		network->nodes[end].name.text),
	    "`visible %s`?", region[0] == '\0' ? "world" : region);
}

/* Does it take part in routing in that region, which is one of its own? */
static bool
is_visible_in(const struct description_node *node, const char *region)
{
	return name_within(region, node->visible.text);
}

/* The index of the node of that name; count if there is none. */
static size_t
find_index(const struct network *network, const char *name)
{
	size_t low = 0, high = network->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int    order  = strcmp(name, network->nodes[network->by_name[middle]].name.text);

		if (order == 0)
			return network->by_name[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return network->count;
}

static void
flood_init(struct flood *flood, size_t count)
{
	flood->set     = memory_new(count, sizeof(flood->set[0]));
	flood->reached = memory_new(count, sizeof(flood->reached[0]));
	flood->from    = memory_new(count, sizeof(flood->from[0]));
	flood->queue   = memory_new(count, sizeof(flood->queue[0]));
	flood->current = 0;
}

static void
flood_release(struct flood *flood)
{
	free(flood->set);
	free(flood->reached);
	free(flood->from);
	free(flood->queue);
}

/* Reaches what can be reached from `start` within the current set; how many nodes. */
static size_t
flood_from(struct flood *flood, const struct network *network, size_t start)
{
	size_t count = 0;

	flood->reached[start] = flood->current;
	flood->queue[count++] = start;
	for (size_t next = 0; next < count; next++) {
		size_t node = flood->queue[next];

		for (size_t i = network->first_edge[node]; i < network->first_edge[node + 1]; i++) {
			size_t other = network->edges[i];

			if (flood->set[other] != flood->current ||
			    flood->reached[other] == flood->current)
				continue;
			flood->reached[other] = flood->current;
			flood->from[other]    = node;
			flood->queue[count++] = other;
		}
	}
	return count;
}

/* By name, then as stated: a total order. */
static int
compare_names(const void *left, const void *right, void *nodes)
{
	const size_t                  *a = left, *b = right;
	const struct description_node *described = nodes;
	int order = name_compare(&described[*a].name, &described[*b].name);

	return order != 0 ? order : (*a > *b) - (*a < *b);
}

static int
compare_members(const void *left, const void *right)
{
	const struct region_member *a = left, *b = right;
	int                         order = strcmp(a->region, b->region);

	return order != 0 ? order : (a->node > b->node) - (a->node < b->node);
}
