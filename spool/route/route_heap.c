/*
 * route_heap.c - buckets by the highest bit that differs from the last key taken
 *
 * When bucket 0 (keys equal to the last) is empty, the least key of the first bucket
 * that is not becomes the new last, and that bucket's entries go to lower ones: each
 * differs from the new last in a lower bit than from the old. So an entry only ever
 * moves down, and all the work per entry is bounded by the bits of a key.
 */
#include "spool/route/route_heap.h"

#include <assert.h>
#include <stdlib.h>

#include "spool/base/memory.h"

static unsigned bucket_of(const struct route_heap_entry *last,
                          const struct route_heap_entry *entry);
static bool     key_less(const struct route_heap_entry *a, const struct route_heap_entry *b);
static void     bucket_add(struct route_heap *heap, unsigned number,
                           const struct route_heap_entry *entry);
static void     refill(struct route_heap *heap);

void
route_heap_init(struct route_heap *heap)
{
	*heap = (struct route_heap){ .count = 0 };
}

void
route_heap_release(struct route_heap *heap)
{
	for (size_t i = 0; i < ROUTE_HEAP_BUCKETS; i++)
		free(heap->buckets[i].entries);
	route_heap_init(heap);
}

void
route_heap_restart(struct route_heap *heap)
{
	assert(heap->count == 0);
	heap->last = (struct route_heap_entry){ .primary = 0 };
}

void
route_heap_put(struct route_heap *heap, const struct route_heap_entry *entry)
{
	assert(!key_less(entry, &heap->last));
	bucket_add(heap, bucket_of(&heap->last, entry), entry);
	heap->count++;
}

bool
route_heap_take(struct route_heap *heap, struct route_heap_entry *entry)
{
	struct route_heap_bucket *equal = &heap->buckets[0];

	if (heap->count == 0)
		return false;
	if (equal->count == 0)
		refill(heap);
	*entry = equal->entries[--equal->count];
	if (equal->count == 0)
		heap->filled[0] &= ~UINT64_C(1);
	heap->count--;
	return true;
}

static unsigned
bucket_of(const struct route_heap_entry *last, const struct route_heap_entry *entry)
{
	if (entry->primary != last->primary)
		return 1 + 32 + 64 + 63 - (unsigned)__builtin_clzll(entry->primary ^ last->primary);
	if (entry->secondary != last->secondary)
		return 1 + 32 + 63 - (unsigned)__builtin_clzll(entry->secondary ^ last->secondary);
	if (entry->hops != last->hops)
		return 1 + 31 - (unsigned)__builtin_clz(entry->hops ^ last->hops);
	return 0;
}

static bool
key_less(const struct route_heap_entry *a, const struct route_heap_entry *b)
{
	if (a->primary != b->primary)
		return a->primary < b->primary;
	if (a->secondary != b->secondary)
		return a->secondary < b->secondary;
	return a->hops < b->hops;
}

static void
bucket_add(struct route_heap *heap, unsigned number, const struct route_heap_entry *entry)
{
	struct route_heap_bucket *bucket = &heap->buckets[number];

	if (bucket->count == bucket->capacity)
		bucket->entries = memory_grow(bucket->entries, &bucket->capacity, bucket->count + 1,
		                              sizeof(bucket->entries[0]));
	bucket->entries[bucket->count++] = *entry;
	heap->filled[number / 64] |= UINT64_C(1) << number % 64;
}

static void
refill(struct route_heap *heap)
{
	unsigned                  word = 0, number;
	struct route_heap_bucket *bucket;

	while (heap->filled[word] == 0)
		word++;
	number     = 64 * word + (unsigned)__builtin_ctzll(heap->filled[word]);
	bucket     = &heap->buckets[number];
	heap->last = bucket->entries[0];
	for (size_t i = 1; i < bucket->count; i++)
		if (key_less(&bucket->entries[i], &heap->last))
			heap->last = bucket->entries[i];
	for (size_t i = 0; i < bucket->count; i++)
		bucket_add(heap, bucket_of(&heap->last, &bucket->entries[i]), &bucket->entries[i]);
	bucket->count = 0;
	heap->filled[word] &= ~(UINT64_C(1) << number % 64);
}
