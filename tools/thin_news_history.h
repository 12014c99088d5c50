/*
 * thin_news_history.h - the Message-IDs that were taken into a folder of articles, each once
 *
 * A line of `history` is an id, a tab and a time in seconds since 1970: that of the article's arrival
 * or its Date, whichever is later. What is older than a limit is forgotten, and an article whose Date is
 * older is not taken: so none that was forgotten comes back. An id without a time, of an article
 * without a date or of an earlier version, is never forgotten.
 */
#ifndef TOOLS_THIN_NEWS_HISTORY_H
#define TOOLS_THIN_NEWS_HISTORY_H

#include "spool/news/news_article.h"

struct news_history {
	int           folder;   /* borrowed */
	int64_t       oldest_s; /* what is older is forgotten; INT64_MIN: nothing */
	char        **ids;      /* sorted up to `known`; behind it those of this run */
	size_t        count, capacity, known;
	size_t        forgotten;
	struct buffer added; /* lines */
};

/* Reads what there is; a missing file is an empty one. */
void news_history_read(struct news_history *history, int folder, int64_t oldest_s);
void news_history_release(struct news_history *history);

/* Was that one taken? Also of those that are too old for anybody to tell. */
bool news_history_has(const struct news_history *history, const struct news_article *article);

/* Is it of before what is remembered? */
bool news_history_too_old(const struct news_history *history, const struct news_article *article);

/* It is taken now. */
void news_history_add(struct news_history *history, const struct news_article *article,
                      int64_t now_s);

/* Writes what has changed, and syncs it. 0, or an exit code after a sentence. */
int news_history_write(struct news_history *history);

#endif
