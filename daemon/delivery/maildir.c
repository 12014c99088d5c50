/*
 * maildir.c - from a hidden name of new/ to the one that readers see
 */
#include "daemon/delivery/maildir.h"

#include <stdio.h>

static enum delivery_verdict make_folders(struct disk *disk, struct delivery_job *job,
                                          const char *maildir);
static bool published_path(char path[DISK_PATH_SIZE], const struct delivery_job *job,
                           const struct delivery_place *place);

enum delivery_verdict
maildir_find(struct disk *disk, struct delivery_job *job, bool make, struct delivery_place *place)
{
	char        maildir[DISK_PATH_SIZE], user_path[DISK_PATH_SIZE];
	enum status status = delivery_place_expand(job->target, job->user, maildir, user_path);

	if (status == STATUS_OK && user_path[0] != '\0')
		status = disk->operations->exists(disk, user_path);
	if (status == STATUS_NOT_FOUND) {
		diagnostic_set(&job->diagnostic, "no such user");
		return DELIVERY_NO_USER;
	}
	if (status != STATUS_OK)
		return delivery_place_failed(job, status, user_path);
	if (!disk_path_join(place->folder, maildir, "new") || !delivery_place_hide(place, &job->id))
		return delivery_place_failed(job, STATUS_TOO_BIG, job->target);
	return make ? make_folders(disk, job, maildir) : DELIVERY_DONE;
}

bool
maildir_has(struct disk *disk, const struct delivery_job *job, const struct delivery_place *place)
{
	char path[DISK_PATH_SIZE];

	return published_path(path, job, place) &&
	       disk->operations->exists(disk, path) == STATUS_OK;
}

enum status
maildir_publish(struct disk *disk, const struct delivery_job *job,
                const struct delivery_place *place)
{
	char        path[DISK_PATH_SIZE];
	enum status status;

	if (!published_path(path, job, place))
		return STATUS_TOO_BIG;
	status = disk->operations->rename_new(disk, place->hidden, path);
	if (status == STATUS_EXISTS) /* by a delivery before this one was prepared */
		status = disk->operations->unlink(disk, place->hidden);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum delivery_verdict
make_folders(struct disk *disk, struct delivery_job *job, const char *maildir)
{
	static const char *const names[] = { "tmp", "new", "cur" };
	char                     path[DISK_PATH_SIZE];
	enum status              status = disk_need_directory(disk, maildir, 0700);

	snprintf(path, sizeof(path), "%s", maildir);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && status == STATUS_OK; i++)
		if (disk_path_join(path, maildir, names[i]))
			status = disk_need_directory(disk, path, 0700);
	return status == STATUS_OK ? DELIVERY_DONE : delivery_place_failed(job, status, path);
}

static bool
published_path(char path[DISK_PATH_SIZE], const struct delivery_job *job,
               const struct delivery_place *place)
{
	char name[DELIVERY_NAME_SIZE];

	delivery_place_name(&job->id, name);
	return disk_path_join(path, place->folder, name);
}
