/*
 * disk_posix_test.c - the real disk keeps the promises of disk.h
 */
#include "spool/disk/disk_posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/base/buffer.h"
#include "tests/unit/unit.h"

static struct disk                  *disk;
static const struct disk_operations *operations;
static char                          folder[32];

static void
setup(void)
{
	disk       = disk_posix();
	operations = disk->operations;
	snprintf(folder, sizeof(folder), "/tmp/mulga-disk-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static const char *
at(const char *name)
{
	static char paths[4][64];
	static int  next;

	next = (next + 1) % 4;
	snprintf(paths[next], sizeof(paths[next]), "%s/%s", folder, name);
	return paths[next];
}

static void
remove_entry(void *context, const char *name)
{
	(void)context;
	CU_ASSERT_EQUAL(remove(at(name)), 0);
}

static void
teardown(void)
{
	operations->list(disk, folder, remove_entry, NULL);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void
write_file(const char *name, const char *text)
{
	struct disk_file *file;

	CU_ASSERT_EQUAL_FATAL(operations->open(disk, at(name), DISK_WRITE_NEW, 0600, &file, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(operations->write_at(file, 0, text, strlen(text)), STATUS_OK);
	CU_ASSERT_EQUAL(operations->write_behind(file), STATUS_OK);
	CU_ASSERT_EQUAL(operations->sync(file), STATUS_OK);
	CU_ASSERT_EQUAL(operations->close(file), STATUS_OK);
}

static void
bytes_are_read_where_they_were_written(void)
{
	struct disk_file *file;
	struct stat       information;
	char              data[8];
	uint64_t          size;

	write_file("a", "hello");
	CU_ASSERT_EQUAL(stat(at("a"), &information), 0);
	CU_ASSERT_EQUAL(information.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL_FATAL(operations->open(disk, at("a"), DISK_WRITE, 0, &file, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(operations->write_at(file, 3, "LO!", 3), STATUS_OK);
	CU_ASSERT_EQUAL(operations->size(file, &size), STATUS_OK);
	CU_ASSERT_EQUAL(size, 6);
	CU_ASSERT_EQUAL(operations->truncate(file, 5), STATUS_OK);
	operations->close(file);
	CU_ASSERT_EQUAL_FATAL(operations->open(disk, at("a"), DISK_READ, 0, &file, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(operations->read_at(file, 1, data, 4), STATUS_OK);
	CU_ASSERT_EQUAL(memcmp(data, "elLO", 4), 0);
	CU_ASSERT_EQUAL(operations->read_at(file, 2, data, 4), STATUS_CORRUPT);
	operations->close(file);
}

static void
a_file_is_dressed_as_it_was_elsewhere(void)
{
	struct disk_file *file;
	struct stat       information;

	write_file("a", "hello");
	CU_ASSERT_EQUAL_FATAL(operations->open(disk, at("a"), DISK_READ, 0, &file, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(operations->dress(file, 0444, 981173106789), STATUS_OK);
	CU_ASSERT_EQUAL(operations->sync(file), STATUS_OK);
	CU_ASSERT_EQUAL(stat(at("a"), &information), 0);
	CU_ASSERT_EQUAL(information.st_mode & 07777, 0444);
	CU_ASSERT_EQUAL(information.st_mtim.tv_sec, 981173106);
	CU_ASSERT_EQUAL(information.st_mtim.tv_nsec, 789000000);
	CU_ASSERT_EQUAL(operations->dress(file, 0640, 0), STATUS_OK);
	CU_ASSERT_EQUAL(stat(at("a"), &information), 0);
	CU_ASSERT_EQUAL(information.st_mode & 07777, 0640);
	CU_ASSERT_EQUAL(information.st_mtim.tv_sec, 981173106);
	operations->close(file);
}

static void
opening_empties_only_what_is_to_be_new(void)
{
	struct disk_file *file;
	uint64_t          size = 9;

	write_file("a", "hello");
	write_file("a", "h");
	CU_ASSERT_EQUAL_FATAL(operations->open(disk, at("a"), DISK_WRITE, 0, &file, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(operations->size(file, &size), STATUS_OK);
	CU_ASSERT_EQUAL(size, 1);
	operations->close(file);
}

static void
files_that_users_prepared_are_refused(void)
{
	struct diagnostic diagnostic;
	struct disk_file *file;

	write_file("target", "keep");
	CU_ASSERT_EQUAL(symlink(at("target"), at("symbolic")), 0);
	CU_ASSERT_EQUAL(link(at("target"), at("hard")), 0);
	CU_ASSERT_EQUAL(mkfifo(at("fifo"), 0600), 0);
	for (const char *const *name = (const char *const[]){ "symbolic", "hard", "fifo", NULL };
	     *name != NULL; name++) {
		diagnostic_init(&diagnostic);
		CU_ASSERT_NOT_EQUAL(
		    operations->open(disk, at(*name), DISK_WRITE_NEW, 0600, &file, &diagnostic),
		    STATUS_OK);
		CU_ASSERT_STRING_NOT_EQUAL(diagnostic.text, "");
	}
	CU_ASSERT_EQUAL_FATAL(operations->open(disk, at("target"), DISK_READ, 0, &file, NULL),
	                      STATUS_OK);
	operations->close(file);
}

static void
no_name_is_ever_replaced(void)
{
	write_file("a", "a");
	write_file("b", "b");
	CU_ASSERT_EQUAL(operations->rename_new(disk, at("a"), at("b")), STATUS_EXISTS);
	CU_ASSERT_EQUAL(operations->link_new(disk, at("a"), at("b")), STATUS_EXISTS);
	CU_ASSERT_EQUAL(operations->rename_new(disk, at("a"), at("c")), STATUS_OK);
	CU_ASSERT_EQUAL(operations->rename_new(disk, at("a"), at("d")), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(operations->link_new(disk, at("b"), at("d")), STATUS_OK);
	CU_ASSERT_EQUAL(operations->unlink(disk, at("d")), STATUS_OK);
	CU_ASSERT_EQUAL(operations->unlink(disk, at("d")), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(operations->sync_directory(disk, folder), STATUS_OK);
	CU_ASSERT_EQUAL(operations->sync_directory(disk, at("none")), STATUS_NOT_FOUND);
}

static void
a_directory_is_told_from_a_file(void)
{
	write_file("file", "");
	CU_ASSERT_EQUAL(disk_need_directory(disk, at("sub"), 0700), STATUS_OK);
	CU_ASSERT_EQUAL(disk_need_directory(disk, at("sub"), 0700), STATUS_OK);
	CU_ASSERT_EQUAL(operations->exists(disk, at("sub/")), STATUS_OK);
	CU_ASSERT_EQUAL(operations->exists(disk, at("file")), STATUS_OK);
	CU_ASSERT_EQUAL(operations->exists(disk, at("file/")), STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(disk_need_directory(disk, at("none/sub"), 0700), STATUS_NOT_FOUND);
}

static void
collect(void *context, const char *name)
{
	buffer_append_format(context, "%s ", name);
}

static void
names_are_listed_in_byte_order(void)
{
	struct buffer names = { NULL, 0, 0 };

	write_file("b", "");
	write_file("a", "");
	write_file("B", "");
	CU_ASSERT_EQUAL(operations->list(disk, folder, collect, &names), STATUS_OK);
	CU_ASSERT_STRING_EQUAL(buffer_text(&names), "B a b ");
	CU_ASSERT_EQUAL(operations->list(disk, at("none"), collect, &names), STATUS_NOT_FOUND);
	buffer_release(&names);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(bytes_are_read_where_they_were_written),
	UNIT_TEST(a_file_is_dressed_as_it_was_elsewhere),
	UNIT_TEST(opening_empties_only_what_is_to_be_new),
	UNIT_TEST(files_that_users_prepared_are_refused),
	UNIT_TEST(no_name_is_ever_replaced),
	UNIT_TEST(a_directory_is_told_from_a_file),
	UNIT_TEST(names_are_listed_in_byte_order),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo disk_posix_suite = UNIT_SUITE("disk/disk_posix", setup, teardown, tests);
