/*
 * thin_watch.h - a question that is asked each second
 */
#ifndef TOOLS_THIN_WATCH_H
#define TOOLS_THIN_WATCH_H

#include "spool/home/home.h"

/* Until it is interrupted, the daemon goes away, or nobody reads what it prints: the exit code. */
int thin_watch(const struct home *home, char **words);

#endif
