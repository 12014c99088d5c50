/*
 * tls_secrets_test.c - what is remembered over a restart, and what is not
 */
#include "daemon/transport/tls_secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static const char        ours[]   = "our key";
static const char        theirs[] = "MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
static char              folder[] = "/tmp/mulga-secrets-XXXXXX", path[64];
static struct tls_memory written, read_again;

static void
setup(void)
{
	struct tls_secret secret = { .identity = { 1, 2, 0xab }, .secret = { 9, 8 } };

	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/secrets", folder);
	memcpy(secret.key, theirs, sizeof(secret.key));
	tls_memory_put(&written, &secret);
	tls_secrets_save(&written, path, ours);
}

static void
teardown(void)
{
	tls_memory_release(&written);
	tls_memory_release(&read_again);
	unlink(path);
	rmdir(folder);
}

static void
a_secret_is_the_same_after_a_restart(void)
{
	const struct tls_secret *secret;

	tls_secrets_load(&read_again, path, ours);
	secret = tls_memory_of_key(&read_again, theirs);
	CU_ASSERT_PTR_NOT_NULL_FATAL(secret);
	CU_ASSERT_EQUAL(memcmp(secret->identity, written.secrets[0].identity, 16), 0);
	CU_ASSERT_EQUAL(memcmp(secret->secret, written.secrets[0].secret, 32), 0);
	CU_ASSERT_TRUE(tls_memory_age_s(secret) < 60);
}

static void
nobody_else_may_read_the_file(void)
{
	struct stat about;

	CU_ASSERT_EQUAL(stat(path, &about), 0);
	CU_ASSERT_EQUAL(about.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL(chmod(path, 0640), 0);
	tls_secrets_load(&read_again, path, ours);
	CU_ASSERT_EQUAL(read_again.count, 0);
}

static void
another_key_of_ours_has_no_secrets(void)
{
	tls_secrets_load(&read_again, path, "another key");
	CU_ASSERT_EQUAL(read_again.count, 0);
}

static void
what_is_a_week_old_or_no_secret_is_passed_over(void)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fprintf(file, "mulga secrets 1 of %s\n", ours);
	fprintf(file, "%s %032d %064d 1000000\n", theirs, 1, 2);
	fprintf(file, "%s %032d %063dx 99999999999\n", theirs, 1, 2);
	fprintf(file, "noise\n");
	fclose(file);
	tls_secrets_load(&read_again, path, ours);
	CU_ASSERT_EQUAL(read_again.count, 0);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_secret_is_the_same_after_a_restart),
	UNIT_TEST(nobody_else_may_read_the_file),
	UNIT_TEST(another_key_of_ours_has_no_secrets),
	UNIT_TEST(what_is_a_week_old_or_no_secret_is_passed_over),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo tls_secrets_suite = UNIT_SUITE("transport/tls_secrets", setup, teardown, tests);
