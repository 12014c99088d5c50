/*
 * network_walk.h - a message from one node of a large network to another, hop by hop
 *
 * Each node on the way forwards it by its own database and tables, as the daemon does: lookup,
 * hand-over and loop repair, with the history that the message carries.
 */
#ifndef TESTS_SUPPORT_NETWORK_WALK_H
#define TESTS_SUPPORT_NETWORK_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/network_view.h"

enum { NETWORK_WALK_MAX = 64 }; /* nodes; a message that has been at more is lost */

struct network_walk {
	uint32_t nodes[NETWORK_WALK_MAX]; /* it was at, in order, numbers of the network */
	size_t   count;
	bool     arrived;
	bool     repaired; /* some node had no lawful way, or saw a circle */
	bool     circled;  /* some node saw it come back without having got further */
};

void network_walk_make(struct network_walk *walk, struct network_views *views,
                       enum route_preference preference, uint32_t from, uint32_t to);

#endif
