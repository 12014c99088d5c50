/*
 * program_test.c - a program is its whole group, and its last word the reason
 */
#include "daemon/transport/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static uv_loop_t loop;
static int       code; /* of its end; -2: it has none yet */
static char      why[PROGRAM_WHY_SIZE];

static void
setup(void)
{
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&loop), 0);
	code   = -2;
	why[0] = '\0';
}

static void
teardown(void)
{
	CU_ASSERT_EQUAL(uv_loop_close(&loop), 0);
}

static void
ended(void *owner, int exit_code, const char *words)
{
	(void)owner;
	code = exit_code;
	snprintf(why, sizeof(why), "%s", words);
}

static struct program *
start(const char *script, int output)
{
	const char *const          arguments[] = { "/bin/sh", "-c", script, NULL };
	struct process_environment environment;
	struct diagnostic          diagnostic;

	process_environment_init(&environment);
	diagnostic_init(&diagnostic);
	return program_start(&loop,
	                     &(struct program_order){ .arguments   = arguments,
	                                              .environment = &environment,
	                                              .input       = -1,
	                                              .output      = output,
	                                              .extra       = -1,
	                                              .called      = "a test" },
	                     ended, NULL, &diagnostic);
}

static void
its_exit_and_its_last_word_are_told(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(start("echo first >&2; echo last >&2; exit 7", -1));
	CU_ASSERT_EQUAL(code, -2);
	uv_run(&loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(code, 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "exit 7"));
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "last"));
	CU_ASSERT_PTR_NULL(strstr(why, "first"));
}

/* A dead one that nobody has asked for is none. */
static bool
lives(pid_t process)
{
	char  path[32], state = 'Z';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)process);
	file = fopen(path, "r");
	if (file == NULL)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state != 'Z';
}

/* It says its number first, and is in the group. */
static void
what_it_leaves_behind_goes_with_it(void)
{
	char  text[32] = "";
	pid_t left;
	int   ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(
	    start("trap '' TERM; sleep 100 >/dev/null 2>&1 & echo $!", ends[1]));
	close(ends[1]);
	CU_ASSERT_TRUE(read(ends[0], text, sizeof(text) - 1) > 0);
	close(ends[0]);
	left = (pid_t)strtol(text, NULL, 10);
	CU_ASSERT_TRUE_FATAL(left > 1);
	uv_run(&loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(code, 0);
	for (int i = 0; i < 200 && lives(left); i++) /* the signal was sent */
		usleep(50000);
	CU_ASSERT_FALSE(lives(left));
}

static void
one_that_does_not_want_to_end_is_killed(void)
{
	struct program *program = start("trap '' TERM; while :; do sleep 1; done", -1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(program);
	for (int i = 0; i < 10; i++) { /* let it come to its trap */
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(50000);
	}
	program_end(program, "the window closed");
	program_end(program, "another reason");
	uv_run(&loop, UV_RUN_DEFAULT);
	CU_ASSERT_EQUAL(code, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "the window closed"));
}

static CU_TestInfo tests[] = {
	UNIT_TEST(its_exit_and_its_last_word_are_told),
	UNIT_TEST(what_it_leaves_behind_goes_with_it),
	UNIT_TEST(one_that_does_not_want_to_end_is_killed),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo program_suite = UNIT_SUITE("transport/program", setup, teardown, tests);
