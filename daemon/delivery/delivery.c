/*
 * delivery.c - many deliveries, and one wait for the disk
 *
 * All files are written and their write-back begun, then each is synced, then each
 * directory once: 64 small files cost little more than the slowest of them. A large body
 * is not written a second time where its own file can become the delivered one.
 */
#include "daemon/delivery/delivery.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/delivery/delivery_quota.h"
#include "daemon/delivery/file_drop.h"
#include "daemon/delivery/maildir.h"
#include "spool/base/memory.h"
#include "spool/disk/body_file.h"

static enum delivery_verdict find_place(struct disk *disk, struct delivery_job *job, bool make,
                                        struct delivery_place *place);
static struct disk_file     *write_hidden(struct disk *disk, struct delivery_job *job,
                                          const struct delivery_place *place);
static bool                  is_in_file(const struct delivery_body *body);
static struct disk_file     *dress_link(struct disk *disk, const struct delivery_job *job,
                                        const struct delivery_place *place);
static void        dress(struct disk *disk, const struct delivery_job *job, struct disk_file *file);
static bool        may_link(const struct delivery_job *job);
static void        fail_hidden(struct disk *disk, struct delivery_job *job, enum status status,
                               const struct delivery_place *place);
static enum status write_bodies(struct disk *disk, struct delivery_job *job,
                                struct disk_file *file);
static enum status write_body(struct disk *disk, const char *folder,
                              const struct delivery_body *body, struct disk_file *file,
                              uint64_t at);
static enum status copy_body_file(struct disk *disk, const char *folder,
                                  const struct delivery_body *body, struct disk_file *file,
                                  uint64_t at);
static void        sync_folders(struct disk *disk, struct delivery_job *jobs, size_t count,
                                const struct delivery_place *places);
static void        fail(struct delivery_job *job, enum status status, const char *path);

void
delivery_prepare(struct disk *disk, struct delivery_job *jobs, size_t count)
{
	struct delivery_place *places = memory_new(count, sizeof(*places));
	struct disk_file     **files  = memory_new(count, sizeof(struct disk_file *));

	for (size_t i = 0; i < count; i++) {
		diagnostic_init(&jobs[i].diagnostic);
		jobs[i].verdict = find_place(disk, &jobs[i], true, &places[i]);
		if (jobs[i].verdict != DELIVERY_DONE)
			continue;
		if (jobs[i].kind == DELIVERY_MAILDIR && maildir_has(disk, &jobs[i], &places[i]))
			continue;
		jobs[i].verdict = delivery_quota_check(disk, &jobs[i], &places[i]);
		if (jobs[i].verdict != DELIVERY_DONE)
			continue;
		files[i] = write_hidden(disk, &jobs[i], &places[i]);
	}
	for (size_t i = 0; i < count; i++) {
		enum status status;

		if (files[i] == NULL)
			continue;
		status = disk->operations->sync(files[i]);
		disk->operations->close(files[i]);
		if (status != STATUS_OK)
			fail(&jobs[i], status, places[i].hidden);
	}
	sync_folders(disk, jobs, count, places);
	free(files);
	free(places);
}

void
delivery_publish(struct disk *disk, struct delivery_job *jobs, size_t count)
{
	struct delivery_place *places = memory_new(count, sizeof(*places));

	for (size_t i = 0; i < count; i++) {
		enum status status;

		diagnostic_init(&jobs[i].diagnostic);
		jobs[i].verdict = find_place(disk, &jobs[i], false, &places[i]);
		if (jobs[i].verdict != DELIVERY_DONE)
			continue;
		status = jobs[i].kind == DELIVERY_MAILDIR
		             ? maildir_publish(disk, &jobs[i], &places[i])
		             : file_drop_publish(disk, &jobs[i], &places[i]);
		if (status != STATUS_OK)
			fail(&jobs[i], status, places[i].hidden);
	}
	/* Also where nothing was left to rename: that earlier rename may not be durable. And
	 * where the folder has gone with all that was in it, this says so. */
	sync_folders(disk, jobs, count, places);
	free(places);
}

