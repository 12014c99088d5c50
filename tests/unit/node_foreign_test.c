/*
 * node_foreign_test.c - what a neighbor that does not speak our protocol is handed, in which order, and when
 */
#include "daemon/node/node.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

enum { COMMANDS = 4 }; /* as many programs run at once */

static struct bed bed;

static void
open(const char *before, const char *statements)
{
	static char description[1024];

	snprintf(description, sizeof(description),
	         "node a.oz.au { visible world; service mail { deliver maildir \"/m/%%u\" }\n"
	         "%s link cat.oz.au { foreign; retry 10s doubling to 30s; %s\n"
	         "transport command over \"%%n\" \"%%l\" \"%%f\" \"%%\" } }\n",
	         before, statements);
	bed_make(&bed, description);
}

static void
setup(void)
{
	open("", "");
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* What the step gave to programs, each with its words joined by blanks, a line each. */
static const char *
given(void)
{
	static char text[1024];
	size_t      used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < bed.actions.count; i++) {
		const struct action *action = &bed.actions.items[i];

		if (action->kind != ACTION_DELIVER || action->delivery->kind != DELIVERY_COMMAND)
			continue;
		for (size_t j = 0; action->delivery->arguments[j] != NULL; j++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
			                         j > 0 ? " " : "", action->delivery->arguments[j]);
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\n");
	}
	return text;
}

static uint64_t
running(void)
{
	for (size_t i = 0; i < bed.actions.count; i++)
		if (bed.actions.items[i].kind == ACTION_DELIVER &&
		    bed.actions.items[i].delivery->kind == DELIVERY_COMMAND)
			return bed.actions.items[i].id;
	CU_FAIL_FATAL("no program runs");
	return 0;
}

static void
ends(uint64_t copy, enum delivery_verdict verdict, const char *text)
{
	struct event event = {
		.kind = EVENT_DELIVERY_ENDED, .id = copy, .verdict = verdict, .text = text
	};

	bed_step(&bed, &event, 1);
}

/* The next step in which a program is begun is so many seconds away. */
static void
goes_after(int64_t least_s, int64_t most_s)
{
	int64_t waited_s = 0;

	while (given()[0] == '\0' && waited_s <= most_s) {
		bed_pass(&bed, 1000);
		waited_s++;
	}
	CU_ASSERT_TRUE(waited_s >= least_s);
	CU_ASSERT_TRUE(waited_s <= most_s);
}

static size_t
copies(const char *service)
{
	struct stored_copy copy;
	size_t             count;

	stored_copy_init(&copy);
	count = bed_count_of(&bed, service, &copy);
	stored_copy_release(&copy);
	return count;
}

/* In the answer to the last question. */
static bool
answer_says(const char *text)
{
	for (size_t i = 0; i < bed.actions.count; i++) {
		struct span bytes = bed.actions.items[i].bytes;

		if (bed.actions.items[i].kind == ACTION_CLIENT_SEND &&
		    memmem(bytes.data, bytes.length, text, strlen(text)) != NULL)
			return true;
	}
	return false;
}

static void
link_says(const char *text)
{
	ASK(&bed, "links", "cat.oz.au");
	CU_ASSERT_TRUE(answer_says(text));
}

