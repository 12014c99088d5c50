/*
 * delivery_test.c - each message is shown once, whenever the power goes
 */
#include "daemon/delivery/delivery.h"

#include <stdio.h>
#include <string.h>

#include "daemon/delivery/file_drop.h"
#include "spool/disk/body_file.h"
#include "spool/message/file_name.h"
#include "tests/sim/sim_disk.h"
#include "tests/unit/unit.h"

enum { LARGE_BYTES = 2 * BODY_CHUNK_BYTES + 10 };

static struct disk *disk;
static uint8_t      large[LARGE_BYTES];

static void
begin(uint64_t seed)
{
	disk = sim_disk_new(seed);
	CU_ASSERT_EQUAL(disk_need_directory(disk, "/mail", 0700), STATUS_OK);
	CU_ASSERT_EQUAL(disk_need_directory(disk, "/mail/joe", 0700), STATUS_OK);
	CU_ASSERT_EQUAL(disk_need_directory(disk, "/bodies", 0700), STATUS_OK);
}

static void
end(void)
{
	sim_disk_free(disk);
}

static struct delivery_job
new_job(enum delivery_kind kind, const char *id, const char *title)
{
	struct delivery_job job = {
		.kind   = kind,
		.target = kind == DELIVERY_MAILDIR ? "/mail/%u/Maildir" : "/files/%u",
		.user   = "joe",
		.title  = title,
		.head   = span_of_text("Return-Path: <>\n"),
		.body   = { .bytes = span_of_text("hello\n"), .size_bytes = 6 },
	};

	snprintf(job.id.text, sizeof(job.id.text), "%s", id);
	body_digest(job.body.bytes, job.body.digest);
	return job;
}

struct count {
	unsigned visible, hidden;
};

static void
count_entry(void *context, const char *name)
{
	struct count *count = context;

	++*(name[0] == '.' ? &count->hidden : &count->visible);
}

static struct count
count_in(const char *folder)
{
	struct count count = { 0, 0 };

	disk->operations->list(disk, folder, count_entry, &count);
	return count;
}

static bool
file_is(const char *path, const char *expected)
{
	struct disk_file *file;
	char              text[64] = "";
	uint64_t          size     = 0;

	if (disk->operations->open(disk, path, DISK_READ, 0, &file, NULL) != STATUS_OK)
		return false;
	disk->operations->size(file, &size);
	if (size < sizeof(text))
		disk->operations->read_at(file, 0, text, (size_t)size);
	disk->operations->close(file);
	return strcmp(text, expected) == 0;
}

