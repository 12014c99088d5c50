/*
 * uucp_time.c - alternatives between commas or bars, each days and perhaps hours
 */
#include "spool/import/uucp_time.h"

#include <stdio.h>
#include <string.h>

enum { WEEK = 0x1f, ALL = 0x7f, NEVER = 0x80 };

struct window {
	unsigned days;        /* a bit each, Monday first */
	unsigned from, until; /* HHMM; the same: all day */
};

static const struct {
	const char *name;
	unsigned    days;
	const char *stands_for;
} words[] = {
	{ "Evening", 0, "Wk1705-0755,Sa,Su" },
	{ "NonPeak", 0, "Wk1805-0655,Sa,Su" },
	{ "Night", 0, "Wk2305-0755,Sa,Su2305-1655" },
	{ "Never", NEVER, NULL },
	{ "Any", ALL, NULL },
	{ "Wk", WEEK, NULL },
	{ "Mo", 1, NULL },
	{ "Tu", 2, NULL },
	{ "We", 4, NULL },
	{ "Th", 8, NULL },
	{ "Fr", 16, NULL },
	{ "Sa", 32, NULL },
	{ "Su", 64, NULL },
};

static const char *read_days(const char *text, unsigned *days, const char **stands_for);
static const char *read_hours(const char *text, struct window *window);
static bool        read_hour(const char *text, unsigned *hour);
static void        append(const struct window *window, struct buffer *out);
static void        append_hours(unsigned days, unsigned from, unsigned until, struct buffer *out);

enum status
uucp_time_convert(const char *path, const struct import_word *word, struct buffer *out,
                  enum uucp_time_kind *kind, struct diagnostic *diagnostic)
{
	const char *at    = word->text;
	size_t      start = out->length;

	*kind = UUCP_TIME_NEVER;
	for (;;) {
		struct window window     = { .days = 0 };
		const char   *stands_for = NULL;
		const char   *next       = read_days(at, &window.days, &stands_for);

		if (next != NULL && stands_for == NULL)
			next = read_hours(next, &window);
		if (next == NULL || strchr(",|;", *next) == NULL) {
			struct import_word place = { "", word->line,
				                     word->column + (unsigned)(at - word->text) };

			return import_wrong(diagnostic, path, &place,
			                    "\"%s\" is no time, such as Wk1800-0800", at);
		}
		if (stands_for != NULL) {
			struct import_word meant = { stands_for, word->line, word->column };

			uucp_time_convert(path, &meant, out, kind, NULL);
		} else if (window.days == ALL && window.from == window.until) {
			out->length = start;
			*kind       = UUCP_TIME_ANY;
			return STATUS_OK;
		} else if ((window.days & NEVER) == 0) {
			append(&window, out);
			*kind = UUCP_TIME_WINDOWS;
		}
		if (*next == ';' ||
		    *next == '\0') /* the pause before another try is mulga's own affair */
			return STATUS_OK;
		at = next + 1;
	}
}

/* One or more; what is behind them, or NULL. */
static const char *
read_days(const char *text, unsigned *days, const char **stands_for)
{
	bool found = true;

	while (found) {
		found = false;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !found; i++) {
			size_t length = strlen(words[i].name);

			if (!import_text_begins(text, words[i].name))
				continue;
			*days |= words[i].days;
			text += length;
			found = true;
			if (words[i].stands_for != NULL) {
				*stands_for = words[i].stands_for;
				return text;
			}
		}
	}
	return *days != 0 ? text : NULL;
}

/* None, or HHMM-HHMM. */
static const char *
read_hours(const char *text, struct window *window)
{
	if (*text < '0' || *text > '9')
		return text;
	if (!read_hour(text, &window->from) || text[4] != '-' ||
	    !read_hour(text + 5, &window->until))
		return NULL;
	return text + 9;
}

static bool
read_hour(const char *text, unsigned *hour)
{
	*hour = 0;
	for (size_t i = 0; i < 4; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*hour = *hour * 10 + (unsigned)(text[i] - '0');
	}
	return *hour <= 2400 && *hour % 100 < 60;
}

static void
append(const struct window *window, struct buffer *out)
{
	if (window->from < window->until || window->from == window->until) {
		append_hours(window->days, window->from, window->until, out);
		return;
	}
	if (window->until > 0)
		append_hours(window->days, 0, window->until, out);
	if (window->from < 2400)
		append_hours(window->days, window->from, 2400, out);
}

static void
append_hours(unsigned days, unsigned from, unsigned until, struct buffer *out)
{
	static const char *const names[] = { "mo", "tu", "we", "th", "fr", "sa", "su" };

	for (unsigned i = 0; i < 7; i++)
		if ((days & (1U << i)) != 0)
			buffer_append_format(out, "%s ", names[i]);
	if (from == until)
		buffer_append_text(out, "all\n");
	else
		buffer_append_format(out, "%02u:%02u-%02u:%02u\n", from / 100, from % 100,
		                     until / 100, until % 100);
}
