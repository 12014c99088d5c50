/*
 * node_fetch_test.c - what waits for a user: how much of it, and who is given it
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define NODE                                                                                       \
	"node a.oz.au { visible world; service mail { deliver maildir \"/m/%u\" }\n"               \
	" service file { deliver hold; quota 25 } }"

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

/* Ten bytes; there is such a user. */
static void
submit(const char *address, uint8_t token)
{
	const struct action *action;
	struct event         event = { .kind = EVENT_DELIVERY_PREPARED };

	bed_submit(&bed, "file", address, token);
	action = bed_find_action(&bed, ACTION_DELIVER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	CU_ASSERT_EQUAL(action->delivery->kind, DELIVERY_HOLD);
	event.id = action->id;
	bed_step(&bed, &event, 1);
}

/* A program of that user asks; what it is answered by, at its end. */
static int
ask_as(const char *user, const char *word, uint8_t token, const char *more)
{
	struct control_request request;
	struct message_id      id;
	struct buffer          bytes;
	struct event events[2] = { { .kind = EVENT_CLIENT_OPENED, .text = user, .uid = 1000 },
		                   { .kind = EVENT_CLIENT_BYTES } };

	bed_make_id(&id, token);
	control_request_init(&request);
	buffer_init(&bytes);
	control_request_add(&request, "fetch");
	control_request_add(&request, word);
	control_request_add(&request, id.text);
	if (more != NULL)
		control_request_add(&request, more);
	control_append_request(&bytes, &request);
	events[0].id = events[1].id = ++bed.last_client;
	events[1].bytes             = buffer_span(&bytes);
	bed_step(&bed, events, 2);
	buffer_release(&bytes);
	control_request_release(&request);
	return bed_answered(&bed);
}

static void
what_waits_is_counted_for_each_user(void)
{
	submit("joe@a.oz.au", 1);
	submit("joe@a.oz.au", 2);
	submit("ann@a.oz.au", 3);
	CU_ASSERT_EQUAL(count("file"), 3);
	CU_ASSERT_EQUAL(count("mail"), 3);
	submit("joe@a.oz.au", 4);
	CU_ASSERT_EQUAL(count("file"), 3);
	CU_ASSERT_EQUAL(count("mail"), 4); /* its sender hears what fits */
	CU_ASSERT_EQUAL(ask_as("joe", "done", 1, NULL), 0);
	submit("joe@a.oz.au", 5);
	CU_ASSERT_EQUAL(count("file"), 3);
}

static void
a_file_is_given_to_its_user_alone(void)
{
	static const char *const words[] = { "open", "read", "done", "refuse" };

	submit("joe@a.oz.au", 1);
	for (size_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(ask_as("ann", words[i], 1, "0"), 1);
		CU_ASSERT_EQUAL(ask_as("", words[i], 1, "0"), 1);
	}
	CU_ASSERT_EQUAL(count("file"), 1);
	CU_ASSERT_EQUAL(ask_as("joe", "open", 1, NULL), 0);
	CU_ASSERT_EQUAL(ask_as("joe", "read", 1, "5"), 64);
	CU_ASSERT_EQUAL(ask_as("joe", "read", 1, "0"), 0);
	CU_ASSERT_EQUAL(ask_as("joe", "done", 1, NULL), 0);
	CU_ASSERT_EQUAL(ask_as("joe", "done", 1, NULL), 1);
	CU_ASSERT_EQUAL(count("file"), 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(what_waits_is_counted_for_each_user),
	UNIT_TEST(a_file_is_given_to_its_user_alone),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_fetch_suite = UNIT_SUITE("node/fetch", setup, teardown, tests);
