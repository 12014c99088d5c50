/*
 * network_view.h - what each node of a large network knows, when all is told and quiet
 *
 * No messages travel: a node's topology is filled with the records that D23 gives it, then
 * with the pseudolinks that it learns (D20, D24) from its wider neighbors and from the nearest
 * wider node, whose views are made first. A neighbor that is not wider teaches nothing here:
 * where regions are connected by their hubs, as the paper demands, its word is never needed.
 * Views are made when asked for, so a sample of a network of ten thousand nodes is cheap.
 */
#ifndef TESTS_SUPPORT_NETWORK_VIEW_H
#define TESTS_SUPPORT_NETWORK_VIEW_H

#include <stddef.h>
#include <stdint.h>

#include "spool/route/route.h"
#include "spool/topology/topology.h"
#include "tests/support/network.h"

/* Who is told what a node says of its links. */
enum network_audience {
	NETWORK_MUTUAL, /* D23: those visible to it, and its neighbors                   */
	NETWORK_REGION, /* all of its visible region, too: the paper's further work asks */
};

struct network_view {
	struct topology     topology;
	struct route_tables tables;
};

struct network_views {
	const struct network *network; /* borrowed */
	enum network_audience audience;
	struct network_order  order;
	struct topology       truth;   /* all records; ids by name */
	uint32_t             *ids;     /* in truth, by the node's number */
	uint32_t             *numbers; /* by those ids */
	struct network_view **views;   /* by number; NULL: not asked for yet */
};

void network_views_init(struct network_views *views, const struct network *network,
                        enum network_audience audience);
void network_views_release(struct network_views *views);

/* Borrowed until the release. */
const struct network_view *network_views_get(struct network_views *views, uint32_t number);

/* How many others are told what this node says of its links. */
unsigned network_views_listeners(const struct network_views *views, uint32_t number);

/* The number of the node of that name, which must be one. */
uint32_t network_views_number(const struct network_views *views, const char *name);

#endif
