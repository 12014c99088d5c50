/*
 * thin_news_files.h - small files below one folder, by its descriptor
 *
 * What writes returns 0, or an exit code after a sentence: 75 where room is missing, so that whoever
 * hands articles over tries again.
 */
#ifndef TOOLS_THIN_NEWS_FILES_H
#define TOOLS_THIN_NEWS_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "spool/base/buffer.h"

/* The sentence, of errno, and the code for it. */
int news_files_failed(const char *path);

/* A new file in place of any other, with these bytes, synced. */
int news_files_write(int folder, const char *path, struct span bytes);
/* A file with these bytes under that name in one step, by way of another name. */
int news_files_replace(int folder, const char *way, const char *path, struct span bytes);
int news_files_append(int folder, const char *path, struct span bytes); /* synced */

/* Appends all bytes of the file; false: there is none, or it cannot be read. */
bool  news_files_read(int folder, const char *path, struct buffer *bytes);
FILE *news_files_open(int folder, const char *path); /* to read; NULL: there is none */

/* All folders of that path. */
int news_files_make_folders(int folder, const char *path);

/* Appends "aus/test" for "aus.test". */
void news_files_group(const char *group, struct buffer *path);

#endif
