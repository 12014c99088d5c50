/*
 * zone_file_test.c - the zones of a system, and what is none
 */
#include "spool/schedule/zone_file.h"

#include <stdlib.h>
#include <string.h>

#include "spool/schedule/zone.h"
#include "tests/unit/unit.h"

static struct buffer bytes;

static void
setup(void)
{
	buffer_init(&bytes);
	setenv("TZDIR", "/nowhere", 1);
}

static void
teardown(void)
{
	buffer_release(&bytes);
	unsetenv("TZDIR");
	unsetenv("TZ");
}

static void
a_rule_is_its_own_bytes(void)
{
	CU_ASSERT_EQUAL(zone_file_read("AEST-10AEDT,M10.1.0,M4.1.0/3", &bytes, NULL), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&bytes), "AEST-10AEDT,M10.1.0,M4.1.0/3");
}

static void
a_zone_that_is_not_there_is_an_error_with_its_path(void)
{
	struct diagnostic diagnostic;

	diagnostic_init(&diagnostic);
	CU_ASSERT_EQUAL(zone_file_read("Australia/Sydney", &bytes, &diagnostic), STATUS_NOT_FOUND);
	CU_ASSERT_PTR_NOT_NULL(strstr(diagnostic.text, "/nowhere/Australia/Sydney"));
	CU_ASSERT_EQUAL(bytes.length, 0);
}

static void
no_name_leads_out_of_the_folder(void)
{
	static const char *const names[] = { "", "/etc/passwd", "../etc/passwd",
		                             "a/../../etc/passwd", "a/.." };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CU_ASSERT_EQUAL(zone_file_read(names[i], &bytes, NULL), STATUS_INVALID);
}

static void
without_a_name_the_system_says(void)
{
	setenv("TZ", ":UTC-3", 1);
	CU_ASSERT_EQUAL(zone_file_read(NULL, &bytes, NULL), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&bytes), "UTC-3");
	buffer_clear(&bytes);
	setenv("TZ", "Atlantis/Capital", 1);
	CU_ASSERT_EQUAL(zone_file_read(NULL, &bytes, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(bytes.length, 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_rule_is_its_own_bytes),
	UNIT_TEST(a_zone_that_is_not_there_is_an_error_with_its_path),
	UNIT_TEST(no_name_leads_out_of_the_folder),
	UNIT_TEST(without_a_name_the_system_says),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo zone_file_suite = UNIT_SUITE("schedule/zone_file", setup, teardown, tests);
