/*
 * thin_news_history.c - lines are appended; where some are to be forgotten, the file is made anew
 */
#include "tools/thin_news_history.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/base/memory.h"
#include "spool/news/news_date.h"
#include "tools/thin_news_files.h"

#define FILE_NAME "history"
#define NEW_NAME  ".history"

enum { LINE_SIZE = NEWS_ID_MAX + 32 };

static bool    next_line(FILE *file, char line[LINE_SIZE], size_t *id_length, int64_t *last_s);
static bool    is_forgotten(const struct news_history *history, int64_t last_s);
static void    add_id(struct news_history *history, const char *id, size_t length);
static int     compare_texts(const void *left, const void *right);
static bool    ends_torn(int folder);
static int64_t written_s(const struct news_article *article);
static int     write_anew(struct news_history *history);

void
news_history_read(struct news_history *history, int folder, int64_t oldest_s)
{
	FILE   *file = news_files_open(folder, FILE_NAME);
	char    line[LINE_SIZE];
	size_t  length;
	int64_t last_s;

	*history = (struct news_history){ .folder = folder, .oldest_s = oldest_s };
	while (file != NULL && next_line(file, line, &length, &last_s)) {
		if (is_forgotten(history, last_s))
			history->forgotten++;
		else
			add_id(history, line, length);
	}
	if (file != NULL)
		fclose(file);
	history->known = history->count;
	if (history->known > 0)
		qsort(history->ids, history->known, sizeof(history->ids[0]), compare_texts);
}

void
news_history_release(struct news_history *history)
{
	for (size_t i = 0; i < history->count; i++)
		free(history->ids[i]);
	free(history->ids);
	buffer_release(&history->added);
}

bool
news_history_has(const struct news_history *history, const struct news_article *article)
{
	char        text[NEWS_ID_MAX + 1];
	const char *id = text;

	memcpy(text, article->message_id.data, article->message_id.length);
	text[article->message_id.length] = '\0';
	if (history->known > 0 && bsearch(&id, history->ids, history->known,
	                                  sizeof(history->ids[0]), compare_texts) != NULL)
		return true;
	for (size_t i = history->known; i < history->count; i++)
		if (strcmp(history->ids[i], text) == 0)
			return true;
	return news_history_too_old(history, article);
}

bool
news_history_too_old(const struct news_history *history, const struct news_article *article)
{
	return is_forgotten(history, written_s(article));
}

void
news_history_add(struct news_history *history, const struct news_article *article, int64_t now_s)
{
	struct span id     = article->message_id;
	int64_t     last_s = written_s(article);

	add_id(history, (const char *)id.data, id.length);
	buffer_append(&history->added, id.data, id.length);
	if (last_s >= 0)
		buffer_append_format(&history->added, "\t%" PRId64,
		                     last_s > now_s ? last_s : now_s);
	buffer_append_u8(&history->added, '\n');
}

int
news_history_write(struct news_history *history)
{
	struct buffer lines;
	int           code;

	if (history->forgotten > 0)
		return write_anew(history);
	if (history->added.length == 0)
		return 0;
	buffer_init(&lines);
	if (ends_torn(history->folder))
		buffer_append_u8(&lines, '\n');
	buffer_append_span(&lines, buffer_span(&history->added));
	code = news_files_append(history->folder, FILE_NAME, buffer_span(&lines));
	buffer_release(&lines);
	return code;
}

/* A whole line; -1 is no time. Others, of a run that was cut, are nothing. */
static bool
next_line(FILE *file, char line[LINE_SIZE], size_t *id_length, int64_t *last_s)
{
	while (fgets(line, LINE_SIZE, file) != NULL) {
		size_t end = strcspn(line, "\n");
		char  *rest;

		*id_length = strcspn(line, "\t\n");
		*last_s    = -1;
		if (line[end] != '\n' || *id_length == 0 || *id_length > NEWS_ID_MAX)
			continue;
		if (*id_length == end)
			return true;
		*last_s = strtoll(line + *id_length + 1, &rest, 10);
		if (rest == line + end && *last_s >= 0)
			return true;
	}
	return false;
}

static bool
is_forgotten(const struct news_history *history, int64_t last_s)
{
	return last_s >= 0 && last_s < history->oldest_s;
}

static void
add_id(struct news_history *history, const char *id, size_t length)
{
	char *copy = memory_new(length + 1, 1);

	memcpy(copy, id, length);
	history->ids = memory_grow(history->ids, &history->capacity, history->count + 1,
	                           sizeof(history->ids[0]));
	history->ids[history->count++] = copy;
}

static int
compare_texts(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

/* Would what is appended become a part of a line that was cut? */
static bool
ends_torn(int folder)
{
	FILE *file = news_files_open(folder, FILE_NAME);
	bool  torn = file != NULL && fseek(file, -1, SEEK_END) == 0 && getc(file) != '\n';

	if (file != NULL)
		fclose(file);
	return torn;
}

/* -1: it does not say. */
static int64_t
written_s(const struct news_article *article)
{
	struct walltime wall;

	return news_date_parse(article->date, &wall) && wall.ms >= 0 ? wall.ms / 1000 : -1;
}

static int
write_anew(struct news_history *history)
{
	FILE         *file = news_files_open(history->folder, FILE_NAME);
	char          line[LINE_SIZE];
	struct buffer lines;
	size_t        length;
	int64_t       last_s;
	int           code;

	buffer_init(&lines);
	while (file != NULL && next_line(file, line, &length, &last_s))
		if (!is_forgotten(history, last_s))
			buffer_append_text(&lines, line);
	if (file != NULL)
		fclose(file);
	buffer_append_span(&lines, buffer_span(&history->added));
	code = news_files_replace(history->folder, NEW_NAME, FILE_NAME, buffer_span(&lines));
	buffer_release(&lines);
	return code;
}
