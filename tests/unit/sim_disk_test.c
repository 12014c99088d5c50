/*
 * sim_disk_test.c - the simulated disk keeps what was synced, and only that for certain
 */
#include "tests/sim/sim_disk.h"

#include <string.h>

#include "tests/unit/unit.h"

enum { SEEDS = 60 };

static const struct disk_operations *operations;
static struct disk                  *disk;

static void
begin(uint64_t seed)
{
	disk       = sim_disk_new(seed);
	operations = disk->operations;
	CU_ASSERT_EQUAL(operations->make_directory(disk, "/d", 0700), STATUS_OK);
	CU_ASSERT_EQUAL(operations->make_directory(disk, "/e", 0700), STATUS_OK);
	CU_ASSERT_EQUAL(operations->sync_directory(disk, "/"), STATUS_OK);
}

static void
end(void)
{
	sim_disk_free(disk);
}

static void
crash(void)
{
	sim_disk_crash(disk);
	sim_disk_restart(disk);
}

static struct disk_file *
write_file(const char *path, const void *data, size_t length)
{
	struct disk_file *file;

	CU_ASSERT_EQUAL_FATAL(operations->open(disk, path, DISK_WRITE, 0600, &file, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(operations->write_at(file, 0, data, length), STATUS_OK);
	return file;
}

/* Makes `path` with these bytes, all of it durable. */
static void
durable_file(const char *path, const char *folder, const void *data, size_t length)
{
	struct disk_file *file = write_file(path, data, length);

	CU_ASSERT_EQUAL(operations->sync(file), STATUS_OK);
	CU_ASSERT_EQUAL(operations->sync_directory(disk, folder), STATUS_OK);
	operations->close(file);
}

static size_t
read_file(const char *path, char *data, size_t size)
{
	struct disk_file *file;
	uint64_t          length;

	CU_ASSERT_EQUAL_FATAL(operations->open(disk, path, DISK_READ, 0, &file, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(operations->size(file, &length), STATUS_OK);
	CU_ASSERT_FATAL(length <= size);
	CU_ASSERT_EQUAL(operations->read_at(file, 0, data, (size_t)length), STATUS_OK);
	operations->close(file);
	return (size_t)length;
}

static bool
there(const char *path)
{
	return operations->exists(disk, path) == STATUS_OK;
}

static void
what_was_synced_survives(void)
{
	char data[16];

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		begin(seed);
		durable_file("/d/a", "/d", "hello", 5);
		crash();
		CU_ASSERT_EQUAL(read_file("/d/a", data, sizeof(data)), 5);
		CU_ASSERT_EQUAL(memcmp(data, "hello", 5), 0);
		end();
	}
}

static void
a_name_needs_a_sync_of_its_directory(void)
{
	unsigned kept = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct disk_file *file;

		begin(seed);
		file = write_file("/d/a", "hello", 5);
		CU_ASSERT_EQUAL(operations->sync(file), STATUS_OK);
		crash();
		CU_ASSERT_EQUAL(operations->sync(file), STATUS_IO); /* it was open before */
		operations->close(file);
		kept += there("/d/a");
		end();
	}
	CU_ASSERT_TRUE(kept > 0 && kept < SEEDS);
}

static void
sectors_survive_or_do_not_one_by_one(void)
{
	static char old[4096], new[4096], data[4096];
	unsigned    torn = 0;

	memset(old, 'o', sizeof(old));
	memset(new, 'n', sizeof(new));
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		unsigned changed = 0;

		begin(seed);
		durable_file("/d/a", "/d", old, sizeof(old));
		operations->close(write_file("/d/a", new, sizeof(new)));
		crash();
		CU_ASSERT_EQUAL(read_file("/d/a", data, sizeof(data)), sizeof(data));
		for (size_t i = 0; i < sizeof(data); i += 512) {
			changed += data[i] == 'n';
			CU_ASSERT_EQUAL(memcmp(data + i, data[i] == 'n' ? new : old, 512), 0);
		}
		torn += changed > 0 && changed < 8;
		end();
	}
	CU_ASSERT_TRUE(torn > SEEDS / 4 && torn < SEEDS);
}

static void
growth_and_truncation_need_a_sync(void)
{
	unsigned sizes[3] = { 0 };
	char     data[2000];

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct disk_file *file;
		size_t            length;

		begin(seed);
		durable_file("/d/a", "/d", "hello", 5);
		CU_ASSERT_EQUAL(operations->open(disk, "/d/a", DISK_WRITE, 0, &file, NULL),
		                STATUS_OK);
		CU_ASSERT_EQUAL(operations->truncate(file, 2), STATUS_OK);
		operations->close(file);
		crash();
		length = read_file("/d/a", data, sizeof(data));
		CU_ASSERT_TRUE(length == 2 || length == 5);
		sizes[length == 2]++;
		end();
	}
	CU_ASSERT_TRUE(sizes[0] > 0 && sizes[1] > 0);
}

