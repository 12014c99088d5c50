/*
 * disk.c - what every user of a disk needs besides its operations
 */
#include "spool/disk/disk.h"

#include <stdio.h>
#include <string.h>

enum status
disk_need_directory(struct disk *disk, const char *path, unsigned mode)
{
	const char *slash = strrchr(path, '/');
	char        parent[DISK_PATH_SIZE];
	enum status status = disk->operations->make_directory(disk, path, mode);

	if (status != STATUS_OK)
		return status == STATUS_EXISTS ? STATUS_OK : status;
	if (slash == NULL)
		snprintf(parent, sizeof(parent), ".");
	else
		snprintf(parent, sizeof(parent), "%.*s", slash == path ? 1 : (int)(slash - path),
		         path);
	return disk->operations->sync_directory(disk, parent);
}

bool
disk_path_join(char path[DISK_PATH_SIZE], const char *folder, const char *name)
{
	return snprintf(path, DISK_PATH_SIZE, "%s/%s", folder, name) < DISK_PATH_SIZE;
}
