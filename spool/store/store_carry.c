/*
 * store_carry.c - tables `stick`, `bundle` and `carried`
 */
#include "spool/store/store_carry.h"

#include <string.h>

#include "spool/store/statement.h"

/* What read_stick(), read_bundle() and read_carried() expect. */
#define STICK_COLUMNS   "SELECT key, place, state, written_wall, overdue_wall FROM stick"
#define BUNDLE_COLUMNS  "SELECT key, stick, neighbor, id, token, size_bytes FROM bundle"
#define CARRIED_COLUMNS "SELECT bundle, item, copy FROM carried"

static bool read_stick(const struct statement *statement, struct stored_stick *stick);
static bool read_bundle(const struct statement *statement, struct stored_bundle *bundle);

void
store_stick_insert(struct store *store, struct stored_stick *stick)
{
	struct statement statement =
	    statement_of(store, "INSERT INTO stick (place, state, written_wall, overdue_wall)"
	                        " VALUES (:place, :state, :written, :overdue)");

	statement_bind_text(&statement, ":place", stick->place);
	statement_bind_number(&statement, ":state", stick->state);
	statement_bind_number(&statement, ":written", stick->written.ms);
	statement_bind_number(&statement, ":overdue", stick->overdue.ms);
	if (statement_run(&statement) == 1)
		stick->key = sqlite3_last_insert_rowid(store->database);
}

void
store_stick_set_state(struct store *store, int64_t key, enum stick_state state)
{
	struct statement statement =
	    statement_of(store, "UPDATE stick SET state = :state WHERE key = :key");

	statement_bind_number(&statement, ":state", state);
	statement_bind_number(&statement, ":key", key);
	statement_run(&statement);
}

bool
store_stick_get(struct store *store, int64_t key, struct stored_stick *stick)
{
	struct statement statement = statement_of(store, STICK_COLUMNS " WHERE key = :key");

	statement_bind_number(&statement, ":key", key);
	return read_stick(&statement, stick);
}

bool
store_stick_next(struct store *store, int64_t after, struct stored_stick *stick)
{
	struct statement statement =
	    statement_of(store, STICK_COLUMNS " WHERE key > :after ORDER BY key LIMIT 1");

	statement_bind_number(&statement, ":after", after);
	return read_stick(&statement, stick);
}

bool
store_stick_first_overdue(struct store *store, struct stored_stick *stick)
{
	struct statement statement = statement_of(
	    store, STICK_COLUMNS " WHERE state = 0 ORDER BY overdue_wall, key LIMIT 1");

	return read_stick(&statement, stick);
}

void
store_bundle_insert(struct store *store, struct stored_bundle *bundle)
{
	struct statement statement =
	    statement_of(store, "INSERT INTO bundle (stick, neighbor, id, token, size_bytes)"
	                        " VALUES (:stick, :neighbor, :id, :token, :size)");

	statement_bind_number(&statement, ":stick", bundle->stick);
	statement_bind_text(&statement, ":neighbor", bundle->neighbor);
	statement_bind_text(&statement, ":id", bundle->id);
	statement_bind_span(&statement, ":token",
	                    (struct span){ bundle->token, sizeof(bundle->token) });
	statement_bind_number(&statement, ":size", (int64_t)bundle->size_bytes);
	if (statement_run(&statement) == 1)
		bundle->key = sqlite3_last_insert_rowid(store->database);
}

bool
store_bundle_find(struct store *store, const uint8_t token[STORE_TOKEN_BYTES],
                  struct stored_bundle *bundle)
{
	struct statement statement = statement_of(store, BUNDLE_COLUMNS " WHERE token = :token");

	statement_bind_span(&statement, ":token", (struct span){ token, STORE_TOKEN_BYTES });
	return read_bundle(&statement, bundle);
}

bool
store_bundle_find_id(struct store *store, const char *id, struct stored_bundle *bundle)
{
	struct statement statement =
	    statement_of(store, BUNDLE_COLUMNS " WHERE id = :id ORDER BY key LIMIT 1");

	statement_bind_text(&statement, ":id", id);
	return read_bundle(&statement, bundle);
}