static void
a_rename_never_loses_both_names(void)
{
	unsigned outcomes[4] = { 0 };

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		begin(seed);
		durable_file("/d/a", "/d", "hello", 5);
		CU_ASSERT_EQUAL(operations->rename_new(disk, "/d/a", "/e/a"), STATUS_OK);
		CU_ASSERT_FALSE(there("/d/a"));
		crash();
		outcomes[2 * there("/d/a") + there("/e/a")]++;
		end();
	}
	CU_ASSERT_EQUAL(outcomes[0], 0);
	CU_ASSERT_TRUE(outcomes[1] > 0 && outcomes[2] > 0 && outcomes[3] > 0);
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		begin(seed);
		durable_file("/d/a", "/d", "hello", 5);
		CU_ASSERT_EQUAL(operations->rename_new(disk, "/d/a", "/d/b"), STATUS_OK);
		crash();
		CU_ASSERT_TRUE(there("/d/a") != there("/d/b"));
		end();
	}
}

static void
a_sync_of_the_new_directory_keeps_the_new_name(void)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		begin(seed);
		durable_file("/d/a", "/d", "hello", 5);
		CU_ASSERT_EQUAL(operations->rename_new(disk, "/d/a", "/e/a"), STATUS_OK);
		CU_ASSERT_EQUAL(operations->sync_directory(disk, "/e"), STATUS_OK);
		crash();
		CU_ASSERT_TRUE(there("/e/a"));
		end();
	}
}

static void
a_name_goes_with_its_directory(void)
{
	unsigned kept = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		begin(seed);
		CU_ASSERT_EQUAL(operations->make_directory(disk, "/d/sub", 0700), STATUS_OK);
		durable_file("/d/sub/a", "/d/sub", "hello", 5);
		crash();
		CU_ASSERT_EQUAL(there("/d/sub/"), there("/d/sub/a"));
		kept += there("/d/sub/a");
		end();
	}
	CU_ASSERT_TRUE(kept > 0 && kept < SEEDS);
}

