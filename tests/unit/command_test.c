/*
 * command_test.c - real programs, real exit codes
 */
#include "daemon/handler/command.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "spool/disk/body_digest.h"
#include "spool/disk/body_file.h"
#include "spool/disk/disk_posix.h"
#include "tests/unit/unit.h"

enum { LONG_MS = 20000 };

static struct delivery_job job;

static void
setup(void)
{
	signal(SIGPIPE, SIG_IGN);
}

/* Runs a shell as the operator's program, with this body. */
static enum delivery_verdict
run_with(const char *script, const char *head, struct span body, int64_t timeout_ms, int cancel)
{
	const char *const arguments[] = { "sh", "-c", script, NULL };

	job = (struct delivery_job){ .kind      = DELIVERY_COMMAND,
		                     .id        = { "here.au-aaaaaaaaaaaaaaaa" },
		                     .user      = "joe",
		                     .sender    = "pat@there.au",
		                     .attempt   = 3,
		                     .arguments = arguments,
		                     .head      = span_of_text(head),
		                     .body      = { .bytes = body, .size_bytes = body.length } };
	body_digest(body, job.body.digest);
	diagnostic_init(&job.diagnostic);
	command_run(disk_posix(), &job, timeout_ms, cancel);
	job.arguments = NULL;
	return job.verdict;
}

static enum delivery_verdict
run(const char *script)
{
	return run_with(script, "", span_of_text(""), LONG_MS, -1);
}

