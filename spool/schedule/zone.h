/*
 * zone.h - what a clock on the wall shows, somewhere
 *
 * A zone is a table of changes of its distance from UTC, and a rule for what comes after the
 * last of them. Both are read from bytes that somebody else has got hold of (zone_file.h):
 * either a compiled zone file (TZif, RFC 8536), or a rule alone as POSIX writes it in TZ
 * (`AEST-10AEDT,M10.1.0,M4.1.0/3`). libc's own functions read files and the environment, and
 * know one zone at a time.
 */
#ifndef SPOOL_SCHEDULE_ZONE_H
#define SPOOL_SCHEDULE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/base/buffer.h"
#include "spool/base/diagnostic.h"
#include "spool/base/instant.h"
#include "spool/base/status.h"

/* A day of each year, and a time of it on the wall. */
enum zone_day_kind {
	ZONE_DAY_JULIAN,  /* `J60`: number 1 to 365; the 29th of February is never counted */
	ZONE_DAY_NUMBER,  /* `59`: number 0 to 365; it is                                   */
	ZONE_DAY_WEEKDAY, /* `M10.1.0`: the week-th weekday of the month; 5 = the last one */
};

struct zone_day {
	enum zone_day_kind kind;
	int                number;
	int                month, week, weekday; /* from 1, from 1, Sunday = 0                */
	int64_t            time_ms;              /* after that day's midnight; may be outside it */
};

struct zone_rule {
	int64_t         standard_ms, summer_ms; /* east of UTC                          */
	bool            has_summer;
	struct zone_day begins, ends; /* of summer time, each by the clock before it */
};

struct zone_change {
	struct walltime at;
	int64_t         offset_ms; /* from then on, east of UTC */
};

struct zone {
	int64_t             first_ms; /* before the first change */
	struct zone_change *changes;  /* ascending; owned */
	size_t              count;
	bool                has_rule; /* after the last one; else its offset stays */
	struct zone_rule    rule;
};

void zone_init(struct zone *zone); /* UTC */
void zone_release(struct zone *zone);

/*
 * Fills an initialised zone from a zone file's bytes, or from the text of a rule; no bytes at
 * all are UTC. STATUS_INVALID: it stays UTC, and *diagnostic says why.
 */
enum status zone_parse(struct zone *zone, struct span bytes, struct diagnostic *diagnostic);

/* Its distance from UTC at that moment, which stays at least until *until (INT64_MAX: for ever). */
int64_t zone_offset_ms(const struct zone *zone, struct walltime wall, struct walltime *until);

/* --- within the room */
enum status zone_file_decode(struct zone *zone, struct span bytes, struct diagnostic *diagnostic);
bool        zone_rule_parse(struct zone_rule *rule, struct span text);
int64_t     zone_rule_offset_ms(const struct zone_rule *rule, struct walltime wall,
                                struct walltime *until);

#endif
