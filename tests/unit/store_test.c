/*
 * store_test.c - what goes into the spool's tables comes out, in order, or not at all
 */
#include "spool/store/store.h"

#include <stdio.h>
#include <string.h>

#include "spool/store/statement.h"
#include "spool/store/store_link.h"
#include "spool/store/store_message.h"
#include "spool/store/store_topology.h"
#include "tests/unit/unit.h"

static struct store *store;

static void
setup(void)
{
	struct store_options in_memory = { .in_memory = true };

	CU_ASSERT_EQUAL_FATAL(store_open(&store, "", &in_memory, NULL), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(store_begin(store), STATUS_OK);
}

static void
teardown(void)
{
	store_close(store);
}

/* The first column of the first row, by a connection of its own. */
static int64_t
number_in(sqlite3 *database, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t       number = -1;

	CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

static int64_t
insert_message(const char *id, enum message_state state, const char *body)
{
	struct stored_message message;
	struct span           span = span_of_text(body != NULL ? body : "");

	stored_message_init(&message);
	snprintf(message.id.text, sizeof(message.id.text), "%s", id);
	message.state      = state;
	message.size_bytes = body != NULL ? span.length : 1 << 20;
	message.expires_ms = 1000;
	buffer_append_text(&message.heading, "heading");
	buffer_append_text(&message.transit, "transit");
	snprintf(message.neighbor, sizeof(message.neighbor), "hub.oz.au");
	store_message_insert(store, &message, body != NULL ? &span : NULL);
	stored_message_release(&message);
	return message.key;
}

static int64_t
last_key(const char *table)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "SELECT max(key) FROM %s", table);
	return number_in(store->database, sql);
}

static void
insert_copy(int64_t message, const char *neighbor, enum priority priority, uint64_t size_bytes,
            int64_t next_try_ms, enum copy_state state)
{
	struct stored_copy copy;

	stored_copy_init(&copy);
	copy.message = message;
	snprintf(copy.neighbor, sizeof(copy.neighbor), "%s", neighbor);
	copy.priority    = priority;
	copy.size_bytes  = size_bytes;
	copy.next_try_ms = next_try_ms;
	copy.expires_ms  = 1000 + next_try_ms;
	copy.state       = state;
	snprintf(copy.reason, sizeof(copy.reason), "waiting");
	buffer_append_text(&copy.destinations, "joe@a.oz.au");
	buffer_append_text(&copy.text, "for a call");
	store_copy_insert(store, &copy);
	CU_ASSERT_TRUE(copy.key > 0);
	stored_copy_release(&copy);
}

static void
a_message_comes_back_as_it_went(void)
{
	int64_t               key;
	struct stored_message message;
	struct buffer         body = { NULL, 0, 0 };

	insert_message("a-1", MESSAGE_ACCEPTED, "hello");
	key = last_key("message");
	stored_message_init(&message);
	CU_ASSERT_TRUE_FATAL(store_message_get(store, key, &message));
	CU_ASSERT_EQUAL(message.key, key);
	CU_ASSERT_STRING_EQUAL(message.id.text, "a-1");
	CU_ASSERT_EQUAL(message.state, MESSAGE_ACCEPTED);
	CU_ASSERT_STRING_EQUAL(buffer_text(&message.heading), "heading");
	CU_ASSERT_STRING_EQUAL(buffer_text(&message.transit), "transit");
	CU_ASSERT_STRING_EQUAL(message.neighbor, "hub.oz.au");
	CU_ASSERT_TRUE(message.inline_body);
	CU_ASSERT_EQUAL(message.size_bytes, 5);
	CU_ASSERT_EQUAL(message.expires_ms, 1000);
	CU_ASSERT_TRUE(store_message_body(store, key, &body));
	CU_ASSERT_STRING_EQUAL(buffer_text(&body), "hello");
	CU_ASSERT_FALSE(store_message_has_file(store, key));
	CU_ASSERT_FALSE(store_message_get(store, key + 1, &message));
	stored_message_release(&message);
	buffer_release(&body);
}

