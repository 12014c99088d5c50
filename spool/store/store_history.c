/*
 * store_history.c - tables `passage` and `outcome`: what is known of messages that passed
 */
#include "spool/store/statement.h"
#include "spool/store/store_id.h"

void
stored_passage_init(struct stored_passage *passage)
{
	*passage = (struct stored_passage){ .arrived.ms = 0 };
}

void
stored_passage_release(struct stored_passage *passage)
{
	buffer_release(&passage->heading);
	buffer_release(&passage->transit);
	stored_passage_init(passage);
}

void
store_passage_add(struct store *store, const struct stored_passage *passage, int64_t forget_ms)
{
	int64_t          key       = store_id_make(store, &passage->id);
	struct statement statement = statement_of(
	    store, "INSERT INTO passage (message_id, neighbor, owner, arrived_wall, left_wall,"
		   " forget_ms, heading, transit) VALUES (:id, :neighbor, :owner, :arrived, :left,"
		   " :forget, :heading, :transit)");

	statement_bind_number(&statement, ":id", key);
	statement_bind_text(&statement, ":neighbor", passage->from);
	statement_bind_text(&statement, ":owner", passage->owner);
	statement_bind_number(&statement, ":arrived", passage->arrived.ms);
	statement_bind_number(&statement, ":left", passage->left.ms);
	statement_bind_number(&statement, ":forget", forget_ms);
	statement_bind_span(&statement, ":heading", buffer_span(&passage->heading));
	statement_bind_span(&statement, ":transit", buffer_span(&passage->transit));
	statement_run(&statement);
}

void
store_passage_left(struct store *store, const struct message_id *id, struct walltime left)
{
	struct statement statement =
	    statement_of(store, "UPDATE passage SET left_wall = :left WHERE left_wall = 0"
	                        " AND message_id = (SELECT key FROM message_id WHERE id = :id)");

	statement_bind_number(&statement, ":left", left.ms);
	statement_bind_text(&statement, ":id", id->text);
	statement_run(&statement);
}

bool
store_passage_get(struct store *store, const struct message_id *id, unsigned index,
                  struct stored_passage *passage)
{
	struct statement statement = statement_of(
	    store, "SELECT neighbor, owner, arrived_wall, left_wall, heading, transit FROM passage"
		   " WHERE message_id = (SELECT key FROM message_id WHERE id = :id)"
		   " ORDER BY key LIMIT 1 OFFSET :index");
	bool found;

	statement_bind_text(&statement, ":id", id->text);
	statement_bind_number(&statement, ":index", index);
	found = statement_row(&statement);
	if (found) {
		passage->id = *id;
		statement_text(&statement, 0, passage->from, sizeof(passage->from));
		statement_text(&statement, 1, passage->owner, sizeof(passage->owner));
		passage->arrived.ms = statement_number(&statement, 2);
		passage->left.ms    = statement_number(&statement, 3);
		statement_buffer(&statement, 4, &passage->heading);
		statement_buffer(&statement, 5, &passage->transit);
	}
	statement_end(&statement);
	return found;
}

bool
store_passage_next_id(struct store *store, const char *prefix, const char *after,
                      struct message_id *id)
{
	/* '~' is above every byte of an id. */
	struct statement statement = statement_of(
	    store, "SELECT id FROM message_id WHERE id >= :prefix AND id < :prefix || '~'"
		   " AND id > :after AND EXISTS"
		   " (SELECT 1 FROM passage WHERE passage.message_id = message_id.key)"
		   " ORDER BY id LIMIT 1");
	bool found;

	statement_bind_text(&statement, ":prefix", prefix);
	statement_bind_text(&statement, ":after", after != NULL ? after : "");
	found = statement_row(&statement);
	if (found)
		statement_text(&statement, 0, id->text, sizeof(id->text));
	statement_end(&statement);
	return found;
}

void
store_outcome_add(struct store *store, const struct message_id *id,
                  const struct stored_outcome *outcome, int64_t forget_ms)
{
	int64_t          key       = store_id_make(store, id);
	struct statement statement = statement_of(
	    store,
	    "INSERT INTO outcome (message_id, destination, outcome, at_wall, forget_ms, text)"
	    " VALUES (:id, :destination, :outcome, :at, :forget, :text)"
	    " ON CONFLICT DO NOTHING");

	statement_bind_number(&statement, ":id", key);
	statement_bind_text(&statement, ":destination", outcome->destination);
	statement_bind_text(&statement, ":outcome", outcome->outcome);
	statement_bind_number(&statement, ":at", outcome->at.ms);
	statement_bind_number(&statement, ":forget", forget_ms);
	statement_bind_text(&statement, ":text", outcome->text);
	statement_run(&statement);
}

bool
store_outcome_get(struct store *store, const struct message_id *id, unsigned index,
                  struct stored_outcome *outcome)
{
	struct statement statement =
	    statement_of(store, "SELECT destination, outcome, at_wall, text FROM outcome"
	                        " WHERE message_id = (SELECT key FROM message_id WHERE id = :id)"
	                        " ORDER BY destination LIMIT 1 OFFSET :index");
	bool found;

	statement_bind_text(&statement, ":id", id->text);
	statement_bind_number(&statement, ":index", index);
	found = statement_row(&statement);
	if (found) {
		statement_text(&statement, 0, outcome->destination, sizeof(outcome->destination));
		statement_text(&statement, 1, outcome->outcome, sizeof(outcome->outcome));
		outcome->at.ms = statement_number(&statement, 2);
		statement_text(&statement, 3, outcome->text, sizeof(outcome->text));
	}
	statement_end(&statement);
	return found;
}

void
store_history_purge(struct store *store, int64_t now_ms)
{
	while (store_id_purge(store,
	                      "SELECT message_id FROM passage WHERE forget_ms <= :now"
	                      " ORDER BY forget_ms, key LIMIT 1",
	                      "DELETE FROM passage WHERE message_id = :id AND forget_ms <= :now",
	                      now_ms))
		;
	while (store_id_purge(store,
	                      "SELECT message_id FROM outcome WHERE forget_ms <= :now"
	                      " ORDER BY forget_ms, message_id, destination LIMIT 1",
	                      "DELETE FROM outcome WHERE message_id = :id AND forget_ms <= :now",
	                      now_ms))
		;
}
