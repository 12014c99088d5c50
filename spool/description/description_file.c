/*
 * description_file.c - read descriptions, and what they include, from disk
 */
#include "spool/description/description_file.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/base/buffer.h"
#include "spool/base/memory.h"

static enum status read_all(FILE *file, struct buffer *text);
static char       *resolve(const char *from, const char *pattern);

enum status
description_file_read(const char *path, struct description_sources *sources,
                      struct diagnostic *diagnostic)
{
	FILE         *file = fopen(path, "re");
	struct buffer text;
	enum status   status;

	if (file == NULL) {
		status = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
		diagnostic_set(diagnostic, "%.200s: %s", path, strerror(errno));
		return status;
	}
	buffer_init(&text);
	status = read_all(file, &text);
	if (status == STATUS_OK)
		description_sources_add(sources, path, buffer_text(&text), text.length);
	else
		diagnostic_set(diagnostic, "%.200s: %s", path, strerror(errno));
	buffer_release(&text);
	fclose(file);
	return status;
}

enum status
description_file_include(const char *from, const char *pattern, struct description_sources *found,
                         struct diagnostic *diagnostic)
{
	char       *resolved = resolve(from, pattern);
	glob_t      paths;
	enum status status = STATUS_OK;

	switch (glob(resolved, 0, NULL, &paths)) {
	case 0:
		for (size_t i = 0; i < paths.gl_pathc && status == STATUS_OK; i++)
			status = description_file_read(paths.gl_pathv[i], found, diagnostic);
		globfree(&paths);
		break;
	case GLOB_NOMATCH:
		if (strpbrk(pattern, "*?[") == NULL) {
			diagnostic_set(diagnostic, "there is no file %.200s", resolved);
			status = STATUS_NOT_FOUND;
		}
		break;
	default:
		diagnostic_set(diagnostic, "cannot search for %.200s", resolved);
		status = STATUS_IO;
		break;
	}
	free(resolved);
	return status;
}

static enum status
read_all(FILE *file, struct buffer *text)
{
	char   block[8192];
	size_t length;

	while ((length = fread(block, 1, sizeof(block), file)) > 0)
		buffer_append(text, block, length);
	return ferror(file) ? STATUS_IO : STATUS_OK;
}

/* The pattern as seen from the folder of the file that includes it. */
static char *
resolve(const char *from, const char *pattern)
{
	const char   *slash = strrchr(from, '/');
	struct buffer path;
	char         *resolved;

	buffer_init(&path);
	if (pattern[0] != '/' && slash != NULL)
		buffer_append(&path, from, (size_t)(slash - from) + 1);
	buffer_append_text(&path, pattern);
	resolved = memory_copy_text(buffer_text(&path));
	buffer_release(&path);
	return resolved;
}
