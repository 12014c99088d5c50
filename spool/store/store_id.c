/*
 * store_id.c - table `message_id`
 */
#include "spool/store/store_id.h"

#include <string.h>

#include "spool/store/statement.h"

int64_t
store_id_make(struct store *store, const struct message_id *id)
{
	struct statement find, insert;
	int64_t          key = 0;

	if (store->last_id_key != 0 && strcmp(store->last_id.text, id->text) == 0)
		return store->last_id_key;
	find = statement_of(store, "SELECT key FROM message_id WHERE id = :id");
	statement_bind_text(&find, ":id", id->text);
	if (statement_row(&find))
		key = statement_number(&find, 0);
	statement_end(&find);
	if (key == 0) {
		insert = statement_of(store, "INSERT INTO message_id (id) VALUES (:id)");
		statement_bind_text(&insert, ":id", id->text);
		if (statement_run(&insert) == 1)
			key = sqlite3_last_insert_rowid(store->database);
	}
	store->last_id     = *id;
	store->last_id_key = key;
	return key;
}

void
store_id_release(struct store *store, int64_t key)
{
	/* In the order in which a row is likely: the first that is there ends the search. */
	struct statement statement =
	    statement_of(store, "DELETE FROM message_id WHERE key = :key"
	                        " AND NOT EXISTS (SELECT 1 FROM seen WHERE message_id = :key)"
	                        " AND NOT EXISTS (SELECT 1 FROM passage WHERE message_id = :key)"
	                        " AND NOT EXISTS (SELECT 1 FROM outcome WHERE message_id = :key)"
	                        " AND NOT EXISTS (SELECT 1 FROM message WHERE message_id = :key)");

	statement_bind_number(&statement, ":key", key);
	if (statement_run(&statement) > 0 && store->last_id_key == key)
		store->last_id_key = 0;
}

bool
store_id_purge(struct store *store, const char *find_sql, const char *delete_sql, int64_t now_ms)
{
	struct statement find = statement_of(store, find_sql);
	struct statement delete;
	int64_t key = 0;

	statement_bind_number(&find, ":now", now_ms);
	if (statement_row(&find))
		key = statement_number(&find, 0);
	statement_end(&find);
	if (key == 0)
		return false;
	delete = statement_of(store, delete_sql);
	statement_bind_number(&delete, ":id", key);
	statement_bind_number(&delete, ":now", now_ms);
	statement_run(&delete);
	store_id_release(store, key);
	return true;
}
