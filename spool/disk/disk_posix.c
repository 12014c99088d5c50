/*
 * disk_posix.c - the disk of this machine, by Linux's system calls
 *
 * The one file of the library's rooms of files that has effects. Files are opened without
 * following a last symbolic link, must be regular, and for writing must have one name:
 * some of the folders belong to users (trust T20, T23). A sync that failed is never
 * repeated: the kernel drops its dirty pages and the second call would lie.
 */
#include "spool/disk/disk_posix.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/base/memory.h"

struct posix_file {
	struct disk_file file; /* first: a struct disk_file * is a struct posix_file * */
	int              descriptor;
	bool             sync_failed;
};

static enum status posix_open(struct disk *disk, const char *path, enum disk_open how,
                              unsigned mode, struct disk_file **file,
                              struct diagnostic *diagnostic);
static enum status posix_close(struct disk_file *file);
static enum status posix_read_at(struct disk_file *file, uint64_t offset, void *data,
                                 size_t length);
static enum status posix_write_at(struct disk_file *file, uint64_t offset, const void *data,
                                  size_t length);
static enum status posix_size(struct disk_file *file, uint64_t *size_bytes);
static enum status posix_truncate(struct disk_file *file, uint64_t size_bytes);
static enum status posix_write_behind(struct disk_file *file);
static enum status posix_dress(struct disk_file *file, unsigned mode, int64_t modified_ms);
static enum status posix_sync(struct disk_file *file);
static enum status posix_sync_directory(struct disk *disk, const char *path);
static enum status posix_forget_cache(struct disk *disk, const char *path);
static enum status posix_rename_new(struct disk *disk, const char *from, const char *to);
static enum status posix_link_new(struct disk *disk, const char *from, const char *to);
static enum status posix_unlink(struct disk *disk, const char *path);
static enum status posix_make_directory(struct disk *disk, const char *path, unsigned mode);
static enum status posix_exists(struct disk *disk, const char *path);
static enum status posix_list(struct disk *disk, const char *path, disk_entry_function *entry,
                              void *context);
static int         open_checked(const char *path, int flags, mode_t mode);
static enum status status_of_errno(int error);
static int         compare_names(const void *left, const void *right);

struct disk *
disk_posix(void)
{
	static const struct disk_operations operations = {
		.open           = posix_open,
		.close          = posix_close,
		.read_at        = posix_read_at,
		.write_at       = posix_write_at,
		.size           = posix_size,
		.truncate       = posix_truncate,
		.write_behind   = posix_write_behind,
		.dress          = posix_dress,
		.sync           = posix_sync,
		.sync_directory = posix_sync_directory,
		.forget_cache   = posix_forget_cache,
		.rename_new     = posix_rename_new,
		.link_new       = posix_link_new,
		.unlink         = posix_unlink,
		.make_directory = posix_make_directory,
		.exists         = posix_exists,
		.list           = posix_list,
	};
	static struct disk disk = { &operations };

	return &disk;
}

static enum status
posix_open(struct disk *disk, const char *path, enum disk_open how, unsigned mode,
           struct disk_file **out, struct diagnostic *diagnostic)
{
	int                flags      = how == DISK_READ ? O_RDONLY : O_WRONLY | O_CREAT;
	int                descriptor = open_checked(path, flags, (mode_t)mode);
	struct posix_file *file;

	if (descriptor >= 0 && how == DISK_WRITE_NEW && ftruncate(descriptor, 0) != 0) {
		int error = errno;

		close(descriptor);
		errno      = error;
		descriptor = -1;
	}
	if (descriptor < 0) {
		int error = errno;

		diagnostic_set(diagnostic, "%s: %s", path, strerror(error));
		return status_of_errno(error);
	}
	file             = memory_new(1, sizeof(*file));
	file->file.disk  = disk;
	file->descriptor = descriptor;
	*out             = &file->file;
	return STATUS_OK;
}

