/*
 * region_tree_test.c - dense ids, parents first, texts that stay where they are
 */
#include "spool/name/region_tree.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

enum { MANY = 20000 };

static struct region_tree tree;

static void
setup(void)
{
	region_tree_init(&tree);
}

static void
teardown(void)
{
	region_tree_release(&tree);
}

static void
a_new_tree_holds_the_world_alone(void)
{
	CU_ASSERT_EQUAL(region_tree_count(&tree), 1);
	CU_ASSERT_EQUAL(region_tree_find(&tree, ""), REGION_TREE_WORLD);
	CU_ASSERT_EQUAL(region_tree_intern(&tree, ""), REGION_TREE_WORLD);
	CU_ASSERT_EQUAL(region_tree_parent(&tree, REGION_TREE_WORLD), REGION_TREE_NONE);
	CU_ASSERT_STRING_EQUAL(region_tree_text(&tree, REGION_TREE_WORLD), "");
	CU_ASSERT_EQUAL(region_tree_find(&tree, "au"), REGION_TREE_NONE);
}

static void
a_name_brings_its_regions_parents_first(void)
{
	static const char *const texts[] = { "", "au", "oz.au", "su.oz.au", "cs.su.oz.au" };
	uint32_t                 id      = region_tree_intern(&tree, "cs.su.oz.au");

	CU_ASSERT_EQUAL(id, 4);
	CU_ASSERT_EQUAL(region_tree_count(&tree), 5);
	for (uint32_t i = 0; i < 5; i++) {
		CU_ASSERT_STRING_EQUAL(region_tree_text(&tree, i), texts[i]);
		CU_ASSERT_EQUAL(region_tree_find(&tree, texts[i]), i);
		CU_ASSERT_EQUAL(region_tree_parent(&tree, i), i == 0 ? REGION_TREE_NONE : i - 1);
	}
}

static void
a_second_name_shares_the_regions_of_the_first(void)
{
	uint32_t cs = region_tree_intern(&tree, "cs.su.oz.au");
	uint32_t mu = region_tree_intern(&tree, "cs.mu.oz.au");

	CU_ASSERT_EQUAL(region_tree_count(&tree), 7);
	CU_ASSERT_NOT_EQUAL(cs, mu);
	CU_ASSERT_EQUAL(region_tree_parent(&tree, region_tree_parent(&tree, mu)),
	                region_tree_find(&tree, "oz.au"));
	CU_ASSERT_EQUAL(region_tree_intern(&tree, "cs.su.oz.au"), cs);
	CU_ASSERT_EQUAL(region_tree_count(&tree), 7);
}

static void
within_climbs_by_whole_components(void)
{
	static const struct {
		const char *name, *region;
		bool        within;
	} cases[] = {
		{ "phys.su.oz.au", "su.oz.au", true },
		{ "phys.su.oz.au", "phys.su.oz.au", true },
		{ "phys.su.oz.au", "", true },
		{ "", "", true },
		{ "", "au", false },
		{ "su.oz.au", "phys.su.oz.au", false },
		{ "geophys.su.oz.au", "phys.su.oz.au", false },
		{ "xsu.oz.au", "su.oz.au", false },
		{ "au.oz", "au", false },
	};

	/* the order of interning must not matter, so once in each direction */
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			uint32_t first, second;

			first =
			    region_tree_intern(&tree, round == 0 ? cases[i].name : cases[i].region);
			second =
			    region_tree_intern(&tree, round == 0 ? cases[i].region : cases[i].name);
			CU_ASSERT_EQUAL(region_tree_within(&tree, round == 0 ? first : second,
			                                   round == 0 ? second : first),
			                cases[i].within);
			CU_ASSERT_EQUAL(name_within(cases[i].name, cases[i].region),
			                cases[i].within);
		}
		teardown();
		setup();
	}
}

static void
texts_and_ids_stay_while_the_tree_grows(void)
{
	const char *early;
	char        text[64];

	region_tree_intern(&tree, "first.oz.au");
	early = region_tree_text(&tree, region_tree_find(&tree, "first.oz.au"));
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "node%u.dept%u.oz.au", i, i % 100);
		region_tree_intern(&tree, text);
	}
	CU_ASSERT_EQUAL(region_tree_count(&tree), 1 + 3 + 100 + MANY);
	CU_ASSERT_PTR_EQUAL(early, region_tree_text(&tree, region_tree_find(&tree, "first.oz.au")));
	for (unsigned i = 0; i < MANY; i++) {
		uint32_t id;

		snprintf(text, sizeof(text), "node%u.dept%u.oz.au", i, i % 100);
		id = region_tree_find(&tree, text);
		CU_ASSERT_NOT_EQUAL_FATAL(id, REGION_TREE_NONE);
		CU_ASSERT_STRING_EQUAL(region_tree_text(&tree, id), text);
		CU_ASSERT_STRING_EQUAL(region_tree_text(&tree, region_tree_parent(&tree, id)),
		                       strchr(text, '.') + 1);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_new_tree_holds_the_world_alone),
	UNIT_TEST(a_name_brings_its_regions_parents_first),
	UNIT_TEST(a_second_name_shares_the_regions_of_the_first),
	UNIT_TEST(within_climbs_by_whole_components),
	UNIT_TEST(texts_and_ids_stay_while_the_tree_grows),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo region_tree_suite = UNIT_SUITE("name/region_tree", setup, teardown, tests);