static void
an_empty_body_is_inline_and_not_a_file(void)
{
	struct buffer body = { NULL, 0, 0 };

	insert_message("a-1", MESSAGE_ACCEPTED, "");
	CU_ASSERT_TRUE(store_message_body(store, last_key("message"), &body));
	CU_ASSERT_EQUAL(body.length, 0);
	CU_ASSERT_FALSE(store_message_has_file(store, last_key("message")));
	buffer_release(&body);
}

static void
rows_of_one_id_are_found_in_order(void)
{
	struct message_id     id = { "a-1" };
	struct stored_message message;
	int64_t               first;

	stored_message_init(&message);
	insert_message("a-1", MESSAGE_ACCEPTED, "one");
	first = last_key("message");
	insert_message("b-1", MESSAGE_ACCEPTED, "other");
	insert_message("a-1", MESSAGE_ARRIVING, NULL);
	CU_ASSERT_TRUE(store_message_find(store, &id, 0, &message));
	CU_ASSERT_EQUAL(message.key, first);
	CU_ASSERT_TRUE(store_message_find(store, &id, first, &message));
	CU_ASSERT_EQUAL(message.state, MESSAGE_ARRIVING);
	CU_ASSERT_FALSE(store_message_find(store, &id, message.key, &message));
	CU_ASSERT_TRUE(store_message_find_arriving(store, &id, span_of_text("heading"), &message));
	CU_ASSERT_FALSE(store_message_find_arriving(store, &id, span_of_text("forged"), &message));
	stored_message_release(&message);
}

static void
keys_are_never_used_again(void)
{
	int64_t key;

	insert_message("a-1", MESSAGE_ACCEPTED, "x");
	key = last_key("message");
	insert_copy(key, "hub", PRIORITY_LOW, 1, 0, COPY_QUEUED);
	store_message_delete(store, key);
	insert_message("a-1", MESSAGE_ACCEPTED, "x");
	CU_ASSERT_EQUAL(last_key("message"), key + 1);
	insert_copy(key + 1, "hub", PRIORITY_LOW, 1, 0, COPY_QUEUED);
	CU_ASSERT_EQUAL(last_key("copy"), 2);
}

static void
an_arriving_body_goes_on_behind_its_durable_chunks(void)
{
	struct stored_message message;
	struct buffer         digests = { NULL, 0, 0 };
	uint8_t               bytes[96];
	int64_t               key;

	memset(bytes, 'a', 32), memset(bytes + 32, 'b', 32), memset(bytes + 64, 'c', 32);
	stored_message_init(&message);
	insert_message("a-1", MESSAGE_ARRIVING, NULL);
	key = last_key("message");
	store_message_set_durable(store, key, 196608, 0, (struct span){ bytes, 96 });
	store_message_set_durable(store, key, 131072, 1, (struct span){ bytes + 64, 32 });
	store_message_chunks(store, key, &digests);
	CU_ASSERT_EQUAL_FATAL(digests.length, 64);
	CU_ASSERT_EQUAL(digests.data[0], 'a');
	CU_ASSERT_EQUAL(digests.data[32], 'c');
	CU_ASSERT_TRUE(store_message_has_file(store, key));
	CU_ASSERT_TRUE(store_message_next_arriving(store, 0, &message));
	CU_ASSERT_EQUAL(message.durable_bytes, 131072);
	CU_ASSERT_FALSE(store_message_next_arriving(store, key, &message));
	store_message_accept(store, key, span_of_text("head"), span_of_text("way"), 131100, 70, 77);
	CU_ASSERT_TRUE(store_message_get(store, key, &message));
	CU_ASSERT_EQUAL(message.state, MESSAGE_ACCEPTED);
	CU_ASSERT_EQUAL(message.size_bytes, 131100);
	CU_ASSERT_EQUAL(message.expires_ms, 77);
	CU_ASSERT_STRING_EQUAL(buffer_text(&message.transit), "way");
	stored_message_release(&message);
	buffer_release(&digests);
}

