/*
 * thin_news_target.h - who is to have which articles, and one message for all who have the same
 *
 * A target is a node and the groups that it wants. An article goes to those that want one of its
 * groups and at which it has not been, as its path says: so nothing goes back to where it came
 * from. Articles for the same set of targets travel together, as one message to all of them.
 */
#ifndef TOOLS_THIN_NEWS_TARGET_H
#define TOOLS_THIN_NEWS_TARGET_H

#include "spool/control/control.h"
#include "spool/home/home.h"
#include "spool/name/name.h"
#include "spool/news/news_article.h"
#include "spool/news/news_batch.h"

struct news_target {
	char *address;  /* as it is sent to */
	char *site;     /* its node, as paths say it */
	char *patterns; /* news_pattern_match */
};

struct news_parcel {
	uint8_t      *wanted; /* a bit for each target; owned */
	struct buffer batch;
	unsigned      count;
};

struct news_targets {
	struct news_target *items;
	size_t              count, capacity;
	struct news_parcel *parcels;
	size_t              parcel_count, parcel_capacity;
	size_t parcel_max_bytes; /* a longer one is begun anew; one article may be longer */
};

void news_targets_init(struct news_targets *targets, size_t parcel_max_bytes);
void news_targets_release(struct news_targets *targets);
void news_targets_add(struct news_targets *targets, const char *address, const char *patterns);

/* Puts the article, with the node before its path, where it belongs. */
void news_targets_take(struct news_targets *targets, const struct news_article *article,
                       const struct name *node);

/* One message for each parcel, the oldest first; their ids are printed. 0 or an exit code. */
int news_targets_send(struct news_targets *targets, const struct home *home,
                      const struct name *node, struct control_submission *submission);

#endif
