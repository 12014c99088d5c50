/*
 * node_lines_test.c - what the operator has laid down comes into force with a description
 */
#include "spool/store/store_route.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/node_bed.h"
#include "tests/unit/unit.h"

static struct bed bed;

static void
setup(void)
{
	bed_make(&bed, "node a.oz.au { link b.oz.au {}\n explicit *.uucp = b.oz.au ! *\n"
	               " route x.au via b.oz.au cheapest; route y.au via b.oz.au }");
}

static void
teardown(void)
{
	bed_release(&bed);
}

/* "PREFERENCE REGION WAY SINCE;" of each line, in the spool's order. */
static const char *
lines(void)
{
	static char       text[400];
	struct route_line line;
	struct buffer     all;

	buffer_init(&all);
	route_line_init(&line);
	line.preference = -1;
	while (store_route_next(bed.store, line.region.text, line.preference, &line))
		buffer_append_format(&all, "%d %s %s %lld;", line.preference, line.region.text,
		                     buffer_text(&line.way), (long long)line.since.ms);
	snprintf(text, sizeof(text), "%s", buffer_text(&all));
	route_line_release(&line);
	buffer_release(&all);
	return text;
}

static void
a_line_is_as_old_as_it_has_been_the_same(void)
{
	static const char changed[] = "node a.oz.au { link b.oz.au {}\n explicit *.uucp = b.oz.au\n"
				      " route y.au via b.oz.au; route x.au via b.oz.au fastest }";
	struct event      event     = { .kind = EVENT_DESCRIPTION, .bytes = span_of_text(changed) };

	CU_ASSERT_STRING_EQUAL(lines(), "0 uucp b.oz.au!* 1795171200000;"
	                                "2 x.au b.oz.au 1795171200000;"
	                                "3 y.au b.oz.au 1795171200000;");
	bed.now.wall.ms += 1000;
	bed_step(&bed, &event, 1);
	CU_ASSERT_STRING_EQUAL(lines(), "0 uucp b.oz.au 1795171201000;"
	                                "1 x.au b.oz.au 1795171201000;"
	                                "3 y.au b.oz.au 1795171200000;");
	bed.now.wall.ms += 1000;
	node_close(bed.node);
	bed_open_node(&bed, changed);
	CU_ASSERT_PTR_NOT_NULL(strstr(lines(), "0 uucp b.oz.au 1795171201000;"));
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_line_is_as_old_as_it_has_been_the_same),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo node_lines_suite = UNIT_SUITE("node/lines", setup, teardown, tests);
