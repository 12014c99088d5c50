/*
 * network.c - records are made one at a time: a million of them at once would need gigabytes
 */
#include "tests/support/network.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"

enum {
	DEAD_COST = 10000000, /* how the UUCP maps call a dead link */
	WIDE      = 10,       /* members of a region, and of a wider one */
};

static void      add_node(struct network *network, const char *name, const char *visible);
static void      add_link(struct network *network, uint32_t from, uint32_t to, uint32_t delay_ms,
                          uint32_t cost);
static void      add_random_link(struct network *network, struct random *random, uint32_t from,
                                 uint32_t to, uint32_t most_s);
static uint32_t  below(struct random *random, uint32_t limit);
static uint32_t *sort_links(const struct network *network, bool by_end, uint32_t **first);
static void      add_record_link(struct record *record, const struct network *network,
                                 const struct network_link *link, enum record_direction direction);

void
network_init(struct network *network)
{
	*network = (struct network){ .names = NULL };
}

void
network_release(struct network *network)
{
	free(network->names);
	free(network->visible);
	free(network->links);
	network_init(network);
}

bool
network_read(struct network *network, const char *path)
{
	FILE *file = fopen(path, "r");
	char  line[1024];

	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned number, to;
		char     text[300];
		long     cost;

		if (sscanf(line, "H %u %254s", &number, text) == 2) {
			assert(number == network->count);
			add_node(network, text, "");
		} else if (sscanf(line, "L %u %u %ld", &number, &to, &cost) == 3) {
			assert(number < network->count && to < network->count);
			if (number != to && cost >= 0 && cost < RECORD_MAX_DELAY_MS / 1000 &&
			    cost < DEAD_COST)
				add_link(network, number, to, (uint32_t)cost * 1000,
				         (uint32_t)cost);
		}
	}
	fclose(file);
	return true;
}

bool
network_read_visible(struct network *network, const char *path)
{
	FILE *file = fopen(path, "r");
	char  line[1024];

	if (file == NULL)
		return false;
	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned number, to, delay_s, cost;
		char     name[NAME_MAX_BYTES + 1], visible[NAME_MAX_BYTES + 1];

		if (sscanf(line, "H %u %254s %254s", &number, name, visible) == 3) {
			assert(number == network->count);
			add_node(network, name, strcmp(visible, ".") == 0 ? "" : visible);
		} else if (sscanf(line, "L %u %u %u %u", &number, &to, &delay_s, &cost) == 4) {
			assert(number < network->count && to < network->count);
			assert(delay_s <= RECORD_MAX_DELAY_MS / 1000 && cost <= RECORD_MAX_COST);
			add_link(network, number, to, delay_s * 1000, cost);
		}
	}
	fclose(file);
	return true;
}

/* Names are in byte order: a topology is filled faster so. */
void
network_generate(struct network *network, uint32_t count)
{
	struct random random;

	random_seed_number(&random, count);
	for (uint32_t i = 0; i < count; i++) {
		char     name[NAME_MAX_BYTES + 1];
		uint32_t region = i;
		int      length = snprintf(name, sizeof(name), "n%07u", i);

		for (uint32_t size = count / WIDE; size > 1; size /= WIDE) {
			region /= WIDE;
			length +=
			    snprintf(name + length, sizeof(name) - (size_t)length, ".r%u", region);
		}
		add_node(network, name, "");
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t near = i - i % (WIDE * WIDE) + below(&random, WIDE * WIDE);
		uint32_t far  = below(&random, count);

		add_random_link(network, &random, i, (i + 1) % count, 60);
		add_random_link(network, &random, i, near % count, 600);
		add_random_link(network, &random, i, far, 3600);
	}
}

void
network_order_init(struct network_order *order, const struct network *network)
{
	order->out = sort_links(network, false, &order->first_out);
	order->in  = sort_links(network, true, &order->first_in);
}

void
network_order_release(struct network_order *order)
{
	free(order->out);
	free(order->first_out);
	free(order->in);
	free(order->first_in);
}

