/*
 * home_key.c - read whole, because it is small
 */
#include "spool/home/home_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 4096 };

enum status
home_key_read(const struct home *home, struct buffer *pem, struct diagnostic *diagnostic)
{
	int     file   = open(home->key, O_RDONLY | O_CLOEXEC);
	ssize_t length = -1;
	int     error;

	buffer_reserve(pem, KEY_FILE_MAX);
	if (file >= 0)
		length = read(file, pem->data + pem->length, KEY_FILE_MAX);
	error = errno;
	if (file >= 0)
		close(file);
	if (length >= 0) {
		pem->length += (size_t)length;
		return STATUS_OK;
	}
	diagnostic_set(diagnostic, "%s: %s", home->key, strerror(error));
	if (error == ENOENT)
		return STATUS_NOT_FOUND;
	return error == EACCES ? STATUS_DENIED : STATUS_IO;
}
