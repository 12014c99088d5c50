/*
 * store_open_test.c - which files are spools, and what opening them may change
 */
#include "spool/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/store/statement.h"
#include "tests/unit/unit.h"

static char folder[32], path[64];

static void
setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/mulga-store-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/spool.db", folder);
}

static void
teardown(void)
{
	char log[80];

	snprintf(log, sizeof(log), "%s-wal", path);
	unlink(log);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

/* The first column of the first row, by a connection of its own. */
static int64_t
number_in(sqlite3 *database, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t       number = -1;

	CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static void
change_file(const char *sql)
{
	sqlite3 *database;

	CU_ASSERT_EQUAL_FATAL(sqlite3_open(path, &database), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

static void
read_file(const char *name, struct buffer *bytes)
{
	FILE   *file = fopen(name, "rb");
	uint8_t piece[4096];
	size_t  length;

	buffer_clear(bytes);
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		buffer_append(bytes, piece, length);
	fclose(file);
}

static void
copy_file(const char *from, const char *to)
{
	struct buffer bytes = { NULL, 0, 0 };
	FILE         *file  = fopen(to, "wb");

	read_file(from, &bytes);
	CU_ASSERT_EQUAL(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
	fclose(file);
	buffer_release(&bytes);
}

static void
a_store_is_opened_again_as_it_was_left(void)
{
	struct store_options reading = { .read_only = true };
	struct diagnostic    diagnostic;
	struct store        *file;
	char                 log[80], copy[80];

	CU_ASSERT_EQUAL(store_open(&file, path, &reading, &diagnostic), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL_FATAL(store_open(&file, path, NULL, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(number_in(file->database, "PRAGMA synchronous"), 2);
	CU_ASSERT_EQUAL(number_in(file->database, "PRAGMA page_size"), 4096);
	store_begin(file);
	store_setting_put_number(file, "serial", 42);
	CU_ASSERT_EQUAL(store_commit(file), STATUS_OK);

	/* A crash: the file and its log as they lie there, read without recovering them. */
	snprintf(copy, sizeof(copy), "%s/copy.db", folder);
	copy_file(path, copy);
	snprintf(log, sizeof(log), "%s-wal", path);
	snprintf(copy, sizeof(copy), "%s/copy.db-wal", folder);
	copy_file(log, copy);
	store_close(file);
	CU_ASSERT_EQUAL(access(log, F_OK), -1);
	snprintf(copy, sizeof(copy), "%s/copy.db", folder);
	CU_ASSERT_EQUAL_FATAL(store_open(&file, copy, &reading, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(store_setting_number(file, "serial", 0), 42);
	store_close(file);
	unlink(copy);
	snprintf(copy, sizeof(copy), "%s/copy.db-wal", folder);
	CU_ASSERT_EQUAL(unlink(copy), 0);

	CU_ASSERT_EQUAL_FATAL(store_open(&file, path, &reading, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(store_setting_number(file, "serial", 0), 42);
	store_close(file);
}

static void
a_spool_of_another_age_or_kind_is_left_untouched(void)
{
	static const struct {
		const char *change;
		enum status expected;
	} cases[] = {
		{ "PRAGMA user_version = 9999", STATUS_STALE },
		{ "PRAGMA application_id = 77", STATUS_INVALID },
	};
	struct buffer before = { NULL, 0, 0 }, after = { NULL, 0, 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diagnostic diagnostic;
		struct store     *file;

		CU_ASSERT_EQUAL_FATAL(store_open(&file, path, NULL, &diagnostic), STATUS_OK);
		store_close(file);
		change_file(cases[i].change);
		read_file(path, &before);
		diagnostic_init(&diagnostic);
		CU_ASSERT_EQUAL(store_open(&file, path, NULL, &diagnostic), cases[i].expected);
		CU_ASSERT_STRING_NOT_EQUAL(diagnostic.text, "");
		read_file(path, &after);
		CU_ASSERT_TRUE(span_equal(buffer_span(&before), buffer_span(&after)));
		unlink(path);
	}
	buffer_release(&before);
	buffer_release(&after);
}

static void
a_file_that_is_no_database_is_called_corrupt(void)
{
	struct diagnostic diagnostic;
	struct store     *file;
	FILE             *garbage;

	garbage = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("not a database at all; ", garbage);
	fclose(garbage);
	CU_ASSERT_EQUAL(store_open(&file, path, NULL, &diagnostic), STATUS_CORRUPT);
}

static void
two_owners_at_once_are_refused(void)
{
	struct diagnostic diagnostic;
	struct store     *first, *second;

	CU_ASSERT_EQUAL_FATAL(store_open(&first, path, NULL, &diagnostic), STATUS_OK);
	CU_ASSERT_EQUAL(store_open(&second, path, NULL, &diagnostic), STATUS_BUSY);
	store_close(first);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_store_is_opened_again_as_it_was_left),
	UNIT_TEST(a_spool_of_another_age_or_kind_is_left_untouched),
	UNIT_TEST(a_file_that_is_no_database_is_called_corrupt),
	UNIT_TEST(two_owners_at_once_are_refused),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo store_open_suite = UNIT_SUITE("store/store_open", setup, teardown, tests);
