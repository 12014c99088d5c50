/*
 * node_by_hand.h - what a link and an arrival know of media that are carried
 */
#ifndef DAEMON_NODE_NODE_BY_HAND_H
#define DAEMON_NODE_NODE_BY_HAND_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/base/instant.h"

/* Of a link: a visit to its folder. */
struct node_visit {
	uint64_t       id;      /* of the one that goes on; 0 = none                      */
	bool           found;   /* the folder is there, or has changed: it is to be visited */
	bool           by_hand; /* the operator asked for it: at any time                   */
	struct instant free;    /* not before                                             */
};

/* Of an arrival: the item of a bundle that it is. */
struct node_carried {
	uint64_t bundle; /* 0: it came otherwise                    */
	uint32_t item;
	uint64_t skip; /* so many bytes of its body are here already */
};

#endif
