/*
 * unit.h - the few lines that every CUnit suite shares
 *
 * A test file holds one suite for one file of the product: static test functions whose
 * names are sentences, an array of UNIT_TEST(), and one UNIT_SUITE. The makefile
 * collects every `CU_SuiteInfo x_suite` of tests/unit into the list that main runs.
 */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <CUnit/CUnit.h>
#include <stdbool.h>

#include "spool/name/name.h"

#define UNIT_TEST(function)                                                                        \
	{                                                                                          \
#function, (function)                                                              \
	}
#define UNIT_SUITE(name, setup, teardown, tests)                                                   \
	{                                                                                          \
		(name), NULL, NULL, (setup), (teardown), (tests)                                   \
	}

/* Skips are counted and named in the closing line; the test returns right after. */
void unit_skip(const char *reason);

/* A name that must parse; borrowed until the fourth call after this one. */
const struct name *name_of(const char *text);

#endif
