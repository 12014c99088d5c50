/*
 * thin_news_areas.c - a small file per subscriber
 */
#include "tools/thin_news_areas.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool/base/buffer.h"
#include "spool/news/news_article.h"
#include "tools/thin_news_files.h"

enum { PATTERNS_MAX_BYTES = 65536 }; /* of one subscriber */

static int  open_folder(const struct home *home, const char *kind, bool make);
static void edit(struct buffer *lines, const char *pattern, bool subscribe);
static int  replace(int folder, const char *name, const struct buffer *lines);

int
news_areas_change(const struct home *home, const char *kind, const struct name *node,
                  const char *pattern, bool subscribe)
{
	int           folder = open_folder(home, kind, true), code;
	struct buffer lines;

	if (folder < 0 || flock(folder, LOCK_EX) != 0) {
		code = news_files_failed(home->areas);
		if (folder >= 0)
			close(folder);
		return code;
	}
	buffer_init(&lines);
	news_files_read(folder, node->text, &lines);
	edit(&lines, pattern, subscribe);
	if (lines.length > PATTERNS_MAX_BYTES) {
		errno = EDQUOT;
		code  = news_files_failed(node->text);
	} else {
		code = replace(folder, node->text, &lines);
	}
	buffer_release(&lines);
	close(folder);
	return code;
}

bool
news_areas_next(const struct home *home, const char *kind, struct name *after,
                struct buffer *patterns)
{
	int            folder = open_folder(home, kind, false);
	DIR           *list   = folder >= 0 ? fdopendir(folder) : NULL;
	struct name    name, least = { "" };
	struct dirent *entry;

	while (list != NULL && (entry = readdir(list)) != NULL)
		if (name_parse(&name, entry->d_name, NULL) == STATUS_OK &&
		    strcmp(name.text, entry->d_name) == 0 && name_compare(&name, after) > 0 &&
		    (least.text[0] == '\0' || name_compare(&name, &least) < 0))
			least = name;
	buffer_clear(patterns);
	if (least.text[0] != '\0' && news_files_read(folder, least.text, patterns)) {
		while (patterns->length > 0 && patterns->data[patterns->length - 1] == '\n')
			patterns->data[--patterns->length] = '\0';
		for (size_t i = 0; i < patterns->length; i++)
			if (patterns->data[i] == '\n')
				patterns->data[i] = ',';
	}
	*after = least;
	if (list != NULL)
		closedir(list);
	else if (folder >= 0)
		close(folder);
	return least.text[0] != '\0';
}

static int
open_folder(const struct home *home, const char *kind, bool make)
{
	int areas, folder;

	if (make)
		mkdir(home->areas, 0755);
	areas = open(home->areas, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (areas < 0)
		return -1;
	if (make)
		mkdirat(areas, kind, 0755);
	folder = openat(areas, kind, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(areas);
	return folder;
}

/* The pattern leaves its place, and comes to the end if it is wanted: the last decides. */
static void
edit(struct buffer *lines, const char *pattern, bool subscribe)
{
	struct buffer kept;
	const char   *line = buffer_text(lines);

	buffer_init(&kept);
	while (*line != '\0') {
		size_t length = strcspn(line, "\n");

		if (length > 0 && (length != strlen(pattern) || memcmp(line, pattern, length) != 0))
			buffer_append_format(&kept, "%.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
	if (subscribe)
		buffer_append_format(&kept, "%s\n", pattern);
	buffer_release(lines);
	*lines = kept;
}

static int
replace(int folder, const char *name, const struct buffer *lines)
{
	int code = 0;

	if (lines->length == 0) {
		if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
			code = news_files_failed(name);
	} else {
		code = news_files_write(folder, ".new", buffer_span(lines));
		if (code == 0 && renameat(folder, ".new", folder, name) != 0)
			code = news_files_failed(name);
	}
	if (code == 0 && fsync(folder) != 0)
		code = news_files_failed(name);
	return code;
}
