/*
 * golden_network.c - kind "network": every node's view of one true topology, at rest
 *
 * Local data reach those whom D23 names, then nodes send each other tables (D24, D25) in
 * rounds until nothing changes; all by calls of the product, in the order that the format
 * fixes. Then lookups lead messages from node to node.
 */
#include <stdlib.h>
#include <string.h>

#include "spool/route/route_handover.h"
#include "spool/route/route_lookup.h"
#include "spool/route/route_rest.h"
#include "tests/golden/golden.h"

struct network;

struct node {
	const struct network *network;
	const char           *name;
	struct record         record;
	struct topology       topology;
	struct route_tables  *tables; /* the network's */
};

struct network {
	struct topology         truth; /* of everybody */
	struct node            *nodes; /* in name order */
	struct route_rest_node *rest;  /* the same once more, with their tables */
	size_t                  count;
};

static void network_load(struct network *network, const json_t *topology);
static void network_release(struct network *network);
static void spread_records(struct network *network, const json_t *topology);
static bool receives_record(const struct network *network, const char *about, const char *receiver);
static json_t      *node_of(const struct node *node);
static json_t      *audiences_of(const struct network *network);
static json_t      *recipients_of(const struct network *network);
static json_t      *table_regions_of(const struct network *network);
static json_t      *traces_of(const struct network *network, const json_t *pairs);
static json_t      *trace_of(const struct network *network, enum route_preference preference,
                             const char *from, const char *to);
static struct node *find(const struct network *network, const char *name);

json_t *
golden_network_compute(const json_t *test)
{
	struct network network;
	json_t        *nodes = json_object(), *result;

	network_load(&network, json_object_get(test, "topology"));
	spread_records(&network, json_object_get(test, "topology"));
	route_rest_of_rounds(network.rest, network.count);
	for (size_t i = 0; i < network.count; i++)
		json_object_set_new(nodes, network.nodes[i].name, node_of(&network.nodes[i]));
	result = json_pack("{s: o, s: o, s: o, s: o, s: o}", "nodes", nodes, "update_address",
	                   audiences_of(&network), "update_recipients", recipients_of(&network),
	                   "table_region", table_regions_of(&network), "traces",
	                   traces_of(&network, json_object_get(test, "trace")));
	network_release(&network);
	return result;
}

static void
network_load(struct network *network, const json_t *topology)
{
	golden_topology_load(&network->truth, topology, false);
	network->count = network->truth.recorded_count;
	network->nodes = calloc(network->count, sizeof(network->nodes[0]));
	network->rest  = calloc(network->count, sizeof(network->rest[0]));
	for (size_t i = 0; i < network->count; i++) {
		struct node *node = &network->nodes[i];
		json_t      *alone;

		node->network = network;
		node->tables  = &network->rest[i].tables;
		node->name    = region_tree_text(&network->truth.names, network->truth.recorded[i]);
		record_init(&node->record);
		alone = json_pack("{s: O}", node->name, json_object_get(topology, node->name));
		golden_record_load(&node->record, alone, node->name, false);
		json_decref(alone);
		topology_init(&node->topology);
		topology_put(&node->topology, &node->record);
	}
}

static void
network_release(struct network *network)
{
	for (size_t i = 0; i < network->count; i++) {
		record_release(&network->nodes[i].record);
		topology_release(&network->nodes[i].topology);
		route_tables_release(network->nodes[i].tables);
	}
	free(network->nodes);
	free(network->rest);
	topology_release(&network->truth);
}

/*
 * Told until told: what nobody mentions yet is taken once somebody does. The files say a
 * link at its start only, so mentions are those of outbound links; a record then lists as
 * inbound what those start from whose records are there as well.
 */
static void
spread_records(struct network *network, const json_t *topology)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < network->count; i++)
			for (size_t j = 0; j < network->count; j++)
				if (receives_record(network, network->nodes[i].name,
				                    network->nodes[j].name) &&
				    topology_take(&network->nodes[j].topology,
				                  &network->nodes[i].record) == STATUS_OK)
					changed = true;
	}
	for (size_t i = 0; i < network->count; i++) {
		struct node *node = &network->nodes[i];
		json_t      *db   = json_object();

		for (size_t j = 0; j < network->count; j++)
			if (topology_find(&node->topology, network->nodes[j].name) != NULL)
				json_object_set(db, network->nodes[j].name,
				                json_object_get(topology, network->nodes[j].name));
		topology_release(&node->topology);
		golden_topology_load(&node->topology, db, false);
		json_decref(db);
		network->rest[i] =
		    (struct route_rest_node){ .name = node->name, .topology = &node->topology };
	}
}

