/*
 * body_file.c - append, sync, go on
 *
 * The directory entry is made durable with the first sync after the file began; a file
 * that goes on behind byte 0 had one. What is kept behind the durable offset is written again: a
 * sync of an earlier process may have failed, and then the kernel calls clean what it
 * never wrote.
 */
#include "spool/disk/body_file.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"

enum { BEHIND_BYTES = 1 << 20 }; /* as often the disk is given work, so that a sync finds less */

struct body_file {
	struct disk_file          *file;
	char                       folder[DISK_PATH_SIZE];
	uint64_t                   size_bytes;
	bool                       entry_durable;
	struct body_digest_stream *stream;
	struct buffer              digests; /* of chunks complete since the last sync */
};

static const char run_name[] = ".run"; /* no body's, which are numbers */

static enum status prepare(struct body_file *body, const char *path, uint64_t offset,
                           enum body_file_tail tail);
static enum status read_in(struct body_file *body, struct disk_file *file, uint64_t *at,
                           uint64_t end, bool again);
static bool        body_path(char path[DISK_PATH_SIZE], const char *folder, int64_t key);
static void        collect_key(void *context, const char *name);

enum status
body_file_open_write(struct body_file **out, struct disk *disk, const char *folder, int64_t key,
                     uint64_t offset, enum body_file_tail tail, struct diagnostic *diagnostic)
{
	struct body_file *body;
	char              path[DISK_PATH_SIZE];
	struct disk_file *file;
	enum status       status;

	assert(key > 0);
	if (!body_path(path, folder, key))
		return STATUS_INVALID;
	status = disk->operations->open(disk, path, DISK_WRITE, BODY_FILE_MODE, &file, diagnostic);
	if (status != STATUS_OK)
		return status;
	body       = memory_new(1, sizeof(*body));
	body->file = file;
	snprintf(body->folder, sizeof(body->folder), "%s", folder);
	body->stream = body_digest_stream_new();
	status       = prepare(body, path, offset, tail);
	if (status != STATUS_OK) {
		diagnostic_set(diagnostic, "%s: cannot go on at byte %" PRIu64 ": %s", path, offset,
		               status_text(status));
		body_file_close(body);
		return status;
	}
	*out = body;
	return STATUS_OK;
}

void
body_file_close(struct body_file *body)
{
	if (body == NULL)
		return;
	body->file->disk->operations->close(body->file); /* what counts was synced */
	body_digest_stream_free(body->stream);
	buffer_release(&body->digests);
	free(body);
}

enum status
body_file_append(struct body_file *body, struct span bytes)
{
	enum status status = body->file->disk->operations->write_at(body->file, body->size_bytes,
	                                                            bytes.data, bytes.length);

	if (status != STATUS_OK)
		return status;
	body_digest_stream_add(body->stream, bytes, &body->digests);
	if ((body->size_bytes + bytes.length) / BEHIND_BYTES > body->size_bytes / BEHIND_BYTES)
		body->file->disk->operations->write_behind(body->file);
	body->size_bytes += bytes.length;
	return STATUS_OK;
}

uint64_t
body_file_size(const struct body_file *body)
{
	return body->size_bytes;
}

enum status
body_file_sync(struct body_file *body, bool last, uint64_t *durable_bytes, struct buffer *digests)
{
	enum status status = body_file_flush(body);

	if (status == STATUS_OK)
		body_file_mark(body, last, durable_bytes, digests);
	return status;
}

void
body_file_mark(struct body_file *body, bool last, uint64_t *size_bytes, struct buffer *digests)
{
	if (last)
		body_digest_stream_finish(body->stream, &body->digests);
	*size_bytes = body->size_bytes;
	buffer_move(digests, &body->digests);
}

enum status
body_file_flush(struct body_file *body)
{
	struct disk *disk   = body->file->disk;
	enum status  status = disk->operations->sync(body->file);

	if (status == STATUS_OK && !body->entry_durable)
		status = disk->operations->sync_directory(disk, body->folder);
	body->entry_durable = body->entry_durable || status == STATUS_OK;
	return status;
}

enum status
body_file_open_read(struct disk_file **file, struct disk *disk, const char *folder, int64_t key,
                    struct diagnostic *diagnostic)
{
	char path[DISK_PATH_SIZE];

	if (!body_path(path, folder, key))
		return STATUS_INVALID;
	return disk->operations->open(disk, path, DISK_READ, 0, file, diagnostic);
}

enum status
body_file_link(struct disk *disk, const char *folder, int64_t key, const char *path)
{
	char body[DISK_PATH_SIZE];

	return body_path(body, folder, key) ? disk->operations->link_new(disk, body, path)
	                                    : STATUS_INVALID;
}

