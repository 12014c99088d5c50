/*
 * thin_news_keep.c - the traditional spool, written so that a crash costs nothing
 *
 * An article is written under a hidden name, synced, and linked to its numbers; then the overviews,
 * `history` and `active` follow. After a crash between, a number may be in use that `active` does not
 * know: if it is of the same article it is the one, else the next is tried. So `active` must not know a
 * number before `history` knows its article.
 */
#include "tools/thin_news_keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "tools/complain.h"
#include "tools/thin_news_files.h"

#define HIDDEN ".new"

static void                    read_active(struct news_keep *keep);
static struct news_keep_group *group_get(struct news_keep *keep, const char *name);
static int  place(struct news_keep *keep, const struct news_article *article, const char *name);
static bool is_same(struct news_keep *keep, const char *path, struct span message_id);
static bool has_overview(struct news_keep *keep, const struct news_keep_group *group);
static void add_overview(struct news_keep_group *group, const struct news_article *article);
static int  write_active(struct news_keep *keep);

int
news_keep_begin(struct news_keep *keep, const char *folder, const char *patterns,
                const struct name *node, int64_t now_s, int64_t oldest_s)
{
	*keep = (struct news_keep){
		.folder = -1, .lock = -1, .patterns = patterns, .site = node->text, .now_s = now_s
	};
	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		return news_files_failed(folder);
	keep->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (keep->folder < 0)
		return news_files_failed(folder);
	keep->lock = openat(keep->folder, ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (keep->lock < 0 || flock(keep->lock, LOCK_EX) != 0)
		return news_files_failed(".lock");
	read_active(keep);
	news_history_read(&keep->history, keep->folder, oldest_s);
	return 0;
}

void
news_keep_release(struct news_keep *keep)
{
	for (size_t i = 0; i < keep->group_count; i++) {
		free(keep->groups[i].name);
		buffer_release(&keep->groups[i].overview);
	}
	free(keep->groups);
	news_history_release(&keep->history);
	if (keep->folder >= 0)
		close(keep->folder);
	if (keep->lock >= 0)
		close(keep->lock);
}

int
news_keep_article(struct news_keep *keep, const struct news_article *article)
{
	struct buffer bytes;
	char          group[NEWS_GROUP_MAX + 1];
	size_t        position = 0;
	bool          placed   = false;
	int           code;

	buffer_init(&bytes);
	news_article_pass(article, keep->site, &bytes);
	code = news_files_write(keep->folder, HIDDEN, buffer_span(&bytes));
	while (code == 0 && news_article_group(article, &position, group)) {
		if (!news_pattern_match(keep->patterns, group))
			continue;
		code   = place(keep, article, group);
		placed = true;
	}
	if (code == 0 && !placed)
		code = place(keep, article, "junk");
	unlinkat(keep->folder, HIDDEN, 0);
	if (code == 0)
		news_history_add(&keep->history, article, keep->now_s);
	buffer_release(&bytes);
	return code;
}

int
news_keep_end(struct news_keep *keep)
{
	int code = 0;

	for (size_t i = 0; i < keep->group_count && code == 0; i++) {
		struct buffer path;

		if (keep->groups[i].overview.length == 0)
			continue;
		buffer_init(&path);
		news_files_group(keep->groups[i].name, &path);
		buffer_append_text(&path, "/.overview");
		code = news_files_append(keep->folder, buffer_text(&path),
		                         buffer_span(&keep->groups[i].overview));
		buffer_release(&path);
	}
	if (code == 0 && syncfs(keep->folder) != 0)
		code = news_files_failed("the folder of articles");
	if (code == 0)
		code = news_history_write(&keep->history);
	if (code == 0 && keep->changed)
		code = write_active(keep);
	return code;
}

static void
read_active(struct news_keep *keep)
{
	FILE              *file = news_files_open(keep->folder, "active");
	char               line[NEWS_GROUP_MAX + 64], name[NEWS_GROUP_MAX + 1];
	unsigned long long high, low;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "%200s %llu %llu", name, &high, &low) == 3 &&
		    news_group_valid(name)) {
			struct news_keep_group *group = group_get(keep, name);

			group->high = high;
			group->low  = low;
		}
	if (file != NULL)
		fclose(file);
}