void
network_record(const struct network *network, const struct network_order *order, uint32_t number,
               struct record *record)
{
	record_clear(record);
	record->node    = network->names[number];
	record->visible = network->visible[number];
	record->serial  = 1;
	for (uint32_t i = order->first_out[number]; i < order->first_out[number + 1]; i++)
		add_record_link(record, network, &network->links[order->out[i]], RECORD_OUTBOUND);
	for (uint32_t i = order->first_in[number]; i < order->first_in[number + 1]; i++)
		add_record_link(record, network, &network->links[order->in[i]], RECORD_INBOUND);
}

void
network_topology(const struct network *network, struct topology *topology)
{
	struct network_order order;
	struct record        record;

	network_order_init(&order, network);
	record_init(&record);
	for (uint32_t i = 0; i < network->count; i++) {
		network_record(network, &order, i, &record);
		topology_put(topology, &record);
	}
	record_release(&record);
	network_order_release(&order);
}

uint32_t
network_busiest(const struct network *network)
{
	uint32_t *degrees = memory_new(network->count, sizeof(degrees[0]));
	uint32_t  busiest = 0;

	for (size_t i = 0; i < network->link_count; i++)
		degrees[network->links[i].from]++;
	for (uint32_t i = 1; i < network->count; i++)
		if (degrees[i] > degrees[busiest])
			busiest = i;
	free(degrees);
	return busiest;
}

static void
add_node(struct network *network, const char *name, const char *visible)
{
	network->names   = memory_grow(network->names, &network->capacity, network->count + 1,
	                               sizeof(network->names[0]));
	network->visible = memory_grow(network->visible, &network->visible_capacity,
	                               network->count + 1, sizeof(network->visible[0]));
	if (name_parse(&network->names[network->count], name, NULL) != STATUS_OK ||
	    name_parse_region(&network->visible[network->count], visible, NULL) != STATUS_OK)
		abort();
	network->count++;
}

static void
add_link(struct network *network, uint32_t from, uint32_t to, uint32_t delay_ms, uint32_t cost)
{
	if (from == to)
		return;
	network->links                        = memory_grow(network->links, &network->link_capacity,
	                                                    network->link_count + 1, sizeof(network->links[0]));
	network->links[network->link_count++] = (struct network_link){ from, to, delay_ms, cost };
}

static void
add_random_link(struct network *network, struct random *random, uint32_t from, uint32_t to,
                uint32_t most_s)
{
	uint32_t delay_ms = 1000 * (1 + below(random, most_s));
	uint32_t cost     = below(random, most_s);

	add_link(network, from, to, delay_ms, cost);
}

static uint32_t
below(struct random *random, uint32_t limit)
{
	return (uint32_t)random_below(random, limit);
}

/* The numbers of the links by their start or end; those of n: [first[n], first[n + 1]). */
static uint32_t *
sort_links(const struct network *network, bool by_end, uint32_t **first)
{
	uint32_t *sorted = memory_new(network->link_count, sizeof(sorted[0]));
	uint32_t *next   = memory_new(network->count + 2, sizeof(next[0]));

	for (size_t i = 0; i < network->link_count; i++)
		next[(by_end ? network->links[i].to : network->links[i].from) + 2]++;
	for (size_t i = 0; i < network->count; i++)
		next[i + 2] += next[i + 1];
	for (size_t i = 0; i < network->link_count; i++)
		sorted[next[(by_end ? network->links[i].to : network->links[i].from) + 1]++] =
		    (uint32_t)i;
	*first = next;
	return sorted;
}

/* What is declared twice stands as it was declared first; what is beyond RECORD_MAX_LINKS, as
 * uunet's last ones, is no link. */
static void
add_record_link(struct record *record, const struct network *network,
                const struct network_link *link, enum record_direction direction)
{
	struct record_link stated = {
		.to        = network->names[direction == RECORD_OUTBOUND ? link->to : link->from],
		.delay_ms  = link->delay_ms,
		.cost      = link->cost,
		.direction = direction,
	};
	enum status status = record_add_link(record, &stated);

	assert(status != STATUS_INVALID);
}
