/*
 * sim_vfs_test.c - a commit that the store reported survives every power cut
 *
 * And the same cuts hurt a database that syncs less: else they would prove nothing.
 */
#include "tests/sim/sim_vfs.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/random.h"
#include "spool/store/statement.h"
#include "tests/sim/sim_disk.h"
#include "tests/unit/unit.h"

enum { FULL_CRASHES = 200, WEAK_CRASHES = 60, TRANSACTIONS = 40 };

struct loss {
	unsigned forgotten; /* commits reported and gone              */
	unsigned damaged;   /* databases that are no longer in order  */
};

static enum status
open_store(struct store **store)
{
	struct store_options options = { .vfs = "sim-test", .checkpoint_pages = 20 };

	return store_open(store, "/spool.db", &options, NULL);
}

static void
put(struct store *store, int64_t number, struct random *random)
{
	static uint8_t        bytes[20000];
	struct span           body    = { bytes, random_below(random, sizeof(bytes)) };
	struct stored_message message = { .state = MESSAGE_ACCEPTED, .size_bytes = body.length };

	snprintf(message.id.text, sizeof(message.id.text), "a-%d", (int)number);
	buffer_append_text(&message.heading, "heading");
	store_message_insert(store, &message, &body);
	if (number > 3)
		store_message_delete(store, message.key - 3);
	store_setting_put_number(store, "number", number);
	stored_message_release(&message);
}

/* Commits until the power goes; the last number whose commit was reported. */
static int64_t
work(struct store *store, struct random *random)
{
	int64_t number;

	for (number = 1; number <= TRANSACTIONS; number++) {
		if (store_begin(store) != STATUS_OK)
			break;
		put(store, number, random);
		if (store_commit(store) != STATUS_OK)
			break;
	}
	return number - 1;
}

static bool
in_order(struct store *store)
{
	sqlite3_stmt *check;
	bool          ok;

	if (sqlite3_prepare_v2(store->database, "PRAGMA integrity_check", -1, &check, NULL) !=
	    SQLITE_OK)
		return false;
	ok = sqlite3_step(check) == SQLITE_ROW &&
	     strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
	sqlite3_finalize(check);
	return ok;
}

static void
crash_once(uint64_t seed, const char *synchronous, struct loss *loss)
{
	struct disk    *disk = sim_disk_new(seed);
	struct sim_vfs *vfs  = sim_vfs_new("sim-test", disk, seed);
	struct random   random;
	struct store   *store;
	int64_t         promised;

	random_seed_number(&random, seed);
	CU_ASSERT_EQUAL_FATAL(open_store(&store), STATUS_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(store->database, synchronous, NULL, NULL, NULL), SQLITE_OK);
	sim_disk_set_crash_at(disk, random_below(&random, 400));
	promised = work(store, &random);
	sim_disk_crash(disk);
	store_close(store);
	sim_disk_restart(disk);
	if (open_store(&store) != STATUS_OK) {
		loss->damaged++;
	} else {
		int64_t number = store_setting_number(store, "number", 0);

		loss->damaged += !in_order(store);
		loss->forgotten += number < promised;
		CU_ASSERT_TRUE(number <= promised + 1);
		store_close(store);
	}
	sim_vfs_free(vfs);
	sim_disk_free(disk);
}

static void
full_loses_no_commit(void)
{
	struct loss loss = { 0, 0 };

	for (uint64_t seed = 0; seed < FULL_CRASHES; seed++)
		crash_once(seed, "PRAGMA synchronous = FULL", &loss);
	CU_ASSERT_EQUAL(loss.forgotten, 0);
	CU_ASSERT_EQUAL(loss.damaged, 0);
}

static void
normal_forgets_commits(void)
{
	struct loss loss = { 0, 0 };

	for (uint64_t seed = 0; seed < WEAK_CRASHES; seed++)
		crash_once(seed, "PRAGMA synchronous = NORMAL", &loss);
	CU_ASSERT_TRUE(loss.forgotten > 0);
	CU_ASSERT_EQUAL(loss.damaged, 0);
}

static void
off_damages_databases(void)
{
	struct loss loss = { 0, 0 };

	for (uint64_t seed = 0; seed < WEAK_CRASHES; seed++)
		crash_once(seed, "PRAGMA synchronous = OFF", &loss);
	CU_ASSERT_TRUE(loss.damaged > 0);
}

static void
a_failed_sync_kills_the_store_until_it_is_opened_again(void)
{
	struct disk    *disk = sim_disk_new(1);
	struct sim_vfs *vfs  = sim_vfs_new("sim-test", disk, 1);
	struct random   random;
	struct store   *store;
	int64_t         promised;

	random_seed_number(&random, 1);
	CU_ASSERT_EQUAL_FATAL(open_store(&store), STATUS_OK);
	sim_disk_fail_sync(disk, 30);
	promised = work(store, &random);
	CU_ASSERT_TRUE(promised > 0 && promised < TRANSACTIONS);
	CU_ASSERT_EQUAL(store_failure(store), STATUS_IO);
	CU_ASSERT_EQUAL(store_begin(store), STATUS_IO);
	store_close(store);
	sim_disk_crash(disk);
	sim_disk_restart(disk);
	CU_ASSERT_EQUAL_FATAL(open_store(&store), STATUS_OK);
	CU_ASSERT_TRUE(store_setting_number(store, "number", 0) >= promised);
	store_close(store);
	sim_vfs_free(vfs);
	sim_disk_free(disk);
}

static void
a_full_disk_lets_the_store_live(void)
{
	struct disk    *disk = sim_disk_new(1);
	struct sim_vfs *vfs  = sim_vfs_new("sim-test", disk, 1);
	struct random   random;
	struct store   *store;
	int64_t         promised;

	random_seed_number(&random, 1);
	CU_ASSERT_EQUAL_FATAL(open_store(&store), STATUS_OK);
	sim_disk_set_space(disk, sim_disk_used(disk) + 60000);
	promised = work(store, &random);
	CU_ASSERT_TRUE(promised > 0 && promised < TRANSACTIONS);
	CU_ASSERT_EQUAL(store_failure(store), STATUS_NO_SPACE);
	CU_ASSERT_EQUAL(store_setting_number(store, "number", 0), promised);
	sim_disk_set_space(disk, UINT64_MAX);
	CU_ASSERT_EQUAL(store_begin(store), STATUS_OK);
	store_setting_put_number(store, "number", 1000);
	CU_ASSERT_EQUAL(store_commit(store), STATUS_OK);
	store_close(store);
	CU_ASSERT_EQUAL_FATAL(open_store(&store), STATUS_OK);
	CU_ASSERT_EQUAL(store_setting_number(store, "number", 0), 1000);
	store_close(store);
	sim_vfs_free(vfs);
	sim_disk_free(disk);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(full_loses_no_commit),
	UNIT_TEST(normal_forgets_commits),
	UNIT_TEST(off_damages_databases),
	UNIT_TEST(a_failed_sync_kills_the_store_until_it_is_opened_again),
	UNIT_TEST(a_full_disk_lets_the_store_live),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo sim_vfs_suite = UNIT_SUITE("sim/sim_vfs", NULL, NULL, tests);
