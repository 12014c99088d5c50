/*
 * schema.c - the files of schema/, compiled in, each run once
 */
#include "spool/store/schema.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { SPOOL_APPLICATION_ID = 0x6d756c67 }; /* "mulg"; 0001_initial.sql sets it */

/* In the order of their versions: the makefile sorts the files. */
static const struct migration {
	int         version;
	const char *name;
	const char *sql;
} migrations[] = {
#include "schema.inc"
};

enum { MIGRATION_COUNT = sizeof(migrations) / sizeof(migrations[0]) };

static enum status migrate(sqlite3 *database, const struct migration *migration,
                           struct diagnostic *diagnostic);
static int         read_number(sqlite3 *database, const char *sql, int64_t *value);
static enum status failed(sqlite3 *database, int result, struct diagnostic *diagnostic);

enum status
schema_check(sqlite3 *database, bool may_migrate, struct diagnostic *diagnostic)
{
	int64_t version = 0, application = 0, tables = 0;
	int     newest = migrations[MIGRATION_COUNT - 1].version, result;

	result = read_number(database, "PRAGMA user_version", &version);
	if (result == SQLITE_OK)
		result = read_number(database, "PRAGMA application_id", &application);
	if (result == SQLITE_OK)
		result = read_number(database, "SELECT count(*) FROM sqlite_schema", &tables);
	if (result != SQLITE_OK)
		return failed(database, result, diagnostic);
	if (application != SPOOL_APPLICATION_ID && (tables > 0 || version > 0)) {
		diagnostic_set(diagnostic, "this is a database, but not a spool");
		return STATUS_INVALID;
	}
	if (version > newest) {
		diagnostic_set(diagnostic,
		               "the spool has schema %d, this program knows up to %d: "
		               "a newer version made it",
		               (int)version, newest);
		return STATUS_STALE;
	}
	if (version < newest && !may_migrate) {
		diagnostic_set(diagnostic,
		               "the spool has schema %d, this program wants %d: "
		               "start the daemon once",
		               (int)version, newest);
		return STATUS_STALE;
	}
	return STATUS_OK;
}

enum status
schema_migrate(sqlite3 *database, struct diagnostic *diagnostic)
{
	int64_t     version = 0;
	enum status status  = STATUS_OK;
	int         result  = read_number(database, "PRAGMA user_version", &version);

	if (result != SQLITE_OK)
		return failed(database, result, diagnostic);
	for (size_t i = 0; i < MIGRATION_COUNT && status == STATUS_OK; i++) {
		assert(migrations[i].version ==
		       (int)i + 1); /* no number is missing, or there twice */
		if (migrations[i].version > version)
			status = migrate(database, &migrations[i], diagnostic);
	}
	return status;
}

enum status
schema_status(sqlite3 *database, int result)
{
	int error = database != NULL ? sqlite3_system_errno(database) : 0;

	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return STATUS_OK;
	case SQLITE_FULL:
		return STATUS_NO_SPACE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STATUS_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STATUS_CORRUPT;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_READONLY:
		return STATUS_DENIED;
	case SQLITE_CANTOPEN:
		if (error == EACCES || error == EPERM || error == EROFS)
			return STATUS_DENIED;
		return error == ENOSPC || error == EDQUOT ? STATUS_NO_SPACE : STATUS_NOT_FOUND;
	case SQLITE_IOERR: /* SQLite knows a full disk, but not a full quota */
		return result == SQLITE_IOERR_WRITE && error == EDQUOT ? STATUS_NO_SPACE
		                                                       : STATUS_IO;
	default:
		return STATUS_IO;
	}
}

static enum status
migrate(sqlite3 *database, const struct migration *migration, struct diagnostic *diagnostic)
{
	char set_version[64];
	int  result;

	sqlite3_snprintf(sizeof(set_version), set_version, "PRAGMA user_version = %d; COMMIT",
	                 migration->version);
	result = sqlite3_exec(database, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(database, migration->sql, NULL, NULL, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(database, set_version, NULL, NULL, NULL);
	if (result != SQLITE_OK)
		return failed(database, result, diagnostic); /* closing rolls back */
	return STATUS_OK;
}

static int
read_number(sqlite3 *database, const char *sql, int64_t *value)
{
	sqlite3_stmt *statement;
	int           result = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);

	if (result == SQLITE_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return result == SQLITE_ROW ? SQLITE_OK : result;
}

static enum status
failed(sqlite3 *database, int result, struct diagnostic *diagnostic)
{
	diagnostic_set(diagnostic, "%s", sqlite3_errmsg(database));
	return schema_status(database, result);
}