enum status
body_file_delete(struct disk *disk, const char *folder, int64_t key)
{
	char        path[DISK_PATH_SIZE];
	enum status status;

	if (!body_path(path, folder, key))
		return STATUS_INVALID;
	status = disk->operations->unlink(disk, path);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status
body_files_clean(struct disk *disk, const char *folder, body_file_wanted_function *wanted,
                 void *context)
{
	struct buffer keys   = { NULL, 0, 0 }; /* of 8 bytes each, as files were listed */
	enum status   status = disk_need_directory(disk, folder, 0700);
	struct reader reader;

	if (status == STATUS_OK)
		status = disk->operations->list(disk, folder, collect_key, &keys);
	reader_init(&reader, buffer_span(&keys));
	while (status == STATUS_OK && reader_left(&reader) > 0) {
		int64_t key = (int64_t)reader_u64(&reader);

		if (!wanted(context, key))
			status = body_file_delete(disk, folder, key);
	}
	buffer_release(&keys);
	return status;
}

bool
body_files_are_of_run(struct disk *disk, const char *folder, const char *run)
{
	struct disk_file *file;
	char              path[DISK_PATH_SIZE], said[BODY_RUN_MAX];
	uint64_t          length = 0;
	bool              same;

	if (run[0] == '\0' || strlen(run) > BODY_RUN_MAX ||
	    !disk_path_join(path, folder, run_name) ||
	    disk->operations->open(disk, path, DISK_READ, 0, &file, NULL) != STATUS_OK)
		return false;
	same = disk->operations->size(file, &length) == STATUS_OK && length == strlen(run) &&
	       disk->operations->read_at(file, 0, said, (size_t)length) == STATUS_OK &&
	       memcmp(said, run, (size_t)length) == 0;
	disk->operations->close(file);
	return same;
}

enum status
body_files_note_run(struct disk *disk, const char *folder, const char *run)
{
	struct disk_file *file;
	char              path[DISK_PATH_SIZE];
	enum status       status;

	assert(strlen(run) <= BODY_RUN_MAX);
	if (!disk_path_join(path, folder, run_name))
		return STATUS_INVALID;
	status = disk->operations->open(disk, path, DISK_WRITE_NEW, BODY_FILE_MODE, &file, NULL);
	if (status != STATUS_OK)
		return status;
	status = disk->operations->write_at(file, 0, run, strlen(run));
	disk->operations->close(file);
	return status;
}

static enum status
prepare(struct body_file *body, const char *path, uint64_t offset, enum body_file_tail tail)
{
	const struct disk_operations *operations = body->file->disk->operations;
	struct disk_file             *reader     = NULL;
	uint64_t                      at         = offset - offset % BODY_CHUNK_BYTES, size_bytes;
	enum status                   status     = operations->size(body->file, &size_bytes);

	body->entry_durable = offset > 0;
	if (status == STATUS_OK && size_bytes < offset)
		status = STATUS_CORRUPT;
	if (status == STATUS_OK && size_bytes > offset && tail == BODY_FILE_CUTS) {
		status     = operations->truncate(body->file, offset);
		size_bytes = offset;
	}
	if (status == STATUS_OK && size_bytes > at)
		status = operations->open(body->file->disk, path, DISK_READ, 0, &reader, NULL);
	if (status == STATUS_OK && reader != NULL)
		status = read_in(body, reader, &at, offset, false);
	if (status == STATUS_OK && reader != NULL)
		status = read_in(body, reader, &at, size_bytes, true);
	if (reader != NULL)
		operations->close(reader);
	body->size_bytes = at;
	return status;
}

/* What is in the file from *at to `end`, for the digest; `again`: and it is written again. */
static enum status
read_in(struct body_file *body, struct disk_file *file, uint64_t *at, uint64_t end, bool again)
{
	uint8_t    *bytes  = memory_new(1, BODY_CHUNK_BYTES);
	enum status status = STATUS_OK;

	while (status == STATUS_OK && *at < end) {
		uint64_t left   = end - *at;
		size_t   length = left < BODY_CHUNK_BYTES ? (size_t)left : BODY_CHUNK_BYTES;

		status = file->disk->operations->read_at(file, *at, bytes, length);
		if (status == STATUS_OK && again)
			status = file->disk->operations->write_at(body->file, *at, bytes, length);
		if (status == STATUS_OK)
			body_digest_stream_add(body->stream, (struct span){ bytes, length },
			                       &body->digests);
		if (status == STATUS_OK)
			*at += length;
	}
	free(bytes);
	return status;
}

static bool
body_path(char path[DISK_PATH_SIZE], const char *folder, int64_t key)
{
	char name[24];

	snprintf(name, sizeof(name), "%" PRId64, key);
	return disk_path_join(path, folder, name);
}

/* Only names that body_path makes: no sign, no leading zero, nothing behind. */
static void
collect_key(void *context, const char *name)
{
	char   *end;
	int64_t key;

	errno = 0;
	key   = strtoll(name, &end, 10);
	if (name[0] >= '1' && name[0] <= '9' && *end == '\0' && errno == 0)
		buffer_append_u64(context, (uint64_t)key);
}
