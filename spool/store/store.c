/*
 * store.c - opening the database, and its transactions
 *
 * Durability is chosen here: WAL with synchronous=FULL syncs the log at each commit.
 * Checkpoints are ours and not SQLite's automatic ones, whose errors nobody would see:
 * a sync that failed in a checkpoint must end this process as well (trust T2). One
 * process, one connection: locking_mode=EXCLUSIVE keeps the index of the log in memory,
 * so there is no -shm file.
 */
#include "spool/store/store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/store/schema.h"
#include "spool/store/statement.h"

enum {
	/* Pages of log that make a checkpoint: it rewrites each page once, however often it
	 * changed since the last, so a few commits are let to gather. */
	CHECKPOINT_PAGES = 2000,
};

static enum status open_database(struct store *store, const char *path,
                                 const struct store_options *options,
                                 struct diagnostic          *diagnostic);
static void        read_only_address(char *address, size_t size, const char *path);
static bool        log_is_empty(const char *vfs, const char *path);
static enum status configure(sqlite3 *database, const struct store_options *options,
                             struct diagnostic *diagnostic);
static enum status set(sqlite3 *database, const char *sql, const char *expected,
                       struct diagnostic *diagnostic);
static int         note_log_size(void *context, sqlite3 *database, const char *name, int pages);
static void        checkpoint(struct store *store);
static void        forget_cache(struct disk *disk, const char *path);

enum status
store_open(struct store **out, const char *path, const struct store_options *options,
           struct diagnostic *diagnostic)
{
	static const struct store_options usual;
	struct store                     *store = memory_new(1, sizeof(*store));
	enum status                       status;

