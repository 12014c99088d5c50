/*
 * store_route.c - table `operator_route`: explicit and pinned routes
 */
#include "spool/store/store_route.h"

#include "spool/store/statement.h"

static bool read_line(const struct statement *statement, struct route_line *line);

void
store_route_put(struct store *store, const struct route_line *line)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO operator_route (region, preference, way, since_wall)"
		   " VALUES (:region, :preference, :way, :since)"
		   " ON CONFLICT (region, preference) DO UPDATE SET way = excluded.way,"
		   " since_wall = excluded.since_wall");

	statement_bind_text(&statement, ":region", line->region.text);
	statement_bind_number(&statement, ":preference", line->preference);
	statement_bind_buffer_text(&statement, ":way", &line->way);
	statement_bind_number(&statement, ":since", line->since.ms);
	statement_run(&statement);
}

void
store_route_delete(struct store *store, const char *region, int preference)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM operator_route"
	                        " WHERE region = :region AND preference = :preference");

	statement_bind_text(&statement, ":region", region);
	statement_bind_number(&statement, ":preference", preference);
	statement_run(&statement);
}

bool
store_route_get(struct store *store, const char *region, int preference, struct route_line *line)
{
	struct statement statement =
	    statement_of(store, "SELECT region, preference, way, since_wall FROM operator_route"
	                        " WHERE region = :region AND preference = :preference");

	statement_bind_text(&statement, ":region", region);
	statement_bind_number(&statement, ":preference", preference);
	return read_line(&statement, line);
}

bool
store_route_next(struct store *store, const char *region, int preference, struct route_line *line)
{
	struct statement statement =
	    statement_of(store, "SELECT region, preference, way, since_wall FROM operator_route"
	                        " WHERE (region, preference) > (:region, :preference)"
	                        " ORDER BY region, preference LIMIT 1");

	statement_bind_text(&statement, ":region", region);
	statement_bind_number(&statement, ":preference", preference);
	return read_line(&statement, line);
}

static bool
read_line(const struct statement *statement, struct route_line *line)
{
	bool found = statement_row(statement);

	if (found) {
		statement_text(statement, 0, line->region.text, sizeof(line->region.text));
		line->preference = (int)statement_number(statement, 1);
		statement_buffer(statement, 2, &line->way);
		line->since.ms = statement_number(statement, 3);
	}
	statement_end(statement);
	return found;
}
