/*
 * schema.h - brings a database to the newest schema
 */
#ifndef SPOOL_STORE_SCHEMA_H
#define SPOOL_STORE_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

/*
 * Reads only. STATUS_STALE: a newer program made it, or it is older and may not be
 * migrated; STATUS_INVALID: a database of somebody else.
 */
enum status schema_check(sqlite3 *database, bool may_migrate, struct diagnostic *diagnostic);

/* Runs the files of schema/ that this database has not seen. */
enum status schema_migrate(sqlite3 *database, struct diagnostic *diagnostic);

/* What SQLite's result code means to the caller; `database` may be NULL. */
enum status schema_status(sqlite3 *database, int result);

#endif
