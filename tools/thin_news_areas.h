/*
 * thin_news_areas.h - subscriptions as files: areas/fed/NODE, areas/asked/NODE
 *
 * A line is a pattern of groups (news_article.h); the last that matches decides. `fed` are those
 * that we feed, `asked` those that we asked a hub for. A file is replaced as a whole, or goes with its
 * last line.
 */
#ifndef TOOLS_THIN_NEWS_AREAS_H
#define TOOLS_THIN_NEWS_AREAS_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/home/home.h"
#include "spool/name/name.h"

#define NEWS_AREAS_FED   "fed"
#define NEWS_AREAS_ASKED "asked"

/* 0, or an exit code after a sentence. What is there already, or is not there, is no error. */
int news_areas_change(const struct home *home, const char *kind, const struct name *node,
                      const char *pattern, bool subscribe);

/* One after the other in the order of names: *after is empty at first. `patterns` has commas. */
bool news_areas_next(const struct home *home, const char *kind, struct name *after,
                     struct buffer *patterns);

#endif
