/*
 * node_parts_test.c - a file in parts: in any order, with doubles, with one that never comes
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "spool/base/random.h"
#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define NODE                                                                                       \
	"node a.oz.au { visible world; service mail { deliver maildir \"/m/%u\" }\n"               \
	" service file { deliver drop \"/f/%u\"; quiet }; service kept { deliver hold }\n"         \
	" service told { deliver drop \"/t/%u\" } }"

enum { PARTS = 5, HOUR_MS = 3600000 };

static struct bed bed;

static void
setup(void)
{
	bed_make(&bed, NODE);
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* Part n has 10 * n bytes, by which it is known again. */
static void
submit_part(const char *service, char set, uint8_t token, uint32_t number)
{
	struct control_submission said;
	struct buffer             bytes;

	buffer_init(&bytes);
	bed_begin(&said, service, "joe@a.oz.au", token);
	memset(said.part.set, set, MESSAGE_TOKEN_TEXT);
	said.part.number = number;
	said.part.count  = PARTS;
	said.lifetime_ms = HOUR_MS;
	bed_append_message(&bytes, &said, 10 * (size_t)number);
	bed_say(&bed, &bytes);
	buffer_release(&bytes);
}

static size_t
count(const char *service)
{
	struct stored_copy copy;
	size_t             copies;

	stored_copy_init(&copy);
	copies = bed_count_of(&bed, service, &copy);
	stored_copy_release(&copy);
	return copies;
}

/* The job of the last step, which must be the whole. */
static uint64_t
whole_job(void)
{
	const struct action *action = bed_find_action(&bed, ACTION_DELIVER);

	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	CU_ASSERT_EQUAL(action->delivery->body.size_bytes, 10);
	CU_ASSERT_EQUAL_FATAL(action->delivery->rest_count, PARTS - 1);
	for (size_t i = 0; i + 1 < PARTS; i++)
		CU_ASSERT_EQUAL(action->delivery->rest[i].size_bytes, 10 * (i + 2));
	CU_ASSERT_EQUAL(delivery_size_bytes(action->delivery), 150);
	return action->id;
}

static void
deliver(uint64_t id)
{
	struct event event = { .kind = EVENT_DELIVERY_PREPARED, .id = id };

	bed_step(&bed, &event, 1);
	event.kind    = EVENT_DELIVERY_ENDED;
	event.verdict = DELIVERY_DONE;
	bed_step(&bed, &event, 1);
}

static void
parts_are_joined_in_their_order_whatever_theirs_was(void)
{
	struct random random;

	random_seed_number(&random, 11);
	for (uint8_t round = 0; round < 20; round++) {
		uint32_t order[PARTS];
		uint32_t last = 0;

		for (uint32_t i = 0; i < PARTS; i++)
			order[i] = i + 1;
		for (uint32_t i = PARTS - 1; i > 0; i--) {
			uint32_t j    = (uint32_t)random_below(&random, i + 1);
			uint32_t kept = order[i];

			order[i] = order[j];
			order[j] = kept;
		}
		for (uint32_t i = 0; i < PARTS; i++) {
			if (i > 0)
				CU_ASSERT_PTR_NULL(bed_find_action(&bed, ACTION_DELIVER));
			if (i > 0 && random_below(&random, 2) == 0) { /* the one before once more */
				submit_part("file", 'a', (uint8_t)(10 * round + last), last);
				CU_ASSERT_PTR_NULL(bed_find_action(&bed, ACTION_DELIVER));
			}
			last = order[i];
			submit_part("file", 'a', (uint8_t)(10 * round + last), last);
		}
		deliver(whole_job());
		CU_ASSERT_EQUAL(count("file"), 0);
		CU_ASSERT_EQUAL(count("mail"), 0);
	}
}

static void
two_files_do_not_mix(void)
{
	for (uint8_t i = 1; i < PARTS; i++) {
		submit_part("file", 'a', i, i);
		submit_part("file", 'b', (uint8_t)(i + 100), i);
		submit_part("kept", 'a', (uint8_t)(i + 200), i);
	}
	submit_part("file", 'b', 105, PARTS);
	deliver(whole_job());
	CU_ASSERT_EQUAL(count("file"), PARTS - 1);
	CU_ASSERT_EQUAL(count("kept"), PARTS - 1);
}

/* What there is goes when its time is over, and the sender hears of it once. */
static void
a_part_that_never_comes_is_reported_once(void)
{
	for (uint8_t i = 2; i <= PARTS; i++)
		submit_part("file", 'a', i, i);
	bed_pass(&bed, HOUR_MS / 2);
	CU_ASSERT_EQUAL(count("file"), PARTS - 1);
	CU_ASSERT_EQUAL(count("mail"), 0);
	bed_pass(&bed, HOUR_MS);
	CU_ASSERT_EQUAL(count("file"), 0);
	CU_ASSERT_EQUAL(count("mail"), 1);
}

/* Another message with the number of one that is here is sent back, and the file comes all the same. */
static void
a_number_is_taken_once(void)
{
	submit_part("file", 'a', 2, 2);
	submit_part("file", 'a', 99, 2);
	CU_ASSERT_EQUAL(count("file"), 1);
	CU_ASSERT_EQUAL(count("mail"), 1);
	for (uint8_t i = 1; i <= PARTS; i++)
		if (i != 2)
			submit_part("file", 'a', i, i);
	deliver(whole_job());
	CU_ASSERT_EQUAL(count("file"), 0);
}

/* The first is held for its user, and with it, when it is thrown away, the others go. */
static void
a_file_that_waits_for_its_user_ends_with_all_its_parts(void)
{
	struct event event = { .kind = EVENT_DELIVERY_PREPARED };

	for (uint8_t i = 1; i <= PARTS; i++)
		submit_part("kept", 'a', i, i);
	event.id = whole_job();
	bed_step(&bed, &event, 1);
	CU_ASSERT_EQUAL(count("kept"), PARTS);
	CU_ASSERT_EQUAL(count("mail"), 1); /* one notice for the user */
	bed_pass(&bed, 2 * HOUR_MS);
	CU_ASSERT_EQUAL(count("kept"), 0);
	CU_ASSERT_EQUAL(count("mail"), 2); /* and one report for the sender */
}

/* Of the whole, whichever part came first. */
static void
a_user_is_told_of_the_whole_file_once(void)
{
	struct stored_copy copy;
	struct buffer      mail;

	for (uint32_t number = PARTS; number > 0; number--) {
		CU_ASSERT_EQUAL(count("mail"), 0);
		submit_part("told", 'a', (uint8_t)number, number);
	}
	deliver(whole_job());
	stored_copy_init(&copy);
	buffer_init(&mail);
	CU_ASSERT_EQUAL(count("mail"), 1);
	CU_ASSERT_EQUAL(count("told"), 0);
	CU_ASSERT_TRUE_FATAL(store_copy_next(bed.store, NULL, 0, &copy));
	store_message_body(bed.store, copy.message, &mail);
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&mail), "Size: 150 bytes"));
	buffer_release(&mail);
	stored_copy_release(&copy);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(parts_are_joined_in_their_order_whatever_theirs_was),
	UNIT_TEST(two_files_do_not_mix),
	UNIT_TEST(a_part_that_never_comes_is_reported_once),
	UNIT_TEST(a_number_is_taken_once),
	UNIT_TEST(a_file_that_waits_for_its_user_ends_with_all_its_parts),
	UNIT_TEST(a_user_is_told_of_the_whole_file_once),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_parts_suite = UNIT_SUITE("node/parts", setup, teardown, tests);
