/*
 * network.h - large networks to measure with: one that was, and some that could be
 *
 * A link is one way. In the topology everybody is visible in the world, so that every
 * node's data is used: the worst case for a calculation.
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
	size_t               count, capacity;
	struct network_link *links; /* ascending by from, but for those of network_read */
	size_t               link_count, link_capacity;
};

void network_init(struct network *network);
void network_release(struct network *network);

/* The UUCP maps: lines "H number name" and "L from to cost". False: there is no such file. */
bool network_read(struct network *network, const char *path);

/*
 * `count` nodes, ten in each region, ten regions in each wider one, three links of each
 * node: to the next one, into its wider region, and to anywhere. The same every time.
 */
void network_generate(struct network *network, uint32_t count);

/* Enters all records into an initialised topology; each link is answered by its end (D26). */
void network_topology(const struct network *network, struct topology *topology);

/* The node with the most links out. */
uint32_t network_busiest(const struct network *network);

#endif
