/*
 * route_order.c - sort siblings, then lay the subtrees end to end
 *
 * Most names differ in their first eight bytes, so those are sorted byte by byte, without
 * a comparison; what is left over is little.
 */
#include "spool/route/route_order.h"

#include <stdlib.h>
#include <string.h>

struct sibling {
	uint64_t head; /* the first eight bytes of the text, as far as it goes */
	uint32_t id;
};

static struct sibling *sort_names(const struct region_tree *names, struct arena *arena);
static uint64_t        head_of(const char *text);
static void            sort_by_byte(const struct sibling *from, struct sibling *to, uint32_t count,
                                    unsigned shift);
static void            sort_equal_heads(const struct region_tree *names, struct sibling *sorted,
                                        uint32_t count);
static int             text_compare(const void *left, const void *right, void *names);

uint32_t *
route_order(const struct region_tree *names, struct arena *arena)
{
	uint32_t        count    = region_tree_count(names);
	struct sibling *sorted   = sort_names(names, arena);
	uint32_t       *sizes    = arena_new(arena, count, sizeof(sizes[0]));     /* of subtrees */
	uint32_t       *first    = arena_new(arena, count + 1, sizeof(first[0])); /* child of n */
	uint32_t       *children = arena_new(arena, count, sizeof(children[0]));
	uint32_t       *starts   = arena_new(arena, count, sizeof(starts[0])); /* of subtrees */
	uint32_t       *order    = arena_new(arena, count, sizeof(order[0]));

	for (uint32_t id = count; id-- > 1;) { /* children before parents */
		sizes[region_tree_parent(names, id)] += ++sizes[id];
		first[region_tree_parent(names, id)]++;
	}
	for (uint32_t id = 0, sum = 0; id <= count; id++) {
		sum += first[id];
		first[id] =
		    sum; /* where n's children end; filled from the end, it is where they start */
	}
	for (uint32_t i = count - 1; i-- > 0;)
		children[--first[region_tree_parent(names, sorted[i].id)]] = sorted[i].id;
	for (uint32_t id = 0; id < count; id++) { /* parents before children */
		uint32_t start = starts[id];

		for (uint32_t i = first[id]; i < first[id + 1]; i++) {
			starts[children[i]] = start;
			start += sizes[children[i]];
		}
		order[start] = id;
	}
	return order;
}

/* All but the world. */
static struct sibling *
sort_names(const struct region_tree *names, struct arena *arena)
{
	uint32_t        count  = region_tree_count(names);
	struct sibling *sorted = arena_new(arena, count, sizeof(sorted[0]));
	struct sibling *other  = arena_new(arena, count, sizeof(other[0]));

	for (uint32_t id = 1; id < count; id++)
		sorted[id - 1] =
		    (struct sibling){ .head = head_of(region_tree_text(names, id)), .id = id };
	for (unsigned shift = 0; shift < 64; shift += 16) { /* an even number of passes */
		sort_by_byte(sorted, other, count - 1, shift);
		sort_by_byte(other, sorted, count - 1, shift + 8);
	}
	sort_equal_heads(names, sorted, count - 1);
	return sorted;
}

static uint64_t
head_of(const char *text)
{
	uint64_t head = 0;

	for (unsigned i = 0; i < 8; i++)
		head = head << 8 | (*text == '\0' ? 0U : (unsigned char)*text++);
	return head;
}

/* Stable, so that passes from the last byte to the first sort by all of them. */
static void
sort_by_byte(const struct sibling *from, struct sibling *to, uint32_t count, unsigned shift)
{
	uint32_t places[257] = { 0 };

	for (uint32_t i = 0; i < count; i++)
		places[(from[i].head >> shift & 255) + 1]++;
	for (unsigned byte = 0; byte < 256; byte++)
		places[byte + 1] += places[byte];
	for (uint32_t i = 0; i < count; i++)
		to[places[from[i].head >> shift & 255]++] = from[i];
}

static void
sort_equal_heads(const struct region_tree *names, struct sibling *sorted, uint32_t count)
{
	for (uint32_t first = 0, end; first < count; first = end) {
		for (end = first + 1; end < count && sorted[end].head == sorted[first].head;)
			end++;
		if (end - first > 1)
			qsort_r(sorted + first, end - first, sizeof(sorted[0]), text_compare,
			        (void *)names);
	}
}

static int
text_compare(const void *left, const void *right, void *names)
{
	const struct sibling *a = left, *b = right;

	return strcmp(region_tree_text(names, a->id), region_tree_text(names, b->id));
}
