/*
 * store_copy.c - table `copy`: what is still to be done, in the order of rank
 *
 * Iteration holds no statement open: the caller hands the last key or rank back, so that
 * it may change and delete rows between two calls. Each query names the index that makes
 * it a search; store_test.c asks SQLite whether it is one.
 */
#include <assert.h>
#include <stdint.h>

#include "spool/store/statement.h"

/* What read_columns() expects of every SELECT. */
#define COPY_COLUMNS                                                                               \
	"SELECT key, message, neighbor, destinations, state, priority, size_bytes, next_try_ms,"   \
	" expires_ms, attempts, reason, text, forgiven, about, own FROM copy"

static bool read_copy(const struct statement *statement, struct stored_copy *copy);
static void bind_copy(const struct statement *statement, const struct stored_copy *copy);
static void bind_rank(const struct statement *statement, const char *neighbor,
                      const struct store_rank *rank, int64_t now_ms);

void
stored_copy_init(struct stored_copy *copy)
{
	*copy = (struct stored_copy){ .key = 0 };
}

void
stored_copy_release(struct stored_copy *copy)
{
	buffer_release(&copy->destinations);
	buffer_release(&copy->text);
	stored_copy_init(copy);
}

void
store_copy_insert(struct store *store, struct stored_copy *copy)
{
	struct statement statement = statement_of(
	    store, "INSERT INTO copy (message, neighbor, state, priority, size_bytes, next_try_ms,"
		   " expires_ms, attempts, reason, destinations, text, forgiven, about, own)"
		   " VALUES (:message, :neighbor, :state, :priority, :size, :next_try, :expires,"
		   " :attempts, :reason, :destinations, :text, :forgiven,"
		   " :about, :own)");

	bind_copy(&statement, copy);
	store->copies_version++;
	if (statement_run(&statement) == 1)
		copy->key = sqlite3_last_insert_rowid(store->database);
}

void
store_copy_update(struct store *store, const struct stored_copy *copy)
{
	struct statement statement = statement_of(
	    store, "UPDATE copy SET message = :message, neighbor = :neighbor, state = :state,"
		   " priority = :priority, size_bytes = :size, next_try_ms = :next_try,"
		   " expires_ms = :expires, attempts = :attempts, reason = :reason,"
		   " destinations = :destinations, text = :text, forgiven = :forgiven,"
		   " about = :about, own = :own WHERE key = :key");

	bind_copy(&statement, copy);
	statement_bind_number(&statement, ":key", copy->key);
	store->copies_version++;
	statement_run(&statement);
}

bool
store_copy_get(struct store *store, int64_t key, struct stored_copy *copy)
{
	struct statement statement = statement_of(store, COPY_COLUMNS " WHERE key = :key");

	statement_bind_number(&statement, ":key", key);
	return read_copy(&statement, copy);
}

uint64_t
store_copy_delete(struct store *store, int64_t key)
{
	struct statement find =
	    statement_of(store, "SELECT copy.message, (SELECT count(*) FROM copy AS other"
	                        " WHERE other.message = copy.message) FROM copy WHERE key = :key");
	struct statement delete = statement_of(store, "DELETE FROM copy WHERE key = :key");
	uint64_t others         = 0;

	statement_bind_number(&find, ":key", key);
	if (statement_row(&find))
		others = (uint64_t)statement_number(&find, 1) - 1;
	statement_end(&find);
	statement_bind_number(&delete, ":key", key);
	statement_run(&delete);
	return others;
}

bool
store_copy_next_for(struct store *store, const char *neighbor, int64_t now_ms,
                    struct store_rank *after, struct stored_copy *copy)
{
	struct statement equals, others;

