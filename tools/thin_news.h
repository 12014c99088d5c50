/*
 * thin_news.h - `rnews` and `mulga area`: articles, and who wants which
 */
#ifndef TOOLS_THIN_NEWS_H
#define TOOLS_THIN_NEWS_H

#include "spool/home/home.h"

/* A batch on standard input: to nodes, to subscribers, to files. Returns the exit code. */
int thin_rnews(const struct home *home, char **arguments);

/* Subscriptions, at either end; `arguments` are the words after `area`. */
int thin_area(const struct home *home, char **arguments);

#endif
