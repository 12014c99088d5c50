/*
 * node_notice_test.c - the operator hears of what nobody at the station sees, once
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

#define HOUR_MS INT64_C(3600000)
#define KEY     "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define OTHER   "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="

static const char noticed[] = "node a.oz.au { visible oz.au; notify root\n"
			      "service mail { deliver maildir \"/mail/%u\" }\n"
			      "link b.oz.au { auth key \"" KEY "\"; transport tcp listen } }\n";

static struct bed bed;

static void
setup(void)
{
	bed_make(&bed, noticed);
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* Mails to root that begin so: what follows From and To is the subject. */
static size_t
notices(const char *subject)
{
	struct stored_copy copy;
	struct buffer      body;
	size_t             count = 0;

	stored_copy_init(&copy);
	buffer_init(&body);
	for (int64_t after = 0; store_copy_next(bed.store, "", after, &copy); after = copy.key) {
		char wanted[160];

		buffer_clear(&body);
		if (strcmp(buffer_text(&copy.destinations), "root@a.oz.au") != 0 ||
		    !store_message_body(bed.store, copy.message, &body))
			continue;
		snprintf(wanted, sizeof(wanted),
		         "From: mulga@a.oz.au\nTo: root@a.oz.au\nSubject: %s", subject);
		count += strncmp(buffer_text(&body), wanted, strlen(wanted)) == 0;
	}
	buffer_release(&body);
	stored_copy_release(&copy);
	return count;
}

static void
pass_hours(int hours)
{
	while (hours-- > 0)
		bed_pass(&bed, HOUR_MS);
}

static void
call_with_key(uint64_t id, const char *key)
{
	const struct event event = { .kind  = EVENT_CALL_ANSWERED,
		                     .id    = id,
		                     .text  = "192.0.2.1:7",
		                     .bytes = span_of_text(key) };

	bed_step(&bed, &event, 1);
}

static void
of_a_link_that_is_silent_when_it_is_down_and_when_it_is_dead(void)
{
	pass_hours(23);
	CU_ASSERT_EQUAL(notices(""), 0);
	pass_hours(2);
	CU_ASSERT_EQUAL(notices("link b.oz.au counts as down"), 1);
	pass_hours(6 * 24);
	CU_ASSERT_EQUAL(notices("link b.oz.au counts as dead"), 1);
	pass_hours(3 * 24);
	CU_ASSERT_EQUAL(notices(""), 2);
}

static void
of_a_caller_with_another_key_once_a_day_also_over_a_restart(void)
{
	call_with_key(1, OTHER);
	CU_ASSERT_EQUAL(notices("a stranger came with another key"), 1);
	call_with_key(3, OTHER);
	CU_ASSERT_EQUAL(notices(""), 1);
	pass_hours(23);
	call_with_key(5, OTHER);
	CU_ASSERT_EQUAL(notices("a stranger"), 1);
	pass_hours(2);
	call_with_key(7, OTHER);
	CU_ASSERT_EQUAL(notices("a stranger"), 2);
	node_close(bed.node);
	bed_open_node(&bed, noticed);
	call_with_key(9, OTHER);
	CU_ASSERT_EQUAL(notices("a stranger"), 2);
}

static void
not_of_a_caller_with_the_key_that_is_stated_or_none(void)
{
	call_with_key(1, KEY);
	call_with_key(3, "");
	CU_ASSERT_EQUAL(notices(""), 0);
}

static void
of_a_disk_that_was_full_when_there_has_been_room_for_a_while(void)
{
	const struct event event = { .kind = EVENT_SPOOL_WAS_FULL };

	bed_step(&bed, &event, 1);
	CU_ASSERT_TRUE(node_deadline(bed.node).ms <= bed.now.instant.ms + 10000);
	bed_pass(&bed, 9000);
	bed_step(&bed, &event, 1); /* full again */
	bed_pass(&bed, 9000);
	CU_ASSERT_EQUAL(notices(""), 0);
	bed_pass(&bed, 1000);
	CU_ASSERT_EQUAL(notices("the disk of the spool was full"), 1);
	bed_pass(&bed, HOUR_MS);
	CU_ASSERT_EQUAL(notices(""), 1);
}

static void
of_a_clock_that_windows_do_not_follow(void)
{
	struct caller caller;

	bed_release(&bed);
	bed_make(&bed, "node a.oz.au { visible oz.au; notify root\n"
	               "service mail { deliver maildir \"/mail/%u\" }\n"
	               "link b.oz.au { transport tcp listen plain } }\n");
	bed.far_clock   = bed.now.wall;
	bed.now.wall.ms = 86400000; /* 1970: a clock without a battery */
	bed_pass(&bed, 1);
	caller_make(&caller, &bed);
	CU_ASSERT_EQUAL(notices("the clock of this node is not believed"), 1);
	caller_release(&caller);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(of_a_link_that_is_silent_when_it_is_down_and_when_it_is_dead),
	UNIT_TEST(of_a_caller_with_another_key_once_a_day_also_over_a_restart),
	UNIT_TEST(not_of_a_caller_with_the_key_that_is_stated_or_none),
	UNIT_TEST(of_a_disk_that_was_full_when_there_has_been_room_for_a_while),
	UNIT_TEST(of_a_clock_that_windows_do_not_follow),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_notice_suite = UNIT_SUITE("node/node_notice", setup, teardown, tests);
