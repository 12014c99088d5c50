/*
 * network_view.c - wider nodes first, because their tables teach the others
 */
#include "tests/support/network_view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/route/route_learn.h"

static struct network_view *make(struct network_views *views, uint32_t number);
static void put_records(const struct network_views *views, uint32_t number, struct topology *out);
static void calculate(struct network_view *view, const char *home);
static bool is_told(const struct network_views *views, uint32_t about, uint32_t receiver);
static void put_record(const struct network_views *views, uint32_t number, struct record *record,
                       struct topology *out);
static void learn_nearest(struct network_views *views, uint32_t number, struct topology *topology);
static void learn(struct network_views *views, uint32_t number, uint32_t teacher,
                  struct topology *topology);
static bool is_wider(const struct network_views *views, uint32_t number, uint32_t than);

void
network_views_init(struct network_views *views, const struct network *network,
                   enum network_audience audience)
{
	*views = (struct network_views){ .network = network, .audience = audience };
	network_order_init(&views->order, network);
	topology_init(&views->truth);
	network_topology(network, &views->truth);
	views->ids = memory_new(network->count, sizeof(views->ids[0]));
	views->numbers =
	    memory_new(region_tree_count(&views->truth.names), sizeof(views->numbers[0]));
	views->views = memory_new(network->count, sizeof(struct network_view *));
	for (uint32_t i = 0; i < network->count; i++) {
		views->ids[i] = region_tree_find(&views->truth.names, network->names[i].text);
		views->numbers[views->ids[i]] = i;
	}
}

void
network_views_release(struct network_views *views)
{
	for (size_t i = 0; i < views->network->count; i++) {
		if (views->views[i] == NULL)
			continue;
		route_tables_release(&views->views[i]->tables);
		topology_release(&views->views[i]->topology);
		free(views->views[i]);
	}
	free(views->views);
	free(views->ids);
	free(views->numbers);
	topology_release(&views->truth);
	network_order_release(&views->order);
}

const struct network_view *
network_views_get(struct network_views *views, uint32_t number)
{
	if (views->views[number] == NULL)
		views->views[number] = make(views, number);
	return views->views[number];
}

uint32_t
network_views_number(const struct network_views *views, const char *name)
{
	uint32_t id = region_tree_find(&views->truth.names, name);

	assert(id != REGION_TREE_NONE && topology_find(&views->truth, name) != NULL);
	return views->numbers[id];
}

unsigned
network_views_listeners(const struct network_views *views, uint32_t number)
{
	const struct network_order *order = &views->order;
	unsigned                    count = 0;

	for (uint32_t i = 0; i < views->network->count; i++)
		count += i != number && is_told(views, number, i);
	for (uint32_t i = order->first_out[number]; i < order->first_out[number + 1]; i++)
		count += !is_told(views, number, views->network->links[order->out[i]].to);
	return count;
}

static struct network_view *
make(struct network_views *views, uint32_t number)
{
	const char          *home = views->network->names[number].text;
	struct network_view *view = memory_new(1, sizeof(*view));
	const char          *from = NULL;

	topology_init(&view->topology);
	put_records(views, number, &view->topology);
	learn_nearest(views, number, &view->topology);
	calculate(view, home);
	while (route_learn_misses(&view->topology, &view->tables) &&
	       (from = route_learn_from(&view->topology, home, ROUTE_FASTEST, from)) != NULL) {
		learn(views, number, network_views_number(views, from), &view->topology);
		route_tables_release(&view->tables);
		calculate(view, home);
	}
	return view;
}

static void
put_records(const struct network_views *views, uint32_t number, struct topology *out)
{
	struct record record;

	record_init(&record);
	for (uint32_t i = 0; i < views->network->count; i++)
		if (i == number || is_told(views, i, number))
			put_record(views, i, &record, out);
	for (int inbound = 0; inbound < 2; inbound++) {
		const struct network_order *order = &views->order;
		const uint32_t             *first = inbound ? order->first_in : order->first_out;
		const uint32_t             *links = inbound ? order->in : order->out;

		for (uint32_t i = first[number]; i < first[number + 1]; i++) {
			const struct network_link *link = &views->network->links[links[i]];

			put_record(views, inbound ? link->from : link->to, &record, out);
		}
	}
	record_release(&record);
}

static void
calculate(struct network_view *view, const char *home)
{
	route_forget(&view->topology, home);
	route_tables_compute(&view->topology, home, NULL, &view->tables);
}

/* Region by region first: that is cheap, and true of few. */
static bool
is_told(const struct network_views *views, uint32_t about, uint32_t receiver)
{
	const struct topology *truth = &views->truth;
	uint32_t               a = views->ids[about], b = views->ids[receiver];

	if (!region_tree_within(&truth->names, b, truth->nodes[a].visible))
		return false;
	if (views->audience == NETWORK_REGION)
		return true;
	return region_tree_within(&truth->names, a, truth->nodes[b].visible) &&
	       topology_mutual(truth, views->network->names[about].text,
	                       views->network->names[receiver].text);
}

static void
put_record(const struct network_views *views, uint32_t number, struct record *record,
           struct topology *out)
{
	if (topology_find(out, views->network->names[number].text) != NULL)
		return;
	network_record(views->network, &views->order, number, record);
	topology_put(out, record);
}

/* D24: from the neighbors, and from the nearest wider node by each preference. */
static void
learn_nearest(struct network_views *views, uint32_t number, struct topology *topology)
{
	const char *home = views->network->names[number].text, *from = NULL;

	for (uint32_t i = views->order.first_out[number]; i < views->order.first_out[number + 1];
	     i++) {
		uint32_t neighbor = views->network->links[views->order.out[i]].to;

		if (is_wider(views, neighbor, number))
			learn(views, number, neighbor, topology);
	}
	for (int i = 0; i < ROUTE_PREFERENCES; i++) {
		from = route_learn_from(topology, home, (enum route_preference)i, NULL);
		if (from != NULL)
			learn(views, number, network_views_number(views, from), topology);
	}
}

static void
learn(struct network_views *views, uint32_t number, uint32_t teacher, struct topology *topology)
{
	route_learn_tables(topology, views->network->names[number].text,
	                   &network_views_get(views, teacher)->tables, (struct walltime){ 0 });
}

static bool
is_wider(const struct network_views *views, uint32_t number, uint32_t than)
{
	const struct topology *truth  = &views->truth;
	uint32_t               region = truth->nodes[views->ids[than]].visible;
	uint32_t               wide   = truth->nodes[views->ids[number]].visible;

	return wide != region && region_tree_within(&truth->names, region, wide);
}
