/*
 * route_heap_test.c - keys come out in order, whatever their bits
 */
#include "spool/route/route_heap.h"

#include "spool/base/random.h"
#include "tests/unit/unit.h"

static int
compare(const struct route_heap_entry *a, const struct route_heap_entry *b)
{
	if (a->primary != b->primary)
		return a->primary < b->primary ? -1 : 1;
	if (a->secondary != b->secondary)
		return a->secondary < b->secondary ? -1 : 1;
	return a->hops < b->hops ? -1 : a->hops > b->hops;
}

static void
put_entry(struct route_heap *heap, const struct route_heap_entry *entry)
{
	route_heap_put(heap, entry->node, entry->primary, entry->secondary, entry->hops);
}

static bool
take_entry(struct route_heap *heap, struct route_heap_entry *entry)
{
	return route_heap_take(heap, entry) ||
	       (route_heap_approach(heap) != NULL && route_heap_take(heap, entry));
}

static void
keys_never_fall_while_new_ones_come(void)
{
	struct random           random;
	struct route_heap       heap;
	struct route_heap_entry last = { .primary = 0 }, entry;
	unsigned                put = 1, taken = 0;

	random_seed_number(&random, 7);
	route_heap_init(&heap);
	put_entry(&heap, &last);
	while (take_entry(&heap, &entry)) {
		CU_ASSERT_TRUE(compare(&last, &entry) <= 0);
		last = entry;
		taken++;
		for (unsigned i = 0; i < 3 && put < 2000; i++, put++) {
			struct route_heap_entry next = last;

			/* above the last in one of the three parts; those below it may be anything */
			switch (random_below(&random, 3)) {
			case 0:
				next.primary +=
				    random_below(&random, UINT64_C(1) << random_below(&random, 40));
				break;
			case 1:
				next.primary += 1;
				next.secondary = random_next(&random) >> 8;
				next.hops      = (uint32_t)random_next(&random);
				break;
			default:
				next.hops += next.hops < UINT32_MAX;
			}
			put_entry(&heap, &next);
		}
	}
	CU_ASSERT_EQUAL(taken, put);
	CU_ASSERT_EQUAL(put, 2000);
	route_heap_restart(&heap);
	entry = (struct route_heap_entry){ .primary = 0, .node = 9 };
	put_entry(&heap, &entry);
	CU_ASSERT_TRUE(take_entry(&heap, &entry));
	CU_ASSERT_EQUAL(entry.node, 9);
	route_heap_release(&heap);
}

/* Long lists, of keys near and far, of many equal ones; each that is taken brings another. */
static void
many_keys_at_once_come_out_in_order(void)
{
	static const uint64_t ranges[] = { 1, 2, 50, 10000, UINT64_C(1) << 33, UINT64_C(1) << 62 };
	enum { MANY = 3000 };
	struct random     random;
	struct route_heap heap;

	random_seed_number(&random, 8);
	route_heap_init(&heap);
	for (size_t range = 0; range < sizeof(ranges) / sizeof(ranges[0]); range++) {
		struct route_heap_entry last  = { .primary = 0 }, entry;
		unsigned                taken = 0;

		route_heap_restart(&heap);
		for (uint32_t i = 0; i < MANY; i++)
			route_heap_put(&heap, i, random_below(&random, ranges[range]),
			               random_below(&random, 100), i);
		for (; take_entry(&heap, &entry); last = entry, taken++) {
			CU_ASSERT_TRUE(compare(&last, &entry) <= 0);
			if (entry.hops < MANY)
				route_heap_put(&heap, entry.node,
				               entry.primary + random_below(&random, ranges[range]),
				               entry.secondary, entry.hops + MANY);
		}
		CU_ASSERT_EQUAL(taken, 2 * MANY);
	}
	route_heap_release(&heap);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(keys_never_fall_while_new_ones_come),
	UNIT_TEST(many_keys_at_once_come_out_in_order),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_heap_suite = UNIT_SUITE("route/heap", NULL, NULL, tests);