static void
names_are_never_replaced(void)
{
	begin(1);
	operations->close(write_file("/d/a", "a", 1));
	operations->close(write_file("/d/b", "b", 1));
	CU_ASSERT_EQUAL(operations->rename_new(disk, "/d/a", "/d/b"), STATUS_EXISTS);
	CU_ASSERT_EQUAL(operations->link_new(disk, "/d/a", "/d/b"), STATUS_EXISTS);
	CU_ASSERT_EQUAL(operations->rename_new(disk, "/d/none", "/d/c"), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(operations->rename_new(disk, "/d/a", "/none/c"), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(operations->make_directory(disk, "/d", 0700), STATUS_EXISTS);
	CU_ASSERT_EQUAL(operations->exists(disk, "/d/a/"), STATUS_NOT_FOUND);
	end();
}

static void
after_a_failed_sync_the_next_one_lies(void)
{
	unsigned lost = 0;
	char     data[8];

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct disk_file *file;

		begin(seed);
		durable_file("/d/a", "/d", "old", 3);
		file = write_file("/d/a", "new", 3);
		sim_disk_fail_sync(disk, 0);
		CU_ASSERT_EQUAL(operations->sync(file), STATUS_IO);
		CU_ASSERT_EQUAL(operations->sync(file), STATUS_OK);
		operations->close(file);
		read_file("/d/a", data, sizeof(data));
		CU_ASSERT_EQUAL(memcmp(data, "new", 3), 0);
		crash();
		read_file("/d/a", data, sizeof(data));
		lost += memcmp(data, "old", 3) == 0;
		end();
	}
	CU_ASSERT_TRUE(lost > 0);
}

static void
a_full_disk_takes_nothing_more_until_something_goes(void)
{
	struct disk_file *file;

	begin(1);
	sim_disk_set_space(disk, 1000);
	operations->close(write_file("/d/a", "0123456789", 10));
	file = write_file("/d/b", "b", 1);
	CU_ASSERT_EQUAL(operations->write_at(file, 989, "12", 2), STATUS_NO_SPACE);
	CU_ASSERT_EQUAL(operations->unlink(disk, "/d/a"), STATUS_OK);
	CU_ASSERT_EQUAL(operations->write_at(file, 989, "12", 2), STATUS_OK);
	operations->close(file);
	end();
}

static void
the_power_goes_before_the_chosen_operation(void)
{
	struct disk_file *file;

	begin(1);
	file = write_file("/d/a", "a", 1);
	sim_disk_set_crash_at(disk, 2);
	CU_ASSERT_EQUAL(operations->write_at(file, 1, "b", 1), STATUS_OK);
	CU_ASSERT_EQUAL(operations->sync(file), STATUS_OK);
	CU_ASSERT_FALSE(sim_disk_is_crashed(disk));
	CU_ASSERT_EQUAL(operations->sync_directory(disk, "/d"), STATUS_IO);
	CU_ASSERT_TRUE(sim_disk_is_crashed(disk));
	CU_ASSERT_EQUAL(operations->exists(disk, "/d"), STATUS_IO);
	sim_disk_restart(disk);
	CU_ASSERT_EQUAL(operations->exists(disk, "/d"), STATUS_OK);
	operations->close(file);
	end();
}

static void
the_same_seed_loses_the_same(void)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		static char data[2][8192];
		size_t      length[2];

		for (int run = 0; run < 2; run++) {
			begin(seed);
			durable_file("/d/a", "/d", "old", 3);
			memset(data[run], 'x', sizeof(data[run]));
			operations->close(write_file("/d/a", data[run], sizeof(data[run])));
			crash();
			memset(data[run], 0, sizeof(data[run]));
			length[run] = read_file("/d/a", data[run], sizeof(data[run]));
			end();
		}
		CU_ASSERT_EQUAL(length[0], length[1]);
		CU_ASSERT_EQUAL(memcmp(data[0], data[1], sizeof(data[0])), 0);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_was_synced_survives),
	UNIT_TEST(a_name_needs_a_sync_of_its_directory),
	UNIT_TEST(sectors_survive_or_do_not_one_by_one),
	UNIT_TEST(growth_and_truncation_need_a_sync),
	UNIT_TEST(a_rename_never_loses_both_names),
	UNIT_TEST(a_sync_of_the_new_directory_keeps_the_new_name),
	UNIT_TEST(a_name_goes_with_its_directory),
	UNIT_TEST(names_are_never_replaced),
	UNIT_TEST(after_a_failed_sync_the_next_one_lies),
	UNIT_TEST(a_full_disk_takes_nothing_more_until_something_goes),
	UNIT_TEST(the_power_goes_before_the_chosen_operation),
	UNIT_TEST(the_same_seed_loses_the_same),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo sim_disk_suite = UNIT_SUITE("sim/sim_disk", NULL, NULL, tests);
