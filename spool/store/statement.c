/*
 * statement.c - prepared statements by the address of their text
 *
 * What SQLite says is judged here, once. A broken constraint or a statement that does not
 * compile is our bug and ends the process; no memory ends it too (memory.h); a full disk
 * fails the transaction; everything else kills the store.
 */
#include "spool/store/statement.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "spool/base/log.h"
#include "spool/base/memory.h"
#include "spool/store/schema.h"

static int parameter(const struct statement *statement, const char *name);

struct statement
statement_of(struct store *store, const char *sql)
{
	size_t slot = ((uintptr_t)sql >> 3) % STORE_STATEMENTS_MAX;
	int    result;

	if (store->dead || (store->in_transaction && store->failure != STATUS_OK))
		return (struct statement){ store, NULL, NULL };
	for (size_t probes = 0; store->statements[slot].sql != sql; probes++) {
		if (store->statements[slot].sql == NULL) {
			result =
			    sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT,
			                       &store->statements[slot].prepared, NULL);
			if (result != SQLITE_OK) {
				statement_fail(store, result);
				return (struct statement){ store, NULL, NULL };
			}
			store->statements[slot].sql   = sql;
			store->statements[slot].names = memory_new(
			    (size_t)sqlite3_bind_parameter_count(store->statements[slot].prepared) +
				1,
			    sizeof(store->statements[slot].names[0]));
			break;
		}
		assert(probes < STORE_STATEMENTS_MAX);
		slot = (slot + 1) % STORE_STATEMENTS_MAX;
	}
	return (struct statement){ store, store->statements[slot].prepared,
		                   store->statements[slot].names };
}

void
statement_bind_number(const struct statement *statement, const char *name, int64_t value)
{
	if (statement->prepared != NULL)
		sqlite3_bind_int64(statement->prepared, parameter(statement, name), value);
}

void
statement_bind_text(const struct statement *statement, const char *name, const char *text)
{
	if (statement->prepared != NULL)
		sqlite3_bind_text(statement->prepared, parameter(statement, name), text, -1,
		                  SQLITE_STATIC);
}

void
statement_bind_buffer_text(const struct statement *statement, const char *name,
                           const struct buffer *text)
{
	if (statement->prepared != NULL)
		sqlite3_bind_text64(statement->prepared, parameter(statement, name),
		                    buffer_text(text), text->length, SQLITE_STATIC, SQLITE_UTF8);
}

void
statement_bind_span(const struct statement *statement, const char *name, struct span bytes)
{
	if (statement->prepared != NULL) /* an empty blob, not NULL, for an empty span */
		sqlite3_bind_blob64(statement->prepared, parameter(statement, name),
		                    bytes.length > 0 ? (const void *)bytes.data : "", bytes.length,
		                    SQLITE_STATIC);
}

void
statement_bind_null(const struct statement *statement, const char *name)
{
	if (statement->prepared != NULL)
		sqlite3_bind_null(statement->prepared, parameter(statement, name));
}

bool
statement_row(const struct statement *statement)
{
	int result;

	if (statement->prepared == NULL)
		return false;
	result = sqlite3_step(statement->prepared);
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		statement_fail(statement->store, result);
	return result == SQLITE_ROW;
}

void
statement_end(const struct statement *statement)
{
	if (statement->prepared != NULL)
		sqlite3_reset(statement->prepared);
}

int
statement_run(const struct statement *statement)
{
	int64_t before = sqlite3_total_changes64(statement->store->database);

	while (statement_row(statement))
		;
	statement_end(statement);
	return (int)(sqlite3_total_changes64(statement->store->database) - before);
}

int64_t
statement_number(const struct statement *statement, int column)
{
	return sqlite3_column_int64(statement->prepared, column);
}

struct span
statement_span(const struct statement *statement, int column)
{
	const void *data = sqlite3_column_blob(statement->prepared, column);

	return (struct span){ data, (size_t)sqlite3_column_bytes(statement->prepared, column) };
}

void
statement_buffer(const struct statement *statement, int column, struct buffer *buffer)
{
	buffer_clear(buffer);
	buffer_append_span(buffer, statement_span(statement, column));
}

void
statement_text(const struct statement *statement, int column, char *text, size_t size)
{
	struct span span   = statement_span(statement, column);
	size_t      length = span.length < size ? span.length : size - 1;

	if (length > 0)
		memcpy(text, span.data, length);
	text[length] = '\0';
}

void
statement_fail(struct store *store, int result)
{
	enum status status = schema_status(store->database, result);

	switch (result & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
		log_fatal("store: %s", sqlite3_errmsg(store->database));
	case SQLITE_NOMEM:
		log_fatal("out of memory");
	default:
		break;
	}
	if (store->failure == STATUS_OK || (status != STATUS_NO_SPACE && !store->dead)) {
		store->failure = status;
		snprintf(store->failure_text, sizeof(store->failure_text), "%s",
		         sqlite3_errmsg(store->database));
	}
	if (status != STATUS_NO_SPACE)
		store->dead = true;
}

/* SQLite looks a name up by its letters; from the second time on its address is enough. */
static int
parameter(const struct statement *statement, const char *name)
{
	int count = sqlite3_bind_parameter_count(statement->prepared);
	int index;

	for (int i = 0; i < count; i++)
		if (statement->names[i] == name)
			return i + 1;
	index = sqlite3_bind_parameter_index(statement->prepared, name);
	assert(index > 0);
	statement->names[index - 1] = name;
	return index;
}
