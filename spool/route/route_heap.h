/*
 * route_heap.h - a queue for keys that never fall below the last one taken
 *
 * That is all that a shortest-path search asks, and it allows more than a heap does: a
 * hot queue (Cherkassky, Goldberg and Silverstein, "Buckets, heaps, lists, and monotone
 * priority queues", SIAM J. Comput. 28, 1999). What is far from the last key lies in
 * buckets, unsorted, and is moved a few times at most; only what is near is in a heap, so
 * small that it stays in the fastest cache. The key is (primary, secondary, hops); an
 * entry is never moved up when its key improves: it is put in again, and the search skips
 * the stale one.
 */
#ifndef SPOOL_ROUTE_ROUTE_HEAP_H
#define SPOOL_ROUTE_ROUTE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/memory.h"

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
 * A primary beyond near_last is written in digits of six bits. far[n][d] holds those
 * whose highest digit that differs from near_last's is the n-th, and is d: so a list of a
 * lower n comes before all of a higher one, and one of a lower d before those beside it.
 */
struct route_heap {
	struct route_heap_list near;      /* a binary heap of all primaries up to near_last */
	uint64_t               near_last; /* never falls */
	struct route_heap_list far[ROUTE_HEAP_LEVELS][ROUTE_HEAP_FAN];
	uint64_t filled[ROUTE_HEAP_LEVELS]; /* a bit for each list that is not empty */
	uint32_t filled_levels;             /* a bit for each such level */
};

void route_heap_init(struct route_heap *heap);
void route_heap_release(struct route_heap *heap);

/* An empty heap takes any key again. */
void route_heap_restart(struct route_heap *heap);

/*
 * When none is near: brings the next ones there; false if there are none at all. The
 * caller finds them in `near`, in no particular order, and can prepare for them.
 */
bool route_heap_approach(struct route_heap *heap);

/* What follows is inline because it is most of a search, and a key then stays in registers. */
static inline bool
route_heap_less(const struct route_heap_entry *a, const struct route_heap_entry *b)
{
	if (a->primary != b->primary)
		return a->primary < b->primary;
	if (a->secondary != b->secondary)
		return a->secondary < b->secondary;
	return a->hops < b->hops;
}

enum { ROUTE_HEAP_STEP = 24 }; /* entries by which a short list grows at once */

static inline void
route_heap_add(struct route_heap_list *list, const struct route_heap_entry *entry)
{
	if (list->count == list->capacity)
		list->entries =
		    memory_grow(list->entries, &list->capacity, list->count + ROUTE_HEAP_STEP,
		                sizeof(list->entries[0]));
	list->entries[list->count++] = *entry;
}

/* Only for route_heap_put, as the next one. */
static inline void
route_heap_near(struct route_heap_list *near, const struct route_heap_entry *entry)
{
	size_t hole = near->count;

	route_heap_add(near, entry);
	while (hole > 0 && route_heap_less(entry, &near->entries[(hole - 1) / 2])) {
		near->entries[hole] = near->entries[(hole - 1) / 2];
		hole                = (hole - 1) / 2;
	}
	near->entries[hole] = *entry;
}

static inline void
route_heap_far(struct route_heap *heap, const struct route_heap_entry *entry)
{
	unsigned bit   = 63 - (unsigned)__builtin_clzll(entry->primary ^ heap->near_last);
	unsigned level = bit / ROUTE_HEAP_DIGIT_BITS;
	unsigned digit =
	    (unsigned)(entry->primary >> level * ROUTE_HEAP_DIGIT_BITS) & (ROUTE_HEAP_FAN - 1);

	route_heap_add(&heap->far[level][digit], entry);
	heap->filled[level] |= UINT64_C(1) << digit;
	heap->filled_levels |= 1U << level;
}

/* The key is not below the one taken last. */
static inline void
route_heap_put(struct route_heap *heap, const struct route_heap_entry *entry)
{
	if (entry->primary <= heap->near_last)
		route_heap_near(&heap->near, entry);
	else
		route_heap_far(heap, entry);
}

/* Takes an entry of the least key from those near; false if none is. */
static inline bool
route_heap_take(struct route_heap *heap, struct route_heap_entry *entry)
{
	struct route_heap_list        *near = &heap->near;
	const struct route_heap_entry *last;
	size_t                         hole = 0, child;

	if (near->count == 0)
		return false;
	*entry = near->entries[0];
	last   = &near->entries[--near->count];
	while ((child = 2 * hole + 1) < near->count) {
		if (child + 1 < near->count &&
		    route_heap_less(&near->entries[child + 1], &near->entries[child]))
			child++;
		if (!route_heap_less(&near->entries[child], last))
			break;
		near->entries[hole] = near->entries[child];
		hole                = child;
	}
	near->entries[hole] = *last;
	return true;
}

#endif