	if (after->end == store->copies_version)
		return false;
	/* Two searches of copy_by_rank, first among equals: SQLite compares a row value by the
	 * columns of an index, but not by the key behind them, and would walk all equals. */
	equals = statement_of(store, COPY_COLUMNS
	                      " WHERE neighbor = :neighbor AND state = 0"
	                      " AND priority = :priority AND size_bytes = :size AND key > :key"
	                      " AND next_try_ms <= :now ORDER BY key LIMIT 1");
	others = statement_of(store, COPY_COLUMNS " WHERE neighbor = :neighbor AND state = 0"
	                                          " AND (priority, size_bytes) > (:priority, :size)"
	                                          " AND next_try_ms <= :now"
	                                          " ORDER BY priority, size_bytes, key LIMIT 1");

	bind_rank(&equals, neighbor, after, now_ms);
	statement_bind_number(&equals, ":key", after->key);
	if (!read_copy(&equals, copy)) {
		bind_rank(&others, neighbor, after, now_ms);
		if (!read_copy(&others, copy)) {
			after->end = store->copies_version;
			return false;
		}
	}
	*after = (struct store_rank){ (int)copy->priority, copy->size_bytes, copy->key, 0 };
	return true;
}

bool
store_copy_next(struct store *store, const char *neighbor, int64_t after, struct stored_copy *copy)
{
	/* By key and not by any index of neighbors: a whole walk reads the table once. */
	struct statement statement =
	    neighbor == NULL
		? statement_of(store, COPY_COLUMNS " WHERE key > :after ORDER BY key LIMIT 1")
		: statement_of(store, COPY_COLUMNS " WHERE key > :after AND +neighbor = :neighbor"
	                                           " ORDER BY key LIMIT 1");

	statement_bind_number(&statement, ":after", after);
	if (neighbor != NULL)
		statement_bind_text(&statement, ":neighbor", neighbor);
	return read_copy(&statement, copy);
}

int64_t
store_copy_last(struct store *store)
{
	struct statement statement =
	    statement_of(store, "SELECT key FROM copy ORDER BY key DESC LIMIT 1");
	int64_t last = 0;

	if (statement_row(&statement))
		last = statement_number(&statement, 0);
	statement_end(&statement);
	return last;
}

bool
store_copy_next_of_message(struct store *store, int64_t message, int64_t after,
                           struct stored_copy *copy)
{
	struct statement statement =
	    statement_of(store, COPY_COLUMNS " WHERE message = :message AND key > :after"
	                                     " ORDER BY key LIMIT 1");

	statement_bind_number(&statement, ":message", message);
	statement_bind_number(&statement, ":after", after);
	return read_copy(&statement, copy);
}

bool
store_copy_next_about(struct store *store, const char *neighbor, const char *about, int64_t after,
                      struct stored_copy *copy)
{
	struct statement statement = statement_of(
	    store, COPY_COLUMNS " WHERE neighbor = :neighbor AND about = :about AND about != ''"
				" AND state = 0 AND key > :after ORDER BY key LIMIT 1");

	statement_bind_text(&statement, ":neighbor", neighbor);
	statement_bind_text(&statement, ":about", about);
	statement_bind_number(&statement, ":after", after);
	return read_copy(&statement, copy);
}

bool
store_copy_next_held(struct store *store, const char *reason, int64_t after,
                     struct stored_copy *copy)
{
	struct statement statement = statement_of(
	    store, COPY_COLUMNS " WHERE state = 3 AND reason = :reason AND key > :after"
				" ORDER BY key LIMIT 1");

	statement_bind_text(&statement, ":reason", reason);
	statement_bind_number(&statement, ":after", after);
	return read_copy(&statement, copy);
}

uint64_t
store_copy_count_reason(struct store *store, const char *neighbor, const char *reason)
{
	struct statement statement =
	    statement_of(store, "SELECT count(*) FROM copy WHERE state = 0 AND next_try_ms > 0"
	                        " AND neighbor = :neighbor AND reason = :reason");
	uint64_t count = 0;

	statement_bind_text(&statement, ":neighbor", neighbor);
	statement_bind_text(&statement, ":reason", reason);
	if (statement_row(&statement))
		count = (uint64_t)statement_number(&statement, 0);
	statement_end(&statement);
	return count;
}

