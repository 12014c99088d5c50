/*
 * store_record_history.c - table `record_history`: records that others took the place of
 *
 * Times are walltime, which may jump; what came later has the larger key.
 */
#include "spool/store/statement.h"
#include "spool/store/store_topology.h"

static bool read_version(const struct statement *statement, struct stored_version *version);

void
stored_version_init(struct stored_version *version)
{
	*version = (struct stored_version){ .key = 0 };
}

void
stored_version_release(struct stored_version *version)
{
	buffer_release(&version->bytes);
	stored_version_init(version);
}

void
store_record_history_add(struct store *store, const char *node, struct walltime until)
{
	struct statement copy =
	    statement_of(store, "INSERT INTO record_history (node, serial, from_wall, until_wall,"
	                        " bytes) SELECT node, serial, taken_wall, :until, bytes"
	                        " FROM record WHERE node = :node");
	struct statement bound = statement_of(
	    store, "DELETE FROM record_history WHERE key = (SELECT key FROM record_history"
		   " WHERE node = :node ORDER BY key DESC LIMIT 1 OFFSET :most)");

	statement_bind_text(&copy, ":node", node);
	statement_bind_number(&copy, ":until", until.ms);
	if (statement_run(&copy) == 0)
		return;
	statement_bind_text(&bound, ":node", node);
	statement_bind_number(&bound, ":most", STORE_RECORD_VERSIONS_MAX);
	statement_run(&bound);
}

void
store_record_history_purge(struct store *store, struct walltime limit)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM record_history WHERE until_wall < :limit");

	statement_bind_number(&statement, ":limit", limit.ms);
	statement_run(&statement);
}

bool
store_record_history_node(struct store *store, const char *after, struct name *node)
{
	struct statement statement = statement_of(
	    store, "SELECT min(node) FROM (SELECT min(node) AS node FROM record WHERE node > :after"
		   " UNION ALL SELECT min(node) FROM record_history WHERE node > :after)");
	bool found;

	statement_bind_text(&statement, ":after", after); /* it may be node->text */
	found = statement_row(&statement) && statement_span(&statement, 0).length > 0;
	if (found)
		statement_text(&statement, 0, node->text, sizeof(node->text));
	statement_end(&statement);
	return found;
}

bool
store_record_history_next(struct store *store, const char *node, int64_t after,
                          struct stored_version *version)
{
	struct statement statement = statement_of(
	    store, "SELECT key, serial, from_wall, until_wall, bytes FROM record_history"
		   " WHERE node = :node AND key > :after"
		   " UNION ALL SELECT 9223372036854775807, serial, taken_wall, 0, bytes"
		   " FROM record WHERE node = :node AND :after < 9223372036854775807"
		   " ORDER BY key LIMIT 1");

	statement_bind_text(&statement, ":node", node);
	statement_bind_number(&statement, ":after", after);
	return read_version(&statement, version);
}

bool
store_record_history_at(struct store *store, const char *node, struct walltime at,
                        struct stored_version *version)
{
	struct statement statement = statement_of(
	    store, "SELECT key, serial, from_wall, until_wall, bytes FROM record_history"
		   " WHERE node = :node AND from_wall <= :at AND until_wall > :at"
		   " UNION ALL SELECT 9223372036854775807, serial, taken_wall, 0, bytes"
		   " FROM record WHERE node = :node AND taken_wall <= :at"
		   " ORDER BY key DESC LIMIT 1");

	statement_bind_text(&statement, ":node", node);
	statement_bind_number(&statement, ":at", at.ms);
	return read_version(&statement, version);
}

static bool
read_version(const struct statement *statement, struct stored_version *version)
{
	bool found = statement_row(statement);

	if (found) {
		version->key      = statement_number(statement, 0);
		version->serial   = (uint64_t)statement_number(statement, 1);
		version->from.ms  = statement_number(statement, 2);
		version->until.ms = statement_number(statement, 3);
		statement_buffer(statement, 4, &version->bytes);
	}
	statement_end(statement);
	return found;
}
