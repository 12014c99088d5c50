/*
 * description_file_test.c - the example of the manual, and includes, from real files
 */
#include "spool/description/description_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool/description/description_check.h"
#include "spool/description/description_parse.h"
#include "spool/description/description_print.h"
#include "tests/unit/unit.h"

static struct description        description;
static struct description_report report;
static char                      folder[] = "/tmp/description-XXXXXX";

static void
setup(void)
{
	description_init(&description);
	description_report_init(&report);
}

static void
teardown(void)
{
	description_release(&description);
	description_report_release(&report);
}

static enum status
read_and_parse(const char *path, struct description *into)
{
	struct description_sources roots;
	struct diagnostic          diagnostic;
	enum status                status;

	description_sources_init(&roots);
	status = description_file_read(path, &roots, &diagnostic);
	if (status == STATUS_OK)
		status = description_parse(into, &roots, description_file_include, &report);
	description_sources_release(&roots);
	return status;
}

static void
write_file(const char *name, const char *text)
{
	char  path[64];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void
remove_file(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	CU_ASSERT_EQUAL(unlink(path), 0);
}

static void
the_example_of_the_manual_reads_back_equal(void)
{
	struct description         again;
	struct description_sources roots;
	struct buffer              printed;

	CU_ASSERT_EQUAL_FATAL(read_and_parse("tests/unit/data/basser.topo", &description),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(description_check(&description, &report), STATUS_OK);
	CU_ASSERT_EQUAL(report.warning_count, 3); /* a key is cut short, two folders have none */
	CU_ASSERT_EQUAL(description.nodes[0].link_count, 8);
	CU_ASSERT_EQUAL(description.nodes[0].service_count, 4);

	buffer_init(&printed);
	description_init(&again);
	description_sources_init(&roots);
	description_print(&description, &printed);
	description_sources_add(&roots, "printed", buffer_text(&printed), printed.length);
	CU_ASSERT_EQUAL(description_parse(&again, &roots, NULL, &report), STATUS_OK);
	CU_ASSERT_TRUE(description_equal(&description, &again));
	description_sources_release(&roots);
	description_release(&again);
	buffer_release(&printed);
}

static void
an_include_is_looked_for_beside_the_file_that_says_so(void)
{
	char path[64];

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	write_file("node.topo", "node a.b { include \"*.links\"; include \"none-*\" }");
	write_file("2.links", "link two.b { transport tcp listen }");
	write_file("1.links", "link one.b { transport tcp listen }");
	snprintf(path, sizeof(path), "%s/node.topo", folder);
	CU_ASSERT_EQUAL(read_and_parse(path, &description), STATUS_OK);
	CU_ASSERT_EQUAL_FATAL(description.nodes[0].link_count, 2);
	CU_ASSERT_STRING_EQUAL(description.nodes[0].links[0].neighbor.text, "one.b");
	teardown();
	setup();
	write_file("node.topo", "node a.b { include missing }");
	CU_ASSERT_EQUAL(read_and_parse(path, &description), STATUS_INVALID);
	CU_ASSERT_EQUAL(report.error_count, 1);
	CU_ASSERT_EQUAL(read_and_parse("/nonexistent/node.topo", &description), STATUS_NOT_FOUND);
	remove_file("node.topo");
	remove_file("1.links");
	remove_file("2.links");
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_example_of_the_manual_reads_back_equal),
	UNIT_TEST(an_include_is_looked_for_beside_the_file_that_says_so),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo description_file_suite = UNIT_SUITE("description/file", setup, teardown, tests);
