/*
 * thin_news_files.c - open, write, sync
 */
#include "tools/thin_news_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "tools/complain.h"

static int write_synced(int file, const char *path, struct span bytes);

int
news_files_failed(const char *path)
{
	int error = errno;

	complain("%s: %s", path, strerror(error));
	return error == ENOSPC || error == EDQUOT || error == EIO ? EX_TEMPFAIL : EX_CANTCREAT;
}

int
news_files_write(int folder, const char *path, struct span bytes)
{
	unlinkat(folder, path, 0);
	return write_synced(
	    openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644), path,
	    bytes);
}

int
news_files_replace(int folder, const char *way, const char *path, struct span bytes)
{
	int code = news_files_write(folder, way, bytes);

	if (code == 0 && renameat(folder, way, folder, path) != 0)
		code = news_files_failed(path);
	return code;
}

int
news_files_append(int folder, const char *path, struct span bytes)
{
	return write_synced(
	    openat(folder, path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644),
	    path, bytes);
}

bool
news_files_read(int folder, const char *path, struct buffer *bytes)
{
	int     file = openat(folder, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint8_t piece[16384];
	ssize_t length;

	if (file < 0)
		return false;
	while ((length = read(file, piece, sizeof(piece))) > 0)
		buffer_append(bytes, piece, (size_t)length);
	close(file);
	return length == 0;
}

FILE *
news_files_open(int folder, const char *path)
{
	int   file   = openat(folder, path, O_RDONLY | O_CLOEXEC);
	FILE *stream = file >= 0 ? fdopen(file, "r") : NULL;

	if (file >= 0 && stream == NULL)
		close(file);
	return stream;
}

int
news_files_make_folders(int folder, const char *path)
{
	char *part = memory_copy_text(path);
	int   code = 0;

	for (size_t i = 1; code == 0 && path[i - 1] != '\0'; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdirat(folder, part, 0755) != 0 && errno != EEXIST)
			code = news_files_failed(part);
		part[i] = path[i];
	}
	free(part);
	return code;
}

void
news_files_group(const char *group, struct buffer *path)
{
	size_t first = path->length;

	buffer_append_text(path, group);
	for (size_t i = first; i < path->length; i++)
		if (path->data[i] == '.')
			path->data[i] = '/';
}

/* Closes the file. */
static int
write_synced(int file, const char *path, struct span bytes)
{
	int code = 0;

	if (file < 0)
		return news_files_failed(path);
	while (bytes.length > 0 && code == 0) {
		ssize_t written = write(file, bytes.data, bytes.length);

		if (written < 0 && errno != EINTR)
			code = news_files_failed(path);
		if (written > 0) {
			bytes.data += written;
			bytes.length -= (size_t)written;
		}
	}
	if (code == 0 && fsync(file) != 0)
		code = news_files_failed(path);
	close(file);
	return code;
}
