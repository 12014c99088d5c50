/*
 * store_foreign.c - table `foreign_record`: what a hub told of nodes that are not visible here
 */
#include "spool/store/statement.h"
#include "spool/store/store_topology.h"

void
store_foreign_put(struct store *store, const struct stored_record *record)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO foreign_record (node, serial, hub, taken_wall, bytes)"
		   " VALUES (:node, :serial, :hub, :taken, :bytes)"
		   " ON CONFLICT (node) DO UPDATE SET serial = excluded.serial, hub = excluded.hub,"
		   " taken_wall = excluded.taken_wall, bytes = excluded.bytes");

	statement_bind_text(&statement, ":node", record->node.text);
	statement_bind_number(&statement, ":serial", (int64_t)record->serial);
	statement_bind_text(&statement, ":hub", record->from);
	statement_bind_number(&statement, ":taken", record->taken.ms);
	statement_bind_span(&statement, ":bytes", buffer_span(&record->bytes));
	statement_run(&statement);
}

int
store_foreign_purge(struct store *store, const char *hub, struct walltime limit)
{
	struct statement statement = statement_of(
	    store, "DELETE FROM foreign_record WHERE hub <> :hub OR taken_wall < :limit");

	statement_bind_text(&statement, ":hub", hub);
	statement_bind_number(&statement, ":limit", limit.ms);
	return statement_run(&statement);
}

bool
store_foreign_next(struct store *store, const char *after, struct stored_record *record)
{
	struct statement statement =
	    statement_of(store, "SELECT node, serial, hub, taken_wall, bytes FROM foreign_record"
	                        " WHERE node > :after ORDER BY node LIMIT 1");
	bool found;

	statement_bind_text(&statement, ":after", after);
	found = statement_row(&statement);
	if (found) {
		statement_text(&statement, 0, record->node.text, sizeof(record->node.text));
		record->serial = (uint64_t)statement_number(&statement, 1);
		statement_text(&statement, 2, record->from, sizeof(record->from));
		record->taken.ms = statement_number(&statement, 3);
		statement_buffer(&statement, 4, &record->bytes);
	}
	statement_end(&statement);
	return found;
}
