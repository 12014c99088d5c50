/*
 * loop_bodies_test.c - a body is written by one thread while another waits for the disk
 *
 * The disk is the real one, but for a gate before each sync and writes that fail on demand.
 */
#include "daemon/loop/loop_bodies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/loop/loop_clock.h"
#include "spool/disk/disk_posix.h"
#include "tests/unit/unit.h"

enum { KEY = 7, FIRST = 100 * 1000, SECOND = 50 * 1000, PATIENCE_MS = 60000 };

static struct {
	uv_mutex_t mutex;
	uv_cond_t  opened;
	bool       closed;  /* the gate: who syncs waits there */
	unsigned   waiting; /* so many do                      */
	bool       full;    /* nothing can be written          */
	unsigned   refused; /* writes                          */
} gate;

static struct disk_operations operations;
static struct disk            disk     = { &operations };
static char                   folder[] = "/tmp/loop_bodies.XXXXXX";
static uv_loop_t              uv;
static struct loop_inbox      inbox;
static struct loop_bodies     bodies;
static uint8_t                bytes[FIRST + SECOND];

static enum status
gated_sync(struct disk_file *file)
{
	uv_mutex_lock(&gate.mutex);
	gate.waiting++;
	while (gate.closed)
		uv_cond_wait(&gate.opened, &gate.mutex);
	gate.waiting--;
	uv_mutex_unlock(&gate.mutex);
	return disk_posix()->operations->sync(file);
}

static enum status
gated_write(struct disk_file *file, uint64_t offset, const void *data, size_t length)
{
	bool full;

	uv_mutex_lock(&gate.mutex);
	full = gate.full;
	gate.refused += full;
	uv_mutex_unlock(&gate.mutex);
	return full ? STATUS_NO_SPACE
	            : disk_posix()->operations->write_at(file, offset, data, length);
}

static void
setup(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 251);
	operations          = *disk_posix()->operations;
	operations.sync     = gated_sync;
	operations.write_at = gated_write;
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	memset(&gate, 0, sizeof(gate));
	uv_mutex_init(&gate.mutex);
	uv_cond_init(&gate.opened);
	CU_ASSERT_EQUAL_FATAL(uv_loop_init(&uv), 0);
	loop_inbox_init(&inbox, &uv);
	loop_bodies_init(&bodies, &uv, &inbox, &disk, folder);
}

