/*
 * main.c - run the suites and close with "N passed, N failed, N skipped"
 *
 * Arguments, if any, name suites (by a part of their name) to run alone.
 */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#define SUITE(name) extern CU_SuiteInfo name;
#include "suites.inc"
#undef SUITE

static unsigned skipped;

void
unit_skip(const char *reason)
{
	printf("  skipped: %s\n", reason);
	skipped++;
}

const struct name *
name_of(const char *text)
{
	static struct name names[4];
	static unsigned    next;
	struct name       *name = &names[next++ % 4];

	if (name_parse_region(name, text, NULL) != STATUS_OK) {
		fprintf(stderr, "a test names a name that is none: %s\n", text);
		abort();
	}
	return name;
}

static bool
wanted(const char *suite, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(suite, argv[i]) != NULL)
			return true;
	return argc == 1;
}

int
main(int argc, char **argv)
{
	CU_SuiteInfo *all[] = {
#define SUITE(name) &name,
#include "suites.inc"
#undef SUITE
	};
	CU_SuiteInfo none = CU_SUITE_INFO_NULL;
	unsigned     run, failed;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CU_SuiteInfo pair[2] = { *all[i], none };

		if (wanted(all[i]->pName, argc, argv) && CU_register_suites(pair) != CUE_SUCCESS)
			return 2;
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	CU_basic_show_failures(CU_get_failure_list());
	run    = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
	printf("\nunit: %u passed, %u failed, %u skipped\n",
	       run - CU_get_number_of_tests_failed() - skipped, failed, skipped);
	CU_cleanup_registry();
	return failed == 0 && run > 0 ? 0 : 1; /* no suite of that name is no proof */
}
