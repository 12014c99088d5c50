/*
 * statement.h - inside the store: one SQL statement, prepared once, bound by name, run
 *
 *	struct statement statement = statement_of(store, "SELECT ... WHERE key = :key");
 *
 *	statement_bind_number(&statement, ":key", key);
 *	if (statement_row(&statement))
 *		size = statement_number(&statement, 0);
 *	statement_end(&statement);
 *
 * The text is a literal beside the function that runs it; the store keeps the prepared
 * form by the literal's address. After a failure (store_failure) statements of the same
 * transaction do nothing and give no rows, so that only the commit has to be checked.
 */
#ifndef SPOOL_STORE_STATEMENT_H
#define SPOOL_STORE_STATEMENT_H

#include <sqlite3.h>

#include "spool/store/store_message.h"

enum { STORE_STATEMENTS_MAX = 256 }; /* a power of two, above the number of texts */

struct store {
	sqlite3 *database;
	struct {
		const char   *sql; /* NULL = free; open addressing by the address */
		sqlite3_stmt *prepared;
		const char  **names; /* of its parameters, as their binders write them */
	} statements[STORE_STATEMENTS_MAX];
	bool              in_transaction;
	uint64_t          copies_version; /* counts rows of `copy` that came or changed     */
	int64_t           changes_before; /* sqlite3_total_changes64 at store_begin     */
	int               checkpoint_pages;
	int               log_pages; /* after the last commit, for the checkpoint   */
	bool              dead;      /* STATUS_IO or the like: nothing runs any more */
	enum status       failure;
	char              failure_text[256];
	struct message_id last_id; /* the id that message_id_key() met last, and its key: a     */
	int64_t           last_id_key; /* new message names it several times in a row; 0 = none */
};

struct statement {
	struct store *store;
	sqlite3_stmt *prepared; /* NULL: the store failed, nothing runs */
	const char  **names;
};

/* `sql` must be a literal, and so must the names that are bound: an address is a name. */
struct statement statement_of(struct store *store, const char *sql);

void statement_bind_number(const struct statement *statement, const char *name, int64_t value);
/* Text and bytes are borrowed until statement_end(). */
void statement_bind_text(const struct statement *statement, const char *name, const char *text);
void statement_bind_buffer_text(const struct statement *statement, const char *name,
                                const struct buffer *text);
void statement_bind_span(const struct statement *statement, const char *name, struct span bytes);
void statement_bind_null(const struct statement *statement, const char *name);

/* The next row; false at the end and after a failure. */
bool statement_row(const struct statement *statement);
void statement_end(const struct statement *statement);
/* A statement without rows, to its end. Returns how many rows it changed. */
int statement_run(const struct statement *statement);

/* Columns of the present row, from 0. */
int64_t     statement_number(const struct statement *statement, int column);
struct span statement_span(const struct statement *statement, int column); /* until the next row */
void        statement_buffer(const struct statement *statement, int column, struct buffer *buffer);
void        statement_text(const struct statement *statement, int column, char *text, size_t size);

/* Sets store->failure unless there is one. */
void statement_fail(struct store *store, int result);

#endif
