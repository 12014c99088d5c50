/*
 * network.h - large networks to measure and to test with: those that were, some that could be
 *
 * A link is one way. Flat networks, in which everybody is visible in the world so that every
 * node's data is used, are the worst case for a calculation; one has visible regions.
 */
#ifndef TESTS_SUPPORT_NETWORK_H
#define TESTS_SUPPORT_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/name/name.h"
#include "spool/topology/topology.h"

struct network_link {
	uint32_t from, to;
	uint32_t delay_ms, cost;
};

struct network {
	struct name         *names;
	struct name         *visible; /* by the same numbers; "" is the world */
	size_t               count, capacity, visible_capacity;
	struct network_link *links; /* ascending by from, but for those of network_read */
	size_t               link_count, link_capacity;
};

void network_init(struct network *network);
void network_release(struct network *network);

/* The UUCP maps: lines "H number name" and "L from to cost". False: there is no such file. */
bool network_read(struct network *network, const char *path);

/* The same with visible regions: "H number name region" and "L from to delay cost". */
bool network_read_visible(struct network *network, const char *path);

/*
 * `count` nodes, ten in each region, ten regions in each wider one, three links of each
 * node: to the next one, into its wider region, and to anywhere. The same every time.
 */
void network_generate(struct network *network, uint32_t count);

/* The links by their start and by their end, for network_record; of this very network. */
struct network_order {
	uint32_t *out, *first_out; /* links of node n: out[first_out[n] .. first_out[n + 1]) */
	uint32_t *in, *first_in;
};

void network_order_init(struct network_order *order, const struct network *network);
void network_order_release(struct network_order *order);

/*
 * What node `number` says of itself, serial 1, into an initialised record; each link is
 * answered by its end (D26).
 */
void network_record(const struct network *network, const struct network_order *order,
                    uint32_t number, struct record *record);

/* Enters all records into an initialised topology. */
void network_topology(const struct network *network, struct topology *topology);

/* The node with the most links out. */
uint32_t network_busiest(const struct network *network);

#endif