	if (options == NULL)
		options = &usual;
	if (options->disk != NULL)
		forget_cache(options->disk, path);
	status = open_database(store, path, options, diagnostic);
	if (status == STATUS_OK)
		status = set(store->database, "PRAGMA locking_mode = EXCLUSIVE", "exclusive",
		             diagnostic);
	if (status == STATUS_OK)
		status = schema_check(store->database, !options->read_only, diagnostic);
	if (status == STATUS_OK)
		status = configure(store->database, options, diagnostic);
	if (status == STATUS_OK && !options->read_only)
		status = schema_migrate(store->database, diagnostic);
	if (status != STATUS_OK) {
		/* Whatever this file is, closing it must not move its log into it. */
		sqlite3_db_config(store->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		store_close(store);
		return status;
	}
	store->checkpoint_pages =
	    options->checkpoint_pages > 0 ? options->checkpoint_pages : CHECKPOINT_PAGES;
	sqlite3_wal_hook(store->database, note_log_size, store);
	store->copies_version = 1;
	*out                  = store;
	return STATUS_OK;
}

/*
 * A commit whose sync failed ended the last process, but its frames may still be in memory, as
 * valid as any: what would be appended to them would be lost with them when the power goes.
 * What the files do not hold yet is not there to be forgotten.
 */
static void
forget_cache(struct disk *disk, const char *path)
{
	char log_path[DISK_PATH_SIZE];

	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	disk->operations->forget_cache(disk, path);
	disk->operations->forget_cache(disk, log_path);
}

void
store_close(struct store *store)
{
	int result;

	if (store == NULL)
		return;
	if (store->in_transaction)
		store_rollback(store);
	for (size_t i = 0; i < STORE_STATEMENTS_MAX; i++) {
		sqlite3_finalize(store->statements[i].prepared);
		free(store->statements[i].names);
	}
	if (store->dead)
		sqlite3_db_config(store->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	result = sqlite3_close(store->database);
	assert(result == SQLITE_OK);
	(void)result;
	free(store);
}

enum status
store_begin(struct store *store)
{
	struct statement statement;

	assert(!store->in_transaction);
	if (store->dead)
		return store->failure;
	store->failure = STATUS_OK;
	statement      = statement_of(store, "BEGIN");
	statement_run(&statement);
	store->in_transaction = store->failure == STATUS_OK;
	store->changes_before = sqlite3_total_changes64(store->database);
	return store->failure;
}

enum status
store_commit(struct store *store)
{
	struct statement statement = statement_of(store, "COMMIT");

	assert(store->in_transaction);
	if (store->failure == STATUS_OK)
		statement_run(&statement);
	if (store->failure != STATUS_OK) {
		store_rollback(store);
		return store->failure;
	}
	store->in_transaction = false;
	if (store->log_pages >= store->checkpoint_pages)
		checkpoint(store);
	return STATUS_OK;
}

void
store_rollback(struct store *store)
{
	assert(store->in_transaction);
	/* After some errors SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(store->database) &&
	    sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
		statement_fail(store, sqlite3_errcode(store->database));
	store->in_transaction = false;
	store->last_id_key    = 0;
}

bool
store_changed(const struct store *store)
{
	return sqlite3_total_changes64(store->database) != store->changes_before;
}

enum status
store_failure(const struct store *store)
{
	return store->failure;
}

const char *
store_failure_text(const struct store *store)
{
	return store->failure_text;
}

static enum status
open_database(struct store *store, const char *path, const struct store_options *options,
              struct diagnostic *diagnostic)
{
	int  flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE;
	char address[1024];
	int  result;

	if (options->in_memory)
		path = ":memory:";
	if (!options->read_only)
		flags |= SQLITE_OPEN_CREATE;
	if (options->read_only && log_is_empty(options->vfs, path)) {
		flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READONLY |
		        SQLITE_OPEN_URI;
		read_only_address(address, sizeof(address), path);
		path = address;
	}
	result = sqlite3_open_v2(path, &store->database, flags, options->vfs);
	if (result == SQLITE_OK)
		return STATUS_OK;
	diagnostic_set(diagnostic, "%s", sqlite3_errmsg(store->database));
	return schema_status(store->database, result);
}

/* Without a log the file alone is the truth, and can be read with no lock and no right to
 * write beside it. */
static void
read_only_address(char *address, size_t size, const char *path)
{
	size_t length = (size_t)snprintf(address, size, "file:");

	for (; *path != '\0' && length + 20 < size; path++)
		length += (size_t)snprintf(address + length, size - length,
		                           strchr("%?#", *path) != NULL ? "%%%02x" : "%c",
		                           (unsigned char)*path);
	snprintf(address + length, size - length, "?immutable=1");
}

static bool
log_is_empty(const char *vfs_name, const char *path)
{
	sqlite3_vfs *vfs   = sqlite3_vfs_find(vfs_name);
	int          there = 1;
	char         log_path[1024];

	snprintf(log_path, sizeof(log_path), "%s-wal", path);
	return vfs != NULL &&
	       vfs->xAccess(vfs, log_path, SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && !there;
}

static enum status
configure(sqlite3 *database, const struct store_options *options, struct diagnostic *diagnostic)
{
	/* In this order, each with the answer that proves that it took. */
	const struct {
		const char *sql;
		const char *expected; /* NULL = it answers nothing */
	} settings[] = {
		{ options->small ? "PRAGMA page_size = 1024" : "PRAGMA page_size = 4096", NULL },
		{ "PRAGMA journal_mode = WAL", options->in_memory ? "memory" : "wal" },
		{ "PRAGMA synchronous = FULL", NULL },
		{ "PRAGMA synchronous", "2" },
		{ "PRAGMA wal_autocheckpoint = 0", "0" },
		{ "PRAGMA journal_size_limit = 16777216", "16777216" },
		{ "PRAGMA secure_delete = FAST", "2" },
		{ "PRAGMA cache_size = -16384", NULL }, /* KiB */
		{ "PRAGMA temp_store = MEMORY", NULL },
		{ "PRAGMA trusted_schema = OFF", NULL },
	};
	enum status status = STATUS_OK;

	if (options->small) /* fewer slots for small allocations */
		sqlite3_db_config(database, SQLITE_DBCONFIG_LOOKASIDE, NULL, 256, 128);
	if (options->read_only) {
		sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		return set(database, "PRAGMA query_only = ON", NULL, diagnostic);
	}
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (status == STATUS_OK)
			status = set(database, settings[i].sql, settings[i].expected, diagnostic);
	return status;
}

/* Runs one PRAGMA and compares the first row of its answer, where one is expected. */
static enum status
set(sqlite3 *database, const char *sql, const char *expected, struct diagnostic *diagnostic)
{
	sqlite3_stmt *statement;
	enum status   status = STATUS_OK;
	int           result = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) {
		status = schema_status(database, result);
		diagnostic_set(diagnostic, "%s", sqlite3_errmsg(database));
	} else if (expected != NULL &&
	           (result != SQLITE_ROW ||
	            strcmp((const char *)sqlite3_column_text(statement, 0), expected) != 0)) {
		status = STATUS_IO;
		diagnostic_set(diagnostic, "the database does not take \"%s\"", sql);
	}
	sqlite3_finalize(statement);
	return status;
}

/* What SQLite calls after each commit; the context is its way to hand us our store. */
static int
note_log_size(void *context, sqlite3 *database, const char *name, int pages)
{
	struct store *store = context;

	(void)database;
	(void)name;
	store->log_pages = pages;
	return SQLITE_OK;
}

static void
checkpoint(struct store *store)
{
	int result =
	    sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	store->log_pages = 0;
	/* On a full disk the log goes on growing, and the next checkpoint tries again. */
	if (result != SQLITE_OK && schema_status(store->database, result) != STATUS_NO_SPACE)
		statement_fail(store, result);
}