static void
a_queue_goes_by_priority_then_size_then_age(void)
{
	static const struct {
		const char     *neighbor;
		enum priority   priority;
		uint64_t        size_bytes;
		int64_t         next_try_ms;
		enum copy_state state;
		int             place; /* in the queue of "hub" at 50, from 1; 0 = not in it */
	} cases[] = {
		{ "hub", PRIORITY_LOW, 10, 0, COPY_QUEUED, 5 },
		{ "hub", PRIORITY_NORMAL, 900, 0, COPY_QUEUED, 4 },
		{ "hub", PRIORITY_NORMAL, 20, 50, COPY_QUEUED, 2 },
		{ "hub", PRIORITY_NORMAL, 20, 0, COPY_QUEUED, 3 },
		{ "hub", PRIORITY_URGENT, 5000, 0, COPY_QUEUED, 1 },
		{ "hub", PRIORITY_URGENT, 1, 51, COPY_QUEUED, 0 },
		{ "hub", PRIORITY_URGENT, 1, 0, COPY_HELD, 0 },
		{ "", PRIORITY_URGENT, 1, 0, COPY_QUEUED, 0 },
		{ "hub2", PRIORITY_URGENT, 1, 0, COPY_QUEUED, 0 },
	};
	enum { CASES = sizeof(cases) / sizeof(cases[0]) };
	struct store_rank  rank = STORE_RANK_FIRST;
	struct stored_copy copy;
	uint64_t           count, bytes;
	int64_t            first, message;
	int                place = 0;

	insert_message("a-1", MESSAGE_ACCEPTED, "x");
	message = last_key("message");
	for (size_t i = 0; i < CASES; i++)
		insert_copy(message, cases[i].neighbor, cases[i].priority, cases[i].size_bytes,
		            cases[i].next_try_ms, cases[i].state);
	first = last_key("copy") - CASES + 1;
	stored_copy_init(&copy);
	while (store_copy_next_for(store, "hub", 50, &rank, &copy))
		CU_ASSERT_EQUAL(cases[copy.key - first].place, ++place);
	CU_ASSERT_EQUAL(place, 5);
	store_copy_count(store, "hub", &count, &bytes);
	CU_ASSERT_EQUAL(count, 6);
	CU_ASSERT_EQUAL(bytes, 5951);
	store_copy_count(store, NULL, &count, &bytes);
	CU_ASSERT_EQUAL(count, 8);
	CU_ASSERT_EQUAL(store_copy_first_try(store, 0), 50);
	CU_ASSERT_EQUAL(store_copy_first_try(store, 50), 51);
	CU_ASSERT_EQUAL(store_copy_first_try(store, 51), INT64_MAX);
	stored_copy_release(&copy);
}

static void
a_copy_changes_and_goes(void)
{
	struct stored_copy copy;
	int64_t            message;

	stored_copy_init(&copy);
	insert_message("a-1", MESSAGE_ACCEPTED, "x");
	message = last_key("message");
	CU_ASSERT_EQUAL(store_copy_first_expiry(store), INT64_MAX);
	insert_copy(message, "hub", PRIORITY_LOW, 1, 0, COPY_QUEUED);
	insert_copy(message, "", PRIORITY_LOW, 1, 5, COPY_QUEUED);
	CU_ASSERT_TRUE(store_copy_next_of_message(store, message, 0, &copy));
	CU_ASSERT_STRING_EQUAL(buffer_text(&copy.destinations), "joe@a.oz.au");
	CU_ASSERT_STRING_EQUAL(buffer_text(&copy.text), "for a call");
	CU_ASSERT_STRING_EQUAL(copy.reason, "waiting");
	copy.state      = COPY_PREPARED;
	copy.attempts   = 3;
	copy.expires_ms = 2000;
	store_copy_update(store, &copy);
	CU_ASSERT_TRUE(store_copy_next(store, "hub", 0, &copy));
	CU_ASSERT_EQUAL(copy.state, COPY_PREPARED);
	CU_ASSERT_EQUAL(copy.attempts, 3);
	CU_ASSERT_FALSE(store_copy_next(store, "hub", copy.key, &copy));
	CU_ASSERT_TRUE(store_copy_next(store, NULL, copy.key, &copy));
	CU_ASSERT_STRING_EQUAL(copy.neighbor, "");
	CU_ASSERT_EQUAL(store_copy_first_expiry(store), 1005);
	CU_ASSERT_FALSE(store_copy_next_expired(store, 1004, &copy));
	CU_ASSERT_TRUE(store_copy_next_expired(store, 1005, &copy));
	CU_ASSERT_EQUAL(store_copy_delete(store, copy.key), 1);
	CU_ASSERT_FALSE(store_copy_get(store, copy.key, &copy));
	CU_ASSERT_TRUE(store_copy_next_of_message(store, message, 0, &copy));
	CU_ASSERT_EQUAL(store_copy_delete(store, copy.key), 0);
	stored_copy_release(&copy);
}