/* D23, asked of the audience that the product computes. */
static bool
receives_record(const struct network *network, const char *about, const char *receiver)
{
	const char    *parent = name_parent(receiver);
	struct address audience;
	bool           receives = false;

	if (strcmp(about, receiver) == 0)
		return false;
	address_init(&audience);
	topology_audience(&network->truth, about, &audience);
	for (size_t i = 0; i < audience.count; i++) {
		const struct destination *to = &audience.destinations[i];

		if (to->broadcast)
			receives =
			    receives || (parent != NULL && name_within(parent, to->node.text) &&
			                 name_within(to->node.text,
			                             topology_visible(&network->truth, receiver)));
		else
			receives = receives || strcmp(to->node.text, receiver) == 0;
	}
	address_release(&audience);
	return receives;
}

static json_t *
node_of(const struct node *node)
{
	json_t *entries = json_array();

	for (size_t i = 0; i < node->network->count; i++)
		if (topology_find(&node->topology, node->network->nodes[i].name) != NULL ||
		    topology_has_told(&node->topology, node->network->nodes[i].name))
			json_array_append_new(entries, json_string(node->network->nodes[i].name));
	return json_pack("{s: o, s: o, s: o, s: o}", "entries", entries, "pseudolinks",
	                 golden_pseudolinks(&node->topology), "fastest",
	                 golden_table(&node->tables->tables[ROUTE_FASTEST]), "cheapest",
	                 golden_table(&node->tables->tables[ROUTE_CHEAPEST]));
}

static json_t *
audiences_of(const struct network *network)
{
	json_t *result = json_object();

	for (size_t i = 0; i < network->count; i++) {
		struct address audience;

		address_init(&audience);
		topology_audience(&network->truth, network->nodes[i].name, &audience);
		json_object_set_new(result, network->nodes[i].name, golden_destinations(&audience));
		address_release(&audience);
	}
	return result;
}

static json_t *
recipients_of(const struct network *network)
{
	json_t *result = json_object();

	for (size_t i = 0; i < network->count; i++) {
		json_t *names = json_array();

		for (size_t j = 0; j < network->count; j++)
			if (receives_record(network, network->nodes[i].name,
			                    network->nodes[j].name))
				json_array_append_new(names, json_string(network->nodes[j].name));
		json_object_set_new(result, network->nodes[i].name, names);
	}
	return result;
}

static json_t *
table_regions_of(const struct network *network)
{
	json_t *result = json_object();

	for (size_t i = 0; i < network->count; i++) {
		const char *region = topology_table_region(&network->truth, network->nodes[i].name);

		json_object_set_new(result, network->nodes[i].name,
		                    region == NULL ? json_null() : json_string(region));
	}
	return result;
}

static json_t *
traces_of(const struct network *network, const json_t *pairs)
{
	json_t *result = json_array(), *pair;
	size_t  i;

	json_array_foreach(pairs, i, pair)
	{
		for (int j = 0; j < ROUTE_PREFERENCES; j++)
			json_array_append_new(result,
			                      trace_of(network, (enum route_preference)j,
			                               json_string_value(json_array_get(pair, 0)),
			                               json_string_value(json_array_get(pair, 1))));
	}
	return result;
}

static json_t *
trace_of(const struct network *network, enum route_preference preference, const char *from,
         const char *to)
{
	const char  *mode = preference == ROUTE_FASTEST ? "fastest" : "cheapest", *outcome = NULL;
	const char  *over = NULL;
	struct node *at   = find(network, from);
	json_t      *path = json_array();
	struct route_ways ways;

	while (outcome == NULL) {
		struct route_match match = route_lookup(at->tables, preference, to, NULL);
		json_t            *here;
		size_t             i;
		bool               again = false;

		json_array_foreach(path, i, here)
		{
			again = again || strcmp(json_string_value(here), at->name) == 0;
		}
		json_array_append_new(path, json_string(at->name));
		if (again)
			outcome = "loop";
		else if (match.kind == ROUTE_MATCH_HOME)
			outcome = "ok";
		else if (match.next_hop == NULL)
			outcome = "noroute";
		else
			at = find(network, match.next_hop);
	}
	route_ways_init(&ways, &at->topology, at->name);
	if (strcmp(outcome, "noroute") == 0)
		over = route_handover(&ways, preference, to);
	route_ways_release(&ways);
	return json_pack("[s, s, s, s, o, s?]", mode, from, to, outcome, path, over);
}

static struct node *
find(const struct network *network, const char *name)
{
	for (size_t i = 0; i < network->count; i++)
		if (strcmp(network->nodes[i].name, name) == 0)
			return &network->nodes[i];
	golden_broken("a route leads to %s, which is no node", name);
}
