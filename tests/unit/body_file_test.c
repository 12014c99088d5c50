/*
 * body_file_test.c - a body that was cut goes on where it was durable, and has one digest
 */
#include "spool/disk/body_file.h"

#include <string.h>

#include "tests/sim/sim_disk.h"
#include "tests/unit/unit.h"

enum { BODY_BYTES = 3 * BODY_CHUNK_BYTES + 1000 };

static uint8_t body[BODY_BYTES];

static void
setup(void)
{
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)(i * 31 + i / 251);
}

static struct disk *
new_disk(uint64_t seed)
{
	struct disk *disk = sim_disk_new(seed);

	CU_ASSERT_EQUAL(disk_need_directory(disk, "/bodies", 0700), STATUS_OK);
	return disk;
}

static void
the_digest_does_not_depend_on_the_pieces(void)
{
	static const size_t lengths[] = { 0, 1, 65535, 65536, 65537, 131072, BODY_BYTES };
	static const size_t pieces[]  = { 1000, 65536, 100000 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t whole[BODY_DIGEST_BYTES], streamed[BODY_DIGEST_BYTES];

		body_digest((struct span){ body, lengths[i] }, whole);
		for (size_t j = 0; j < sizeof(pieces) / sizeof(pieces[0]); j++) {
			struct body_digest_stream *stream  = body_digest_stream_new();
			struct buffer              digests = { NULL, 0, 0 };

			for (size_t at = 0; at < lengths[i]; at += pieces[j]) {
				size_t left = lengths[i] - at;

				body_digest_stream_add(
				    stream,
				    (struct span){ body + at, left < pieces[j] ? left : pieces[j] },
				    &digests);
			}
			body_digest_stream_finish(stream, &digests);
			CU_ASSERT_EQUAL(digests.length, (lengths[i] + BODY_CHUNK_BYTES - 1) /
			                                    BODY_CHUNK_BYTES * 32);
			body_digest_of_chunks(buffer_span(&digests), streamed);
			CU_ASSERT_EQUAL(memcmp(whole, streamed, sizeof(whole)), 0);
			body_digest_stream_free(stream);
			buffer_release(&digests);
		}
	}
}

static void
the_digest_of_nothing_is_that_of_no_chunks(void)
{
	static const uint8_t sha256_of_nothing[] = { 0xe3, 0xb0, 0xc4, 0x42 };
	uint8_t              digest[BODY_DIGEST_BYTES];

	body_digest((struct span){ NULL, 0 }, digest);
	CU_ASSERT_EQUAL(memcmp(digest, sha256_of_nothing, sizeof(sha256_of_nothing)), 0);
}

