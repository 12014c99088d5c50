/*
 * instant.c - arithmetic on instants, walltimes as text
 *
 * The calendar is computed here, not by gmtime(): it is a pure function, and thirteen
 * lines, and ring 0 may not ask the C library about time.
 */
#include "spool/base/instant.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000 };

struct instant
instant_after(struct instant instant, int64_t ms)
{
	if (ms > 0 && instant.ms > INT64_MAX - ms)
		return INSTANT_NEVER;
	return (struct instant){ instant.ms + ms };
}

struct instant
instant_earlier(struct instant a, struct instant b)
{
	return a.ms < b.ms ? a : b;
}

bool
instant_reached(struct instant deadline, struct instant now)
{
	return now.ms >= deadline.ms;
}

char *
walltime_format(struct walltime wall, char text[WALLTIME_TEXT_SIZE])
{
	/* Days to a civil date, counting from 0000-03-01: Howard Hinnant, "chrono-compatible
	 * low-level date algorithms". Clamped to years that print with four digits. */
	int64_t least = -62135596800000, most = 253402300799999;
	int64_t ms  = wall.ms < least ? least : wall.ms > most ? most : wall.ms;
	int64_t day = (ms >= 0 ? ms : ms - (DAY_MS - 1)) / DAY_MS, in_day = ms - day * DAY_MS;
	int64_t shifted = day + 719468, era = shifted / 146097, of_era = shifted - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year     = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * of_year + 2) / 153;
	int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
	int64_t year  = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
	int     length;

	length = snprintf(text, WALLTIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year,
	                  (int)month, (int)(of_year - (153 * month_from_march + 2) / 5 + 1),
	                  (int)(in_day / 3600000), (int)(in_day / 60000 % 60),
	                  (int)(in_day / 1000 % 60));
	if (in_day % 1000 != 0)
		snprintf(text + length, WALLTIME_TEXT_SIZE - (size_t)length, ".%03dZ",
		         (int)(in_day % 1000));
	else
		snprintf(text + length, WALLTIME_TEXT_SIZE - (size_t)length, "Z");
	return text;
}

bool
walltime_parse(const char *text, struct walltime *wall)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	int64_t           part[6] = { 0 }; /* year, month, ... second */
	size_t            length = strlen(text), parts = 0;
	int64_t           year, era, of_year, of_era;
	char              again[WALLTIME_TEXT_SIZE];

	if (length != sizeof("0000-00-00") - 1 && length != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (shape[i] == '0' ? !digit : text[i] != shape[i])
			return false;
		if (digit)
			part[parts] = part[parts] * 10 + (text[i] - '0');
		else
			parts++;
	}
	/* walltime_format turned round; it also tells of a 30th of February. */
	year     = part[0] - (part[1] <= 2 ? 1 : 0) + 400; /* so that it is not negative */
	era      = year / 400;
	of_year  = (153 * (part[1] > 2 ? part[1] - 3 : part[1] + 9) + 2) / 5 + part[2] - 1;
	of_era   = (year % 400) * 365 + year % 400 / 4 - year % 400 / 100 + of_year;
	wall->ms = (era * 146097 + of_era - 146097 - 719468) * DAY_MS + part[3] * 3600000 +
	           part[4] * 60000 + part[5] * 1000;
	return strncmp(walltime_format(*wall, again), text, length) == 0;
}