void
delivery_discard(struct disk *disk, struct delivery_job *job)
{
	struct delivery_place *place = memory_new(1, sizeof(*place));

	diagnostic_init(&job->diagnostic);
	job->verdict = find_place(disk, job, false, place);
	if (job->verdict == DELIVERY_DONE) {
		enum status status = disk->operations->unlink(disk, place->hidden);

		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			fail(job, status, place->hidden);
	}
	free(place);
}

enum delivery_verdict
delivery_check_user(struct disk *disk, enum delivery_kind kind, const char *target,
                    const char *user)
{
	struct delivery_job    job   = { .kind = kind, .target = target, .user = user };
	struct delivery_place *place = memory_new(1, sizeof(*place));
	enum delivery_verdict  verdict;

	verdict = find_place(disk, &job, false, place);
	free(place);
	return verdict;
}

static enum delivery_verdict
find_place(struct disk *disk, struct delivery_job *job, bool make, struct delivery_place *place)
{
	assert(job->kind == DELIVERY_MAILDIR || job->kind == DELIVERY_DROP);
	return job->kind == DELIVERY_MAILDIR ? maildir_find(disk, job, make, place)
	                                     : file_drop_find(disk, job, make, place);
}

/*
 * The file, written but not synced. NULL where nothing is to be synced: after a failure, which
 * the job tells, or because the body's own file, long durable, has got the hidden name as it is.
 */
static struct disk_file *
write_hidden(struct disk *disk, struct delivery_job *job, const struct delivery_place *place)
{
	struct disk_file *file = NULL;
	enum status       status;

	/* A link of an earlier attempt must not be written over; some of its files may not. */
	if (is_in_file(&job->body) || job->kind == DELIVERY_DROP)
		disk->operations->unlink(disk, place->hidden);
	if (may_link(job) &&
	    body_file_link(disk, job->body.folder, job->body.key, place->hidden) == STATUS_OK) {
		status = copy_body_file(disk, job->body.folder, &job->body, NULL, 0);
		if (status == STATUS_OK)
			return dress_link(disk, job, place);
		fail_hidden(disk, job, status, place);
		return NULL;
	}
	status = disk->operations->open(disk, place->hidden, DISK_WRITE_NEW, BODY_FILE_MODE, &file,
	                                NULL);
	if (status != STATUS_OK) {
		fail(job, status, place->hidden);
		return NULL;
	}
	status = disk->operations->write_at(file, 0, job->head.data, job->head.length);
	if (status == STATUS_OK)
		status = write_bodies(disk, job, file);
	if (status == STATUS_OK) {
		dress(disk, job, file);
		disk->operations->write_behind(file);
		return file;
	}
	disk->operations->close(file);
	fail_hidden(disk, job, status, place);
	return NULL;
}

static bool
is_in_file(const struct delivery_body *body)
{
	return body->bytes.data == NULL && body->size_bytes > 0;
}

/* NULL: there is nothing to change about it, or it cannot be opened, and stays as it is. */
static struct disk_file *
dress_link(struct disk *disk, const struct delivery_job *job, const struct delivery_place *place)
{
	struct disk_file *file = NULL;

	if (job->kind == DELIVERY_DROP &&
	    disk->operations->open(disk, place->hidden, DISK_READ, 0, &file, NULL) == STATUS_OK)
		dress(disk, job, file);
	return file;
}

/* After the last byte, which changes the time as well. */
static void
dress(struct disk *disk, const struct delivery_job *job, struct disk_file *file)
{
	if (job->kind == DELIVERY_DROP)
		(void)disk->operations->dress(file, file_drop_mode(job), job->modified_ms);
}

/* Is the body's own file what would be written? (On another file system the link fails, and
 * the body is copied.) */
static bool
may_link(const struct delivery_job *job)
{
	return is_in_file(&job->body) && job->body.is_last && job->head.length == 0 &&
	       job->rest_count == 0;
}

