/*
 * home_key.c - read whole, because they are small
 */
#include "spool/home/home_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 4096 };

static enum status read_file(const char *path, struct buffer *out, struct diagnostic *diagnostic);

enum status
home_key_read(const struct home *home, struct buffer *pem, struct diagnostic *diagnostic)
{
	return read_file(home->key, pem, diagnostic);
}

enum status
home_secret_read(const struct home *home, const char *name, struct buffer *secret,
                 struct diagnostic *diagnostic)
{
	struct buffer path, text;
	struct stat   about;
	size_t        length;
	enum status   status;

	buffer_init(&path);
	buffer_init(&text);
	buffer_append_format(&path, "%s/%s.secret", home->keys, name);
	status = read_file(buffer_text(&path), &text, diagnostic);
	length = status == STATUS_OK ? strcspn(buffer_text(&text), "\r\n") : 0;
	if (status != STATUS_OK) {
		;
	} else if (stat(buffer_text(&path), &about) != 0 || (about.st_mode & 077) != 0) {
		diagnostic_set(diagnostic, "%s may be read by others: chmod 600",
		               buffer_text(&path));
		status = STATUS_DENIED;
	} else if (length == 0 || length > HOME_SECRET_MAX) {
		diagnostic_set(diagnostic, "%s holds no secret of 1 to %d bytes",
		               buffer_text(&path), HOME_SECRET_MAX);
		status = STATUS_INVALID;
	} else {
		buffer_append(secret, text.data, length);
	}
	if (text.length > 0)
		explicit_bzero(text.data, text.length);
	buffer_release(&text);
	buffer_release(&path);
	return status;
}

static enum status
read_file(const char *path, struct buffer *out, struct diagnostic *diagnostic)
{
	int     file   = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = -1;
	int     error;

	buffer_reserve(out, KEY_FILE_MAX);
	if (file >= 0)
		length = read(file, out->data + out->length, KEY_FILE_MAX);
	error = errno;
	if (file >= 0)
		close(file);
	if (length >= 0) {
		out->length += (size_t)length;
		out->data[out->length] = '\0';
		return STATUS_OK;
	}
	diagnostic_set(diagnostic, "%s: %s", path, strerror(error));
	if (error == ENOENT)
		return STATUS_NOT_FOUND;
	return error == EACCES ? STATUS_DENIED : STATUS_IO;
}