static void
teardown(void)
{
	loop_bodies_forget(&bodies);
	uv_close((uv_handle_t *)&inbox.idle, NULL);
	uv_run(&uv, UV_RUN_DEFAULT);
	CU_ASSERT_PTR_NULL(bodies.first);
	CU_ASSERT_EQUAL(bodies.queued_bytes, 0);
	CU_ASSERT_EQUAL(uv_loop_close(&uv), 0);
	loop_inbox_release(&inbox);
	uv_cond_destroy(&gate.opened);
	uv_mutex_destroy(&gate.mutex);
	body_file_delete(disk_posix(), folder, KEY);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void
set_gate(bool closed)
{
	uv_mutex_lock(&gate.mutex);
	gate.closed = closed;
	uv_cond_broadcast(&gate.opened);
	uv_mutex_unlock(&gate.mutex);
}

static void
set_full(bool full)
{
	uv_mutex_lock(&gate.mutex);
	gate.full = full;
	uv_mutex_unlock(&gate.mutex);
}

static unsigned
count(const unsigned *counter)
{
	unsigned value;

	uv_mutex_lock(&gate.mutex);
	value = *counter;
	uv_mutex_unlock(&gate.mutex);
	return value;
}

static bool
one_waits(void)
{
	return count(&gate.waiting) == 1;
}

static bool
nothing_is_queued(void)
{
	return bodies.queued_bytes == 0;
}

static bool
one_works(void)
{
	return bodies.working == 1;
}

static bool
nobody_works(void)
{
	return bodies.working == 0;
}

static void
until(bool (*condition)(void))
{
	int64_t end = loop_clock_now().instant.ms + PATIENCE_MS;

	while (!condition() && loop_clock_now().instant.ms < end) {
		uv_run(&uv, UV_RUN_NOWAIT);
		usleep(1000);
	}
	CU_ASSERT_TRUE_FATAL(condition());
}

static void
append(uint64_t offset, size_t length)
{
	loop_bodies_perform(&bodies, &(struct action){ .kind   = ACTION_BODY_APPEND,
	                                               .id     = KEY,
	                                               .offset = offset,
	                                               .bytes  = { bytes + offset, length } });
}

static void
ask_sync(uint64_t offset, bool final)
{
	loop_bodies_perform(
	    &bodies, &(struct action){
			 .kind = ACTION_BODY_SYNC, .id = KEY, .offset = offset, .final = final });
}

static uint64_t
file_bytes(void)
{
	struct disk_file *file;
	uint64_t          size = 0;

	CU_ASSERT_EQUAL_FATAL(body_file_open_read(&file, disk_posix(), folder, KEY, NULL),
	                      STATUS_OK);
	CU_ASSERT_EQUAL(file->disk->operations->size(file, &size), STATUS_OK);
	file->disk->operations->close(file);
	return size;
}

/* The next event, of which nothing but its kind, status, offset and digests is of interest. */
static void
heard(enum event_kind kind, uint64_t offset, size_t digests)
{
	const struct loop_batch *batch;

	CU_ASSERT_EQUAL_FATAL(loop_inbox_count(&inbox), 1);
	batch = loop_inbox_take(&inbox);
	CU_ASSERT_EQUAL(batch->events[0].kind, kind);
	CU_ASSERT_EQUAL(batch->events[0].id, KEY);
	CU_ASSERT_EQUAL(batch->events[0].offset, offset);
	CU_ASSERT_EQUAL(batch->events[0].bytes.length, digests * BODY_DIGEST_BYTES);
	loop_inbox_done(&inbox);
}

static void
bytes_are_written_while_earlier_ones_are_synced(void)
{
	uint8_t                  said[BODY_DIGEST_BYTES], right[BODY_DIGEST_BYTES];
	struct buffer            digests = { NULL, 0, 0 };
	struct loop_batch const *batch;

	set_gate(true);
	append(0, FIRST);
	ask_sync(FIRST, false);
	until(one_waits);
	append(FIRST, SECOND);
	until(nothing_is_queued);
	CU_ASSERT_EQUAL(file_bytes(), FIRST + SECOND);
	CU_ASSERT_EQUAL(loop_inbox_count(&inbox), 0); /* nothing is durable yet */

	ask_sync(FIRST + SECOND, true); /* waits for the first */
	set_gate(false);
	until(nobody_works);
	CU_ASSERT_EQUAL_FATAL(loop_inbox_count(&inbox), 2);
	batch = loop_inbox_take(&inbox);
	CU_ASSERT_EQUAL(batch->events[0].kind, EVENT_BODY_SYNCED);
	CU_ASSERT_EQUAL(batch->events[0].offset, FIRST); /* the second came too late for it */
	CU_ASSERT_EQUAL(batch->events[1].kind, EVENT_BODY_SYNCED);
	CU_ASSERT_EQUAL(batch->events[1].offset, FIRST + SECOND);
	buffer_append_span(&digests, batch->events[0].bytes);
	CU_ASSERT_EQUAL(batch->events[1].first_chunk, digests.length / BODY_DIGEST_BYTES);
	buffer_append_span(&digests, batch->events[1].bytes);
	loop_inbox_done(&inbox);
	body_digest_of_chunks(buffer_span(&digests), said);
	body_digest((struct span){ bytes, sizeof(bytes) }, right);
	CU_ASSERT_EQUAL(memcmp(said, right, sizeof(right)), 0);
	buffer_release(&digests);
}

static void
a_write_that_fails_during_a_sync_is_told_after_it(void)
{
	set_gate(true);
	append(0, FIRST);
	ask_sync(FIRST, false);
	until(one_waits);
	set_full(true);
	append(FIRST, SECOND);
	until(one_works);
	CU_ASSERT_EQUAL(count(&gate.refused), 1);
	CU_ASSERT_EQUAL(loop_inbox_count(&inbox), 0); /* the file is still being synced */

	append(FIRST + SECOND, 0); /* what is asked meanwhile waits, and fails with it */
	set_gate(false);
	until(nobody_works);
	CU_ASSERT_EQUAL_FATAL(loop_inbox_count(&inbox), 2);
	CU_ASSERT_FALSE(bodies.disk_failed);
	{
		const struct loop_batch *batch = loop_inbox_take(&inbox);

		CU_ASSERT_EQUAL(batch->events[0].kind, EVENT_BODY_SYNCED);
		CU_ASSERT_EQUAL(batch->events[0].offset, FIRST);
		CU_ASSERT_EQUAL(batch->events[1].kind, EVENT_BODY_FAILED);
		CU_ASSERT_EQUAL(batch->events[1].status, STATUS_NO_SPACE);
		loop_inbox_done(&inbox);
	}

	set_full(false); /* the far end goes on where it was durable */
	append(FIRST, SECOND);
	ask_sync(FIRST + SECOND, true);
	until(nobody_works);
	CU_ASSERT_EQUAL(file_bytes(), FIRST + SECOND);
	heard(EVENT_BODY_SYNCED, FIRST + SECOND,
	      (FIRST + SECOND) / BODY_CHUNK_BYTES - FIRST / BODY_CHUNK_BYTES + 1);
}

static CU_TestInfo tests[] = {
	UNIT_TEST(bytes_are_written_while_earlier_ones_are_synced),
	UNIT_TEST(a_write_that_fails_during_a_sync_is_told_after_it),
	CU_TEST_INFO_NULL,
};

CU_SuiteInfo loop_bodies_suite = UNIT_SUITE("loop/bodies", setup, teardown, tests);
