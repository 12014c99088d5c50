/*
 * route_heap.h - a queue for keys that never fall below the last one taken
 *
 * That is all that a shortest-path search asks, and it allows more than a heap does: a
 * hot queue (Cherkassky, Goldberg and Silverstein, "Buckets, heaps, lists, and monotone
 * priority queues", SIAM J. Comput. 28, 1999). What is far from the last key lies in
 * lists, unsorted, and is moved a few times at most; only what is near is sorted, and
 * that is little. The key is (primary, secondary, hops); an entry is never moved up when
 * its key improves: it is put in again, and the search skips the stale one.
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

struct route_heap_list {
	struct route_heap_entry *entries;
	size_t                   count;
	size_t                   capacity;
};

enum {
	ROUTE_HEAP_DIGIT_BITS = 6,
	ROUTE_HEAP_FAN        = 1 << ROUTE_HEAP_DIGIT_BITS,
	ROUTE_HEAP_LEVELS     = (64 + ROUTE_HEAP_DIGIT_BITS - 1) / ROUTE_HEAP_DIGIT_BITS,
};

/*
 * Primaries up to near_last are near: in `sorted`, or in a binary heap, `near`, if they
 * came late or are too many. A primary beyond is written in digits of six bits. far[n][d]
 * holds those whose highest digit that differs from near_last's is the n-th, and is d: so
 * a list of a lower n comes before all of a higher one, and one of a lower d before those
 * beside it.
 */
struct route_heap {
	struct route_heap_list sorted; /* from `taken` on */
	size_t                 taken;
	struct route_heap_list near;
	uint64_t               near_last; /* never falls */
	struct route_heap_list far[ROUTE_HEAP_LEVELS][ROUTE_HEAP_FAN];
	uint64_t filled[ROUTE_HEAP_LEVELS]; /* a bit for each list that is not empty */
	uint32_t filled_levels;             /* a bit for each such level */
};

void route_heap_init(struct route_heap *heap);
void route_heap_release(struct route_heap *heap);

/* An empty heap takes any key again. */
void route_heap_restart(struct route_heap *heap);

/* The key is not below the one taken last. */
void route_heap_put(struct route_heap *heap, uint32_t node, uint64_t primary, uint64_t secondary,
                    uint32_t hops);

/* Takes an entry of the least key from those near; false if none is. */
bool route_heap_take(struct route_heap *heap, struct route_heap_entry *entry);

/*
 * When none is near: brings the next ones there, and shows them, in no particular order,
 * to a caller who can prepare for them. NULL if there are none at all; borrowed until the
 * next call.
 */
const struct route_heap_list *route_heap_approach(struct route_heap *heap);

#endif
