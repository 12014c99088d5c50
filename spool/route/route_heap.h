/*
 * route_heap.h - a radix heap of labels
 *
 * A priority queue for keys that never fall below the last one taken, which is all that a
 * shortest-path search asks (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for
 * the shortest path problem", JACM 37, 1990). The key is (primary, secondary, hops), one
 * number of 160 bits; an entry is never moved up when its key improves: it is put in
 * again, and the search skips the stale one.
 */
#ifndef SPOOL_ROUTE_ROUTE_HEAP_H
#define SPOOL_ROUTE_ROUTE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct route_heap_entry {
	uint64_t primary;
	uint64_t secondary;
	uint32_t hops;
	uint32_t node;
};

enum { ROUTE_HEAP_BUCKETS = 1 + 32 + 64 + 64 };

struct route_heap_bucket {
	struct route_heap_entry *entries;
	size_t                   count;
	size_t                   capacity;
};

/* Bucket b > 0 holds the keys whose highest bit that differs from `last` is bit b - 1. */
struct route_heap {
	struct route_heap_bucket buckets[ROUTE_HEAP_BUCKETS];
	uint64_t filled[(ROUTE_HEAP_BUCKETS + 63) / 64]; /* a bit for each that is not empty */
	struct route_heap_entry last; /* the key taken last: a lower bound of all */
	size_t                  count;
};

void route_heap_init(struct route_heap *heap);
void route_heap_release(struct route_heap *heap);

/* An empty heap takes any key again. */
void route_heap_restart(struct route_heap *heap);

/* The key is not below the one taken last. */
void route_heap_put(struct route_heap *heap, const struct route_heap_entry *entry);

/* Takes an entry of the least key; false if there is none. */
bool route_heap_take(struct route_heap *heap, struct route_heap_entry *entry);

#endif
