/*
 * hook_medium_test.c - real programs before and after a medium that does nothing
 *
 * Each program and the medium add a word to one file, so that their order is seen.
 */
#include "daemon/transport/hook_medium.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "tests/unit/unit.h"

static uv_loop_t      loop;
static char           diary[64]; /* the file */
static char           words[256];
static struct medium *hook;
static char           lost[256]; /* why; "": it was not */
static bool           busy, released, hang_up_at_start;

static void
note(const char *word)
{
	FILE *file = fopen(diary, "a");

	if (file == NULL)
		return;
	fprintf(file, "%s ", word);
	fclose(file);
}

/* --- a medium that never connects ------------------------------------------------------------ */

static void
inner_start(struct medium *medium)
{
	(void)medium;
	note("start");
	if (hang_up_at_start)
		medium_hang_up(hook);
}

static void
inner_hang_up(struct medium *medium)
{
	note("free");
	medium_release(medium);
}

static void
inner_free(struct medium *medium)
{
	free(medium);
}

static struct medium *
inner_new(void)
{
	static const struct medium_operations operations = {
		.start   = inner_start,
		.hang_up = inner_hang_up,
		.free    = inner_free,
	};
	struct medium *medium = memory_new(1, sizeof(*medium));

	medium_init(medium, &operations, &loop);
	return medium;
}

static void
told(void *owner, enum medium_news news, const char *why)
{
	(void)owner;
	if (news == MEDIUM_RELEASED) {
		released = true;
	} else if (news == MEDIUM_LOST) {
		snprintf(lost, sizeof(lost), "%s", why);
		busy = hook->busy;
		medium_hang_up(hook);
	}
}

/* --- a call ---------------------------------------------------------------------------------- */

static void
setup(void)
{
	int file;

	snprintf(diary, sizeof(diary), "/tmp/mulga-hooks-XXXXXX");
	file = mkstemp(diary);
	CU_ASSERT_TRUE_FATAL(file >= 0);
	close(file);
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&loop), 0);
	lost[0] = '\0';
	busy = released = hang_up_at_start = false;
}

static void
teardown(void)
{
	CU_ASSERT_EQUAL(uv_loop_close(&loop), 0);
	unlink(diary);
}

/* Hooks that are these scripts; NULL: none. */
static void
make(struct medium *inner, const char *before, const char *after)
{
	const char *const          before_words[] = { "/bin/sh", "-c", before, "sh", diary, NULL };
	const char *const          after_words[]  = { "/bin/sh", "-c", after, "sh", diary, NULL };
	struct process_environment environment;

	process_environment_init(&environment);
	hook = hook_medium_new(&loop, inner,
	                       &(struct hook_medium_order){
				   .before      = before != NULL ? before_words : NULL,
				   .after       = after != NULL ? after_words : NULL,
				   .environment = &environment,
				   .called      = "link of a test",
			       });
	medium_own(hook, told, NULL);
}

/* Until all is released; what was noted. */
static const char *
run(void)
{
	FILE  *file;
	size_t length;

	uv_run(&loop, UV_RUN_DEFAULT);
	CU_ASSERT_TRUE(released);
	file = fopen(diary, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	length        = fread(words, 1, sizeof(words) - 1, file);
	words[length] = '\0';
	fclose(file);
	return words;
}

/* A second, in which programs do what they do. */
static void
wait_a_while(void)
{
	for (int i = 0; i < 20; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(50000);
	}
}

static const char before[] = "printf 'before ' >>\"$1\"", after[] = "printf 'after ' >>\"$1\"";

static void
nothing_begins_before_before_and_after_runs_when_all_is_free(void)
{
	hang_up_at_start = true;
	make(inner_new(), before, after);
	medium_start(hook);
	CU_ASSERT_STRING_EQUAL(run(), "before start free after ");
	CU_ASSERT_STRING_EQUAL(lost, "");
}

static void
an_after_that_is_owed_starts_no_before(void)
{
	make(NULL, before, after);
	medium_start(hook);
	wait_a_while(); /* it would have written by now */
	medium_hang_up(hook);
	CU_ASSERT_STRING_EQUAL(run(), "after ");
}

static void
a_before_that_fails_is_the_reason_and_after_runs(void)
{
	make(inner_new(), "echo no such frequency >&2; exit 3", after);
	medium_start(hook);
	CU_ASSERT_STRING_EQUAL(run(), "free after ");
	CU_ASSERT_PTR_NOT_NULL(strstr(lost, "before: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(lost, "no such frequency"));
	CU_ASSERT_FALSE(busy);
}

static void
a_before_that_others_keep_from_it_is_no_failure(void)
{
	make(inner_new(), "exit 75", after);
	medium_start(hook);
	CU_ASSERT_STRING_EQUAL(run(), "free after ");
	CU_ASSERT_TRUE(busy);
}

static void
a_call_that_is_ended_while_before_runs_ends_that_first(void)
{
	make(inner_new(), "trap 'printf \"ended \" >>\"$1\"; exit 1' TERM; sleep 60 & wait", after);
	medium_start(hook);
	wait_a_while(); /* it comes to its trap */
	medium_hang_up(hook);
	CU_ASSERT_STRING_EQUAL(run(), "ended free after ");
	CU_ASSERT_STRING_EQUAL(lost, "");
}

static void
a_program_that_is_not_there_says_so(void)
{
	static const char *const   nowhere[] = { "/nowhere/radio", NULL };
	struct process_environment environment;

	process_environment_init(&environment);
	hook = hook_medium_new(&loop, inner_new(),
	                       &(struct hook_medium_order){ .before      = nowhere,
	                                                    .environment = &environment,
	                                                    .called      = "link of a test" });
	medium_own(hook, told, NULL);
	medium_start(hook);
	CU_ASSERT_STRING_EQUAL(run(), "free ");
	CU_ASSERT_STRING_EQUAL(lost, "before: radio: not found (exit 127)");
}

static CU_TestInfo tests[] = {
	UNIT_TEST(nothing_begins_before_before_and_after_runs_when_all_is_free),
	UNIT_TEST(an_after_that_is_owed_starts_no_before),
	UNIT_TEST(a_before_that_fails_is_the_reason_and_after_runs),
	UNIT_TEST(a_before_that_others_keep_from_it_is_no_failure),
	UNIT_TEST(a_call_that_is_ended_while_before_runs_ends_that_first),
	UNIT_TEST(a_program_that_is_not_there_says_so),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo hook_medium_suite = UNIT_SUITE("transport/hook_medium", setup, teardown, tests);