bool
store_bundle_next(struct store *store, int64_t stick, int64_t after, struct stored_bundle *bundle)
{
	struct statement statement =
	    statement_of(store, BUNDLE_COLUMNS " WHERE stick = :stick AND key > :after"
	                                       " ORDER BY key LIMIT 1");

	statement_bind_number(&statement, ":stick", stick);
	statement_bind_number(&statement, ":after", after);
	return read_bundle(&statement, bundle);
}

void
store_carried_insert(struct store *store, const struct stored_carried *carried)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO carried (bundle, item, copy) VALUES (:bundle, :item, :copy)");

	statement_bind_number(&statement, ":bundle", carried->bundle);
	statement_bind_number(&statement, ":item", carried->item);
	statement_bind_number(&statement, ":copy", carried->copy);
	statement_run(&statement);
}

bool
store_carried_next(struct store *store, int64_t bundle, uint32_t from,
                   struct stored_carried *carried)
{
	struct statement statement =
	    statement_of(store, CARRIED_COLUMNS " WHERE bundle = :bundle AND item >= :from"
	                                        " ORDER BY item LIMIT 1");
	bool found;

	statement_bind_number(&statement, ":bundle", bundle);
	statement_bind_number(&statement, ":from", from);
	found = statement_row(&statement);
	if (found)
		*carried =
		    (struct stored_carried){ .bundle = statement_number(&statement, 0),
			                     .item   = (uint32_t)statement_number(&statement, 1),
			                     .copy   = statement_number(&statement, 2) };
	statement_end(&statement);
	return found;
}

void
store_carried_delete(struct store *store, int64_t bundle, uint32_t item)
{
	struct statement statement =
	    statement_of(store, "DELETE FROM carried WHERE bundle = :bundle AND item = :item");

	statement_bind_number(&statement, ":bundle", bundle);
	statement_bind_number(&statement, ":item", item);
	statement_run(&statement);
}

int64_t
store_carried_stick(struct store *store, int64_t copy)
{
	struct statement statement =
	    statement_of(store, "SELECT ifnull(max(bundle.stick), 0) FROM carried"
	                        " JOIN bundle ON bundle.key = carried.bundle"
	                        " WHERE carried.copy = :copy");
	int64_t stick = 0;

	statement_bind_number(&statement, ":copy", copy);
	if (statement_row(&statement))
		stick = statement_number(&statement, 0);
	statement_end(&statement);
	return stick;
}

void
store_carry_purge(struct store *store)
{
	struct statement copies =
	    statement_of(store, "DELETE FROM carried WHERE copy NOT IN (SELECT key FROM copy)");
	struct statement bundles =
	    statement_of(store, "DELETE FROM bundle WHERE key NOT IN (SELECT bundle FROM carried)");
	struct statement sticks =
	    statement_of(store, "DELETE FROM stick WHERE key NOT IN (SELECT stick FROM bundle)");

	statement_run(&copies);
	statement_run(&bundles);
	statement_run(&sticks);
}

static bool
read_stick(const struct statement *statement, struct stored_stick *stick)
{
	bool found = statement_row(statement);

	if (found) {
		stick->key = statement_number(statement, 0);
		statement_text(statement, 1, stick->place, sizeof(stick->place));
		stick->state      = (enum stick_state)statement_number(statement, 2);
		stick->written.ms = statement_number(statement, 3);
		stick->overdue.ms = statement_number(statement, 4);
	}
	statement_end(statement);
	return found;
}

static bool
read_bundle(const struct statement *statement, struct stored_bundle *bundle)
{
	bool found = statement_row(statement);

	if (found) {
		struct span token = statement_span(statement, 4);

		bundle->key   = statement_number(statement, 0);
		bundle->stick = statement_number(statement, 1);
		statement_text(statement, 2, bundle->neighbor, sizeof(bundle->neighbor));
		statement_text(statement, 3, bundle->id, sizeof(bundle->id));
		memset(bundle->token, 0, sizeof(bundle->token));
		if (token.length == sizeof(bundle->token))
			memcpy(bundle->token, token.data, token.length);
		bundle->size_bytes = (uint64_t)statement_number(statement, 5);
	}
	statement_end(statement);
	return found;
}
