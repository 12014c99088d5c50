/*
 * node_greet_test.c - a call is of one of several links to its neighbor, or of none
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

static const char linked[] = "node a.oz.au { visible oz.au\n"
			     "link b.oz.au { transport tcp listen }\n"
			     "link b.oz.au as dear { transport tcp listen }\n"
			     "link b.oz.au as slow { transport tcp listen } }\n";

static struct bed    bed;
static struct caller caller, other;

static void
setup(void)
{
	bed_make(&bed, linked);
}

static void
teardown(void)
{
	bed_release(&bed);
}

static bool
is_up(const char *label)
{
	char wanted[80];

	snprintf(wanted, sizeof(wanted), "b.oz.au%s%s: up", label[0] != '\0' ? " as " : "", label);
	ASK(&bed, "links", "b.oz.au");
	for (size_t i = 0; i < bed.actions.count; i++) {
		struct span bytes = bed.actions.items[i].bytes;

		if (bed.actions.items[i].kind == ACTION_CLIENT_SEND &&
		    memmem(bytes.data, bytes.length, wanted, strlen(wanted)) != NULL)
			return true;
	}
	return false;
}

static void
a_call_is_of_the_link_that_the_caller_names(void)
{
	caller_make_by(&caller, &bed, 1, "dear");
	CU_ASSERT_EQUAL(session_state(caller.session), SESSION_UP);
	CU_ASSERT_TRUE(is_up("dear"));
	CU_ASSERT_FALSE(is_up(""));
	caller_make_by(&other, &bed, 3, "");
	CU_ASSERT_EQUAL(session_state(other.session), SESSION_UP);
	CU_ASSERT_TRUE(is_up(""));
	CU_ASSERT_TRUE(is_up("dear"));
	CU_ASSERT_FALSE(is_up("slow"));
	caller_release(&caller);
	caller_release(&other);
}

static void
a_label_that_is_not_known_means_the_first_link(void)
{
	caller_make_by(&caller, &bed, 1, "sat");
	CU_ASSERT_EQUAL(session_state(caller.session), SESSION_UP);
	CU_ASSERT_TRUE(is_up(""));
	CU_ASSERT_FALSE(is_up("dear"));
	caller_release(&caller);
}

static void
two_links_of_the_far_end_are_never_one_of_ours(void)
{
	caller_make_by(&caller, &bed, 1, "");
	caller_make_by(&other, &bed, 3, "sat");
	CU_ASSERT_EQUAL(session_state(caller.session), SESSION_UP);
	CU_ASSERT_NOT_EQUAL(session_state(other.session), SESSION_UP);
	CU_ASSERT_TRUE(bed_says(&bed, "a.oz.au has no link of its own for yours as sat") ||
	               session_state(other.session) == SESSION_CLOSED);
	CU_ASSERT_TRUE(is_up(""));
	caller_release(&caller);
	caller_release(&other);
}

static void
the_link_of_the_same_label_has_it_before_one_that_has_no_other(void)
{
	caller_make_by(&caller, &bed, 1, "sat");
	caller_make_by(&other, &bed, 3, "");
	CU_ASSERT_EQUAL(session_state(other.session), SESSION_UP);
	CU_ASSERT_TRUE(is_up(""));
	caller_release(&caller);
	caller_make_by(&caller, &bed, 5, "sat");
	CU_ASSERT_NOT_EQUAL(session_state(caller.session), SESSION_UP);
	CU_ASSERT_TRUE(is_up(""));
	caller_release(&caller);
	caller_release(&other);
}

static void
a_newer_call_takes_the_place_of_the_older_one_on_its_link_alone(void)
{
	struct caller newer;

	caller_make_by(&caller, &bed, 1, "dear");
	caller_make_by(&other, &bed, 3, "");
	caller_make_by(&newer, &bed, 5, "dear");
	CU_ASSERT_EQUAL(session_state(newer.session), SESSION_UP);
	CU_ASSERT_TRUE(is_up("dear"));
	CU_ASSERT_TRUE(is_up(""));
	caller_release(&caller);
	caller_release(&other);
	caller_release(&newer);
}

static void
a_link_is_taken_down_by_its_label(void)
{
	caller_make_by(&caller, &bed, 1, "dear");
	caller_make_by(&other, &bed, 3, "");
	ASK(&bed, "link", "down", "b.oz.au", "as", "dear");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	CU_ASSERT_FALSE(is_up("dear"));
	CU_ASSERT_TRUE(is_up(""));
	ASK(&bed, "link", "down", "b.oz.au", "as", "none");
	CU_ASSERT_EQUAL(bed_answered(&bed), 1);
	ASK(&bed, "hangup", "b.oz.au");
	CU_ASSERT_EQUAL(bed_answered(&bed), 0);
	bed_pass(&bed, 3000); /* the far end does not say goodbye */
	CU_ASSERT_FALSE(is_up(""));
	caller_release(&caller);
	caller_release(&other);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_call_is_of_the_link_that_the_caller_names),
	UNIT_TEST(a_label_that_is_not_known_means_the_first_link),
	UNIT_TEST(two_links_of_the_far_end_are_never_one_of_ours),
	UNIT_TEST(the_link_of_the_same_label_has_it_before_one_that_has_no_other),
	UNIT_TEST(a_newer_call_takes_the_place_of_the_older_one_on_its_link_alone),
	UNIT_TEST(a_link_is_taken_down_by_its_label),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_greet_suite = UNIT_SUITE("node/node_greet", setup, teardown, tests);