static void
a_mail_is_prepared_unseen_and_published_whole(void)
{
	struct delivery_job job = new_job(DELIVERY_MAILDIR, "a-1", "");

	begin(1);
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").visible, 0);
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").hidden, 1);
	CU_ASSERT_EQUAL(disk->operations->exists(disk, "/mail/joe/Maildir/cur/"), STATUS_OK);
	delivery_publish(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").hidden, 0);
	CU_ASSERT_TRUE(file_is("/mail/joe/Maildir/new/a-1", "Return-Path: <>\nhello\n"));
	delivery_prepare(disk, &job, 1); /* a duplicate */
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").hidden, 0);
	delivery_publish(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").visible, 1);
	end();
}

static void
a_user_is_a_folder_or_nobody(void)
{
	static const struct {
		enum delivery_kind    kind;
		const char           *target, *user;
		enum delivery_verdict expected;
	} cases[] = {
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", "joe", DELIVERY_DONE },
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", "ann", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", "", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", "..", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", ".joe", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", "../mail/joe", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/%u/Maildir", "joe\n", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/%u", "joe", DELIVERY_DONE },
		{ DELIVERY_MAILDIR, "/mail/%u", "file", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/x-%u/%u", "joe", DELIVERY_NO_USER },
		{ DELIVERY_MAILDIR, "/mail/all", "", DELIVERY_DONE },
		{ DELIVERY_DROP, "/files/%u", "ann", DELIVERY_DONE },
		{ DELIVERY_DROP, "/files/%u", "a/b", DELIVERY_NO_USER },
		{ DELIVERY_DROP, "/files/%u", "", DELIVERY_NO_USER },
		{ DELIVERY_DROP, "/news", "", DELIVERY_DONE },
	};
	struct disk_file *file;

	begin(1);
	disk->operations->open(disk, "/mail/file", DISK_WRITE_NEW, 0600, &file, NULL);
	disk->operations->close(file);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct delivery_job job = new_job(cases[i].kind, "a-1", "");

		job.target = cases[i].target;
		job.user   = cases[i].user;
		CU_ASSERT_EQUAL(delivery_check_user(disk, job.kind, job.target, job.user),
		                cases[i].expected);
		delivery_prepare(disk, &job, 1);
		CU_ASSERT_EQUAL(job.verdict, cases[i].expected);
		CU_ASSERT_EQUAL(job.diagnostic.text[0] == '\0', job.verdict == DELIVERY_DONE);
	}
	end();
}

static void
names_from_strangers_are_made_harmless(void)
{
	static const struct {
		const char *title;
		unsigned    attempt;
		const char *name;
	} cases[] = {
		{ "report.pdf", 1, "report.pdf" },
		{ "report.pdf", 2, "report (2).pdf" },
		{ "report.pdf", FILE_NAME_NUMBERED + 1, "report (a-1).pdf" },
		{ "no ending", 3, "no ending (3)" },
		{ "", 1, "a-1" },
		{ "", 2, "a-1" },
		{ "../../etc/passwd", 1, "___.._etc_passwd" },
		{ ".profile", 1, "_profile" },
		{ "..", 1, "__" },
		{ "a\nb\x1b[2J\x7f", 1, "a_b_[2J_" },
		{ "Gr\xc3\xbc\xc3\x9f"
		  "e.txt",
		  1,
		  "Gr\xc3\xbc\xc3\x9f"
		  "e.txt" },
		{ "\xc2\x85next", 1, "__next" },
		{ "bad\xff\xc3", 1, "bad__" },
		{ "\xed\xa0\x80", 1, "___" },
		{ "\xc0\xaf", 1, "__" },
	};
	char name[DELIVERY_NAME_SIZE], title[DELIVERY_NAME_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		file_name_choose(cases[i].title, "a-1", cases[i].attempt, name);
		CU_ASSERT_STRING_EQUAL(name, cases[i].name);
	}
	for (size_t i = 0; i + 2 < sizeof(title); i += 2)
		memcpy(title + i, "\xc3\xbc", 3);
	file_name_choose(title, "a-1", 2, name);
	CU_ASSERT_EQUAL(strlen(name), 150 + strlen(" (2)"));
	CU_ASSERT_STRING_EQUAL(name + 150, " (2)");
}

static void
files_of_one_name_stand_beside_each_other(void)
{
	struct delivery_job jobs[3];

	begin(1);
	for (int i = 0; i < 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "a-%d", i);
		jobs[i] = new_job(DELIVERY_DROP, id, "report.txt");
	}
	jobs[1].title = "";
	delivery_prepare(disk, jobs, 3);
	CU_ASSERT_EQUAL(count_in("/files/joe").hidden, 3);
	CU_ASSERT_EQUAL(disk->operations->exists(disk, "/files/joe/.mulga-a-0"), STATUS_OK);
	delivery_publish(disk, jobs, 3);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(jobs[i].verdict, DELIVERY_DONE);
	CU_ASSERT_EQUAL(count_in("/files/joe").visible, 3);
	CU_ASSERT_TRUE(file_is("/files/joe/report.txt", "Return-Path: <>\nhello\n"));
	CU_ASSERT_TRUE(file_is("/files/joe/report (2).txt", "Return-Path: <>\nhello\n"));
	CU_ASSERT_TRUE(file_is("/files/joe/a-1", "Return-Path: <>\nhello\n"));
	end();
}

static void
store_large_body(struct delivery_job *job)
{
	struct buffer     digests = { NULL, 0, 0 };
	struct body_file *file;
	uint64_t          durable;

	memset(large, 'x', sizeof(large));
	CU_ASSERT_EQUAL_FATAL(
	    body_file_open_write(&file, disk, "/bodies", 5, 0, BODY_FILE_CUTS, NULL), STATUS_OK);
	body_file_append(file, (struct span){ large, sizeof(large) });
	CU_ASSERT_EQUAL(body_file_sync(file, true, &durable, &digests), STATUS_OK);
	body_file_close(file);
	job->body =
	    (struct delivery_body){ .folder = "/bodies", .key = 5, .size_bytes = sizeof(large) };
	body_digest_of_chunks(buffer_span(&digests), job->body.digest);
	buffer_release(&digests);
}

static void
a_large_body_is_copied_and_a_rotten_one_is_not(void)
{
	struct delivery_job job = new_job(DELIVERY_MAILDIR, "a-1", "");
	struct disk_file   *file;
	uint64_t            size = 0;

	begin(1);
	store_large_body(&job);
	delivery_prepare(disk, &job, 1);
	delivery_publish(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	CU_ASSERT_EQUAL_FATAL(
	    disk->operations->open(disk, "/mail/joe/Maildir/new/a-1", DISK_READ, 0, &file, NULL),
	    STATUS_OK);
	CU_ASSERT_EQUAL(disk->operations->size(file, &size), STATUS_OK);
	CU_ASSERT_EQUAL(size, job.head.length + sizeof(large));
	disk->operations->close(file);

	snprintf(job.id.text, sizeof(job.id.text), "a-2");
	CU_ASSERT_TRUE(sim_disk_rot(disk, "/bodies/5", 70000));
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_FAILED);
	CU_ASSERT_PTR_NOT_NULL(strstr(job.diagnostic.text, "quarantined"));
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").hidden, 0);

	job = new_job(DELIVERY_MAILDIR, "a-3", "");
	job.body.digest[0] ^= 1;
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_FAILED);
	end();
}

