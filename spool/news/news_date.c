/*
 * news_date.c - word by word; whether there is such a day, walltime_parse knows
 */
#include "spool/news/news_date.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 16, MINUTE_MS = 60 * 1000 };

static bool next_word(struct span *rest, char word[WORD_MAX + 1]);
static bool parse_day(const char *word, unsigned *day);
static bool parse_month(const char *word, unsigned *month);
static bool parse_year(const char *word, unsigned *year);
static bool parse_clock(const char *word, unsigned clock[3]);
static bool parse_zone(const char *word, int *minutes);
static bool read_number(const char **text, size_t least, size_t most, unsigned *number);

bool
news_date_parse(struct span value, struct walltime *wall)
{
	char     word[WORD_MAX + 1], text[WALLTIME_TEXT_SIZE];
	unsigned day, month, year, clock[3];
	int      zone;

	if (!next_word(&value, word))
		return false;
	if (word[strspn(word, "0123456789")] != '\0' && !next_word(&value, word))
		return false; /* the first was a day of the week */
	if (!parse_day(word, &day) || !next_word(&value, word) || !parse_month(word, &month) ||
	    !next_word(&value, word) || !parse_year(word, &year) || !next_word(&value, word) ||
	    !parse_clock(word, clock) || !next_word(&value, word) || !parse_zone(word, &zone))
		return false;
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, day, clock[0],
	         clock[1], clock[2]);
	if (!walltime_parse(text, wall))
		return false;
	wall->ms -= (int64_t)zone * MINUTE_MS;
	return true;
}

/* Up to a blank or a comma; one that is too long is no word of a date. */
static bool
next_word(struct span *rest, char word[WORD_MAX + 1])
{
	static const char between[] = " \t\r\n,";
	size_t            length    = 0;

	while (rest->length > 0 && rest->data[0] != '\0' && strchr(between, rest->data[0]) != NULL)
		rest->data++, rest->length--;
	while (rest->length > 0 &&
	       (rest->data[0] == '\0' || strchr(between, rest->data[0]) == NULL)) {
		if (length == WORD_MAX)
			return false;
		word[length++] = (char)rest->data[0];
		rest->data++, rest->length--;
	}
	word[length] = '\0';
	return length > 0;
}

static bool
parse_day(const char *word, unsigned *day)
{
	return read_number(&word, 1, 2, day) && *word == '\0';
}

static bool
parse_month(const char *word, unsigned *month)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (strlen(word) != 3)
		return false;
	for (*month = 1; *month <= 12; ++*month) {
		const char *own  = months + 3 * (*month - 1);
		size_t      same = 0;

		while (same < 3 && (word[same] | 0x20) == own[same])
			same++;
		if (same == 3)
			return true;
	}
	return false;
}

/* Of two digits, as RFC 5322 section 4.3 has it. */
static bool
parse_year(const char *word, unsigned *year)
{
	size_t digits = strlen(word);

	if (!read_number(&word, 2, 4, year) || *word != '\0')
		return false;
	if (digits < 4)
		*year += *year < 50 ? 2000 : 1900;
	return *year >= 1970;
}

/* Hours and minutes, and perhaps seconds, of which some minutes have one more. */
static bool
parse_clock(const char *word, unsigned clock[3])
{
	clock[2] = 0;
	if (!read_number(&word, 1, 2, &clock[0]) || *word++ != ':' ||
	    !read_number(&word, 2, 2, &clock[1]))
		return false;
	if (*word == ':' && (word++, !read_number(&word, 2, 2, &clock[2])))
		return false;
	if (clock[2] == 60)
		clock[2] = 59;
	return *word == '\0';
}

static bool
parse_zone(const char *word, int *minutes)
{
	bool     west = word[0] == '-';
	unsigned hour, minute;

	*minutes = 0;
	if (word[0] != '+' && word[0] != '-')
		return (word[0] | 0x20) >= 'a' && (word[0] | 0x20) <= 'z';
	word++;
	if (!read_number(&word, 2, 2, &hour) || !read_number(&word, 2, 2, &minute) || minute > 59 ||
	    *word != '\0')
		return false;
	*minutes = (int)(hour * 60 + minute) * (west ? -1 : 1);
	return true;
}

/* As many digits as there are, up to the most; the text goes on behind them. */
static bool
read_number(const char **text, size_t least, size_t most, unsigned *number)
{
	size_t digits = 0;

	for (*number = 0; digits < most && **text >= '0' && **text <= '9'; ++*text, digits++)
		*number = *number * 10 + (unsigned)(**text - '0');
	return digits >= least;
}