static void
fail_hidden(struct disk *disk, struct delivery_job *job, enum status status,
            const struct delivery_place *place)
{
	disk->operations->unlink(disk, place->hidden); /* gives back the space it took */
	if (status == STATUS_CORRUPT) {
		job->verdict = DELIVERY_FAILED;
		diagnostic_set(&job->diagnostic, "quarantined: the body does not match its digest");
	} else {
		fail(job, status, place->hidden);
	}
}

/* One behind the other. STATUS_CORRUPT: one is not what its sender wrote. */
static enum status
write_bodies(struct disk *disk, struct delivery_job *job, struct disk_file *file)
{
	uint64_t    at     = job->head.length;
	enum status status = write_body(disk, job->body.folder, &job->body, file, at);

	at += job->body.size_bytes;
	for (size_t i = 0; status == STATUS_OK && i < job->rest_count; i++) {
		status = write_body(disk, job->body.folder, &job->rest[i], file, at);
		at += job->rest[i].size_bytes;
	}
	return status;
}

static enum status
write_body(struct disk *disk, const char *folder, const struct delivery_body *body,
           struct disk_file *file, uint64_t at)
{
	uint8_t digest[BODY_DIGEST_BYTES];

	if (is_in_file(body))
		return copy_body_file(disk, folder, body, file, at);
	body_digest(body->bytes, digest);
	if (body->bytes.length != body->size_bytes ||
	    memcmp(digest, body->digest, sizeof(digest)) != 0)
		return STATUS_CORRUPT;
	return disk->operations->write_at(file, at, body->bytes.data, body->bytes.length);
}

/* Also reads it to check its digest alone: then `file` is NULL. */
static enum status
copy_body_file(struct disk *disk, const char *folder, const struct delivery_body *body,
               struct disk_file *file, uint64_t at)
{
	uint8_t          *chunk  = memory_new(BODY_CHUNK_BYTES, 1), digest[BODY_DIGEST_BYTES];
	struct buffer     chunks = { NULL, 0, 0 };
	uint64_t          left = body->size_bytes, offset = 0;
	struct disk_file *source = NULL;
	enum status       status;

	status = body_file_open_read(&source, disk, folder, body->key, NULL);
	if (status == STATUS_NOT_FOUND)
		status = STATUS_CORRUPT;
	while (status == STATUS_OK && left > 0) {
		size_t length = left < BODY_CHUNK_BYTES ? (size_t)left : BODY_CHUNK_BYTES;

		status = disk->operations->read_at(source, offset, chunk, length);
		if (status != STATUS_OK)
			break;
		body_digest_chunk(chunk, length, digest);
		buffer_append(&chunks, digest, sizeof(digest));
		if (file != NULL)
			status = disk->operations->write_at(file, at + offset, chunk, length);
		offset += length;
		left -= length;
	}
	if (status == STATUS_OK) {
		body_digest_of_chunks(buffer_span(&chunks), digest);
		if (memcmp(digest, body->digest, sizeof(digest)) != 0)
			status = STATUS_CORRUPT;
	}
	if (source != NULL)
		disk->operations->close(source);
	buffer_release(&chunks);
	free(chunk);
	return status;
}

/* Syncs each folder once; its failure is that of every job that had come so far. */
static void
sync_folders(struct disk *disk, struct delivery_job *jobs, size_t count,
             const struct delivery_place *places)
{
	bool *done = memory_new(count, sizeof(*done));

	for (size_t i = 0; i < count; i++) {
		enum status status;

		if (done[i] || jobs[i].verdict != DELIVERY_DONE)
			continue;
		status = disk->operations->sync_directory(disk, places[i].folder);
		for (size_t j = i; j < count; j++) {
			if (jobs[j].verdict != DELIVERY_DONE ||
			    strcmp(places[i].folder, places[j].folder) != 0)
				continue;
			done[j] = true;
			if (status != STATUS_OK)
				fail(&jobs[j], status, places[i].folder);
		}
	}
	free(done);
}

static void
fail(struct delivery_job *job, enum status status, const char *path)
{
	job->verdict = delivery_place_failed(job, status, path);
}
