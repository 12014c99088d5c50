/*
 * route_heap.c - digits take apart what is far, a small binary heap sorts what is near
 *
 * The first list that is not empty holds the least keys. A short one becomes the heap; so
 * does one of a single primary, which has no digit left to be taken apart by. A long one
 * is spread over the lists of lower levels first: each of its entries agrees with the
 * list's own digits, and so differs from them in a lower one. An entry only ever moves
 * down, once a level at most.
 */
#include "spool/route/route_heap.h"

#include <assert.h>
#include <stdlib.h>

#include "spool/base/memory.h"

/* A heap of so many costs less than to spread them once more; measured, and not critical. */
enum { SHORT_LIST = 16 };

void
route_heap_init(struct route_heap *heap)
{
	*heap = (struct route_heap){ .near_last = 0 };
}

void
route_heap_release(struct route_heap *heap)
{
	free(heap->near.entries);
	for (unsigned level = 0; level < ROUTE_HEAP_LEVELS; level++)
		for (unsigned digit = 0; digit < ROUTE_HEAP_FAN; digit++)
			free(heap->far[level][digit].entries);
	route_heap_init(heap);
}

void
route_heap_restart(struct route_heap *heap)
{
	assert(heap->near.count == 0 && heap->filled_levels == 0);
	heap->near_last = 0;
}

bool
route_heap_approach(struct route_heap *heap)
{
	assert(heap->near.count == 0);

	while (heap->filled_levels != 0) {
		unsigned                level = (unsigned)__builtin_ctz(heap->filled_levels);
		unsigned                digit = (unsigned)__builtin_ctzll(heap->filled[level]);
		unsigned                shift = level * ROUTE_HEAP_DIGIT_BITS;
		struct route_heap_list *list  = &heap->far[level][digit];
		uint64_t                low = (UINT64_C(1) << shift) - 1; /* all of lower digits */
		uint64_t                first = list->entries[0].primary & ~low;
		bool                    ready = level == 0 || list->count <= SHORT_LIST;

		heap->filled[level] &= heap->filled[level] - 1;
		if (heap->filled[level] == 0)
			heap->filled_levels &= heap->filled_levels - 1;
		heap->near_last = ready ? first | low : first;
		for (size_t i = 0; i < list->count; i++)
			route_heap_put(heap, &list->entries[i]);
		list->count = 0;
		if (heap->near.count > 0)
			return true;
	}
	return false;
}
