/*
 * thin_news_source.h - a batch as it comes in: plain, or through a program that unpacks it
 */
#ifndef TOOLS_THIN_NEWS_SOURCE_H
#define TOOLS_THIN_NEWS_SOURCE_H

#include <sys/types.h>

#include "spool/news/news_article.h"
#include "spool/news/news_batch.h"

enum { NEWS_ARTICLE_LIMIT = 16 << 20, NEWS_BATCH_LIMIT = 64 << 20 }; /* bytes */

struct news_source {
	struct news_batch batch;
	int               file;                     /* read from; not closed where it was given */
	uint64_t          taken_bytes, limit_bytes; /* unpacked */
	pid_t             unpacker, feeder;         /* 0: the batch came plain */
	size_t            have, used;               /* of `piece` */
	uint8_t           piece[65536];
};

void news_source_init(struct news_source *source, int file, uint64_t limit_bytes);
void news_source_release(struct news_source *source);

/*
 * 1: the next article is in *article, borrowed until the next call; 0: that was the last one; -1:
 * after a sentence, with the exit code in *code.
 */
int news_source_next(struct news_source *source, struct news_article *article, int *code);

#endif