static void
what_was_taken_is_known_for_each_visit(void)
{
	struct message_id id = { "a-1" };

	CU_ASSERT_TRUE(store_seen_add(store, &id, "joe@a", 0, 100));
	CU_ASSERT_FALSE(store_seen_add(store, &id, "joe@a", 0, 100));
	CU_ASSERT_TRUE(store_seen_add(store, &id, "joe@a", 1, 200));
	CU_ASSERT_TRUE(store_seen_add(store, &id, "ann@a", 0, 100));
	store_seen_purge(store, 150);
	CU_ASSERT_TRUE(store_seen_add(store, &id, "joe@a", 0, 300));
	CU_ASSERT_FALSE(store_seen_add(store, &id, "joe@a", 1, 300));
	store_seen_purge(store, 300);
	CU_ASSERT_EQUAL(number_in(store->database, "SELECT count(*) FROM message_id"), 0);
	CU_ASSERT_TRUE(store_seen_add(store, &id, "joe@a", 1, 400));
}

static void
history_keeps_arrivals_in_order_and_one_end_each(void)
{
	struct stored_passage passage;
	struct stored_outcome outcome = { .destination = "joe@a", .outcome = "delivered" };
	struct message_id     id      = { "a-1" };

	stored_passage_init(&passage);
	passage.id = id;
	buffer_append_text(&passage.heading, "heading");
	store_passage_add(store, &passage, 100);
	store_passage_left(store, &id, (struct walltime){ 7 });
	snprintf(passage.from, sizeof(passage.from), "hub");
	store_passage_add(store, &passage, 200);
	CU_ASSERT_TRUE(store_passage_get(store, &id, 0, &passage));
	CU_ASSERT_STRING_EQUAL(passage.from, "");
	CU_ASSERT_EQUAL(passage.left.ms, 7);
	CU_ASSERT_TRUE(store_passage_get(store, &id, 1, &passage));
	CU_ASSERT_STRING_EQUAL(passage.from, "hub");
	CU_ASSERT_EQUAL(passage.left.ms, 0);
	CU_ASSERT_FALSE(store_passage_get(store, &id, 2, &passage));
	store_outcome_add(store, &id, &outcome, 200);
	snprintf(outcome.outcome, sizeof(outcome.outcome), "expired");
	store_outcome_add(store, &id, &outcome, 200);
	CU_ASSERT_TRUE(store_outcome_get(store, &id, 0, &outcome));
	CU_ASSERT_STRING_EQUAL(outcome.outcome, "delivered");
	CU_ASSERT_FALSE(store_outcome_get(store, &id, 1, &outcome));
	store_history_purge(store, 100);
	CU_ASSERT_FALSE(store_passage_get(store, &id, 1, &passage));
	CU_ASSERT_TRUE(store_outcome_get(store, &id, 0, &outcome));
	store_history_purge(store, 200);
	CU_ASSERT_FALSE(store_outcome_get(store, &id, 0, &outcome));
	CU_ASSERT_EQUAL(number_in(store->database, "SELECT count(*) FROM message_id"), 0);
	stored_passage_release(&passage);
}

