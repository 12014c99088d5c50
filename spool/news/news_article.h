/*
 * news_article.h - what is read of an article: its path, its groups, its Message-ID (RFC 5536)
 */
#ifndef SPOOL_NEWS_NEWS_ARTICLE_H
#define SPOOL_NEWS_NEWS_ARTICLE_H

#include <stdbool.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/status.h"

enum { NEWS_ID_MAX = 250, NEWS_GROUP_MAX = 200 };

struct news_article {
	struct span bytes; /* all of it; it and the others are borrowed from who parsed it */
	struct span path;  /* its value; length 0: there is none                           */
	struct span newsgroups, message_id;
	struct span subject, from, date, references; /* length 0: there is none      */
	struct span body;
};

/* STATUS_INVALID: no article, and the diagnostic says what of it is missing or malformed. */
enum status news_article_parse(struct news_article *article, struct span bytes,
                               struct diagnostic *diagnostic);

/* Has it been at that site? The last name of a path is of a person, and does not count. */
bool news_article_passed(const struct news_article *article, const char *site);

/* Appends it with `site` before its path, unless that begins with it; makes a path if there is none. */
void news_article_pass(const struct news_article *article, const char *site, struct buffer *out);

/*
 * The groups one after the other: *position is 0 at first. Only those that are names (letters,
 * digits, + - _ between single dots, no part of digits alone: RFC 5536): they become folders.
 */
bool news_article_group(const struct news_article *article, size_t *position,
                        char group[NEWS_GROUP_MAX + 1]);

/* Is one of its groups matched? See news_pattern_match. */
bool news_article_wanted(const struct news_article *article, const char *patterns);

/* A name of a group as above. */
bool news_group_valid(const char *group);

/* "aus.*,!aus.jokes.*": the last that matches decides; `*` is any text, `?` any byte. */
bool news_pattern_match(const char *patterns, const char *group);

/* Patterns of names with those signs, between commas. */
bool news_pattern_valid(const char *patterns);

#endif
