/*
 * store_message.c - tables `message` and `chunk`
 *
 * The body of a row is read alone, never with the rest: most questions are about headings.
 */
#include "spool/store/store_message.h"

#include <assert.h>

#include "spool/store/statement.h"
#include "spool/store/store_id.h"

/* What read_message() expects of every SELECT, and where it comes from. */
#define MESSAGE_COLUMNS                                                                            \
	"SELECT m.key, i.id, m.state, m.heading, m.transit, m.body IS NOT NULL, m.size_bytes,"     \
	" m.durable_bytes, m.neighbor, m.arrived_ms, m.arrived_wall, m.expires_ms"                 \
	" FROM message AS m JOIN message_id AS i ON i.key = m.message_id"

static bool read_message(const struct statement *statement, struct stored_message *message);

void
stored_message_init(struct stored_message *message)
{
	*message = (struct stored_message){ .key = 0 };
}

void
stored_message_release(struct stored_message *message)
{
	buffer_release(&message->heading);
	buffer_release(&message->transit);
	stored_message_init(message);
}

void
store_message_insert(struct store *store, struct stored_message *message, const struct span *body)
{
	int64_t          id = store_id_make(store, &message->id);
	struct statement statement;

	assert(message->size_bytes <= INT64_MAX);
	assert(body == NULL || body->length <= STORE_INLINE_BODY_MAX);
	statement = statement_of(
	    store, "INSERT INTO message (message_id, state, neighbor, size_bytes, durable_bytes,"
		   " arrived_ms, arrived_wall, expires_ms, heading, transit, body)"
		   " VALUES (:id, :state, :neighbor, :size, :durable, :arrived, :wall, :expires,"
		   " :heading, :transit, :body)");
	statement_bind_number(&statement, ":id", id);
	statement_bind_number(&statement, ":state", message->state);
	statement_bind_text(&statement, ":neighbor", message->neighbor);
	statement_bind_number(&statement, ":size", (int64_t)message->size_bytes);
	statement_bind_number(&statement, ":durable", (int64_t)message->durable_bytes);
	statement_bind_number(&statement, ":arrived", message->arrived_ms);
	statement_bind_number(&statement, ":wall", message->arrived.ms);
	statement_bind_number(&statement, ":expires", message->expires_ms);
	statement_bind_span(&statement, ":heading", buffer_span(&message->heading));
	statement_bind_span(&statement, ":transit", buffer_span(&message->transit));
	if (body != NULL)
		statement_bind_span(&statement, ":body", *body);
	else
		statement_bind_null(&statement, ":body");
	message->inline_body = body != NULL;
	if (statement_run(&statement) == 1)
		message->key = sqlite3_last_insert_rowid(store->database);
}

bool
store_message_get(struct store *store, int64_t key, struct stored_message *message)
{
	struct statement statement = statement_of(store, MESSAGE_COLUMNS " WHERE m.key = :key");

	statement_bind_number(&statement, ":key", key);
	return read_message(&statement, message);
}

bool
store_message_find(struct store *store, const struct message_id *id, int64_t after,
                   struct stored_message *message)
{
	struct statement statement =
	    statement_of(store, MESSAGE_COLUMNS " WHERE i.id = :id AND m.key > :after"
	                                        " ORDER BY m.key LIMIT 1");

	statement_bind_text(&statement, ":id", id->text);
	statement_bind_number(&statement, ":after", after);
	return read_message(&statement, message);
}

bool
store_message_find_arriving(struct store *store, const struct message_id *id, struct span heading,
                            struct stored_message *message)
{
	struct statement statement = statement_of(
	    store, MESSAGE_COLUMNS " WHERE i.id = :id AND m.state = 0 AND m.heading = :heading"
				   " ORDER BY m.key LIMIT 1");

	statement_bind_text(&statement, ":id", id->text);
	statement_bind_span(&statement, ":heading", heading);
	return read_message(&statement, message);
}

bool
store_message_next_arriving(struct store *store, int64_t after, struct stored_message *message)
{
	struct statement statement = statement_of(
	    store, MESSAGE_COLUMNS " WHERE (m.state = 0 OR m.body IS NULL) AND m.key > :after"
				   " ORDER BY m.key LIMIT 1");

	statement_bind_number(&statement, ":after", after);
	return read_message(&statement, message);
}

void
store_message_count(struct store *store, uint64_t *count, uint64_t *bytes)
{
	struct statement statement =
	    statement_of(store, "SELECT count(*), cast(total(size_bytes) AS INTEGER) FROM message");

	*count = *bytes = 0;
	if (statement_row(&statement)) {
		*count = (uint64_t)statement_number(&statement, 0);
		*bytes = (uint64_t)statement_number(&statement, 1);
	}
	statement_end(&statement);
}

bool
store_message_has_file(struct store *store, int64_t key)
{
	struct statement statement =
	    statement_of(store, "SELECT 1 FROM message WHERE key = :key AND body IS NULL");
	bool found;

	statement_bind_number(&statement, ":key", key);
	found = statement_row(&statement);
	statement_end(&statement);
	return found;
}

