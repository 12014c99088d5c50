/*
 * thin_news_expire.h - kept articles go when their time is over
 *
 * By the time of their arrival, that of their files, and in the order of their numbers: what lies behind
 * one that is still kept waits for it. So a run looks at no more than the first article of each group
 * and those that it removes. Files go first, then their lines of `.overview`; `active`, whose lowest
 * number says where the next run begins, is written last by news_keep_end. What a crash leaves of that
 * the next run does again.
 */
#ifndef TOOLS_THIN_NEWS_EXPIRE_H
#define TOOLS_THIN_NEWS_EXPIRE_H

#include "tools/thin_news_keep.h"

enum { NEWS_EXPIRE_MAX = 4096 }; /* names */

/*
 * Of an open folder what came before that second; *more: there may be more of it, as one call looks at so
 * many. 0, or an exit code after a sentence.
 */
int news_keep_expire(struct news_keep *keep, int64_t before_s, bool *more);

#endif