static void
a_copy_goes_whole_with_what_is_left_of_its_addresses(void)
{
	static const struct {
		const char *address, *recipients;
	} cases[] = {
		{ "kim@cat.oz.au", " kim" },
		{ "kim@cat.oz.au,lee@cat.oz.au", " kim lee" },
		{ "sue@deep.cat.oz.au", " sue@deep.cat.oz.au" },
		{ "cat.oz.au!mo@far", " far!mo" },
		{ "cat.oz.au!x.com!mo@far.com", " x.com!far.com!mo" },
		{ "cat.oz.au!cat.oz.au!mo@cat.oz.au", " mo" },
		{ "a.oz.au!cat.oz.au!mo@cat.oz.au", " mo" },
		{ "cat.oz.au", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char expected[256];

		bed_submit(&bed, "news", cases[i].address, (uint8_t)(i + 1));
		CU_ASSERT_EQUAL(bed_answered(&bed), 0);
		goes_after(0, 2);
		snprintf(expected, sizeof(expected),
		         "over cat.oz.au %s a.oz.au %% news joe@a.oz.au%s\n", "",
		         cases[i].recipients);
		CU_ASSERT_STRING_EQUAL(given(), expected);
		ends(running(), DELIVERY_DONE, "");
		CU_ASSERT_EQUAL(copies("news"), 0);
	}
}

static void
one_message_after_the_other_and_mail_before_files(void)
{
	uint64_t first;

	bed_submit(&bed, "file", "kim@cat.oz.au", 1);
	goes_after(0, 2);
	first = running();
	bed_submit(&bed, "file", "lee@cat.oz.au", 2);
	bed_submit(&bed, "mail", "mo@cat.oz.au", 3);
	CU_ASSERT_STRING_EQUAL(given(), "");
	link_says("calling");
	ends(first, DELIVERY_DONE, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(given(), " mail joe@a.oz.au mo\n"));
	ends(running(), DELIVERY_DONE, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(given(), " file joe@a.oz.au lee\n"));
	ends(running(), DELIVERY_DONE, "");
	CU_ASSERT_STRING_EQUAL(given(), "");
	link_says("handed over 3 messages");
}

static void
what_is_refused_comes_back_and_the_rest_goes_on(void)
{
	uint64_t first;

	bed_submit(&bed, "news", "kim@cat.oz.au", 1);
	goes_after(0, 2);
	first = running();
	bed_submit(&bed, "news", "lee@cat.oz.au", 2);
	ends(first, DELIVERY_REFUSED, "no such thing");
	CU_ASSERT_PTR_NOT_NULL(strstr(given(), " news joe@a.oz.au lee\n"));
	CU_ASSERT_EQUAL(copies("news"), 1);
	CU_ASSERT_EQUAL(copies("mail"), 1); /* its sender hears of it */
	ends(running(), DELIVERY_NO_USER, "nobody");
	CU_ASSERT_EQUAL(copies("news"), 0);
	CU_ASSERT_EQUAL(copies("mail"), 2);
}

static void
another_time_is_another_time_for_all_and_the_pause_doubles(void)
{
	uint64_t first;

	bed_submit(&bed, "news", "kim@cat.oz.au", 1);
	goes_after(0, 2);
	first = running();
	bed_submit(&bed, "news", "lee@cat.oz.au", 2);
	ends(first, DELIVERY_LATER, "the disk is full");
	CU_ASSERT_STRING_EQUAL(given(), "");
	link_says("the disk is full");
	CU_ASSERT_EQUAL(copies("news"), 2);
	CU_ASSERT_EQUAL(copies("mail"), 0);
	for (int64_t pause_s = 10; pause_s <= 40; pause_s *= 2) {
		goes_after(pause_s < 30 ? pause_s - 1 : 29, pause_s < 30 ? pause_s + 1 : 31);
		ends(running(), DELIVERY_LATER, "the disk is full");
	}
	goes_after(29, 31);
	ends(running(), DELIVERY_DONE, "");
	CU_ASSERT_EQUAL(copies("news"), 1);
}

static void
a_program_that_is_not_there_holds_the_copy(void)
{
	bed_submit(&bed, "news", "kim@cat.oz.au", 1);
	goes_after(0, 2);
	ends(running(), DELIVERY_FAILED, "not found");
	CU_ASSERT_EQUAL(copies("news"), 1);
	link_says("not found");
	for (int i = 0; i < 100; i++) {
		bed_pass(&bed, 1000);
		CU_ASSERT_STRING_EQUAL(given(), "");
	}
	ASK(&bed, "queue", "release", "--all");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(given(), " kim\n"));
}