bool
store_message_body(struct store *store, int64_t key, struct buffer *body)
{
	struct statement statement =
	    statement_of(store, "SELECT body FROM message WHERE key = :key AND body IS NOT NULL");
	bool found;

	statement_bind_number(&statement, ":key", key);
	found = statement_row(&statement);
	if (found)
		buffer_append_span(body, statement_span(&statement, 0));
	statement_end(&statement);
	return found;
}

void
store_message_accept(struct store *store, int64_t key, struct span heading, struct span transit,
                     uint64_t size_bytes, int64_t arrived_ms, int64_t expires_ms)
{
	struct statement statement = statement_of(
	    store, "UPDATE message SET state = 1, heading = :heading, transit = :transit,"
		   " size_bytes = :size, durable_bytes = :size, arrived_ms = :arrived,"
		   " expires_ms = :expires"
		   " WHERE key = :key");

	assert(size_bytes <= INT64_MAX);
	statement_bind_number(&statement, ":key", key);
	statement_bind_span(&statement, ":heading", heading);
	statement_bind_span(&statement, ":transit", transit);
	statement_bind_number(&statement, ":size", (int64_t)size_bytes);
	statement_bind_number(&statement, ":arrived", arrived_ms);
	statement_bind_number(&statement, ":expires", expires_ms);
	statement_run(&statement);
}

void
store_message_delete(struct store *store, int64_t key)
{
	struct statement find =
	    statement_of(store, "SELECT message_id, body IS NULL FROM message WHERE key = :key");
	struct statement delete;
	int64_t id       = 0;
	bool    has_file = false;

	statement_bind_number(&find, ":key", key);
	if (statement_row(&find)) {
		id       = statement_number(&find, 0);
		has_file = statement_number(&find, 1) != 0;
	}
	statement_end(&find);
	if (id == 0)
		return;
	if (has_file) {
		store_message_set_durable(store, key, 0, 0, (struct span){ NULL, 0 });
		store_message_forget_beginning(store, key);
	}
	delete = statement_of(store, "DELETE FROM copy WHERE message = :key");
	statement_bind_number(&delete, ":key", key);
	statement_run(&delete);
	delete = statement_of(store, "DELETE FROM message WHERE key = :key");
	statement_bind_number(&delete, ":key", key);
	statement_run(&delete);
	store_id_release(store, id);
}

void
store_message_set_durable(struct store *store, int64_t key, uint64_t durable_bytes,
                          uint64_t first_chunk, struct span digests)
{
	enum { DIGEST_BYTES = 32 };
	struct statement statement;

	assert(digests.length % DIGEST_BYTES == 0 && durable_bytes <= INT64_MAX);
	statement =
	    statement_of(store, "UPDATE message SET durable_bytes = :durable,"
	                        " size_bytes = max(size_bytes, :durable)" /* a submission grows */
	                        " WHERE key = :key");
	statement_bind_number(&statement, ":key", key);
	statement_bind_number(&statement, ":durable", (int64_t)durable_bytes);
	statement_run(&statement);
	statement = statement_of(store, "DELETE FROM chunk WHERE message = :key"
	                                " AND number >= :first");
	statement_bind_number(&statement, ":key", key);
	statement_bind_number(&statement, ":first", (int64_t)first_chunk);
	statement_run(&statement);
	for (size_t i = 0; i < digests.length / DIGEST_BYTES; i++) {
		statement = statement_of(store, "INSERT INTO chunk (message, number, digest)"
		                                " VALUES (:key, :number, :digest)");
		statement_bind_number(&statement, ":key", key);
		statement_bind_number(&statement, ":number", (int64_t)(first_chunk + i));
		statement_bind_span(&statement, ":digest",
		                    (struct span){ digests.data + i * DIGEST_BYTES, DIGEST_BYTES });
		statement_run(&statement);
	}
}

void
store_message_chunks(struct store *store, int64_t key, struct buffer *digests)
{
	struct statement statement =
	    statement_of(store, "SELECT digest FROM chunk WHERE message = :key ORDER BY number");

	statement_bind_number(&statement, ":key", key);
	while (statement_row(&statement))
		buffer_append_span(digests, statement_span(&statement, 0));
	statement_end(&statement);
}

/* Reads the one row that the statement may give, and ends it. */
static bool
read_message(const struct statement *statement, struct stored_message *message)
{
	bool found = statement_row(statement);

	if (found) {
		message->key = statement_number(statement, 0);
		statement_text(statement, 1, message->id.text, sizeof(message->id.text));
		message->state = (enum message_state)statement_number(statement, 2);
		statement_buffer(statement, 3, &message->heading);
		statement_buffer(statement, 4, &message->transit);
		message->inline_body   = statement_number(statement, 5) != 0;
		message->size_bytes    = (uint64_t)statement_number(statement, 6);
		message->durable_bytes = (uint64_t)statement_number(statement, 7);
		statement_text(statement, 8, message->neighbor, sizeof(message->neighbor));
		message->arrived_ms = statement_number(statement, 9);
		message->arrived.ms = statement_number(statement, 10);
		message->expires_ms = statement_number(statement, 11);
	}
	statement_end(statement);
	return found;
}
