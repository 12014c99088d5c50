/*
 * route_link.c - the two statements of a link, found one by one
 */
#include "spool/route/route_link.h"

#include <string.h>

static const struct topology_link *inbound_of(const struct topology *topology, uint32_t from,
                                              uint32_t to, const char *label);
static const char                 *label_of(const struct topology_link *link);
static struct route_link join(const struct topology_link *out, const struct topology_link *in);

struct route_link
route_link_find(const struct topology *topology, uint32_t from, uint32_t to, const char *label)
{
	const struct topology_node *start = &topology->nodes[from];

	for (uint32_t i = 0; i < start->link_count; i++) {
		const struct topology_link *out = &start->links[i];

		if (out->far == to && out->direction == RECORD_OUTBOUND &&
		    strcmp(label_of(out), label) == 0)
			return join(out, topology->nodes[to].recorded
			                     ? inbound_of(topology, from, to, label)
			                     : out);
	}
	return (struct route_link){ .counts = false };
}

uint64_t
route_link_most(const struct topology *topology, uint32_t from, uint32_t to)
{
	const struct topology_node *start = &topology->nodes[from];
	uint64_t                    most  = 0;

	for (uint32_t i = 0; i < start->link_count; i++) {
		const struct topology_link *out = &start->links[i];
		struct route_link           link;

		if (out->far != to || out->direction != RECORD_OUTBOUND)
			continue;
		link = route_link_find(topology, from, to, label_of(out));
		if (!link.counts)
			continue;
		if (link.limits.message_bytes == 0)
			return UINT64_MAX;
		if (link.limits.message_bytes > most)
			most = link.limits.message_bytes;
	}
	return most == 0 ? UINT64_MAX : most;
}

bool
route_way_is_narrow(const struct topology *topology, const struct route_way *way,
                    uint64_t size_bytes, struct route_narrow *narrow)
{
	narrow->most_bytes = UINT64_MAX;
	for (size_t i = 0; i + 1 < way->count; i++) {
		uint64_t most = route_link_most(topology, way->nodes[i], way->nodes[i + 1]);

		if (most < narrow->most_bytes)
			*narrow = (struct route_narrow){
				.from       = region_tree_text(&topology->names, way->nodes[i]),
				.to         = region_tree_text(&topology->names, way->nodes[i + 1]),
				.most_bytes = most,
			};
	}
	return size_bytes > narrow->most_bytes;
}

bool
route_ways_are_narrow(struct route_ways *ways, enum route_preference preference, const char *name,
                      const char *next_hop, uint64_t size_bytes, struct route_narrow *narrow)
{
	const struct topology *topology = ways->topology;
	uint32_t               target   = region_tree_find(&topology->names, name);
	struct route_way       way;

	if (target == REGION_TREE_NONE || !topology_is_machine(topology, target) ||
	    route_ways_graph(ways) == NULL || target == route_ways_graph(ways)->home)
		return false;
	way = route_ways_to(ways, preference, target);
	if (way.count < 3 || !route_way_is_lawful(topology, &way, 0) ||
	    strcmp(region_tree_text(&topology->names, way.nodes[1]), next_hop) != 0)
		return false;
	way.nodes++;
	way.count--;
	return route_way_is_narrow(topology, &way, size_bytes, narrow);
}

bool
route_link_limits_known(const struct topology *topology)
{
	for (size_t i = 0; i < topology->recorded_count; i++) {
		const struct topology_node *node = &topology->nodes[topology->recorded[i]];

		for (uint32_t j = 0; j < node->link_count; j++)
			if (node->links[j].limits != NULL &&
			    node->links[j].limits->message_bytes != 0)
				return true;
	}
	return false;
}

/* D30: that of the same label, or else the first. */
static const struct topology_link *
inbound_of(const struct topology *topology, uint32_t from, uint32_t to, const char *label)
{
	const struct topology_node *end   = &topology->nodes[to];
	const struct topology_link *found = NULL;

	for (uint32_t i = 0; i < end->link_count; i++) {
		const struct topology_link *in = &end->links[i];

		if (in->far == from && in->direction == RECORD_INBOUND &&
		    (found == NULL || strcmp(label_of(in), label) == 0))
			found = in;
	}
	return found;
}

static const char *
label_of(const struct topology_link *link)
{
	return link->label == NULL ? "" : link->label;
}

static struct route_link
join(const struct topology_link *out, const struct topology_link *in)
{
	struct route_link link = { .counts = in != NULL && !out->dead && !in->dead };

	if (in == NULL)
		return link;
	link.delay_ms        = in->delay_ms;
	link.cost            = out->cost;
	link.restrictions[0] = out->restriction;
	link.restrictions[1] = in->restriction;
	if (out->limits != NULL)
		link.limits = *out->limits;
	if (in->limits != NULL && in != out)
		record_limits_both(&link.limits, in->limits);
	return link;
}
