/*
 * sim_vfs.c - sqlite3_vfs over struct disk
 *
 * The smallest that SQLite takes (sqlite.org/vfs.html): version 1, without shared memory,
 * which suffices for WAL under locking_mode=EXCLUSIVE. Nothing is locked: one database has
 * one connection. As in SQLite's own unix VFS, the first sync of a new journal or log also
 * syncs its directory, and a write does not disturb bytes beside it.
 */
#include "tests/sim/sim_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/memory.h"
#include "spool/base/random.h"

struct sim_vfs {
	sqlite3_vfs   vfs; /* first */
	char          name[64];
	struct disk  *disk;
	struct random random;
};

struct vfs_file {
	sqlite3_file      file; /* first */
	struct disk_file *open;
	struct disk      *disk;
	char             *path;
	bool              entry_synced;
	bool              delete_on_close;
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out);
static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory);
static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out);
static int vfs_full_pathname(sqlite3_vfs *vfs, const char *path, int size, char *out);
static int vfs_randomness(sqlite3_vfs *vfs, int length, char *out);
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds);
static int vfs_current_time(sqlite3_vfs *vfs, double *days);
static int vfs_last_error(sqlite3_vfs *vfs, int length, char *out);
static int file_close(sqlite3_file *file);
static int file_read(sqlite3_file *file, void *data, int length, sqlite3_int64 offset);
static int file_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset);
static int file_truncate(sqlite3_file *file, sqlite3_int64 size);
static int file_sync(sqlite3_file *file, int flags);
static int file_size(sqlite3_file *file, sqlite3_int64 *size);
static int file_lock(sqlite3_file *file, int level);
static int file_check_reserved_lock(sqlite3_file *file, int *out);
static int file_control(sqlite3_file *file, int operation, void *argument);
static int file_sector_size(sqlite3_file *file);
static int file_characteristics(sqlite3_file *file);
static int sync_parent(struct disk *disk, const char *path, int failure);
static int result_of(enum status status, int failure);

void
sim_vfs_alone(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct sim_vfs *
sim_vfs_new(const char *name, struct disk *disk, uint64_t seed)
{
	struct sim_vfs *sim = memory_new(1, sizeof(*sim));
	int             result;

	snprintf(sim->name, sizeof(sim->name), "%s", name);
	sim->disk = disk;
	random_seed_number(&sim->random, seed);
	sim->vfs = (sqlite3_vfs){
		.iVersion      = 1,
		.szOsFile      = sizeof(struct vfs_file),
		.mxPathname    = DISK_PATH_SIZE - 16,
		.zName         = sim->name,
		.xOpen         = vfs_open,
		.xDelete       = vfs_delete,
		.xAccess       = vfs_access,
		.xFullPathname = vfs_full_pathname,
		.xRandomness   = vfs_randomness,
		.xSleep        = vfs_sleep,
		.xCurrentTime  = vfs_current_time,
		.xGetLastError = vfs_last_error,
	};
	result = sqlite3_vfs_register(&sim->vfs, 0);
	assert(result == SQLITE_OK);
	(void)result;
	/* 0 would mean "from the system". */
	sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(seed | 1), (sqlite3 *)NULL);
	return sim;
}

void
sim_vfs_free(struct sim_vfs *sim)
{
	sqlite3_vfs_unregister(&sim->vfs);
	free(sim);
}

static int
vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
	static const sqlite3_io_methods methods = {
		.iVersion               = 1,
		.xClose                 = file_close,
		.xRead                  = file_read,
		.xWrite                 = file_write,
		.xTruncate              = file_truncate,
		.xSync                  = file_sync,
		.xFileSize              = file_size,
		.xLock                  = file_lock,
		.xUnlock                = file_lock,
		.xCheckReservedLock     = file_check_reserved_lock,
		.xFileControl           = file_control,
		.xSectorSize            = file_sector_size,
		.xDeviceCharacteristics = file_characteristics,
	};
	struct sim_vfs  *sim    = (struct sim_vfs *)vfs;
	struct vfs_file *opened = (struct vfs_file *)file;
	bool             create = (flags & SQLITE_OPEN_CREATE) != 0;
	enum status      status;

	memset(opened, 0, sizeof(*opened));
	if (path == NULL) /* a temporary file: the store keeps those in memory */
		return SQLITE_CANTOPEN;
	status = sim->disk->operations->open(sim->disk, path, create ? DISK_WRITE : DISK_READ, 0600,
	                                     &opened->open, NULL);
	if (status != STATUS_OK)
		return result_of(status, SQLITE_CANTOPEN);
	opened->file.pMethods   = &methods;
	opened->disk            = sim->disk;
	opened->path            = memory_copy_text(path);
	opened->entry_synced    = !create || (flags & SQLITE_OPEN_MAIN_DB) != 0;
	opened->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
	if (out != NULL)
		*out = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory)
{
	struct disk *disk   = ((struct sim_vfs *)vfs)->disk;
	enum status  status = disk->operations->unlink(disk, path);

	if (status == STATUS_NOT_FOUND)
		return SQLITE_IOERR_DELETE_NOENT;
	if (status != STATUS_OK)
		return result_of(status, SQLITE_IOERR_DELETE);
	return sync_directory != 0 ? sync_parent(disk, path, SQLITE_IOERR_DIR_FSYNC) : SQLITE_OK;
}

