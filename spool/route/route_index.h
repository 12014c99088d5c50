/*
 * route_index.h - which listed region is the most specific one that contains a name?
 *
 * Neither the paper's scan in order nor its binary chop: a hash of whole suffixes, so
 * that most names take one or two probes.
 */
#ifndef SPOOL_ROUTE_ROUTE_INDEX_H
#define SPOOL_ROUTE_ROUTE_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define ROUTE_INDEX_NONE UINT32_MAX

struct route_index_slot {
	const char *region; /* NULL: free */
	uint32_t    hash;
	uint32_t    number;
};

struct route_index {
	struct route_index_slot *slots;
	size_t                   slot_count; /* a power of two, at least twice `count` */
	size_t                   count;
};

/* Room for `most` regions. */
void route_index_init(struct route_index *index, size_t most);
void route_index_release(struct route_index *index);

/* Each region once. Its text is borrowed for as long as the index is used. */
void route_index_put(struct route_index *index, const char *region, uint32_t number);

/* The number of the region itself, or ROUTE_INDEX_NONE. */
uint32_t route_index_get(const struct route_index *index, const char *region);

/* The number of the deepest region that contains `name`, the world left out. */
uint32_t route_index_find(const struct route_index *index, const char *name);

#endif