void
store_copy_wake_reason(struct store *store, const char *reason)
{
	struct statement statement =
	    statement_of(store, "UPDATE copy SET next_try_ms = 0, reason = 'waiting', text = ''"
	                        " WHERE state = 0"
	                        " AND next_try_ms > 0 AND reason = :reason");

	statement_bind_text(&statement, ":reason", reason);
	statement_run(&statement);
}

int64_t
store_copy_first_expiry(struct store *store)
{
	struct statement statement =
	    statement_of(store, "SELECT expires_ms FROM copy ORDER BY expires_ms LIMIT 1");
	int64_t first = INT64_MAX;

	if (statement_row(&statement))
		first = statement_number(&statement, 0);
	statement_end(&statement);
	return first;
}

int64_t
store_copy_first_try(struct store *store, int64_t after_ms)
{
	struct statement statement =
	    statement_of(store, "SELECT next_try_ms FROM copy WHERE state = 0 AND next_try_ms > 0"
	                        " AND next_try_ms > :after ORDER BY next_try_ms LIMIT 1");
	int64_t first = INT64_MAX;

	statement_bind_number(&statement, ":after", after_ms);
	if (statement_row(&statement))
		first = statement_number(&statement, 0);
	statement_end(&statement);
	return first;
}

bool
store_copy_next_expired(struct store *store, int64_t now_ms, struct stored_copy *copy)
{
	struct statement statement =
	    statement_of(store, COPY_COLUMNS " WHERE expires_ms <= :now"
	                                     " ORDER BY expires_ms, key LIMIT 1");

	statement_bind_number(&statement, ":now", now_ms);
	return read_copy(&statement, copy);
}

void
store_copy_count(struct store *store, const char *neighbor, uint64_t *count, uint64_t *bytes)
{
	/* Both are answered by copy_by_rank alone. */
	struct statement statement =
	    neighbor == NULL
		? statement_of(store,
	                       "SELECT count(*), cast(total(size_bytes) AS INTEGER) FROM copy"
	                       " WHERE state = 0")
		: statement_of(store,
	                       "SELECT count(*), cast(total(size_bytes) AS INTEGER) FROM copy"
	                       " WHERE state = 0 AND neighbor = :neighbor");

	*count = *bytes = 0;
	if (neighbor != NULL)
		statement_bind_text(&statement, ":neighbor", neighbor);
	if (statement_row(&statement)) {
		*count = (uint64_t)statement_number(&statement, 0);
		*bytes = (uint64_t)statement_number(&statement, 1);
	}
	statement_end(&statement);
}

uint64_t
store_copy_ahead(struct store *store, const struct stored_copy *copy, int64_t now_ms)
{
	struct statement statement = statement_of(
	    store, "SELECT cast(total(size_bytes) AS INTEGER) FROM copy"
		   " WHERE neighbor = :neighbor AND state = 0 AND next_try_ms <= :now"
		   " AND (priority < :priority OR (priority = :priority"
		   " AND (size_bytes < :size OR (size_bytes = :size AND key < :key))))");
	uint64_t bytes = copy->size_bytes;

	statement_bind_text(&statement, ":neighbor", copy->neighbor);
	statement_bind_number(&statement, ":now", now_ms);
	statement_bind_number(&statement, ":priority", (int64_t)copy->priority);
	statement_bind_number(&statement, ":size", (int64_t)copy->size_bytes);
	statement_bind_number(&statement, ":key", copy->key);
	if (statement_row(&statement))
		bytes += (uint64_t)statement_number(&statement, 0);
	statement_end(&statement);
	return bytes;
}

void
store_copy_load(struct store *store, const char *neighbor, int priority, int64_t now_ms,
                struct store_load *load)
{
	/* The index of the queue, and for each copy the row of its message. */
	struct statement statement =
	    statement_of(store, "SELECT count(*), cast(total(copy.size_bytes) AS INTEGER),"
	                        " coalesce(min(message.arrived_ms), :never)"
	                        " FROM copy CROSS JOIN message ON message.key = copy.message"
	                        " WHERE copy.neighbor = :neighbor AND copy.state = 0"
	                        " AND copy.priority <= :priority AND copy.next_try_ms <= :now");