/* As the unix VFS: an empty file is as good as none. */
static int
vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	struct disk      *disk = ((struct sim_vfs *)vfs)->disk;
	struct disk_file *file;
	uint64_t          size   = 0;
	enum status       status = disk->operations->open(disk, path, DISK_READ, 0, &file, NULL);

	(void)flags;
	if (status == STATUS_OK) {
		status = disk->operations->size(file, &size);
		disk->operations->close(file);
	}
	*out = size > 0;
	return status == STATUS_IO ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int
vfs_full_pathname(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
	(void)vfs;
	return snprintf(out, (size_t)size, "%s", path) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int length, char *out)
{
	for (int i = 0; i < length; i++)
		out[i] = (char)random_next(&((struct sim_vfs *)vfs)->random);
	return length;
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int
vfs_current_time(sqlite3_vfs *vfs, double *days)
{
	(void)vfs;
	*days = 2440587.5; /* 1970-01-01: nothing of ours asks SQLite for the time */
	return SQLITE_OK;
}

static int
vfs_last_error(sqlite3_vfs *vfs, int length, char *out)
{
	(void)vfs;
	(void)length;
	(void)out;
	return 0;
}

static int
file_close(sqlite3_file *file)
{
	struct vfs_file *opened = (struct vfs_file *)file;

	opened->disk->operations->close(opened->open);
	if (opened->delete_on_close)
		opened->disk->operations->unlink(opened->disk, opened->path);
	free(opened->path);
	return SQLITE_OK;
}

/* SQLite wants zeroes for what lies past the end, and to be told. */
static int
file_read(sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
	struct vfs_file *opened = (struct vfs_file *)file;
	uint64_t         size, start = (uint64_t)offset, there;
	enum status      status = opened->disk->operations->size(opened->open, &size);

	if (status != STATUS_OK)
		return result_of(status, SQLITE_IOERR_READ);
	there = start >= size ? 0 : size - start;
	if (there > (uint64_t)length)
		there = (uint64_t)length;
	status = opened->disk->operations->read_at(opened->open, start, data, (size_t)there);
	if (status != STATUS_OK)
		return result_of(status, SQLITE_IOERR_READ);
	memset((char *)data + there, 0, (size_t)length - (size_t)there);
	return there == (uint64_t)length ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
	struct vfs_file *opened = (struct vfs_file *)file;

	return result_of(opened->disk->operations->write_at(opened->open, (uint64_t)offset, data,
	                                                    (size_t)length),
	                 SQLITE_IOERR_WRITE);
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct vfs_file *opened = (struct vfs_file *)file;

	return result_of(opened->disk->operations->truncate(opened->open, (uint64_t)size),
	                 SQLITE_IOERR_TRUNCATE);
}

static int
file_sync(sqlite3_file *file, int flags)
{
	struct vfs_file *opened = (struct vfs_file *)file;
	int result = result_of(opened->disk->operations->sync(opened->open), SQLITE_IOERR_FSYNC);

	(void)flags;
	if (result == SQLITE_OK && !opened->entry_synced) {
		result = sync_parent(opened->disk, opened->path, SQLITE_IOERR_DIR_FSYNC);
		opened->entry_synced = result == SQLITE_OK;
	}
	return result;
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	struct vfs_file *opened = (struct vfs_file *)file;
	uint64_t         bytes  = 0;
	enum status      status = opened->disk->operations->size(opened->open, &bytes);

	*size = (sqlite3_int64)bytes;
	return result_of(status, SQLITE_IOERR_FSTAT);
}

static int
file_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int
file_check_reserved_lock(sqlite3_file *file, int *out)
{
	(void)file;
	*out = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *file, int operation, void *argument)
{
	(void)file;
	(void)operation;
	(void)argument;
	return SQLITE_NOTFOUND;
}

static int
file_sector_size(sqlite3_file *file)
{
	(void)file;
	return 512;
}

static int
file_characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
sync_parent(struct disk *disk, const char *path, int failure)
{
	char *parent = memory_copy_text(path);
	char *slash  = strrchr(parent, '/');
	int   result;

	assert(slash != NULL);
	slash[slash == parent ? 1 : 0] = '\0';
	result = result_of(disk->operations->sync_directory(disk, parent), failure);
	free(parent);
	return result;
}

static int
result_of(enum status status, int failure)
{
	switch (status) {
	case STATUS_OK:
		return SQLITE_OK;
	case STATUS_NO_SPACE:
		return SQLITE_FULL;
	default:
		return failure;
	}
}
