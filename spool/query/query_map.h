/*
 * query_map.h - a picture of the network: what is drawn, and where
 *
 * Regions are boxes in boxes, nodes are tiles, links are lines between tiles. Only regions
 * that hold two things or more are boxes: a chain of regions would be a box in a box in a
 * box. Coordinates are whole pixels, x to the right and y down, so that the same network
 * gives the same bytes on every machine.
 */
#ifndef SPOOL_QUERY_QUERY_MAP_H
#define SPOOL_QUERY_QUERY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/name/name.h"
#include "spool/topology/topology.h"

/* More is no picture any more, and takes the daemon too long to arrange. */
enum { QUERY_MAP_MAX_PLACES = 500 };

enum query_map_kind {
	QUERY_MAP_BOX,       /* a region                                          */
	QUERY_MAP_HOME,      /* the node whose knowledge this is                  */
	QUERY_MAP_NODE,      /* one whose record is known                         */
	QUERY_MAP_MENTIONED, /* the end of somebody's link, no more               */
	QUERY_MAP_BEYOND,    /* known by hearsay: where nothing but pseudolinks end */
};

struct query_map_place {
	enum query_map_kind kind;
	uint32_t            id;                       /* of topology->names         */
	const char         *name;                     /* the topology's             */
	char                text[NAME_MAX_BYTES + 3]; /* what is written there      */
	uint32_t            box;          /* the place around it; the world's is its own */
	uint32_t            first, count; /* of a box: its members in map->members     */
	int                 x, y, width, height;
};

/* One way of a link; delay and cost are those of the best link of several. */
struct query_map_way {
	uint32_t delay_ms;
	uint32_t cost;
	uint32_t links; /* 0: no way in this direction */
	bool     dead;  /* stated, but carries nothing (D10, D26) */
};

/* All links between two nodes, or one pseudolink from a to b. */
struct query_map_link {
	uint32_t             a, b; /* places, a < b but for a pseudolink */
	struct query_map_way there, back;
	bool                 pseudolink;
};

struct query_map {
	struct query_map_place *places; /* by name, a box before its node; [0] is the world */
	size_t                  place_count;
	uint32_t               *members; /* of all boxes, in the order in which they are set down */
	struct query_map_link  *links;   /* ascending by (a, b), pseudolinks last */
	size_t                  link_count;
	size_t                  node_count;
};

/* Fills an uninitialised *map with what `home` knows; it borrows the topology's names. */
void query_map_init(struct query_map *map, const struct topology *topology, const char *home);
void query_map_release(struct query_map *map);

/* Gives every place its position and size, the world's at (0, 0). */
void query_map_arrange(struct query_map *map);

/* Appends the arranged map as SVG 1.1; of any map, a graph in Graphviz's language. */
void query_map_svg(const struct query_map *map, struct buffer *out);
void query_map_dot(const struct query_map *map, struct buffer *out);

/* "10 s, 500": delay and cost, and how many more links there are. */
void query_map_way_text(const struct query_map_way *way, struct buffer *out);

/* Is it the same in both directions? Then one label says all. */
bool query_map_symmetric(const struct query_map_link *link);

#endif