static void
ids_are_found_by_their_beginning(void)
{
	static const char *const ids[] = { "a-1", "a-2", "ab-1", "b-1" };
	struct stored_passage    passage;
	struct message_id        id = { "a-3" };

	stored_passage_init(&passage);
	store_seen_add(store, &id, "joe@a", 0, 100); /* known, but no passage */
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		snprintf(passage.id.text, sizeof(passage.id.text), "%s", ids[i]);
		store_passage_add(store, &passage, 100);
	}
	CU_ASSERT_TRUE(store_passage_next_id(store, "a-", NULL, &id));
	CU_ASSERT_STRING_EQUAL(id.text, "a-1");
	CU_ASSERT_TRUE(store_passage_next_id(store, "a-", "a-1", &id));
	CU_ASSERT_STRING_EQUAL(id.text, "a-2");
	CU_ASSERT_FALSE(store_passage_next_id(store, "a-", "a-2", &id));
	CU_ASSERT_TRUE(store_passage_next_id(store, "", "a-2", &id));
	CU_ASSERT_STRING_EQUAL(id.text, "ab-1");
	stored_passage_release(&passage);
}

static void
records_replace_their_elders_and_come_in_name_order(void)
{
	struct stored_record record;

	stored_record_init(&record);
	record.node   = *name_of("b.oz.au");
	record.serial = UINT64_MAX;
	buffer_append_text(&record.bytes, "old");
	store_record_put(store, &record);
	buffer_append_text(&record.bytes, "er");
	store_record_put(store, &record);
	record.node = *name_of("a.oz.au");
	store_record_put(store, &record);
	CU_ASSERT_TRUE(store_record_next(store, "", &record));
	CU_ASSERT_STRING_EQUAL(record.node.text, "a.oz.au");
	CU_ASSERT_TRUE(store_record_next(store, "a.oz.au", &record));
	CU_ASSERT_EQUAL(record.serial, UINT64_MAX);
	CU_ASSERT_STRING_EQUAL(buffer_text(&record.bytes), "older");
	CU_ASSERT_FALSE(store_record_next(store, "b.oz.au", &record));
	store_record_delete(store, "a.oz.au", (struct walltime){ 1 });
	CU_ASSERT_TRUE(store_record_next(store, "", &record));
	CU_ASSERT_STRING_EQUAL(record.node.text, "b.oz.au");
	stored_record_release(&record);
}

static void
pseudolinks_come_in_the_order_of_their_ends_and_outlive_no_teacher(void)
{
	static const char *const regions[] = { "oz.au", "", "au" };
	struct stored_pseudolink link      = { .teacher = *name_of("hub.oz.au") };
	struct stored_teacher    teacher   = { .node = *name_of("hub.oz.au"), .heard = { 5000 } };

	CU_ASSERT_FALSE(store_teacher_get(store, "hub.oz.au", &teacher));
	store_teacher_put(store, &teacher);
	teacher.asked.ms = 7000;
	store_teacher_put(store, &teacher);
	teacher.node = *name_of("gate.au");
	store_teacher_put(store, &teacher);
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
		link.region = (struct name){ "" };
		snprintf(link.region.text, sizeof(link.region.text), "%s", regions[i]);
		link.heard.ms = 5000;
		store_pseudolink_put(store, &link);
	}
	link.class    = PSEUDOLINK_WIDER;
	link.heard.ms = 6000;
	store_pseudolink_put(store, &link); /* again "au" */

	CU_ASSERT_TRUE(store_pseudolink_next(store, "", "", &link));
	CU_ASSERT_STRING_EQUAL(link.region.text, "");
	CU_ASSERT_EQUAL(link.class, PSEUDOLINK_GENUINE);
	CU_ASSERT_TRUE(store_pseudolink_next(store, "hub.oz.au", "", &link));
	CU_ASSERT_STRING_EQUAL(link.region.text, "au");
	CU_ASSERT_EQUAL(link.class, PSEUDOLINK_WIDER);
	CU_ASSERT_EQUAL(link.heard.ms, 6000);
	CU_ASSERT_FALSE(store_pseudolink_next(store, "hub.oz.au", "oz.au", &link));

	store_teachers_forget(store, (struct walltime){ 6999 }, (struct walltime){ 7000 });
	CU_ASSERT_TRUE(store_teacher_get(store, "gate.au", &teacher));
	store_teachers_forget(store, (struct walltime){ 7000 }, (struct walltime){ 7000 });
	CU_ASSERT_FALSE(store_teacher_get(store, "gate.au", &teacher));
	CU_ASSERT_TRUE(store_teacher_get(store, "hub.oz.au", &teacher));
	CU_ASSERT_EQUAL(teacher.heard.ms, 5000);
	CU_ASSERT_EQUAL(teacher.asked.ms, 7000);
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
		store_pseudolink_delete(store, "hub.oz.au", regions[i]);
	store_teachers_forget(store, (struct walltime){ 1000 }, (struct walltime){ 4999 });
	CU_ASSERT_FALSE(store_teacher_get(store, "hub.oz.au", &teacher)); /* of unknown age */
}

