/*
 * route_heap.c - digits take apart what is far; what is near is few, and sorted
 *
 * The first list that is not empty holds the least keys. A short one is sorted, which for
 * so few costs less than a heap; one of a single primary, which has no digit left to be
 * taken apart by, goes to the heap. Another one is spread over the lists of lower levels
 * first: each of its entries agrees with the list's own digits, and so differs from them
 * in a lower one. An entry only ever moves down, once a level at most.
 */
#include "spool/route/route_heap.h"

#include <assert.h>
#include <stdlib.h>

#include "spool/base/memory.h"

/* Both measured, and not critical. */
enum {
	SHORT_LIST     = 24, /* so many are sorted at once */
	FIRST_CAPACITY = 64,
};

static void near_put(struct route_heap_list *heap, struct route_heap_entry entry);
static void near_take(struct route_heap_list *heap, struct route_heap_entry *entry);
static void far_put(struct route_heap *heap, struct route_heap_entry entry);
static void sort(struct route_heap_list *sorted, const struct route_heap_list *list);
static void spread(struct route_heap *heap, const struct route_heap_list *list);
static void list_add(struct route_heap_list *list, struct route_heap_entry entry);
static bool key_less(const struct route_heap_entry *a, const struct route_heap_entry *b);

void
route_heap_init(struct route_heap *heap)
{
	*heap = (struct route_heap){ .near_last = 0 };
}

void
route_heap_release(struct route_heap *heap)
{
	free(heap->sorted.entries);
	free(heap->near.entries);
	for (unsigned level = 0; level < ROUTE_HEAP_LEVELS; level++)
		for (unsigned digit = 0; digit < ROUTE_HEAP_FAN; digit++)
			free(heap->far[level][digit].entries);
	route_heap_init(heap);
}

void
route_heap_restart(struct route_heap *heap)
{
	assert(heap->taken == heap->sorted.count && heap->near.count == 0);
	assert(heap->filled_levels == 0);
	heap->near_last = 0;
}

/* The key comes in parts because those travel in registers. */
void
route_heap_put(struct route_heap *heap, uint32_t node, uint64_t primary, uint64_t secondary,
               uint32_t hops)
{
	const struct route_heap_entry entry = { primary, secondary, hops, node };

	if (primary <= heap->near_last)
		near_put(&heap->near, entry);
	else
		far_put(heap, entry);
}

bool
route_heap_take(struct route_heap *heap, struct route_heap_entry *entry)
{
	if (heap->taken < heap->sorted.count &&
	    (heap->near.count == 0 ||
	     !key_less(&heap->near.entries[0], &heap->sorted.entries[heap->taken]))) {
		*entry = heap->sorted.entries[heap->taken++];
		return true;
	}
	if (heap->near.count == 0)
		return false;
	near_take(&heap->near, entry);
	return true;
}

const struct route_heap_list *
route_heap_approach(struct route_heap *heap)
{
	assert(heap->taken == heap->sorted.count && heap->near.count == 0);

	heap->sorted.count = heap->taken = 0;
	while (heap->filled_levels != 0) {
		unsigned                level = (unsigned)__builtin_ctz(heap->filled_levels);
		unsigned                digit = (unsigned)__builtin_ctzll(heap->filled[level]);
		struct route_heap_list *list  = &heap->far[level][digit];
		/* the list's keys run from `first` to `first | lower` */
		uint64_t lower = (UINT64_C(1) << level * ROUTE_HEAP_DIGIT_BITS) - 1;
		uint64_t first = list->entries[0].primary & ~lower;
		bool     few   = list->count <= SHORT_LIST;

		heap->filled[level] &= heap->filled[level] - 1;
		if (heap->filled[level] == 0)
			heap->filled_levels &= heap->filled_levels - 1;
		heap->near_last = few ? first | lower : first;
		if (few)
			sort(&heap->sorted, list);
		else
			spread(heap, list);
		list->count = 0;
		if (few)
			return &heap->sorted;
		if (heap->near.count > 0)
			return &heap->near;
	}
	return NULL;
}

static void
near_put(struct route_heap_list *heap, struct route_heap_entry entry)
{
	size_t hole = heap->count;

	list_add(heap, entry);
	while (hole > 0 && key_less(&entry, &heap->entries[(hole - 1) / 2])) {
		heap->entries[hole] = heap->entries[(hole - 1) / 2];
		hole                = (hole - 1) / 2;
	}
	heap->entries[hole] = entry;
}

static void
near_take(struct route_heap_list *heap, struct route_heap_entry *entry)
{
	const struct route_heap_entry *last = &heap->entries[--heap->count];
	size_t                         hole = 0, child;

	*entry = heap->entries[0];
	while ((child = 2 * hole + 1) < heap->count) {
		if (child + 1 < heap->count &&
		    key_less(&heap->entries[child + 1], &heap->entries[child]))
			child++;
		if (!key_less(&heap->entries[child], last))
			break;
		heap->entries[hole] = heap->entries[child];
		hole                = child;
	}
	heap->entries[hole] = *last;
}

static inline void
far_put(struct route_heap *heap, struct route_heap_entry entry)
{
	unsigned bit   = 63 - (unsigned)__builtin_clzll(entry.primary ^ heap->near_last);
	unsigned level = bit / ROUTE_HEAP_DIGIT_BITS;
	unsigned digit =
	    (unsigned)(entry.primary >> level * ROUTE_HEAP_DIGIT_BITS) & (ROUTE_HEAP_FAN - 1);

	list_add(&heap->far[level][digit], entry);
	heap->filled[level] |= UINT64_C(1) << digit;
	heap->filled_levels |= 1U << level;
}

/* By insertion. */
static void
sort(struct route_heap_list *sorted, const struct route_heap_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct route_heap_entry entry = list->entries[i];
		size_t                        place = i;

		list_add(sorted, entry);
		for (; place > 0 && key_less(&entry, &sorted->entries[place - 1]); place--)
			sorted->entries[place] = sorted->entries[place - 1];
		sorted->entries[place] = entry;
	}
}

static void
spread(struct route_heap *heap, const struct route_heap_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->entries[i].primary == heap->near_last)
			near_put(&heap->near, list->entries[i]);
		else
			far_put(heap, list->entries[i]);
}

static inline void
list_add(struct route_heap_list *list, struct route_heap_entry entry)
{
	if (list->count == list->capacity)
		list->entries = memory_grow(list->entries, &list->capacity,
		                            list->count + FIRST_CAPACITY, sizeof(list->entries[0]));
	list->entries[list->count++] = entry;
}

static inline bool
key_less(const struct route_heap_entry *a, const struct route_heap_entry *b)
{
	if (a->primary != b->primary)
		return a->primary < b->primary;
	if (a->secondary != b->secondary)
		return a->secondary < b->secondary;
	return a->hops < b->hops;
}
