/*
 * store_seen.c - table `seen`: what was taken already
 */
#include "spool/store/statement.h"
#include "spool/store/store_id.h"

bool
store_seen_add(struct store *store, const struct message_id *id, const char *destination,
               unsigned visit, int64_t forget_ms)
{
	int64_t          key       = store_id_make(store, id);
	struct statement statement = statement_of(
	    store, "INSERT INTO seen (message_id, destination, visit, forget_ms)"
		   " VALUES (:id, :destination, :visit, :forget) ON CONFLICT DO NOTHING");

	statement_bind_number(&statement, ":id", key);
	statement_bind_text(&statement, ":destination", destination);
	statement_bind_number(&statement, ":visit", visit);
	statement_bind_number(&statement, ":forget", forget_ms);
	return statement_run(&statement) == 1;
}

bool
store_seen_has(struct store *store, const struct message_id *id, const char *destination,
               unsigned visit)
{
	struct statement statement = statement_of(
	    store, "SELECT 1 FROM seen JOIN message_id ON message_id.key = seen.message_id"
		   " WHERE message_id.id = :id AND destination = :destination AND visit = :visit");
	bool found;

	statement_bind_text(&statement, ":id", id->text);
	statement_bind_text(&statement, ":destination", destination);
	statement_bind_number(&statement, ":visit", visit);
	found = statement_row(&statement);
	statement_end(&statement);
	return found;
}

void
store_seen_purge(struct store *store, int64_t now_ms)
{
	while (store_id_purge(store,
	                      "SELECT message_id FROM seen WHERE forget_ms <= :now"
	                      " ORDER BY forget_ms, message_id, destination, visit LIMIT 1",
	                      "DELETE FROM seen WHERE message_id = :id AND forget_ms <= :now",
	                      now_ms))
		;
}
