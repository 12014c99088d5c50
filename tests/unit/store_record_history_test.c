/*
 * store_record_history_test.c - what was known on a day, and how much of that is kept
 */
#include "spool/store/store_topology.h"

#include "tests/unit/unit.h"

static struct store *store;

static void
setup(void)
{
	struct store_options in_memory = { .in_memory = true };

	CU_ASSERT_EQUAL_FATAL(store_open(&store, "", &in_memory, NULL), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(store_begin(store), STATUS_OK);
}

static void
teardown(void)
{
	store_close(store);
}

static void
put_version(uint64_t serial, int64_t taken_ms)
{
	struct stored_record record;

	stored_record_init(&record);
	record.node     = *name_of("b.oz.au");
	record.serial   = serial;
	record.taken.ms = taken_ms;
	buffer_append_format(&record.bytes, "version %u", (unsigned)serial);
	store_record_put(store, &record);
	stored_record_release(&record);
}

static void
a_day_has_the_records_that_were_there_then(void)
{
	static const struct {
		int64_t     at_ms;
		const char *expected; /* NULL: nothing was known */
	} cases[] = {
		{ 99, NULL },         { 100, "version 1" }, { 199, "version 1" },
		{ 200, "version 2" }, { 299, "version 2" }, { 300, NULL },
		{ 400, "version 3" }, { 999, "version 3" },
	};
	struct stored_version version;
	struct name           node;
	int64_t               after = 0;

	stored_version_init(&version);
	put_version(1, 100);
	put_version(2, 200);
	store_record_delete(store, "b.oz.au", (struct walltime){ 300 });
	CU_ASSERT_TRUE(store_record_history_node(store, "", &node));
	CU_ASSERT_STRING_EQUAL(node.text, "b.oz.au");
	put_version(3, 400);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool found = store_record_history_at(store, "b.oz.au",
		                                     (struct walltime){ cases[i].at_ms }, &version);

		CU_ASSERT_EQUAL(found, cases[i].expected != NULL);
		if (found && cases[i].expected != NULL)
			CU_ASSERT_STRING_EQUAL(buffer_text(&version.bytes), cases[i].expected);
	}
	for (uint64_t serial = 1; serial <= 3; serial++) {
		CU_ASSERT_TRUE(store_record_history_next(store, "b.oz.au", after, &version));
		CU_ASSERT_EQUAL(version.serial, serial);
		CU_ASSERT_EQUAL(version.until.ms, serial == 3 ? 0 : 100 * (int64_t)serial + 100);
		after = version.key;
	}
	CU_ASSERT_FALSE(store_record_history_next(store, "b.oz.au", after, &version));
	CU_ASSERT_FALSE(store_record_history_node(store, node.text, &node));
	stored_version_release(&version);
}

static void
the_history_of_records_is_bounded_in_time_and_number(void)
{
	struct stored_version version;

	stored_version_init(&version);
	for (int i = 1; i <= STORE_RECORD_VERSIONS_MAX + 10; i++)
		put_version((uint64_t)i, i);
	CU_ASSERT_TRUE(store_record_history_next(store, "b.oz.au", 0, &version));
	CU_ASSERT_EQUAL(version.serial, 10); /* 10 .. 1009 are old, 1010 is the present one */
	store_record_history_purge(store, (struct walltime){ 500 });
	CU_ASSERT_TRUE(store_record_history_next(store, "b.oz.au", 0, &version));
	CU_ASSERT_EQUAL(version.until.ms, 500);
	stored_version_release(&version);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_day_has_the_records_that_were_there_then),
	UNIT_TEST(the_history_of_records_is_bounded_in_time_and_number),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo record_history_suite = UNIT_SUITE("store/record_history", setup, teardown, tests);
