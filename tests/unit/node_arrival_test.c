/*
 * node_arrival_test.c - whose file came into a folder is told once; nobody is told of other things
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define SERVICES                                                                                   \
	" service file { deliver drop \"/f/%u\" }; service open { deliver drop \"/f/all\" }\n"     \
	" service still { deliver drop \"/f/%u\"; quiet }; service kept { deliver hold }\n"        \
	" service wait { deliver hold; quiet } }"

static struct bed    bed;
static struct buffer body;

static void
setup(void)
{
	buffer_init(&body);
}

static void
teardown(void)
{
	buffer_release(&body);
}

/* Ten bytes to joe of that service; what becomes of them says the disk, which knows the name. */
static void
send_file(const char *service, const char *name)
{
	const struct action *action;
	struct event         event = { .kind = EVENT_DELIVERY_PREPARED };

	bed_submit(&bed, service, "joe@a.oz.au", 1);
	action = bed_find_action(&bed, ACTION_DELIVER);
	CU_ASSERT_PTR_NOT_NULL_FATAL(action);
	event.id = action->id;
	bed_step(&bed, &event, 1);
	if (bed_find_action(&bed, ACTION_PUBLISH) == NULL)
		return; /* it waits in the spool */
	event = (struct event){
		.kind = EVENT_DELIVERY_ENDED, .id = event.id, .verdict = DELIVERY_DONE, .text = name
	};
	bed_step(&bed, &event, 1);
}

/* How many mails there are; `body` gets the last one. */
static size_t
mails(void)
{
	struct stored_copy copy;
	size_t             count;

	stored_copy_init(&copy);
	buffer_clear(&body);
	count = bed_count_of(&bed, "mail", &copy);
	for (int64_t after = 0; store_copy_next(bed.store, NULL, after, &copy); after = copy.key) {
		buffer_clear(&body);
		store_message_body(bed.store, copy.message, &body);
	}
	stored_copy_release(&copy);
	return count;
}

static void
a_user_is_told_of_a_file_that_came_for_her(void)
{
	static const struct {
		const char *service;
		size_t      mails;
	} cases[] = { { "file", 1 }, { "open", 0 }, { "still", 0 }, { "kept", 1 }, { "wait", 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bed_make(&bed, "node a.oz.au { visible world\n"
		               " service mail { deliver maildir \"/m/%u\" }\n" SERVICES);
		send_file(cases[i].service, "report");
		CU_ASSERT_EQUAL(mails(), cases[i].mails);
		bed_release(&bed);
	}
}

static void
she_is_told_where_it_lies(void)
{
	bed_make(&bed, "node a.oz.au { visible world; language pt\n"
	               " service mail { deliver maildir \"/m/%u\" }\n" SERVICES);
	send_file("file", "report (2)");
	CU_ASSERT_EQUAL(mails(), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&body), "To: joe@a.oz.au\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&body), "Caminho: /f/joe/report (2)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(buffer_text(&body), "Tamanho: 10 bytes"));
	CU_ASSERT_PTR_NULL(strstr(buffer_text(&body), "mulga fetch"));
	bed_release(&bed);
}

static void
what_tells_of_a_file_is_no_file(void)
{
	bed_make(&bed, "node a.oz.au { visible world\n"
	               " service mail { deliver drop \"/m/%u\" }\n" SERVICES);
	send_file("mail", "1");
	CU_ASSERT_EQUAL(mails(), 0);
	bed_release(&bed);
	bed_make(&bed, "node a.oz.au { visible world; service mail { deliver hold }\n" SERVICES);
	send_file("mail", "1");
	CU_ASSERT_EQUAL(mails(), 1); /* itself */
	bed_release(&bed);
	bed_make(&bed, "node a.oz.au { visible world\n" SERVICES);
	send_file("file", "report");
	CU_ASSERT_EQUAL(mails(), 0);
	bed_release(&bed);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_user_is_told_of_a_file_that_came_for_her),
	UNIT_TEST(she_is_told_where_it_lies),
	UNIT_TEST(what_tells_of_a_file_is_no_file),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_arrival_suite = UNIT_SUITE("node/arrival", setup, teardown, tests);
