/*
 * store_link.c - table `link`: one row for a neighbor
 */
#include "spool/store/store_link.h"

#include "spool/store/statement.h"

/* What read_link() expects. */
#define LINK_COLUMNS                                                                               \
	"SELECT neighbor, heard_ms, ifnull(delay_ms, -1), topology_bytes, topology_day_ms FROM link"

static bool read_link(const struct statement *statement, struct stored_link *link);

void
store_link_put(struct store *store, const struct stored_link *link)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO link (neighbor, heard_ms, delay_ms, topology_bytes,"
		   " topology_day_ms)"
		   " VALUES (:neighbor, :heard, nullif(:delay, -1), :bytes, :day)"
		   " ON CONFLICT (neighbor) DO UPDATE SET heard_ms = excluded.heard_ms,"
		   " delay_ms = excluded.delay_ms,"
		   " topology_bytes = excluded.topology_bytes,"
		   " topology_day_ms = excluded.topology_day_ms");

	statement_bind_text(&statement, ":neighbor", link->neighbor.text);
	statement_bind_number(&statement, ":heard", link->heard_ms);
	statement_bind_number(&statement, ":delay", link->delay_ms);
	statement_bind_number(&statement, ":bytes", (int64_t)link->topology_bytes);
	statement_bind_number(&statement, ":day", link->topology_day_ms);
	statement_run(&statement);
}

void
store_link_delete(struct store *store, const char *neighbor)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM link WHERE neighbor = :neighbor");

	statement_bind_text(&statement, ":neighbor", neighbor);
	statement_run(&statement);
}

bool
store_link_get(struct store *store, const char *neighbor, struct stored_link *link)
{
	struct statement statement =
	    statement_of(store, LINK_COLUMNS " WHERE neighbor = :neighbor");

	statement_bind_text(&statement, ":neighbor", neighbor);
	return read_link(&statement, link);
}

bool
store_link_next(struct store *store, const char *after, struct stored_link *link)
{
	struct statement statement = statement_of(store, LINK_COLUMNS " WHERE neighbor > :after"
	                                                              " ORDER BY neighbor LIMIT 1");

	statement_bind_text(&statement, ":after", after);
	return read_link(&statement, link);
}

static bool
read_link(const struct statement *statement, struct stored_link *link)
{
	bool found = statement_row(statement);

	if (found) {
		statement_text(statement, 0, link->neighbor.text, sizeof(link->neighbor.text));
		link->heard_ms        = statement_number(statement, 1);
		link->delay_ms        = statement_number(statement, 2);
		link->topology_bytes  = (uint64_t)statement_number(statement, 3);
		link->topology_day_ms = statement_number(statement, 4);
	}
	statement_end(statement);
	return found;
}
