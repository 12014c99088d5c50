/*
 * file_drop.c - the folder, and the rename to a name that a stranger chose
 */
#include "daemon/delivery/file_drop.h"

#include <string.h>

#include "spool/message/file_name.h"

static enum status make_folders(struct disk *disk, const char *folder);

enum delivery_verdict
file_drop_find(struct disk *disk, struct delivery_job *job, bool make, struct delivery_place *place)
{
	char        user_path[DISK_PATH_SIZE];
	enum status status =
	    delivery_place_expand(job->target, job->user, place->folder, user_path);

	if (status == STATUS_NOT_FOUND) {
		diagnostic_set(&job->diagnostic, "no such user");
		return DELIVERY_NO_USER;
	}
	if (status == STATUS_OK && !delivery_place_hide(place, &job->id))
		status = STATUS_TOO_BIG;
	if (status == STATUS_OK && make)
		status = make_folders(disk, place->folder);
	return status == STATUS_OK ? DELIVERY_DONE
	                           : delivery_place_failed(job, status, job->target);
}

enum status
file_drop_publish(struct disk *disk, struct delivery_job *job, const struct delivery_place *place)
{
	char        path[DISK_PATH_SIZE], id[DELIVERY_NAME_SIZE];
	enum status status = STATUS_EXISTS;

	delivery_place_name(&job->id, id);
	for (unsigned attempt = 1; attempt <= FILE_NAME_NUMBERED + 1 && status == STATUS_EXISTS;
	     attempt++) {
		file_name_choose(job->title, id, attempt, job->name);
		if (!disk_path_join(path, place->folder, job->name))
			return STATUS_TOO_BIG;
		status = disk->operations->rename_new(disk, place->hidden, path);
		if (status == STATUS_EXISTS && job->title[0] == '\0')
			break;
	}
	if (status != STATUS_OK)
		job->name[0] = '\0';
	if (status == STATUS_EXISTS) /* the name with its id is taken: by itself, before */
		status = disk->operations->unlink(disk, place->hidden);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

unsigned
file_drop_mode(const struct delivery_job *job)
{
	if (job->mode == 0)
		return 0600;
	return (job->mode & 0755 & ~job->umask) | 0400;
}

/* Makes every missing folder on the way; what there is is not touched. */
static enum status
make_folders(struct disk *disk, const char *folder)
{
	char        path[DISK_PATH_SIZE];
	enum status status = STATUS_OK;

	for (size_t i = 1; status == STATUS_OK && folder[i - 1] != '\0'; i++) {
		if (folder[i] != '/' && folder[i] != '\0')
			continue;
		memcpy(path, folder, i);
		path[i] = '\0';
		if (disk->operations->exists(disk, path) == STATUS_NOT_FOUND)
			status = disk_need_directory(disk, path, 0700);
	}
	return status;
}
