/*
 * thin_news_expire.c - from the lowest number on
 */
#include "tools/thin_news_expire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/thin_news_files.h"

static int  expire_group(struct news_keep *keep, struct news_keep_group *group, int64_t before_s,
                         size_t *looked);
static bool is_kept(struct news_keep *keep, const char *path, int64_t before_s, bool *is_there);
static int  shorten_overview(struct news_keep *keep, const struct news_keep_group *group);
static void keep_lines(struct span overview, uint64_t low, struct buffer *out);

int
news_keep_expire(struct news_keep *keep, int64_t before_s, bool *more)
{
	size_t looked = 0;
	int    code   = 0;

	for (size_t i = 0; i < keep->group_count && code == 0; i++) {
		uint64_t low = keep->groups[i].low;

		code = expire_group(keep, &keep->groups[i], before_s, &looked);
		if (keep->groups[i].low == low)
			continue;
		keep->changed = true;
		if (code == 0)
			code = shorten_overview(keep, &keep->groups[i]);
	}
	*more = looked == NEWS_EXPIRE_MAX;
	return code;
}

/* A number that somebody else has removed counts as one that was looked at. */
static int
expire_group(struct news_keep *keep, struct news_keep_group *group, int64_t before_s,
             size_t *looked)
{
	struct buffer path;
	int           code = 0;

	buffer_init(&path);
	while (code == 0 && group->low <= group->high && *looked < NEWS_EXPIRE_MAX) {
		bool is_there;

		buffer_clear(&path);
		news_files_group(group->name, &path);
		buffer_append_format(&path, "/%llu", (unsigned long long)group->low);
		if (is_kept(keep, buffer_text(&path), before_s, &is_there))
			break;
		if (is_there && unlinkat(keep->folder, buffer_text(&path), 0) != 0 &&
		    errno != ENOENT) {
			code = news_files_failed(buffer_text(&path));
		} else {
			++*looked;
			group->low++;
		}
	}
	buffer_release(&path);
	return code;
}

/* What is no plain file is not ours, and is left where it is. */
static bool
is_kept(struct news_keep *keep, const char *path, int64_t before_s, bool *is_there)
{
	struct stat status;

	*is_there = fstatat(keep->folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	            S_ISREG(status.st_mode);
	return *is_there && status.st_mtim.tv_sec >= before_s;
}

static int
shorten_overview(struct news_keep *keep, const struct news_keep_group *group)
{
	struct buffer path, new_path, old, lines;
	int           code = 0;

	buffer_init(&path);
	buffer_init(&new_path);
	buffer_init(&old);
	buffer_init(&lines);
	news_files_group(group->name, &path);
	buffer_append_span(&new_path, buffer_span(&path));
	buffer_append_text(&path, "/.overview");
	buffer_append_text(&new_path, "/.overview.new");
	if (news_files_read(keep->folder, buffer_text(&path), &old)) {
		keep_lines(buffer_span(&old), group->low, &lines);
		code = news_files_replace(keep->folder, buffer_text(&new_path), buffer_text(&path),
		                          buffer_span(&lines));
	}
	buffer_release(&lines);
	buffer_release(&old);
	buffer_release(&new_path);
	buffer_release(&path);
	return code;
}

static void
keep_lines(struct span overview, uint64_t low, struct buffer *out)
{
	while (overview.length > 0) {
		const uint8_t *end = memchr(overview.data, '\n', overview.length);
		size_t   length = end != NULL ? (size_t)(end - overview.data) + 1 : overview.length;
		uint64_t number = 0;

		for (size_t i = 0; i < length && overview.data[i] >= '0' && overview.data[i] <= '9';
		     i++)
			number = number * 10 + (uint64_t)(overview.data[i] - '0');
		if (number >= low)
			buffer_append(out, overview.data, length);
		overview = (struct span){ overview.data + length, overview.length - length };
	}
}