	*load = (struct store_load){ .oldest_ms = INT64_MAX };
	statement_bind_number(&statement, ":never", INT64_MAX);
	statement_bind_text(&statement, ":neighbor", neighbor);
	statement_bind_number(&statement, ":priority", priority);
	statement_bind_number(&statement, ":now", now_ms);
	if (statement_row(&statement)) {
		load->count     = (uint64_t)statement_number(&statement, 0);
		load->bytes     = (uint64_t)statement_number(&statement, 1);
		load->oldest_ms = statement_number(&statement, 2);
	}
	statement_end(&statement);
}

uint64_t
store_copy_waiting_bytes(struct store *store, const char *neighbor)
{
	struct statement statement = statement_of(
	    store, "SELECT cast(total(size_bytes) AS INTEGER) FROM copy WHERE state = 0"
		   " AND neighbor = :neighbor AND own = 0");
	uint64_t bytes = 0;

	statement_bind_text(&statement, ":neighbor", neighbor);
	if (statement_row(&statement))
		bytes = (uint64_t)statement_number(&statement, 0);
	statement_end(&statement);
	return bytes;
}

static void
bind_copy(const struct statement *statement, const struct stored_copy *copy)
{
	assert(copy->size_bytes <= INT64_MAX);
	statement_bind_number(statement, ":message", copy->message);
	statement_bind_text(statement, ":neighbor", copy->neighbor);
	statement_bind_number(statement, ":state", copy->state);
	statement_bind_number(statement, ":priority", copy->priority);
	statement_bind_number(statement, ":size", (int64_t)copy->size_bytes);
	statement_bind_number(statement, ":next_try", copy->next_try_ms);
	statement_bind_number(statement, ":expires", copy->expires_ms);
	statement_bind_number(statement, ":attempts", copy->attempts);
	statement_bind_text(statement, ":reason", copy->reason);
	statement_bind_buffer_text(statement, ":destinations", &copy->destinations);
	statement_bind_buffer_text(statement, ":text", &copy->text);
	statement_bind_number(statement, ":forgiven", copy->forgiven);
	statement_bind_text(statement, ":about", copy->about);
	statement_bind_number(statement, ":own", copy->own);
}

static void
bind_rank(const struct statement *statement, const char *neighbor, const struct store_rank *rank,
          int64_t now_ms)
{
	statement_bind_text(statement, ":neighbor", neighbor);
	statement_bind_number(statement, ":priority", rank->priority);
	statement_bind_number(statement, ":size", (int64_t)rank->size_bytes);
	statement_bind_number(statement, ":now", now_ms);
}

/* Reads the one row that the statement may give, and ends it. */
static bool
read_copy(const struct statement *statement, struct stored_copy *copy)
{
	bool found = statement_row(statement);

	if (found) {
		copy->key     = statement_number(statement, 0);
		copy->message = statement_number(statement, 1);
		statement_text(statement, 2, copy->neighbor, sizeof(copy->neighbor));
		statement_buffer(statement, 3, &copy->destinations);
		copy->state       = (enum copy_state)statement_number(statement, 4);
		copy->priority    = (enum priority)statement_number(statement, 5);
		copy->size_bytes  = (uint64_t)statement_number(statement, 6);
		copy->next_try_ms = statement_number(statement, 7);
		copy->expires_ms  = statement_number(statement, 8);
		copy->attempts    = (uint32_t)statement_number(statement, 9);
		statement_text(statement, 10, copy->reason, sizeof(copy->reason));
		statement_buffer(statement, 11, &copy->text);
		copy->forgiven = statement_number(statement, 12) != 0;
		statement_text(statement, 13, copy->about, sizeof(copy->about));
		copy->own = statement_number(statement, 14) != 0;
	}
	statement_end(statement);
	return found;
}
