/*
 * body_file.h - a large body, as one file that is written once
 *
 * The name of the file is the key of its message. Bytes are appended and synced from time
 * to time; the caller commits what a sync made durable (offset and chunk digests), and
 * after a crash or a cut call goes on there. The chunk that was begun is read again then, for
 * the digest.
 *
 * What lies behind the durable offset is nothing after a power failure. But where only the process
 * died, the kernel has all that it wrote, and a file tells how much that is. So the folder says in
 * which run of the machine its files were written.
 */
#ifndef SPOOL_DISK_BODY_FILE_H
#define SPOOL_DISK_BODY_FILE_H

#include "spool/disk/body_digest.h"
#include "spool/disk/disk.h"

enum { BODY_FILE_MODE = 0600 };

struct body_file; /* open for writing; by one thread at a time */

enum body_file_tail {
	BODY_FILE_CUTS,  /* what lies behind the offset is nothing                          */
	BODY_FILE_KEEPS, /* it is written again, as if it came now: a sync answers for it */
};

/*
 * Goes on at `offset`, or with what is kept behind it: body_file_size tells; 0 begins anew.
 * STATUS_CORRUPT: the file is shorter than that.
 */
enum status body_file_open_write(struct body_file **file, struct disk *disk, const char *folder,
                                 int64_t key, uint64_t offset, enum body_file_tail tail,
                                 struct diagnostic *diagnostic);
void        body_file_close(struct body_file *file);

enum status body_file_append(struct body_file *file, struct span bytes);

/* Where the next append goes. */
uint64_t body_file_size(const struct body_file *file);

/*
 * Makes all that was appended durable. *durable_bytes is where a later transfer may go on:
 * the size. The digests of the chunks that are complete since the latest sync are appended to
 * *digests, with the `last` sync also that of a shorter one at the end. After STATUS_IO the file
 * is useless.
 */
enum status body_file_sync(struct body_file *file, bool last, uint64_t *durable_bytes,
                           struct buffer *digests);

/*
 * Its two halves, for who appends on one thread while another waits for the disk. The mark says what a
 * flush that begins now will have made durable; while it runs more may be appended, but nothing else
 * be done with the file. Drop the mark if the flush fails.
 */
void        body_file_mark(struct body_file *file, bool last, uint64_t *size_bytes,
                           struct buffer *digests);
enum status body_file_flush(struct body_file *file);

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

/*
 * Which run of the machine is this: a name of at most BODY_RUN_MAX bytes that no other run has, "" if
 * nobody knows. True: all that was written into the folder's files was in this one, and no sync
 * failed.
 */
enum { BODY_RUN_MAX = 64 };
bool body_files_are_of_run(struct disk *disk, const char *folder, const char *run);

/* From now on they are; "": of none any more. First cut what is of an earlier one. */
enum status body_files_note_run(struct disk *disk, const char *folder, const char *run);

#endif