/* Its place in the order of names; made where there is none. */
static struct news_keep_group *
group_get(struct news_keep *keep, const char *name)
{
	size_t i = 0;

	while (i < keep->group_count && strcmp(keep->groups[i].name, name) < 0)
		i++;
	if (i < keep->group_count && strcmp(keep->groups[i].name, name) == 0)
		return &keep->groups[i];
	keep->groups = memory_grow(keep->groups, &keep->group_capacity, keep->group_count + 1,
	                           sizeof(keep->groups[0]));
	memmove(&keep->groups[i + 1], &keep->groups[i],
	        (keep->group_count - i) * sizeof(keep->groups[0]));
	keep->group_count++;
	keep->groups[i] = (struct news_keep_group){ .name = memory_copy_text(name), .low = 1 };
	return &keep->groups[i];
}

/* Gives the hidden file the next number of that group. */
static int
place(struct news_keep *keep, const struct news_article *article, const char *name)
{
	struct news_keep_group *group = group_get(keep, name);
	struct buffer           path;
	int                     code;
	bool                    done = false, again = false;

	buffer_init(&path);
	news_files_group(name, &path);
	code = news_files_make_folders(keep->folder, buffer_text(&path));
	while (code == 0 && !done) {
		buffer_clear(&path);
		news_files_group(name, &path);
		buffer_append_format(&path, "/%llu", (unsigned long long)++group->high);
		if (linkat(keep->folder, HIDDEN, keep->folder, buffer_text(&path), 0) == 0)
			done = true;
		else if (errno != EEXIST)
			code = news_files_failed(buffer_text(&path));
		else
			done = again = is_same(keep, buffer_text(&path), article->message_id);
	}
	if (done && !(again && has_overview(keep, group)))
		add_overview(group, article);
	keep->changed = keep->changed || done;
	buffer_release(&path);
	return code;
}

/* Of a run that was cut before it could say so in `active`. */
static bool
is_same(struct news_keep *keep, const char *path, struct span message_id)
{
	struct buffer       bytes;
	struct news_article article;
	bool                same;

	buffer_init(&bytes);
	same = news_files_read(keep->folder, path, &bytes) &&
	       news_article_parse(&article, buffer_span(&bytes), NULL) == STATUS_OK &&
	       span_equal(article.message_id, message_id);
	buffer_release(&bytes);
	return same;
}

/* Of the highest number. A run that was cut behind the overviews has left it. */
static bool
has_overview(struct news_keep *keep, const struct news_keep_group *group)
{
	struct buffer path, lines;
	bool          found = false;
	char          line[32];

	buffer_init(&path);
	buffer_init(&lines);
	news_files_group(group->name, &path);
	buffer_append_text(&path, "/.overview");
	snprintf(line, sizeof(line), "\n%llu\t", (unsigned long long)group->high);
	buffer_append_text(&lines, "\n");
	if (news_files_read(keep->folder, buffer_text(&path), &lines))
		found = strstr(buffer_text(&lines), line) != NULL;
	buffer_release(&lines);
	buffer_release(&path);
	return found;
}

/* Number, Subject, From, Date, Message-ID, References, bytes, lines, with tabs between. */
static void
add_overview(struct news_keep_group *group, const struct news_article *article)
{
	const struct span fields[] = { article->subject, article->from, article->date,
		                       article->message_id, article->references };
	uint64_t          lines    = 0;

	buffer_append_format(&group->overview, "%llu", (unsigned long long)group->high);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buffer_append_u8(&group->overview, '\t');
		for (size_t j = 0; j < fields[i].length; j++) {
			uint8_t byte = fields[i].data[j];

			if (byte != '\r' && byte != '\n')
				buffer_append_u8(&group->overview,
				                 byte < ' ' || byte == 0x7f ? ' ' : byte);
		}
	}
	for (size_t i = 0; i < article->body.length; i++)
		lines += article->body.data[i] == '\n';
	buffer_append_format(&group->overview, "\t%zu\t%llu\n", article->bytes.length,
	                     (unsigned long long)lines);
}

static int
write_active(struct news_keep *keep)
{
	struct buffer text;
	int           code;

	buffer_init(&text);
	for (size_t i = 0; i < keep->group_count; i++)
		buffer_append_format(&text, "%s %010llu %010llu y\n", keep->groups[i].name,
		                     (unsigned long long)keep->groups[i].high,
		                     (unsigned long long)keep->groups[i].low);
	code = news_files_replace(keep->folder, ".active", "active", buffer_span(&text));
	buffer_release(&text);
	return code;
}