static void
settings_are_numbers_or_bytes(void)
{
	struct buffer value = { NULL, 0, 0 };

	CU_ASSERT_EQUAL(store_setting_number(store, "serial", 5), 5);
	store_setting_put_number(store, "serial", INT64_MIN);
	CU_ASSERT_EQUAL(store_setting_number(store, "serial", 5), INT64_MIN);
	store_setting_put(store, "key", span_of_text("bytes"));
	CU_ASSERT_EQUAL(store_setting_number(store, "key", 5), 5);
	CU_ASSERT_TRUE(store_setting_get(store, "key", &value));
	CU_ASSERT_STRING_EQUAL(buffer_text(&value), "bytes");
	CU_ASSERT_FALSE(store_setting_get(store, "none", &value));
	buffer_release(&value);
}

static void
a_rolled_back_transaction_leaves_nothing(void)
{
	struct message_id id = { "a-1" };

	CU_ASSERT_FALSE(store_changed(store));
	store_seen_add(store, &id, "joe@a", 0, 100);
	CU_ASSERT_TRUE(store_changed(store));
	store_rollback(store);
	CU_ASSERT_EQUAL(store_begin(store), STATUS_OK);
	CU_ASSERT_FALSE(store_changed(store));
	CU_ASSERT_TRUE(store_seen_add(store, &id, "joe@a", 0, 100));
	CU_ASSERT_EQUAL(number_in(store->database, "SELECT count(*) FROM message_id"), 1);
	CU_ASSERT_EQUAL(store_commit(store), STATUS_OK);
}

static void
a_full_disk_fails_the_transaction_and_not_the_store(void)
{
	static char big[STORE_INLINE_BODY_MAX];
	int64_t     key;

	memset(big, 'x', sizeof(big) - 1);
	insert_message("a-1", MESSAGE_ACCEPTED, "small");
	key = last_key("message");
	CU_ASSERT_EQUAL(store_commit(store), STATUS_OK);
	number_in(store->database, "PRAGMA max_page_count = 60");
	CU_ASSERT_EQUAL(store_begin(store), STATUS_OK);
	for (int i = 0; i < 10; i++)
		insert_message("a-2", MESSAGE_ACCEPTED, big);
	CU_ASSERT_EQUAL(store_failure(store), STATUS_NO_SPACE);
	CU_ASSERT_EQUAL(store_commit(store), STATUS_NO_SPACE);
	CU_ASSERT_EQUAL(store_begin(store), STATUS_OK);
	CU_ASSERT_EQUAL(store_failure(store), STATUS_OK);
	CU_ASSERT_EQUAL(last_key("message"), key);
	store_message_delete(store, key);
	CU_ASSERT_EQUAL(store_commit(store), STATUS_OK);
}