static uint64_t
size_of(const char *path)
{
	struct disk_file *file;
	uint64_t          size = 0;

	if (disk->operations->open(disk, path, DISK_READ, 0, &file, NULL) == STATUS_OK) {
		disk->operations->size(file, &size);
		disk->operations->close(file);
	}
	return size;
}

static void
the_last_of_a_large_body_is_delivered_without_writing_it_again(void)
{
	struct delivery_job job = new_job(DELIVERY_DROP, "a-1", "report");

	begin(1);
	store_large_body(&job);
	job.head         = (struct span){ NULL, 0 };
	job.body.is_last = true;
	sim_disk_set_space(disk, sizeof(large)); /* its own */
	delivery_prepare(disk, &job, 1);
	delivery_prepare(disk, &job, 1); /* the power went before the commit */
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	delivery_publish(disk, &job, 1);
	CU_ASSERT_EQUAL(body_file_delete(disk, "/bodies", 5), STATUS_OK);
	CU_ASSERT_EQUAL(size_of("/files/joe/report"), sizeof(large));
	end();
}

static void
a_large_body_that_is_wanted_again_or_rotten_is_not_given_away(void)
{
	struct delivery_job job = new_job(DELIVERY_DROP, "a-1", "report");

	begin(1);
	store_large_body(&job);
	job.head         = (struct span){ NULL, 0 };
	job.body.is_last = true;
	delivery_prepare(disk, &job, 1);
	job.body.is_last = false; /* the link of the first attempt is not written over */
	delivery_prepare(disk, &job, 1);
	delivery_publish(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	CU_ASSERT_TRUE(sim_disk_rot(disk, "/files/joe/report", 70000));
	job.body.is_last = true;
	snprintf(job.id.text, sizeof(job.id.text), "a-2");
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	CU_ASSERT_TRUE(sim_disk_rot(disk, "/bodies/5", 70000));
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_FAILED);
	CU_ASSERT_EQUAL(count_in("/files/joe").visible, 1);
	end();
}