static void
taken_down_by_its_operator_it_gets_nothing_more(void)
{
	uint64_t first;

	bed_submit(&bed, "news", "kim@cat.oz.au", 1);
	goes_after(0, 2);
	first = running();
	bed_submit(&bed, "news", "lee@cat.oz.au", 2);
	ASK(&bed, "link", "down", "cat.oz.au");
	ends(first, DELIVERY_DONE, "");
	CU_ASSERT_STRING_EQUAL(given(), "");
	bed_pass(&bed, 100000);
	CU_ASSERT_STRING_EQUAL(given(), "");
	ASK(&bed, "link", "up", "cat.oz.au");
	goes_after(0, 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(given(), " lee\n"));
}

/* It is a Friday. */
static void
outside_of_its_window_only_the_operator_makes_it_go(void)
{
	const struct event zone = { .kind = EVENT_ZONE, .bytes = { NULL, 0 } };

	bed_release(&bed);
	open("schedule rest { sa all };", "schedule rest;");
	bed_step(&bed, &zone, 1);
	bed_submit(&bed, "news", "kim@cat.oz.au", 1);
	bed_pass(&bed, 3600000);
	CU_ASSERT_STRING_EQUAL(given(), "");
	ASK(&bed, "call", "cat.oz.au");
	CU_ASSERT_PTR_NOT_NULL(strstr(given(), " kim\n"));
	ends(running(), DELIVERY_DONE, "");
	bed_submit(&bed, "news", "lee@cat.oz.au", 2);
	bed_pass(&bed, 1000);
	CU_ASSERT_STRING_EQUAL(given(), "");
}

static void
what_a_killed_daemon_had_handed_over_goes_again(void)
{
	static const char described[] = "node a.oz.au { visible world\n"
					"link cat.oz.au { foreign; transport command over } }\n";

	bed_release(&bed);
	bed_make(&bed, described);
	bed_submit(&bed, "news", "kim@cat.oz.au,lee@cat.oz.au", 1);
	goes_after(0, 2);
	CU_ASSERT_STRING_EQUAL(given(), "over news joe@a.oz.au kim lee\n");
	node_close(bed.node);
	actions_clear(&bed.actions);
	bed_open_node(&bed, described);
	CU_ASSERT_EQUAL(copies("news"), 1);
	goes_after(0, 2);
	CU_ASSERT_STRING_EQUAL(given(), "over news joe@a.oz.au kim lee\n");
	ends(running(), DELIVERY_DONE, "");
	CU_ASSERT_EQUAL(copies("news"), 0);
}

static void
with_no_place_for_a_program_it_waits_for_one(void)
{
	char     many[1024] = "node a.oz.au { visible world\n";
	uint64_t busy[COMMANDS];
	size_t   used = strlen(many);

	bed_release(&bed);
	snprintf(many + used, sizeof(many) - used,
	         "service hog { deliver command hog }\n"
	         "link cat.oz.au { foreign; transport command over } }\n");
	bed_make(&bed, many);
	for (size_t i = 0; i < COMMANDS; i++) {
		bed_submit(&bed, "hog", "a.oz.au", (uint8_t)(i + 1));
		busy[i] = running();
	}
	bed_submit(&bed, "news", "kim@cat.oz.au", 99);
	for (int i = 0; i < 10; i++) {
		bed_pass(&bed, 1000);
		CU_ASSERT_STRING_EQUAL(given(), "");
	}
	ends(busy[3], DELIVERY_DONE, "");
	CU_ASSERT_STRING_EQUAL(given(), "over news joe@a.oz.au kim\n");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_copy_goes_whole_with_what_is_left_of_its_addresses),
	UNIT_TEST(one_message_after_the_other_and_mail_before_files),
	UNIT_TEST(what_is_refused_comes_back_and_the_rest_goes_on),
	UNIT_TEST(another_time_is_another_time_for_all_and_the_pause_doubles),
	UNIT_TEST(a_program_that_is_not_there_holds_the_copy),
	UNIT_TEST(taken_down_by_its_operator_it_gets_nothing_more),
	UNIT_TEST(outside_of_its_window_only_the_operator_makes_it_go),
	UNIT_TEST(what_a_killed_daemon_had_handed_over_goes_again),
	UNIT_TEST(with_no_place_for_a_program_it_waits_for_one),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_foreign_suite = UNIT_SUITE("node/foreign", setup, teardown, tests);
