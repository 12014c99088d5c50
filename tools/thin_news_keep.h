/*
 * thin_news_keep.h - articles as files, for a node without a news server
 *
 * The traditional spool, which news readers, and mail readers that know MH, can open: GROUP with its
 * dots as folders, an article per file that is called by its number, `.overview` beside them; one
 * file under several names where it went to several groups. At the top `active` (group, highest and
 * lowest number, y) and `history` (Message-IDs that were taken, each once). An article of no group
 * that is kept is in `junk`.
 *
 * A batch may come again, and may have been cut by a crash anywhere: what is there is not made
 * again. Everything is durable before news_keep_end returns 0.
 */
#ifndef TOOLS_THIN_NEWS_KEEP_H
#define TOOLS_THIN_NEWS_KEEP_H

#include "spool/name/name.h"
#include "tools/thin_news_history.h"

struct news_keep_group {
	char         *name;
	uint64_t      high, low;
	struct buffer overview; /* lines to be added */
};

struct news_keep {
	int                     folder, lock; /* -1: not open */
	const char             *patterns;     /* borrowed */
	const char             *site;         /* this node, put before each path; borrowed */
	struct news_keep_group *groups;       /* sorted by name */
	size_t                  group_count, group_capacity;
	struct news_history     history;
	int64_t                 now_s;   /* since 1970 */
	bool                    changed; /* what `active` says */
};

/*
 * Waits for others who are at it. What is older than `oldest_s` is forgotten, and not taken; INT64_MIN:
 * nothing is. Each returns 0, or an exit code after a sentence.
 */
int  news_keep_begin(struct news_keep *keep, const char *folder, const char *patterns,
                     const struct name *node, int64_t now_s, int64_t oldest_s);
int  news_keep_article(struct news_keep *keep, const struct news_article *article);
int  news_keep_end(struct news_keep *keep);
void news_keep_release(struct news_keep *keep);

#endif
