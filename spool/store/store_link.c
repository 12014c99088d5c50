/*
 * store_link.c - table `link`: one row for each link of the description
 */
#include "spool/store/store_link.h"

#include "spool/store/statement.h"

/* What read_link() expects. */
#define LINK_COLUMNS                                                                               \
	"SELECT neighbor, label, heard_ms, ifnull(delay_ms, -1), topology_bytes, topology_day_ms," \
	" day_bytes, day_ms FROM link"

static bool read_link(const struct statement *statement, struct stored_link *link);

void
store_link_put(struct store *store, const struct stored_link *link)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO link (neighbor, label, heard_ms, delay_ms, topology_bytes,"
		   " topology_day_ms, day_bytes, day_ms)"
		   " VALUES (:neighbor, :label, :heard, nullif(:delay, -1), :topology,"
		   " :topology_day, :bytes, :day)"
		   " ON CONFLICT (neighbor, label) DO UPDATE SET heard_ms = excluded.heard_ms,"
		   " delay_ms = excluded.delay_ms,"
		   " topology_bytes = excluded.topology_bytes,"
		   " topology_day_ms = excluded.topology_day_ms,"
		   " day_bytes = excluded.day_bytes, day_ms = excluded.day_ms");

	statement_bind_text(&statement, ":neighbor", link->neighbor.text);
	statement_bind_text(&statement, ":label", link->label);
	statement_bind_number(&statement, ":heard", link->heard_ms);
	statement_bind_number(&statement, ":delay", link->delay_ms);
	statement_bind_number(&statement, ":topology", (int64_t)link->topology_bytes);
	statement_bind_number(&statement, ":topology_day", link->topology_day_ms);
	statement_bind_number(&statement, ":bytes", (int64_t)link->day_bytes);
	statement_bind_number(&statement, ":day", link->day_ms);
	statement_run(&statement);
}

void
store_link_delete(struct store *store, const char *neighbor, const char *label)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM link WHERE neighbor = :neighbor AND label = :label");

	statement_bind_text(&statement, ":neighbor", neighbor);
	statement_bind_text(&statement, ":label", label);
	statement_run(&statement);
}

bool
store_link_get(struct store *store, const char *neighbor, const char *label,
               struct stored_link *link)
{
	struct statement statement =
	    statement_of(store, LINK_COLUMNS " WHERE neighbor = :neighbor AND label = :label");

	statement_bind_text(&statement, ":neighbor", neighbor);
	statement_bind_text(&statement, ":label", label);
	return read_link(&statement, link);
}

bool
store_link_next(struct store *store, struct stored_link *link)
{
	struct statement statement =
	    statement_of(store, LINK_COLUMNS " WHERE (neighbor, label) > (:neighbor, :label)"
	                                     " ORDER BY neighbor, label LIMIT 1");

	statement_bind_text(&statement, ":neighbor", link->neighbor.text);
	statement_bind_text(&statement, ":label", link->label);
	return read_link(&statement, link);
}

static bool
read_link(const struct statement *statement, struct stored_link *link)
{
	bool found = statement_row(statement);

	if (found) {
		statement_text(statement, 0, link->neighbor.text, sizeof(link->neighbor.text));
		statement_text(statement, 1, link->label, sizeof(link->label));
		link->heard_ms        = statement_number(statement, 2);
		link->delay_ms        = statement_number(statement, 3);
		link->topology_bytes  = (uint64_t)statement_number(statement, 4);
		link->topology_day_ms = statement_number(statement, 5);
		link->day_bytes       = (uint64_t)statement_number(statement, 6);
		link->day_ms          = statement_number(statement, 7);
	}
	statement_end(statement);
	return found;
}