static void
the_digest_of_a_short_chunk_comes_with_the_last_sync(void)
{
	struct disk      *disk    = new_disk(1);
	struct buffer     digests = { NULL, 0, 0 };
	struct body_file *file;
	uint64_t          durable = 0;

	CU_ASSERT_EQUAL_FATAL(
	    body_file_open_write(&file, disk, "/bodies", 7, 0, BODY_FILE_CUTS, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(body_file_append(file, (struct span){ body, 100000 }), STATUS_OK);
	CU_ASSERT_EQUAL(body_file_sync(file, false, &durable, &digests), STATUS_OK);
	CU_ASSERT_EQUAL(durable, 100000);
	CU_ASSERT_EQUAL(digests.length, 32);
	CU_ASSERT_EQUAL(body_file_size(file), 100000);
	CU_ASSERT_EQUAL(body_file_append(file, (struct span){ body + 100000, BODY_BYTES - 100000 }),
	                STATUS_OK);
	CU_ASSERT_EQUAL(body_file_sync(file, true, &durable, &digests), STATUS_OK);
	CU_ASSERT_EQUAL(durable, BODY_BYTES);
	CU_ASSERT_EQUAL(digests.length, 4 * 32);
	body_file_close(file);
	CU_ASSERT_EQUAL(
	    body_file_open_write(&file, disk, "/bodies", 7, 4 * 65536, BODY_FILE_CUTS, NULL),
	    STATUS_CORRUPT);
	buffer_release(&digests);
	sim_disk_free(disk);
}

/* Writes from `*durable` on, as a node does, until the end or the power cut. */
static enum status
transfer(struct disk *disk, uint64_t *durable, struct buffer *digests)
{
	struct body_file *file;
	enum status       status;

	status = body_file_open_write(&file, disk, "/bodies", 7, *durable, BODY_FILE_CUTS, NULL);
	if (status != STATUS_OK)
		return status;
	while (status == STATUS_OK && body_file_size(file) < BODY_BYTES) {
		size_t at = (size_t)body_file_size(file), left = BODY_BYTES - at;

		status =
		    body_file_append(file, (struct span){ body + at, left < 40000 ? left : 40000 });
		if (status == STATUS_OK)
			status = body_file_sync(file, body_file_size(file) == BODY_BYTES, durable,
			                        digests);
	}
	body_file_close(file);
	return status;
}

static void
a_cut_transfer_goes_on_where_it_was_durable(void)
{
	uint8_t expected[BODY_DIGEST_BYTES], digest[BODY_DIGEST_BYTES], found[1000];
	bool    cut = true;

	body_digest((struct span){ body, BODY_BYTES }, expected);
	for (uint64_t crash_at = 0; cut; crash_at++) {
		struct disk      *disk    = new_disk(crash_at);
		struct buffer     digests = { NULL, 0, 0 };
		uint64_t          durable = 0;
		struct disk_file *file;
		enum status       status;

		sim_disk_set_crash_at(disk, crash_at);
		status = transfer(disk, &durable, &digests);
		cut    = sim_disk_is_crashed(disk);
		if (cut) {
			CU_ASSERT_EQUAL(status, STATUS_IO);
			sim_disk_restart(disk);
			CU_ASSERT_EQUAL(transfer(disk, &durable, &digests), STATUS_OK);
		}
		CU_ASSERT_EQUAL(durable, BODY_BYTES);
		body_digest_of_chunks(buffer_span(&digests), digest);
		CU_ASSERT_EQUAL(memcmp(digest, expected, sizeof(digest)), 0);
		CU_ASSERT_EQUAL_FATAL(body_file_open_read(&file, disk, "/bodies", 7, NULL),
		                      STATUS_OK);
		for (size_t at = 0; at + sizeof(found) <= BODY_BYTES; at += sizeof(found)) {
			CU_ASSERT_EQUAL(disk->operations->read_at(file, at, found, sizeof(found)),
			                STATUS_OK);
			CU_ASSERT_EQUAL(memcmp(found, body + at, sizeof(found)), 0);
		}
		disk->operations->close(file);
		buffer_release(&digests);
		sim_disk_free(disk);
	}
}

static void
a_body_that_was_reported_durable_survives(void)
{
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct disk      *disk    = new_disk(seed);
		struct buffer     digests = { NULL, 0, 0 };
		uint64_t          durable = 0, size = 0;
		struct disk_file *file;

		CU_ASSERT_EQUAL(transfer(disk, &durable, &digests), STATUS_OK);
		sim_disk_crash(disk);
		sim_disk_restart(disk);
		CU_ASSERT_EQUAL_FATAL(body_file_open_read(&file, disk, "/bodies", 7, NULL),
		                      STATUS_OK);
		CU_ASSERT_EQUAL(disk->operations->size(file, &size), STATUS_OK);
		CU_ASSERT_EQUAL(size, BODY_BYTES);
		disk->operations->close(file);
		buffer_release(&digests);
		sim_disk_free(disk);
	}
}

static void
what_lies_behind_the_durable_offset_is_cut_off(void)
{
	struct disk      *disk    = new_disk(1);
	struct buffer     digests = { NULL, 0, 0 };
	struct body_file *file;
	struct disk_file *found;
	uint64_t          durable = 0, size = 0;

	CU_ASSERT_EQUAL_FATAL(
	    body_file_open_write(&file, disk, "/bodies", 7, 0, BODY_FILE_CUTS, NULL), STATUS_OK);
	body_file_append(file, (struct span){ body, 190000 });
	CU_ASSERT_EQUAL(body_file_sync(file, false, &durable, &digests), STATUS_OK);
	body_file_close(file);
	CU_ASSERT_EQUAL_FATAL(
	    body_file_open_write(&file, disk, "/bodies", 7, 65536, BODY_FILE_CUTS, NULL),
	    STATUS_OK);
	body_file_append(file, (struct span){ body, 10 });
	CU_ASSERT_EQUAL(body_file_sync(file, true, &durable, &digests), STATUS_OK);
	body_file_close(file);
	CU_ASSERT_EQUAL_FATAL(body_file_open_read(&found, disk, "/bodies", 7, NULL), STATUS_OK);
	CU_ASSERT_EQUAL(disk->operations->size(found, &size), STATUS_OK);
	CU_ASSERT_EQUAL(size, 65546);
	disk->operations->close(found);
	buffer_release(&digests);
	sim_disk_free(disk);
}

/* Written at any place in a chunk, and gone on with there; only the process died in between. */
static void
what_a_dead_process_wrote_is_kept(void)
{
	static const uint64_t durables[] = { 0, 1, 65535, 65536, 100000 };
	uint8_t               expected[BODY_DIGEST_BYTES], digest[BODY_DIGEST_BYTES];

	body_digest((struct span){ body, BODY_BYTES }, expected);
	for (size_t i = 0; i < sizeof(durables) / sizeof(durables[0]); i++) {
		struct disk      *disk    = new_disk(i);
		struct buffer     digests = { NULL, 0, 0 };
		uint64_t          durable = 0;
		struct body_file *file;

		CU_ASSERT_EQUAL_FATAL(
		    body_file_open_write(&file, disk, "/bodies", 7, 0, BODY_FILE_CUTS, NULL),
		    STATUS_OK);
		body_file_append(file, (struct span){ body, (size_t)durables[i] });
		CU_ASSERT_EQUAL(body_file_sync(file, false, &durable, &digests), STATUS_OK);
		CU_ASSERT_EQUAL(durable, durables[i]);
		body_file_append(file, (struct span){ body + durable, 150000 - (size_t)durable });
		body_file_close(file);

		CU_ASSERT_EQUAL_FATAL(
		    body_file_open_write(&file, disk, "/bodies", 7, durable, BODY_FILE_KEEPS, NULL),
		    STATUS_OK);
		CU_ASSERT_EQUAL(body_file_size(file), 150000);
		CU_ASSERT_EQUAL(body_file_sync(file, false, &durable, &digests), STATUS_OK);
		CU_ASSERT_EQUAL(durable, 150000);
		body_file_close(file);
		sim_disk_crash(disk); /* it is durable now */
		sim_disk_restart(disk);
		CU_ASSERT_EQUAL(transfer(disk, &durable, &digests), STATUS_OK);
		body_digest_of_chunks(buffer_span(&digests), digest);
		CU_ASSERT_EQUAL(memcmp(digest, expected, sizeof(digest)), 0);
		buffer_release(&digests);
		sim_disk_free(disk);
	}
}

static void
a_folder_knows_the_run_that_wrote_it(void)
{
	struct disk *disk = new_disk(1);

	CU_ASSERT_FALSE(body_files_are_of_run(disk, "/bodies", "first"));
	CU_ASSERT_EQUAL(body_files_note_run(disk, "/bodies", "first"), STATUS_OK);
	CU_ASSERT_TRUE(body_files_are_of_run(disk, "/bodies", "first"));
	CU_ASSERT_FALSE(body_files_are_of_run(disk, "/bodies", "firs"));
	CU_ASSERT_FALSE(body_files_are_of_run(disk, "/bodies", "other"));
	CU_ASSERT_EQUAL(body_files_note_run(disk, "/bodies", ""), STATUS_OK);
	CU_ASSERT_FALSE(body_files_are_of_run(disk, "/bodies", "first"));
	CU_ASSERT_FALSE(body_files_are_of_run(disk, "/bodies", "")); /* nobody knows */
	sim_disk_free(disk);
}

static bool
wanted(void *context, int64_t key)
{
	return key == *(const int64_t *)context;
}

static void
only_files_of_bodies_that_nobody_wants_are_removed(void)
{
	static const struct {
		const char *path;
		bool        kept;
	} cases[] = {
		{ "/bodies/7", true },
		{ "/bodies/8", false },
		{ "/bodies/70", false },
		{ "/bodies/07", true },
		{ "/bodies/-7", true },
		{ "/bodies/7x", true },
		{ "/bodies/99999999999999999999", true },
	};
	int64_t           key  = 7;
	struct disk      *disk = sim_disk_new(1);
	struct disk_file *file;

	CU_ASSERT_EQUAL(body_files_clean(disk, "/bodies", wanted, &key), STATUS_OK); /* makes it */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(
		    disk->operations->open(disk, cases[i].path, DISK_WRITE_NEW, 0600, &file, NULL),
		    STATUS_OK);
		disk->operations->close(file);
	}
	CU_ASSERT_EQUAL(body_files_clean(disk, "/bodies", wanted, &key), STATUS_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(disk->operations->exists(disk, cases[i].path),
		                cases[i].kept ? STATUS_OK : STATUS_NOT_FOUND);
	CU_ASSERT_EQUAL(body_file_delete(disk, "/bodies", 7), STATUS_OK);
	CU_ASSERT_EQUAL(body_file_delete(disk, "/bodies", 7), STATUS_OK);
	CU_ASSERT_EQUAL(body_file_open_read(&file, disk, "/bodies", 7, NULL), STATUS_NOT_FOUND);
	sim_disk_free(disk);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(the_digest_does_not_depend_on_the_pieces),
	UNIT_TEST(the_digest_of_nothing_is_that_of_no_chunks),
	UNIT_TEST(the_digest_of_a_short_chunk_comes_with_the_last_sync),
	UNIT_TEST(a_cut_transfer_goes_on_where_it_was_durable),
	UNIT_TEST(a_body_that_was_reported_durable_survives),
	UNIT_TEST(what_lies_behind_the_durable_offset_is_cut_off),
	UNIT_TEST(what_a_dead_process_wrote_is_kept),
	UNIT_TEST(a_folder_knows_the_run_that_wrote_it),
	UNIT_TEST(only_files_of_bodies_that_nobody_wants_are_removed),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo body_file_suite = UNIT_SUITE("disk/body_file", setup, NULL, tests);