/* What its sender let others do, less the operator's umask: never write, never as somebody else. */
static void
a_dropped_file_may_be_read_and_run_as_its_sender_let_it(void)
{
	static const struct {
		unsigned mode, umask, expected;
	} cases[] = {
		{ 0, 022, 0600 },     { 0, 0, 0600 },       { 0644, 022, 0644 },
		{ 0644, 077, 0600 },  { 0755, 027, 0750 },  { 0777, 0, 0755 },
		{ 0666, 0, 0644 },    { 07777, 0, 0755 },   { 04755, 022, 0755 },
		{ 02070, 022, 0450 }, { 0444, 022, 0444 },  { 0200, 022, 0600 },
		{ 0666, 0777, 0400 }, { 01000, 022, 0400 }, { 0700, 077, 0700 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct delivery_job job = { .mode = cases[i].mode, .umask = cases[i].umask };

		CU_ASSERT_EQUAL(file_drop_mode(&job), cases[i].expected);
	}
}

static void
a_published_drop_says_what_it_is_called(void)
{
	struct delivery_job jobs[2] = { new_job(DELIVERY_DROP, "a-1", "x"),
		                        new_job(DELIVERY_DROP, "a-2", "x") };

	begin(1);
	delivery_prepare(disk, jobs, 2);
	delivery_publish(disk, jobs, 2);
	CU_ASSERT_STRING_EQUAL(jobs[0].name, "x");
	CU_ASSERT_STRING_EQUAL(jobs[1].name, "x (2)");
	delivery_publish(disk, jobs, 2); /* again, after a crash: nobody can tell */
	CU_ASSERT_EQUAL(jobs[1].verdict, DELIVERY_DONE);
	CU_ASSERT_STRING_EQUAL(jobs[0].name, "");
	CU_ASSERT_STRING_EQUAL(jobs[1].name, "");
	end();
}

static void
a_full_disk_means_later_and_gets_its_space_back(void)
{
	struct delivery_job job = new_job(DELIVERY_MAILDIR, "a-1", "");

	begin(1);
	store_large_body(&job);
	sim_disk_set_space(disk, sizeof(large) + 70000);
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_LATER);
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").hidden, 0);
	sim_disk_set_space(disk, UINT64_MAX);
	delivery_prepare(disk, &job, 1);
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_DONE);
	delivery_discard(disk, &job);
	CU_ASSERT_EQUAL(count_in("/mail/joe/Maildir/new").hidden, 0);
	end();
}

static void
a_folder_that_went_with_its_mail_is_a_failure(void)
{
	struct delivery_job job = new_job(DELIVERY_DROP, "a-1", "x");

	begin(1);
	delivery_publish(disk, &job, 1); /* prepared in an earlier life, on another disk */
	CU_ASSERT_EQUAL(job.verdict, DELIVERY_FAILED);
	end();
}

/* One life of a node: goes on from what it has committed, until the end or the power cut. */
static void
live(const char *const *titles, enum delivery_kind kind, unsigned *committed)
{
	struct delivery_job jobs[2] = { new_job(kind, "a-1", titles[0]),
		                        new_job(kind, "a-2", titles[1]) };

	if (*committed == 0) {
		delivery_prepare(disk, jobs, 2);
		if (jobs[0].verdict != DELIVERY_DONE || jobs[1].verdict != DELIVERY_DONE)
			return;
		*committed = 1;
	}
	delivery_publish(disk, jobs, 2);
	if (jobs[0].verdict == DELIVERY_DONE && jobs[1].verdict == DELIVERY_DONE)
		*committed = 2;
}