static void
a_deleted_message_leaves_no_row_behind(void)
{
	int64_t key;

	insert_message("a-1", MESSAGE_ARRIVING, NULL);
	key = last_key("message");
	insert_copy(key, "hub", PRIORITY_LOW, 1, 0, COPY_QUEUED);
	store_message_set_durable(
	    store, key, 65536, 0,
	    (struct span){ (const uint8_t *)"0123456789abcdef0123456789abcdef", 32 });
	CU_ASSERT_EQUAL(number_in(store->database, "PRAGMA foreign_key_check"), -1);
	store_message_delete(store, key);
	CU_ASSERT_EQUAL(
	    number_in(store->database,
	              "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM copy)"
	              " + (SELECT count(*) FROM chunk) + (SELECT count(*) FROM message_id)"),
	    0);
}

static void
what_is_known_of_links_is_kept_by_neighbor_and_label(void)
{
	struct stored_link b    = { *name_of("b"), "", 10, -1, 0, 0, 0, 0 };
	struct stored_link a    = { *name_of("a"), "", 20, 70, 300, 15, 40, 16 };
	struct stored_link dear = { *name_of("b"), "dear", 50, -1, 0, 0, 0, 0 };
	struct stored_link link = { .heard_ms = 0 };

	store_link_put(store, &b);
	store_link_put(store, &a);
	b.heard_ms = 30;
	store_link_put(store, &b);
	store_link_put(store, &dear);
	CU_ASSERT_TRUE(store_link_next(store, &link));
	CU_ASSERT_STRING_EQUAL(link.neighbor.text, "a");
	CU_ASSERT_TRUE(link.heard_ms == 20 && link.delay_ms == 70 && link.topology_bytes == 300 &&
	               link.topology_day_ms == 15 && link.day_bytes == 40 && link.day_ms == 16);
	CU_ASSERT_TRUE(store_link_next(store, &link));
	CU_ASSERT_TRUE(link.heard_ms == 30 && link.delay_ms == -1 && link.label[0] == '\0');
	CU_ASSERT_TRUE(store_link_next(store, &link));
	CU_ASSERT_STRING_EQUAL(link.label, "dear");
	CU_ASSERT_EQUAL(link.heard_ms, 50);
	CU_ASSERT_FALSE(store_link_next(store, &link));
	store_link_delete(store, "b", "");
	CU_ASSERT_FALSE(store_link_get(store, "b", "", &link));
	CU_ASSERT_TRUE(store_link_get(store, "b", "dear", &link));
	CU_ASSERT_TRUE(store_link_get(store, "a", "", &link));
}

static void
copies_are_found_by_what_they_tell_and_why_they_wait(void)
{
	struct stored_copy copy;

	insert_message("a-1", MESSAGE_ACCEPTED, "x");
	insert_copy(last_key("message"), "hub", PRIORITY_HIGH, 1, 500, COPY_QUEUED);
	insert_copy(last_key("message"), "hub", PRIORITY_HIGH, 1, 500, COPY_QUEUED);
	stored_copy_init(&copy);
	CU_ASSERT_FALSE(store_copy_next_about(store, "hub", "", 0, &copy));
	CU_ASSERT_TRUE(store_copy_get(store, last_key("copy"), &copy));
	snprintf(copy.about, sizeof(copy.about), "node");
	snprintf(copy.reason, sizeof(copy.reason), COPY_REASON_LIMIT);
	store_copy_update(store, &copy);
	CU_ASSERT_FALSE(store_copy_next_about(store, "hub", "other", 0, &copy));
	CU_ASSERT_FALSE(store_copy_next_about(store, "other", "node", 0, &copy));
	CU_ASSERT_TRUE(store_copy_next_about(store, "hub", "node", 0, &copy));
	CU_ASSERT_EQUAL(copy.key, last_key("copy"));
	CU_ASSERT_EQUAL(store_copy_count_reason(store, "hub", COPY_REASON_LIMIT), 1);
	store_copy_wake_reason(store, COPY_REASON_LIMIT);
	CU_ASSERT_EQUAL(store_copy_count_reason(store, "hub", COPY_REASON_LIMIT), 0);
	CU_ASSERT_TRUE(store_copy_get(store, copy.key, &copy));
	CU_ASSERT_EQUAL(copy.next_try_ms, 0);
	stored_copy_release(&copy);
}

