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

static bool
take(struct route_heap *heap, struct route_heap_entry *entry)
{
	return route_heap_take(heap, entry) ||
	       (route_heap_approach(heap) && route_heap_take(heap, entry));
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
	route_heap_put(&heap, &last);
	while (take(&heap, &entry)) {
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
			route_heap_put(&heap, &next);
		}
	}
	CU_ASSERT_EQUAL(taken, put);
	CU_ASSERT_EQUAL(put, 2000);
	route_heap_restart(&heap);
	entry = (struct route_heap_entry){ .primary = 0, .node = 9 };
	route_heap_put(&heap, &entry);
	CU_ASSERT_TRUE(take(&heap, &entry));
	CU_ASSERT_EQUAL(entry.node, 9);
	route_heap_release(&heap);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(keys_never_fall_while_new_ones_come),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo route_heap_suite = UNIT_SUITE("route/heap", NULL, NULL, tests);
