/*
 * zone_rule.c - the rule of a zone, as POSIX and RFC 8536 (section 3.3) write it
 *
 *	rule = name offset [ name [ offset ] "," day [ "/" time ] "," day [ "/" time ] ]
 *	name = letters, three or more | "<" letters, digits, "+" or "-" ">"
 *	day  = "J" 1..365 | 0..365 | "M" month "." week "." weekday
 *
 * An offset is what is added to the local time to get UTC, so it has the other sign than ours.
 */
#include <string.h>

#include "spool/schedule/zone.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };
enum { OFFSET_HOURS_MAX = 24, TIME_HOURS_MAX = 167, NAME_BYTES_MIN = 3 };

#define FAR_MS (INT64_C(200000) * 366 * DAY_MS) /* nobody knows the rules of that time */

/* What is left of the text. */
struct text {
	const char *at, *end;
};

static bool    take(struct text *text, char wanted);
static bool    take_name(struct text *text);
static bool    take_number(struct text *text, int least, int most, int *number);
static bool    take_time(struct text *text, int hours_max, int64_t *ms);
static bool    take_day(struct text *text, struct zone_day *day);
static bool    is_letter(char byte);
static bool    is_digit(char byte);
static int64_t day_of(int64_t year, int month, int day);
static int64_t year_of(int64_t day);
static int64_t local_ms(const struct zone_day *day, int64_t year);

bool
zone_rule_parse(struct zone_rule *rule, struct span bytes)
{
	struct text text = { (const char *)bytes.data, (const char *)bytes.data + bytes.length };

	*rule = (struct zone_rule){ .has_summer = false };
	if (!take_name(&text) || !take_time(&text, OFFSET_HOURS_MAX, &rule->standard_ms))
		return false;
	rule->standard_ms = -rule->standard_ms;
	if (text.at == text.end)
		return true;
	rule->has_summer = true;
	rule->summer_ms  = rule->standard_ms + HOUR_MS;
	if (!take_name(&text))
		return false;
	if (!take(&text, ',')) {
		if (!take_time(&text, OFFSET_HOURS_MAX, &rule->summer_ms) || !take(&text, ','))
			return false;
		rule->summer_ms = -rule->summer_ms;
	}
	return take_day(&text, &rule->begins) && take(&text, ',') && take_day(&text, &rule->ends) &&
	       text.at == text.end;
}

/* Summers of three years: the one that it is in has begun in this one or in the one before. */
int64_t
zone_rule_offset_ms(const struct zone_rule *rule, struct walltime wall, struct walltime *until)
{
	int64_t offset_ms = rule->standard_ms, last_ms = INT64_MIN, year;

	until->ms = INT64_MAX;
	if (!rule->has_summer || wall.ms < -FAR_MS || wall.ms > FAR_MS)
		return offset_ms;
	year = year_of((wall.ms + rule->standard_ms) / DAY_MS);
	for (int64_t at = year - 1; at <= year + 1; at++) {
		struct zone_change changes[] = {
			{ { local_ms(&rule->begins, at) - rule->standard_ms }, rule->summer_ms },
			{ { local_ms(&rule->ends, at) - rule->summer_ms }, rule->standard_ms },
		};

		for (size_t i = 0; i < 2; i++) {
			if (changes[i].at.ms > wall.ms) {
				if (changes[i].at.ms < until->ms)
					*until = changes[i].at;
			} else if (changes[i].at.ms >= last_ms) {
				last_ms   = changes[i].at.ms;
				offset_ms = changes[i].offset_ms;
			}
		}
	}
	return offset_ms;
}

static bool
take(struct text *text, char wanted)
{
	if (text->at == text->end || *text->at != wanted)
		return false;
	text->at++;
	return true;
}

static bool
take_name(struct text *text)
{
	const char *first;

	if (take(text, '<')) {
		first = text->at;
		while (text->at < text->end && (is_letter(*text->at) || is_digit(*text->at) ||
		                                *text->at == '+' || *text->at == '-'))
			text->at++;
		return text->at - first >= NAME_BYTES_MIN && take(text, '>');
	}
	first = text->at;
	while (text->at < text->end && is_letter(*text->at))
		text->at++;
	return text->at - first >= NAME_BYTES_MIN;
}

static bool
take_number(struct text *text, int least, int most, int *number)
{
	const char *first = text->at;

	*number = 0;
	while (text->at < text->end && is_digit(*text->at) && *number <= most)
		*number = *number * 10 + (*text->at++ - '0');
	return text->at > first && *number >= least && *number <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(struct text *text, int hours_max, int64_t *ms)
{
	bool negative = take(text, '-');
	int  hours, minutes = 0, seconds = 0;

	if (!negative)
		take(text, '+');
	if (!take_number(text, 0, hours_max, &hours) ||
	    (take(text, ':') && (!take_number(text, 0, 59, &minutes) ||
	                         (take(text, ':') && !take_number(text, 0, 59, &seconds)))))
		return false;
	*ms =
	    (int64_t)hours * HOUR_MS + (int64_t)minutes * MINUTE_MS + (int64_t)seconds * SECOND_MS;
	*ms = negative ? -*ms : *ms;
	return true;
}

static bool
take_day(struct text *text, struct zone_day *day)
{
	bool good;

	if (take(text, 'M')) {
		day->kind = ZONE_DAY_WEEKDAY;
		good      = take_number(text, 1, 12, &day->month) && take(text, '.') &&
		       take_number(text, 1, 5, &day->week) && take(text, '.') &&
		       take_number(text, 0, 6, &day->weekday);
	} else if (take(text, 'J')) {
		day->kind = ZONE_DAY_JULIAN;
		good      = take_number(text, 1, 365, &day->number);
	} else {
		day->kind = ZONE_DAY_NUMBER;
		good      = take_number(text, 0, 365, &day->number);
	}
	day->time_ms = 2 * HOUR_MS;
	return good && (!take(text, '/') || take_time(text, TIME_HOURS_MAX, &day->time_ms));
}

static bool
is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Days from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
static int64_t
day_of(int64_t year, int month, int day)
{
	int64_t shifted = month <= 2 ? year - 1 : year;
	int64_t era     = (shifted >= 0 ? shifted : shifted - 399) / 400;
	int64_t of_era  = shifted - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t
year_of(int64_t day)
{
	int64_t year = 1970 + day / 366; /* not later than it is after 1970, not earlier before */

	while (day_of(year, 1, 1) > day)
		year -= 1 + (day_of(year, 1, 1) - day) / 366;
	while (day_of(year + 1, 1, 1) <= day)
		year += 1 + (day - day_of(year + 1, 1, 1)) / 366;
	return year;
}

/* The moment of that day in that year, by a clock on the wall that shows 1970 as zero. */
static int64_t
local_ms(const struct zone_day *day, int64_t year)
{
	int64_t first, number;
	bool    leap = day_of(year, 3, 1) - day_of(year, 2, 28) == 2;

	switch (day->kind) {
	case ZONE_DAY_JULIAN:
		number = day_of(year, 1, 1) + day->number - 1 + (leap && day->number >= 60);
		break;
	case ZONE_DAY_WEEKDAY:
		first  = day_of(year, day->month, 1);
		number = first + ((day->weekday - (first + 4)) % 7 + 7) % 7 + 7 * (day->week - 1);
		while (number >=
		       (day->month < 12 ? day_of(year, day->month + 1, 1) : day_of(year + 1, 1, 1)))
			number -= 7;
		break;
	case ZONE_DAY_NUMBER:
	default:
		number = day_of(year, 1, 1) + day->number;
		break;
	}
	return number * DAY_MS + day->time_ms;
}