/* Every statement that these tests prepared, and how SQLite will look for its rows. */
static void
every_question_is_answered_by_an_index(void)
{
	static void (*const tests[])(void) = {
		a_message_comes_back_as_it_went,
		rows_of_one_id_are_found_in_order,
		an_arriving_body_goes_on_behind_its_durable_chunks,
		a_queue_goes_by_priority_then_size_then_age,
		a_copy_changes_and_goes,
		what_was_taken_is_known_for_each_visit,
		history_keeps_arrivals_in_order_and_one_end_each,
		ids_are_found_by_their_beginning,
		records_replace_their_elders_and_come_in_name_order,
		pseudolinks_come_in_the_order_of_their_ends_and_outlive_no_teacher,
		settings_are_numbers_or_bytes,
		what_is_known_of_links_is_kept_by_neighbor_and_label,
		copies_are_found_by_what_they_tell_and_why_they_wait,
		a_deleted_message_leaves_no_row_behind,
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i]();
		store_rollback(store);
		CU_ASSERT_EQUAL_FATAL(store_begin(store), STATUS_OK);
	}
	for (size_t i = 0; i < STORE_STATEMENTS_MAX; i++) {
		sqlite3_stmt *plan;
		char         *sql;

		if (store->statements[i].sql == NULL)
			continue;
		sql = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", store->statements[i].sql);
		CU_ASSERT_EQUAL_FATAL(sqlite3_prepare_v2(store->database, sql, -1, &plan, NULL),
		                      SQLITE_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *detail = (const char *)sqlite3_column_text(plan, 3);

			if (strstr(detail, "TEMP B-TREE") != NULL ||
			    (strstr(detail, "SCAN") != NULL && strstr(detail, "INDEX") == NULL &&
			     strcmp(detail, "SCAN CONSTANT ROW") != 0 &&
			     strcmp(detail, "SCAN teacher") != 0)) { /* some dozens, once an hour */
				printf("\n%s: %s\n", sql, detail);
				CU_FAIL("a scan or a sort");
			}
		}
		sqlite3_finalize(plan);
		sqlite3_free(sql);
	}
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_is_known_of_links_is_kept_by_neighbor_and_label),
	UNIT_TEST(copies_are_found_by_what_they_tell_and_why_they_wait),
	UNIT_TEST(a_message_comes_back_as_it_went),
	UNIT_TEST(an_empty_body_is_inline_and_not_a_file),
	UNIT_TEST(rows_of_one_id_are_found_in_order),
	UNIT_TEST(keys_are_never_used_again),
	UNIT_TEST(an_arriving_body_goes_on_behind_its_durable_chunks),
	UNIT_TEST(a_queue_goes_by_priority_then_size_then_age),
	UNIT_TEST(a_copy_changes_and_goes),
	UNIT_TEST(what_was_taken_is_known_for_each_visit),
	UNIT_TEST(history_keeps_arrivals_in_order_and_one_end_each),
	UNIT_TEST(ids_are_found_by_their_beginning),
	UNIT_TEST(records_replace_their_elders_and_come_in_name_order),
	UNIT_TEST(pseudolinks_come_in_the_order_of_their_ends_and_outlive_no_teacher),
	UNIT_TEST(settings_are_numbers_or_bytes),
	UNIT_TEST(a_rolled_back_transaction_leaves_nothing),
	UNIT_TEST(a_full_disk_fails_the_transaction_and_not_the_store),
	UNIT_TEST(every_question_is_answered_by_an_index),
	UNIT_TEST(a_deleted_message_leaves_no_row_behind),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo store_suite = UNIT_SUITE("store/store", setup, teardown, tests);
