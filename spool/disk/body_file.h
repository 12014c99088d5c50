/*
 * body_file.h - a large body, as one file that is written once
 *
 * The name of the file is the key of its message. Bytes are appended and synced from time
 * to time; the caller commits what a sync made durable (offset and chunk digests), and
 * after a crash or a cut call goes on there, whatever lies behind in the file. The offset
 * to go on at is a multiple of BODY_CHUNK_BYTES, so that the digest needs no bytes from
 * before it.
 */
#ifndef SPOOL_DISK_BODY_FILE_H
#define SPOOL_DISK_BODY_FILE_H

#include "spool/disk/body_digest.h"
#include "spool/disk/disk.h"

enum { BODY_FILE_MODE = 0600 };

struct body_file; /* open for writing; by one thread at a time */

/*
 * Goes on at `offset`, a multiple of BODY_CHUNK_BYTES; 0 begins anew. STATUS_CORRUPT: the
 * file is shorter than that.
 */
enum status body_file_open_write(struct body_file **file, struct disk *disk, const char *folder,
                                 int64_t key, uint64_t offset, struct diagnostic *diagnostic);
void        body_file_close(struct body_file *file);

enum status body_file_append(struct body_file *file, struct span bytes);

/* Where the next append goes. */
uint64_t body_file_size(const struct body_file *file);

/*
 * Makes all that was appended durable. *durable_bytes is where a later transfer may go on:
 * the size, rounded down to whole chunks unless this is the `last` sync; the digests of the
 * chunks that it gained are appended to *digests. After STATUS_IO the file is useless.
 */
enum status body_file_sync(struct body_file *file, bool last, uint64_t *durable_bytes,
                           struct buffer *digests);

/* Close it with disk->operations->close. */
enum status body_file_open_read(struct disk_file **file, struct disk *disk, const char *folder,
                                int64_t key, struct diagnostic *diagnostic);

/* Gives a body that is complete a second name, which stays when it is deleted here. */
enum status body_file_link(struct disk *disk, const char *folder, int64_t key, const char *path);

/* STATUS_OK also if there is none. A crash may bring the file back: see body_files_clean. */
enum status body_file_delete(struct disk *disk, const char *folder, int64_t key);

typedef bool body_file_wanted_function(void *context, int64_t key);

/*
 * At the start: makes the folder if it is missing and removes the files of bodies that are
 * not wanted. Files with other names are left alone.
 */
enum status body_files_clean(struct disk *disk, const char *folder,
                             body_file_wanted_function *wanted, void *context);

#endif
