/*
 * store_setting.c - table `setting`: one value by name
 */
#include "spool/store/statement.h"

bool
store_setting_get(struct store *store, const char *name, struct buffer *value)
{
	struct statement statement =
	    statement_of(store, "SELECT value FROM setting WHERE name = :name");
	bool found;

	statement_bind_text(&statement, ":name", name);
	found = statement_row(&statement);
	if (found)
		statement_buffer(&statement, 0, value);
	statement_end(&statement);
	return found;
}

void
store_setting_put(struct store *store, const char *name, struct span value)
{
	struct statement statement =
	    statement_of(store, "INSERT INTO setting (name, value) VALUES (:name, :value)"
	                        " ON CONFLICT (name) DO UPDATE SET value = excluded.value");

	statement_bind_text(&statement, ":name", name);
	statement_bind_span(&statement, ":value", value);
	statement_run(&statement);
}

int64_t
store_setting_number(struct store *store, const char *name, int64_t otherwise)
{
	struct statement statement =
	    statement_of(store, "SELECT value FROM setting"
	                        " WHERE name = :name AND typeof(value) = 'integer'");
	int64_t value = otherwise;

	statement_bind_text(&statement, ":name", name);
	if (statement_row(&statement))
		value = statement_number(&statement, 0);
	statement_end(&statement);
	return value;
}

void
store_setting_put_number(struct store *store, const char *name, int64_t value)
{
	struct statement statement =
	    statement_of(store, "INSERT INTO setting (name, value) VALUES (:name, :value)"
	                        " ON CONFLICT (name) DO UPDATE SET value = excluded.value");

	statement_bind_text(&statement, ":name", name);
	statement_bind_number(&statement, ":value", value);
	statement_run(&statement);
}
