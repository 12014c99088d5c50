/*
 * instant.h - the two kinds of time
 *
 * An instant is monotonic: timeouts, residence time, retries. A walltime is what people
 * and certificates read; it may jump. They are different types so that no code can take
 * one for the other (architecture section 2). Both count milliseconds; the clock is
 * read by daemon/loop (or the simulator) alone.
 */
#ifndef SPOOL_BASE_INSTANT_H
#define SPOOL_BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

struct instant {
	int64_t ms; /* since some moment that only this node knows */
};

struct walltime {
	int64_t ms; /* since 1970-01-01T00:00:00Z, without leap seconds */
};

struct now {
	struct instant  instant;
	struct walltime wall;
};

#define INSTANT_NEVER ((struct instant){ INT64_MAX })

/* later by `ms`, saturating at INSTANT_NEVER */
struct instant instant_after(struct instant instant, int64_t ms);
struct instant instant_earlier(struct instant a, struct instant b);
bool           instant_reached(struct instant deadline, struct instant now);

enum { WALLTIME_TEXT_SIZE = 32 };

/* RFC 3339 in UTC with milliseconds only where they are not zero; returns `text`. */
char *walltime_format(struct walltime wall, char text[WALLTIME_TEXT_SIZE]);

/* "2026-11-20" (its first moment) or "2026-11-20T10:40:00Z"; false for what is neither. */
bool walltime_parse(const char *text, struct walltime *wall);

#endif
