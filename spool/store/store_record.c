/*
 * store_record.c - table `record`: the topology database as it came
 *
 * A serial has 64 bits and the column is signed: the cast keeps the bits. Nothing here
 * compares serials.
 */
#include "spool/store/store_topology.h"

#include "spool/store/statement.h"

static bool read_record(const struct statement *statement, struct stored_record *record);

void
stored_record_init(struct stored_record *record)
{
	*record = (struct stored_record){ .serial = 0 };
}

void
stored_record_release(struct stored_record *record)
{
	buffer_release(&record->bytes);
	stored_record_init(record);
}

void
store_record_put(struct store *store, const struct stored_record *record)
{
	struct statement statement =
	    statement_of(store, "INSERT INTO record (node, serial, neighbor, taken_wall, bytes)"
	                        " VALUES (:node, :serial, :neighbor, :taken, :bytes)"
	                        " ON CONFLICT (node) DO UPDATE SET serial = excluded.serial,"
	                        " neighbor = excluded.neighbor, taken_wall = excluded.taken_wall,"
	                        " bytes = excluded.bytes");

	store_record_history_add(store, record->node.text, record->taken);
	statement_bind_text(&statement, ":node", record->node.text);
	statement_bind_number(&statement, ":serial", (int64_t)record->serial);
	statement_bind_text(&statement, ":neighbor", record->from);
	statement_bind_number(&statement, ":taken", record->taken.ms);
	statement_bind_span(&statement, ":bytes", buffer_span(&record->bytes));
	statement_run(&statement);
}

void
store_record_delete(struct store *store, const char *node, struct walltime now)
{
	struct statement statement = statement_of(store, "DELETE FROM record WHERE node = :node");

	store_record_history_add(store, node, now);
	statement_bind_text(&statement, ":node", node);
	statement_run(&statement);
}

bool
store_record_get(struct store *store, const char *node, struct stored_record *record)
{
	struct statement statement =
	    statement_of(store, "SELECT node, serial, neighbor, taken_wall, bytes FROM record"
	                        " WHERE node = :node");

	statement_bind_text(&statement, ":node", node);
	return read_record(&statement, record);
}

bool
store_record_next(struct store *store, const char *after, struct stored_record *record)
{
	struct statement statement =
	    statement_of(store, "SELECT node, serial, neighbor, taken_wall, bytes FROM record"
	                        " WHERE node > :after ORDER BY node LIMIT 1");

	statement_bind_text(&statement, ":after", after);
	return read_record(&statement, record);
}

static bool
read_record(const struct statement *statement, struct stored_record *record)
{
	bool found = statement_row(statement);

	if (found) {
		statement_text(statement, 0, record->node.text, sizeof(record->node.text));
		record->serial = (uint64_t)statement_number(statement, 1);
		statement_text(statement, 2, record->from, sizeof(record->from));
		record->taken.ms = statement_number(statement, 3);
		statement_buffer(statement, 4, &record->bytes);
	}
	statement_end(statement);
	return found;
}