static void
exit_codes_become_verdicts(void)
{
	static const struct {
		const char           *script;
		enum delivery_verdict verdict;
		const char           *words;
	} cases[] = {
		{ "exit 0", DELIVERY_DONE, "" },
		{ "exit 67", DELIVERY_NO_USER, "sh: user unknown (exit 67)" },
		{ "exit 75", DELIVERY_LATER, "sh: temporary failure (exit 75)" },
		{ "exit 71", DELIVERY_LATER, "sh: system error (exit 71)" },
		{ "exit 74", DELIVERY_LATER, "sh: input or output error (exit 74)" },
		{ "exit 1", DELIVERY_REFUSED, "sh: failed (exit 1)" },
		{ "exit 69", DELIVERY_REFUSED, "sh: service unavailable (exit 69)" },
		{ "exit 78", DELIVERY_FAILED, "sh: configuration error (exit 78)" },
		{ "echo no such group >&2; exit 65", DELIVERY_REFUSED,
		  "sh: data format error (exit 65): no such group" },
		{ "kill -9 $$", DELIVERY_LATER, "sh: ended by signal 9 (Killed)" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL(run(cases[i].script), cases[i].verdict);
		CU_ASSERT_STRING_EQUAL(job.diagnostic.text, cases[i].words);
	}
}

static void
a_program_that_is_not_there_is_the_operators_mistake(void)
{
	const char *const arguments[] = { "/no/such/program", NULL };
	const char *const unknown[]   = { "no-such-program-anywhere", NULL };

	run("exit 0");
	job.arguments = arguments;
	command_run(disk_posix(), &job, LONG_MS, -1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_FAILED);
	job.arguments = unknown;
	command_run(disk_posix(), &job, LONG_MS, -1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_FAILED);
}

static void
the_program_reads_head_and_body(void)
{
	enum { SIZE = 3000000 };
	uint8_t    *body = memory_new(SIZE, 1);
	struct span span = { body, SIZE };

	memset(body, 'x', SIZE);
	CU_ASSERT_EQUAL(run_with("test $(wc -c) = 3000005", "head\n", span, LONG_MS, -1),
	                DELIVERY_DONE);
	CU_ASSERT_EQUAL(run_with("read line; test \"$line\" = head", "head\n", span, LONG_MS, -1),
	                DELIVERY_DONE);
	free(body);
}

static void
a_body_file_that_rotted_is_given_to_nobody(void)
{
	char              folder[] = "command_test.XXXXXX";
	struct body_file *file;
	struct buffer     digests;
	uint64_t          durable;
	uint8_t          *body = memory_new(1, 100000);

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	buffer_init(&digests);
	memset(body, 'y', 100000);
	CU_ASSERT_EQUAL_FATAL(
	    body_file_open_write(&file, disk_posix(), folder, 7, 0, BODY_FILE_CUTS, NULL),
	    STATUS_OK);
	CU_ASSERT_EQUAL(body_file_append(file, (struct span){ body, 100000 }), STATUS_OK);
	CU_ASSERT_EQUAL(body_file_sync(file, true, &durable, &digests), STATUS_OK);
	body_file_close(file);

	for (int rotten = 0; rotten < 2; rotten++) {
		const char *const arguments[] = { "sh", "-c", "test $(wc -c) = 100000", NULL };

		run("exit 0");
		job.arguments = arguments;
		job.body =
		    (struct delivery_body){ .folder = folder, .key = 7, .size_bytes = 100000 };
		body_digest_of_chunks(buffer_span(&digests), job.body.digest);
		job.body.digest[0] ^= (uint8_t)rotten;
		command_run(disk_posix(), &job, LONG_MS, -1);
		CU_ASSERT_EQUAL(job.verdict, rotten ? DELIVERY_FAILED : DELIVERY_DONE);
	}
	CU_ASSERT_EQUAL(body_file_delete(disk_posix(), folder, 7), STATUS_OK);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	buffer_release(&digests);
	free(body);
}

static void
nothing_is_inherited(void)
{
	int  leak = open("/", O_RDONLY | O_DIRECTORY); /* not close-on-exec on purpose */
	char script[512];

	CU_ASSERT_EQUAL(setenv("MULGA_TEST_SECRET", "secret", 1), 0);
	snprintf(script, sizeof(script),
	         "test -z \"$MULGA_TEST_SECRET\" && test ! -e /proc/self/fd/%d && "
	         "test \"$MULGA_ID\" = here.au-aaaaaaaaaaaaaaaa && test \"$MULGA_ATTEMPT\" = 3 && "
	         "test \"$MULGA_FROM\" = pat@there.au && test \"$MULGA_USER\" = joe && "
	         "test \"$(pwd)\" = /",
	         leak);
	CU_ASSERT_EQUAL(run(script), DELIVERY_DONE);
	close(leak);
}

static void
a_program_that_hangs_is_ended_with_all_its_children(void)
{
	int cancel = eventfd(1, EFD_CLOEXEC);

	CU_ASSERT_EQUAL(run_with("sleep 1000 & sleep 1000", "", span_of_text(""), 200, -1),
	                DELIVERY_LATER);
	CU_ASSERT_STRING_EQUAL(job.diagnostic.text, "sh: it took too long");
	CU_ASSERT_EQUAL(
	    run_with("trap '' TERM; while :; do sleep 1; done", "", span_of_text(""), 100, -1),
	    DELIVERY_LATER);
	CU_ASSERT_EQUAL(run_with("sleep 1000", "", span_of_text(""), LONG_MS, cancel),
	                DELIVERY_LATER);
	CU_ASSERT_STRING_EQUAL(job.diagnostic.text, "sh: the daemon stops");
	close(cancel);
}

/* Neither it nor what it leaves behind, with its output in hand, keeps anybody waiting. */
static void
a_program_that_talks_without_end_is_ended(void)
{
	CU_ASSERT_EQUAL(run_with("exec yes", "", span_of_text(""), 300, -1), DELIVERY_LATER);
	CU_ASSERT_PTR_NOT_NULL(strstr(job.diagnostic.text, "sh: it took too long: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(job.diagnostic.text, "y y y"));
	CU_ASSERT_EQUAL(run("timeout 20 yes & sleep 0.2; exit 0"), DELIVERY_DONE);
	CU_ASSERT_EQUAL(run("sleep 20 & exit 0"), DELIVERY_DONE);
	CU_ASSERT_EQUAL(run("sleep 20 & exit 75"), DELIVERY_LATER);
	CU_ASSERT_EQUAL(run("head -c 3000000 /dev/zero; echo the end >&2; exit 65"),
	                DELIVERY_REFUSED);
	CU_ASSERT_PTR_NOT_NULL(strstr(job.diagnostic.text, "the end"));
}

/* It has read enough: what it says of that is what counts. */
static void
a_program_need_not_read_its_input(void)
{
	enum { SIZE = 3000000 };
	uint8_t *body = memory_new(SIZE, 1);

	CU_ASSERT_EQUAL(
	    run_with("exec <&-; sleep 0.2; exit 0", "", (struct span){ body, SIZE }, LONG_MS, -1),
	    DELIVERY_DONE);
	CU_ASSERT_EQUAL(run_with("exec <&-; exit 75", "", (struct span){ body, SIZE }, LONG_MS, -1),
	                DELIVERY_LATER);
	free(body);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(exit_codes_become_verdicts),
	UNIT_TEST(a_program_that_is_not_there_is_the_operators_mistake),
	UNIT_TEST(the_program_reads_head_and_body),
	UNIT_TEST(a_body_file_that_rotted_is_given_to_nobody),
	UNIT_TEST(nothing_is_inherited),
	UNIT_TEST(a_program_that_hangs_is_ended_with_all_its_children),
	UNIT_TEST(a_program_that_talks_without_end_is_ended),
	UNIT_TEST(a_program_need_not_read_its_input),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo command_suite = UNIT_SUITE("handler/command", setup, NULL, tests);
