/*
 * store_beginning.c - table `beginning`: the first bytes of a mail whose body is a file
 *
 * Who decides never reads a body file; the heading of a mail is what its report shows.
 */
#include "spool/store/statement.h"
#include "spool/store/store_message.h"

void
store_message_begin(struct store *store, int64_t key, struct span bytes)
{
	struct statement statement = statement_of(
	    store, "INSERT OR REPLACE INTO beginning (message, bytes) VALUES (:message, :bytes)");

	statement_bind_number(&statement, ":message", key);
	statement_bind_span(&statement, ":bytes", bytes);
	statement_run(&statement);
}

void
store_message_beginning(struct store *store, int64_t key, struct buffer *bytes)
{
	struct statement statement =
	    statement_of(store, "SELECT bytes FROM beginning WHERE message = :message");

	statement_bind_number(&statement, ":message", key);
	if (statement_row(&statement))
		buffer_append_span(bytes, statement_span(&statement, 0));
	statement_end(&statement);
}

void
store_message_forget_beginning(struct store *store, int64_t key)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM beginning WHERE message = :message");

	statement_bind_number(&statement, ":message", key);
	statement_run(&statement);
}
