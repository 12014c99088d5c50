/*
 * store_sequence.c - table `sequence`, and the copies that wait for a predecessor
 */
#include "spool/store/store_sequence.h"

#include "spool/store/statement.h"

bool
store_sequence_get(struct store *store, const char *service, const char *address,
                   struct message_id *last, int64_t *expires_ms)
{
	struct statement statement =
	    statement_of(store, "SELECT message, expires_ms FROM sequence"
	                        " WHERE service = :service AND address = :address");
	char text[MESSAGE_ID_MAX_BYTES + 1];
	bool found;

	statement_bind_text(&statement, ":service", service);
	statement_bind_text(&statement, ":address", address);
	found = statement_row(&statement);
	if (found) {
		statement_text(&statement, 0, text, sizeof(text));
		*expires_ms = statement_number(&statement, 1);
		found       = message_id_parse(last, text, NULL) == STATUS_OK;
	}
	statement_end(&statement);
	return found;
}

void
store_sequence_put(struct store *store, const char *service, const char *address,
                   const struct message_id *last, int64_t expires_ms)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO sequence (service, address, message, expires_ms)"
		   " VALUES (:service, :address, :message, :expires)"
		   " ON CONFLICT (service, address) DO UPDATE SET message = excluded.message,"
		   " expires_ms = excluded.expires_ms");

	statement_bind_text(&statement, ":service", service);
	statement_bind_text(&statement, ":address", address);
	statement_bind_text(&statement, ":message", last->text);
	statement_bind_number(&statement, ":expires", expires_ms);
	statement_run(&statement);
}

void
store_sequence_purge(struct store *store, int64_t now_ms)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM sequence WHERE expires_ms <= :now");

	statement_bind_number(&statement, ":now", now_ms);
	statement_run(&statement);
}

void
store_copy_wake(struct store *store, const char *reason, const char *text)
{
	struct statement statement =
	    statement_of(store, "UPDATE copy SET next_try_ms = 0, reason = 'waiting', text = ''"
	                        " WHERE state = 0 AND next_try_ms > 0 AND reason = :reason"
	                        " AND text = :text");

	statement_bind_text(&statement, ":reason", reason);
	statement_bind_text(&statement, ":text", text);
	statement_run(&statement);
}