static void
take_entry(void *context, const char *name)
{
	char path[DISK_PATH_SIZE];

	if (name[0] != '.' && disk_path_join(path, context, name))
		CU_ASSERT_EQUAL(disk->operations->unlink(disk, path), STATUS_OK);
}

static void
check_entry(void *context, const char *name)
{
	char path[DISK_PATH_SIZE];

	CU_ASSERT_TRUE(disk_path_join(path, context, name));
	CU_ASSERT_TRUE(file_is(path, "Return-Path: <>\nhello\n"));
}

/* A reader takes all that it sees away; how many that were. */
static unsigned
take(char *folder)
{
	unsigned count = count_in(folder).visible;

	disk->operations->list(disk, folder, take_entry, folder);
	CU_ASSERT_EQUAL(disk->operations->sync_directory(disk, folder), STATUS_OK);
	return count;
}

/*
 * The power goes before each operation in turn, twice a message; then once more at the end.
 * With a reader, what is there at each start is taken away before the node runs.
 */
static void
survive(enum delivery_kind kind, char *folder, bool reader)
{
	static const char *const titles[] = { "same", "same" };
	bool                     cut      = true;

	for (uint64_t crash_at = 0; cut; crash_at++) {
		for (uint64_t seed = 0; seed < 20; seed++) {
			unsigned committed = 0, taken = 0;

			begin(seed);
			sim_disk_set_crash_at(disk, crash_at);
			live(titles, kind, &committed);
			cut = sim_disk_is_crashed(disk);
			if (cut) {
				sim_disk_restart(disk);
				sim_disk_set_crash_at(disk, UINT64_MAX);
				taken += reader && committed > 0 ? take(folder) : 0;
				sim_disk_set_crash_at(disk, seed / 2);
				live(titles, kind, &committed);
				if (sim_disk_is_crashed(disk))
					sim_disk_restart(disk);
				sim_disk_set_crash_at(disk, UINT64_MAX);
				taken += reader && committed > 0 ? take(folder) : 0;
				live(titles, kind, &committed);
			}
			CU_ASSERT_EQUAL(committed, 2);
			sim_disk_crash(disk);
			sim_disk_restart(disk);
			CU_ASSERT_EQUAL(count_in(folder).visible + taken, 2);
			CU_ASSERT_EQUAL(count_in(folder).hidden, 0);
			disk->operations->list(disk, folder, check_entry, folder);
			end();
		}
	}
}

static void
a_mail_is_shown_once_whenever_the_power_goes(void)
{
	char folder[] = "/mail/joe/Maildir/new";

	survive(DELIVERY_MAILDIR, folder, false);
	survive(DELIVERY_MAILDIR, folder, true);
}

static void
a_file_is_shown_once_whenever_the_power_goes(void)
{
	char folder[] = "/files/joe";

	survive(DELIVERY_DROP, folder, false);
	survive(DELIVERY_DROP, folder, true);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(a_mail_is_prepared_unseen_and_published_whole),
	UNIT_TEST(a_user_is_a_folder_or_nobody),
	UNIT_TEST(names_from_strangers_are_made_harmless),
	UNIT_TEST(files_of_one_name_stand_beside_each_other),
	UNIT_TEST(a_large_body_is_copied_and_a_rotten_one_is_not),
	UNIT_TEST(the_last_of_a_large_body_is_delivered_without_writing_it_again),
	UNIT_TEST(a_large_body_that_is_wanted_again_or_rotten_is_not_given_away),
	UNIT_TEST(a_dropped_file_may_be_read_and_run_as_its_sender_let_it),
	UNIT_TEST(a_published_drop_says_what_it_is_called),
	UNIT_TEST(a_full_disk_means_later_and_gets_its_space_back),
	UNIT_TEST(a_folder_that_went_with_its_mail_is_a_failure),
	UNIT_TEST(a_mail_is_shown_once_whenever_the_power_goes),
	UNIT_TEST(a_file_is_shown_once_whenever_the_power_goes),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo delivery_suite = UNIT_SUITE("delivery", NULL, NULL, tests);