static enum status
posix_close(struct disk_file *file)
{
	struct posix_file *posix  = (struct posix_file *)file;
	int                result = close(posix->descriptor); /* closed, also after EINTR */

	free(posix);
	return result == 0 || errno == EINTR ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_read_at(struct disk_file *file, uint64_t offset, void *data, size_t length)
{
	int descriptor = ((struct posix_file *)file)->descriptor;

	for (size_t done = 0; done < length;) {
		ssize_t count =
		    pread(descriptor, (char *)data + done, length - done, (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return status_of_errno(errno);
		if (count == 0)
			return STATUS_CORRUPT;
		done += (size_t)count;
	}
	return STATUS_OK;
}

static enum status
posix_write_at(struct disk_file *file, uint64_t offset, const void *data, size_t length)
{
	int descriptor = ((struct posix_file *)file)->descriptor;

	for (size_t done = 0; done < length;) {
		ssize_t count = pwrite(descriptor, (const char *)data + done, length - done,
		                       (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return count == 0 ? STATUS_IO : status_of_errno(errno);
		done += (size_t)count;
	}
	return STATUS_OK;
}

static enum status
posix_size(struct disk_file *file, uint64_t *size_bytes)
{
	struct stat information;

	if (fstat(((struct posix_file *)file)->descriptor, &information) != 0)
		return status_of_errno(errno);
	*size_bytes = (uint64_t)information.st_size;
	return STATUS_OK;
}

static enum status
posix_truncate(struct disk_file *file, uint64_t size_bytes)
{
	int result;

	do
		result = ftruncate(((struct posix_file *)file)->descriptor, (off_t)size_bytes);
	while (result != 0 && errno == EINTR);
	return result == 0 ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_write_behind(struct disk_file *file)
{
	/* A hint: file systems that do not know it say so, and the sync will tell the rest. */
	(void)sync_file_range(((struct posix_file *)file)->descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
	return STATUS_OK;
}

static enum status
posix_dress(struct disk_file *file, unsigned mode, int64_t modified_ms)
{
	int             descriptor = ((struct posix_file *)file)->descriptor;
	struct timespec times[2]   = {
		  { .tv_nsec = UTIME_OMIT },
		  { .tv_sec = (time_t)(modified_ms / 1000), .tv_nsec = modified_ms % 1000 * 1000000 },
	};

	if (fchmod(descriptor, (mode_t)mode) != 0 ||
	    (modified_ms > 0 && futimens(descriptor, times) != 0))
		return status_of_errno(errno);
	return STATUS_OK;
}

static enum status
posix_sync(struct disk_file *file)
{
	struct posix_file *posix = (struct posix_file *)file;
	int                result;

	if (posix->sync_failed)
		return STATUS_IO;
	do
		result = fsync(posix->descriptor);
	while (result != 0 && errno == EINTR);
	posix->sync_failed = result != 0;
	return result == 0 ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_sync_directory(struct disk *disk, const char *path)
{
	int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result, error;

	(void)disk;
	if (descriptor < 0)
		return status_of_errno(errno);
	do
		result = fsync(descriptor);
	while (result != 0 && errno == EINTR);
	error = errno;
	close(descriptor);
	return result == 0 ? STATUS_OK : status_of_errno(error);
}

/* Linux calls pages clean that a sync could not write: only the clean ones go. */
static enum status
posix_forget_cache(struct disk *disk, const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	int error;

	(void)disk;
	if (descriptor < 0)
		return status_of_errno(errno);
	error = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
	close(descriptor);
	return error == 0 ? STATUS_OK : status_of_errno(error);
}

static enum status
posix_rename_new(struct disk *disk, const char *from, const char *to)
{
	(void)disk;
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0
	           ? STATUS_OK
	           : status_of_errno(errno);
}

static enum status
posix_link_new(struct disk *disk, const char *from, const char *to)
{
	(void)disk;
	return linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0 ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_unlink(struct disk *disk, const char *path)
{
	(void)disk;
	return unlink(path) == 0 ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_make_directory(struct disk *disk, const char *path, unsigned mode)
{
	(void)disk;
	return mkdir(path, (mode_t)mode) == 0 ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_exists(struct disk *disk, const char *path)
{
	struct stat information;

	(void)disk;
	return stat(path, &information) == 0 ? STATUS_OK : status_of_errno(errno);
}

static enum status
posix_list(struct disk *disk, const char *path, disk_entry_function *entry, void *context)
{
	DIR   *directory = opendir(path);
	char **names     = NULL;
	size_t count = 0, capacity = 0;
	int    error;

	(void)disk;
	if (directory == NULL)
		return status_of_errno(errno);
	for (;;) {
		struct dirent *found;

		errno = 0;
		found = readdir(directory);
		if (found == NULL)
			break;
		if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
			continue;
		names          = memory_grow(names, &capacity, count + 1, sizeof(names[0]));
		names[count++] = memory_copy_text(found->d_name);
	}
	error = errno;
	closedir(directory);
	if (count > 0)
		qsort(names, count, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (error == 0)
			entry(context, names[i]);
		free(names[i]);
	}
	free(names);
	return error == 0 ? STATUS_OK : status_of_errno(error);
}

/* Opens a regular file; sets errno. O_NONBLOCK: somebody's FIFO must not hold us up. */
static int
open_checked(const char *path, int flags, mode_t mode)
{
	struct stat information;
	int         descriptor;

	do
		descriptor =
		    open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode);
	while (descriptor < 0 && errno == EINTR);
	if (descriptor < 0)
		return -1;
	if (fstat(descriptor, &information) == 0 && S_ISREG(information.st_mode) &&
	    (flags == O_RDONLY || information.st_nlink == 1))
		return descriptor;
	close(descriptor);
	errno = EPERM;
	return -1;
}

static enum status
status_of_errno(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return STATUS_NO_SPACE;
	case ENOENT:
	case ENOTDIR:
		return STATUS_NOT_FOUND;
	case EEXIST:
		return STATUS_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
	case ELOOP:
	case EXDEV:
		return STATUS_DENIED;
	case EMFILE:
	case ENFILE:
		return STATUS_BUSY;
	case EFBIG:
		return STATUS_TOO_BIG;
	case ENAMETOOLONG:
	case EINVAL:
		return STATUS_INVALID;
	default:
		return STATUS_IO;
	}
}

static int
compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}
