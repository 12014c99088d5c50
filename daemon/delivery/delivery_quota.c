/*
 * delivery_quota.c - the bytes of a folder's files, of a Maildir those of new/ and cur/
 */
#include "daemon/delivery/delivery_quota.h"

#include <stdio.h>
#include <string.h>

/* One count of a folder. */
struct counting {
	struct disk *disk;
	const char  *folder;
	const char  *without; /* the path of a file that is written anew */
	uint64_t     bytes;
	enum status  status;
};

static enum status count_folder(struct disk *disk, const char *folder, const char *without,
                                uint64_t *bytes);
static void        count_file(void *context, const char *name);
static enum delivery_verdict too_full(struct delivery_job *job, uint64_t used, uint64_t size);

enum delivery_verdict
delivery_quota_check(struct disk *disk, struct delivery_job *job,
                     const struct delivery_place *place)
{
	uint64_t    used = 0, size = job->head.length + delivery_size_bytes(job);
	char        cur[DISK_PATH_SIZE];
	size_t      length = strlen(place->folder);
	enum status status;

	if (job->quota_bytes == 0)
		return DELIVERY_DONE;
	status = count_folder(disk, place->folder, place->hidden, &used);
	if (status == STATUS_OK && job->kind == DELIVERY_MAILDIR) {
		snprintf(cur, sizeof(cur), "%.*scur", (int)length - 3, place->folder); /* new */
		status = count_folder(disk, cur, place->hidden, &used);
	}
	if (status != STATUS_OK)
		return delivery_place_failed(job, status, place->folder);
	return used + size <= job->quota_bytes ? DELIVERY_DONE : too_full(job, used, size);
}

static enum delivery_verdict
too_full(struct delivery_job *job, uint64_t used, uint64_t size)
{
	unsigned long long quota = job->quota_bytes, left = used < quota ? quota - used : 0;

	diagnostic_set(
	    &job->diagnostic,
	    "the mailbox of %s is full: %llu bytes is its quota, and %llu bytes are free; "
	    "this one has %llu bytes",
	    job->user, quota, left, (unsigned long long)size);
	return size > quota ? DELIVERY_REFUSED : DELIVERY_FULL;
}

/* A file that goes while it is counted is not there. */
static enum status
count_folder(struct disk *disk, const char *folder, const char *without, uint64_t *bytes)
{
	struct counting counting = { disk, folder, without, 0, STATUS_OK };
	enum status     status   = disk->operations->list(disk, folder, count_file, &counting);

	*bytes += counting.bytes;
	return status == STATUS_OK ? counting.status : status;
}

static void
count_file(void *context, const char *name)
{
	struct counting  *counting = context;
	char              path[DISK_PATH_SIZE];
	struct disk_file *file;
	uint64_t          size   = 0;
	enum status       status = STATUS_NOT_FOUND;

	if (disk_path_join(path, counting->folder, name) && strcmp(path, counting->without) != 0)
		status = counting->disk->operations->open(counting->disk, path, DISK_READ, 0, &file,
		                                          NULL);
	if (status == STATUS_OK) {
		status = counting->disk->operations->size(file, &size);
		counting->disk->operations->close(file);
		counting->bytes += size;
	}
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		counting->status = status;
}
